// SPDX-License-Identifier: Apache-2.0
//
// Graphs of one or a few nodes for tests.
#pragma once

#include <utility>
#include <vector>

#include "compiler/graph/graph.h"

namespace girih::graph {

inline Tensor activation(Shape shape, float scale = 1, std::int32_t zero = 0,
                         DType dtype = DType::kInt8) {
  return {"t", std::move(shape), dtype, {{scale}, zero, -1}, false, {}, kNoNode};
}

inline Tensor constant(Shape shape, const std::vector<int>& values, std::int32_t zero = 0,
                       DType dtype = DType::kInt8) {
  Tensor tensor{"w", std::move(shape), dtype, {{1.0F}, zero, -1}, true, {}, kNoNode};
  for (const int v : values) tensor.data.push_back(static_cast<std::uint8_t>(v));
  return tensor;
}

/// Appends a node with the full range as bounds; returns its output.
inline TensorId append(Graph& g, Operation operation, std::vector<TensorId> inputs, Tensor y,
                       const char* name = "n") {
  Node node{name, {name}, std::move(operation), std::move(inputs), 0, lowest(y.dtype),
            highest(y.dtype)};
  node.output = g.add_tensor(std::move(y));
  g.add_node(node);
  return node.output;
}

/// A graph with one input.
inline Graph with_input(Tensor x) {
  Graph g;
  g.add_tensor(std::move(x));
  g.inputs.push_back({"x", 0, true});
  return g;
}

}  // namespace girih::graph
