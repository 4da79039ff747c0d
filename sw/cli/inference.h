// SPDX-License-Identifier: Apache-2.0
//
// A model on a device: samples in, results out, compared as asked.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/chip.h"
#include "common/npy.h"
#include "compiler/graph/graph.h"
#include "compiler/program/program.h"
#include "runtime/runner.h"

namespace girih::cli {

/// One graph input for all samples: [samples][elements of the port].
struct Samples {
  std::size_t count = 0;
  bool quantised = false;
  std::vector<std::vector<float>> values;
};

/// Cuts an array into samples of a port; its shape is the port's, or with another first dimension.
/// Throws girih::Error naming the file and the shape that is expected.
Samples samples_of(const Array& array, const compiler::Port& port, const std::string& file);
Samples random_samples(const compiler::Port& port, std::size_t count, std::uint32_t seed);

/// What one sample gave: the model's outputs, and whether they were as expected.
struct Result {
  std::vector<std::vector<float>> outputs;
  std::uint64_t compared = 0, differing = 0;  ///< output elements against the reference
};

class Inference {
 public:
  Inference(const graph::Graph& graph, const compiler::Program& program, const ChipOptions& options,
            const std::string& reproduce);

  /// Runs sample i of `inputs` (one entry per graph input).
  Result run(const std::vector<Samples>& inputs, std::size_t i);

  runtime::Device& device() { return *device_; }
  runtime::Runner& runner() { return *runner_; }

 private:
  std::vector<std::vector<std::int32_t>> expected(
      const std::vector<std::vector<std::uint8_t>>& inputs);

  const graph::Graph& graph_;
  const compiler::Program& program_;
  const ChipOptions& options_;
  std::unique_ptr<runtime::Device> device_;
  std::unique_ptr<runtime::Runner> runner_;
};

}  // namespace girih::cli
