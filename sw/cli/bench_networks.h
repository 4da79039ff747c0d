// SPDX-License-Identifier: Apache-2.0
//
// What ./girih bench can run.
#pragma once

#include <string>
#include <vector>

#include "compiler/graph/graph.h"

namespace girih::cli {

struct BenchNetwork {
  std::string name;
  std::string description;
  graph::Graph (*make)();
};

/// In the order in which they are run when none is named.
const std::vector<BenchNetwork>& bench_networks();

/// The graph of one operation with constant weights.
graph::Graph one_node(const std::string& name, graph::Tensor x, graph::Tensor w, graph::Tensor y,
                      graph::Operation operation);

/// y[rows, columns] = requantised x[rows, depth] * w[columns, depth], random INT8 weights.
graph::Graph gemm(std::int64_t rows, std::int64_t depth, std::int64_t columns);

}  // namespace girih::cli
