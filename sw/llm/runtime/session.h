// SPDX-License-Identifier: Apache-2.0
//
// A model on a device: memory and windows, programs made as shapes come, steps.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "llm/lower/step.h"
#include "llm/runtime/cache.h"
#include "llm/runtime/tenant.h"
#include "runtime/device.h"

namespace girih::llm {

struct SessionOptions {
  std::int64_t cache_tokens = 1024;  ///< of all sequences together, rounded up to pages
  std::int64_t logit_rows = 128;     ///< of a step at most
  unsigned context = 0;
  std::uint64_t dram = 0x1000'0000;  ///< first byte of the memory it takes; a multiple of 4 KiB
};

/// New tokens of a sequence.
struct Input {
  Sequence* sequence;
  std::span<const std::uint32_t> tokens;
};

class Session {
 public:
  /// Writes the image to the device's memory. `device` and `image` outlive the session. Throws
  /// girih::Error when the image is of another preset or something does not fit a window.
  Session(runtime::Device& device, const Image& image, const SessionOptions& options = {});

  const Image& image() const { return image_; }
  const Dimensions& dimensions() const { return d_; }
  PagePool& pool() { return pool_; }
  std::unique_ptr<Sequence> begin() { return std::make_unique<Sequence>(pool_, d_.slots); }
  /// The most new tokens of one sequence that a step takes.
  std::int64_t chunk();
  std::uint64_t dram_bytes() const { return tenant_.end() - options_.dram; }

  /// One step: the same number of new tokens for every sequence; logits for the last `logit_rows`
  /// of each. Throws girih::Error for tokens or positions that do not exist, a full cache, a step
  /// that does not fit; then nothing has changed. Also when the device faults.
  void step(std::span<const Input> inputs, std::int64_t logit_rows);
  /// All tokens of one sequence, a chunk at a time; logits for the last one.
  void prefill(Sequence& sequence, std::span<const std::uint32_t> tokens);

  /// Of the latest step: rows sequence by sequence.
  std::vector<std::uint32_t> argmax();
  std::vector<float> logits(std::int64_t row);

  /// The program of a shape, compiled when it comes for the first time.
  const StepProgram& program(const StepShape& shape);
  const StepProgram* latest() const { return latest_; }

 private:
  void check(std::span<const Input> inputs, std::int64_t logit_rows) const;

  runtime::Device& device_;
  const Image& image_;
  const SessionOptions options_;
  const Dimensions d_;
  PagePool pool_;
  Tenant tenant_;
  Region workspace_, lists_;
  std::optional<std::int64_t> chunk_;
  std::map<StepShape, StepProgram> programs_;
  const StepProgram* latest_ = nullptr;
};

}  // namespace girih::llm
