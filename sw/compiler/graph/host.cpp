// SPDX-License-Identifier: Apache-2.0
#include "compiler/graph/host.h"

#include <algorithm>
#include <cmath>

#include "compiler/graph/arithmetic.h"

namespace girih::graph {

std::int32_t quantise(float x, const Encoding& encoding) {
  return round_clamp(x / encoding.quant.scale[0], encoding.quant.zero, lowest(encoding.dtype),
                     highest(encoding.dtype));
}

float dequantise(std::int32_t q, const Encoding& encoding) {
  return static_cast<float>(q - encoding.quant.zero) * encoding.quant.scale[0];
}

void softmax(const Shape& shape, std::size_t axis, std::vector<float>& x) {
  std::size_t inner = 1;
  for (std::size_t d = axis + 1; d < shape.size(); ++d) inner *= static_cast<std::size_t>(shape[d]);
  const auto length = static_cast<std::size_t>(shape[axis]);
  for (std::size_t block = 0; block < x.size(); block += length * inner) {
    for (std::size_t i = 0; i < inner; ++i) {
      const auto item = [&](std::size_t k) -> float& { return x[block + k * inner + i]; };
      float largest = item(0);
      for (std::size_t k = 1; k < length; ++k) largest = std::max(largest, item(k));
      float sum = 0;
      for (std::size_t k = 0; k < length; ++k) sum += item(k) = std::exp(item(k) - largest);
      for (std::size_t k = 0; k < length; ++k) item(k) /= sum;
    }
  }
}

void sigmoid(std::vector<float>& x) {
  for (float& v : x) v = 1.0F / (1.0F + std::exp(-v));
}

void round_to(const Encoding& encoding, std::vector<float>& x) {
  for (float& v : x) v = dequantise(quantise(v, encoding), encoding);
}

}  // namespace girih::graph
