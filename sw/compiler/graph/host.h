// SPDX-License-Identifier: Apache-2.0
//
// What the host computes beside the chip: quantised values from and to float32, softmax, sigmoid.
// float32 library functions: close to ONNX Runtime, not bit-exact to it.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/graph/graph.h"

namespace girih::graph {

/// sat(rne(f32(x / scale)) + zero). x must not be NaN.
std::int32_t quantise(float x, const Encoding& encoding);

/// f32(q - zero) * scale.
float dequantise(std::int32_t q, const Encoding& encoding);

/// In place, over dimension `axis` of a row-major tensor.
void softmax(const Shape& shape, std::size_t axis, std::vector<float>& x);
void sigmoid(std::vector<float>& x);

/// Every element quantised and dequantised once more.
void round_to(const Encoding& encoding, std::vector<float>& x);

}  // namespace girih::graph
