// SPDX-License-Identifier: Apache-2.0
#include "compiler/program/ports.h"

#include <algorithm>
#include <cmath>

#include "common/error.h"

namespace girih::compiler {
namespace {

std::int32_t quantise(float x, const graph::Encoding& encoding, const std::string& name) {
  if (std::isnan(x)) throw Error("\"{}\": an element is NaN; numbers are expected", name);
  const float q = std::nearbyintf(x / encoding.quant.scale.front());
  const auto lo = static_cast<float>(graph::lowest(encoding.dtype) - encoding.quant.zero);
  const auto hi = static_cast<float>(graph::highest(encoding.dtype) - encoding.quant.zero);
  return static_cast<std::int32_t>(std::clamp(q, lo, hi)) + encoding.quant.zero;
}

void expect_count(const Port& port, std::size_t have) {
  if (have != static_cast<std::size_t>(port.elements())) {
    throw Error("\"{}\" has {} elements, {} ({}) are expected", port.name, have, port.elements(),
                graph::to_string(port.shape));
  }
}

void softmax(const Port& port, std::vector<float>& x) {
  const auto axis = static_cast<std::ptrdiff_t>(port.tail.axis);
  std::int64_t inner = 1;
  for (auto d = port.shape.begin() + axis + 1; d < port.shape.end(); ++d) inner *= *d;
  const std::int64_t size = port.shape[port.tail.axis];
  for (std::int64_t start = 0; start < std::ssize(x); ++start) {
    if (start / inner % size != 0) continue;
    const auto at = [&](std::int64_t i) -> float& {
      return x[static_cast<std::size_t>(start + i * inner)];
    };
    float highest = at(0);
    for (std::int64_t i = 1; i < size; ++i) highest = std::max(highest, at(i));
    float sum = 0;
    for (std::int64_t i = 0; i < size; ++i) sum += at(i) = std::exp(at(i) - highest);
    for (std::int64_t i = 0; i < size; ++i) at(i) /= sum;
  }
}

}  // namespace

std::vector<std::uint8_t> to_workspace(const Port& port, std::span<const std::int32_t> values) {
  expect_count(port, values.size());
  const std::vector<std::uint32_t> place = positions(port.storage);
  std::vector<std::uint8_t> bytes(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] < graph::lowest(port.encoding.dtype) ||
        values[i] > graph::highest(port.encoding.dtype)) {
      throw Error("\"{}\": element {} is {}, which is no {}", port.name, i, values[i],
                  graph::name(port.encoding.dtype));
    }
    bytes[place[i]] = static_cast<std::uint8_t>(values[i]);
  }
  return bytes;
}

std::vector<std::uint8_t> to_workspace(const Port& port, std::span<const float> values) {
  expect_count(port, values.size());
  std::vector<std::int32_t> quantised(values.size());
  std::transform(values.begin(), values.end(), quantised.begin(),
                 [&](float x) { return quantise(x, port.encoding, port.name); });
  return to_workspace(port, std::span<const std::int32_t>(quantised));
}

std::vector<std::int32_t> quantised(const Port& port, std::span<const std::uint8_t> bytes) {
  expect_count(port, bytes.size());
  const std::vector<std::uint32_t> place = positions(port.storage);
  std::vector<std::int32_t> values(bytes.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint8_t byte = bytes[place[i]];
    values[i] = port.encoding.dtype == graph::DType::kUint8 ? byte : static_cast<std::int8_t>(byte);
  }
  return values;
}

std::vector<float> to_model(const Port& port, std::span<const std::uint8_t> bytes) {
  const std::vector<std::int32_t> integers = quantised(port, bytes);
  std::vector<float> values(integers.begin(), integers.end());
  if (!port.as_float) return values;
  const auto dequantise = [](float q, const graph::Encoding& e) {
    return (q - static_cast<float>(e.quant.zero)) * e.quant.scale.front();
  };
  for (float& x : values) x = dequantise(x, port.encoding);
  switch (port.tail.kind) {
    case HostTail::Kind::kNone:
      return values;
    case HostTail::Kind::kSoftmax:
      softmax(port, values);
      break;
    case HostTail::Kind::kSigmoid:
      for (float& x : values) x = 1.0F / (1.0F + std::exp(-x));
      break;
  }
  if (port.tail.rounding) {
    for (float& x : values) {
      x = dequantise(static_cast<float>(quantise(x, *port.tail.rounding, port.name)),
                     *port.tail.rounding);
    }
  }
  return values;
}

}  // namespace girih::compiler
