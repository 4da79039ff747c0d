// SPDX-License-Identifier: Apache-2.0
#include "compiler/program/ports.h"

#include <algorithm>
#include <cmath>

#include "common/error.h"
#include "compiler/graph/host.h"

namespace girih::compiler {
namespace {

void expect_count(const Port& port, std::size_t have) {
  if (have != static_cast<std::size_t>(port.elements())) {
    throw Error("\"{}\" has {} elements, {} ({}) are expected", port.name, have, port.elements(),
                graph::to_string(port.shape));
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
  std::transform(values.begin(), values.end(), quantised.begin(), [&](float x) {
    if (std::isnan(x)) throw Error("\"{}\": an element is NaN; numbers are expected", port.name);
    return graph::quantise(x, port.encoding);
  });
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
  std::transform(integers.begin(), integers.end(), values.begin(),
                 [&](std::int32_t q) { return graph::dequantise(q, port.encoding); });
  switch (port.tail.kind) {
    case HostTail::Kind::kNone:
      return values;
    case HostTail::Kind::kSoftmax:
      graph::softmax(port.shape, port.tail.axis, values);
      break;
    case HostTail::Kind::kSigmoid:
      graph::sigmoid(values);
      break;
  }
  if (port.tail.rounding) graph::round_to(*port.tail.rounding, values);
  return values;
}

}  // namespace girih::compiler
