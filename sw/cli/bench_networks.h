// SPDX-License-Identifier: Apache-2.0
//
// What ./girih bench can run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/graph/graph.h"
#include "llm/import/random_model.h"

namespace girih::cli {

/// `tokens` new tokens of a sequence that then has `context`; logits of the last `logit_rows`.
struct LanguageBench {
  std::string folder;     ///< in the source tree, or empty:
  llm::ModelShape shape;  ///< random weights
  std::int64_t tokens = 1, context = 1, logit_rows = 0;
};

struct BenchNetwork {
  std::string name;
  std::string description;
  graph::Graph (*make)() = nullptr;
  std::optional<LanguageBench> language = {};  ///< or this
  /// Where it is run when none is named; empty: everywhere.
  std::vector<std::string> presets = {};
};

/// In the order in which they are run when none is named.
const std::vector<BenchNetwork>& bench_networks();

/// The graph of one operation with constant weights.
graph::Graph one_node(const std::string& name, graph::Tensor x, graph::Tensor w, graph::Tensor y,
                      graph::Operation operation);

/// y[rows, columns] = requantised x[rows, depth] * w[columns, depth], random INT8 weights.
graph::Graph gemm(std::int64_t rows, std::int64_t depth, std::int64_t columns);

}  // namespace girih::cli
