// SPDX-License-Identifier: Apache-2.0
//
// The graph executed by nested loops, one element at a time, straight from the formulas in
// graph.h: the compiler's own reference. It knows nothing of instructions or tiles.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compiler/graph/graph.h"

namespace girih::graph {

using Values = std::vector<std::int32_t>;  ///< quantised values, row-major, widened
using Floats = std::vector<float>;

struct Execution {
  std::vector<Values> values;  ///< by TensorId; empty for float tensors
  std::vector<Floats> floats;  ///< by TensorId; filled for results of host nodes only
};

/// Runs the whole graph. `inputs` has one entry per graph input, in order, quantised.
/// Throws girih::Error when a count or a value does not fit the input's tensor.
Execution interpret(const Graph& graph, const std::vector<Values>& inputs);

/// The host's work at a port: q = sat(rne(f32(x / scale)) + zero). NaN is an error.
Values quantise(const Graph& graph, const Port& port, std::span<const float> x);

/// The float32 a graph output stands for: f32(q - zero) * scale, or the host node's result.
Floats output(const Graph& graph, const Port& port, const Execution& execution);

/// Softmax or sigmoid on the dequantised values, as the host executes it after the chip.
/// float32 library functions: close to ONNX Runtime, not bit-exact to it.
Floats run_on_host(const Graph& graph, const Node& node, const Values& x);

}  // namespace girih::graph
