// SPDX-License-Identifier: Apache-2.0
#include "compiler/graph/graph.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "common/error.h"

namespace girih::graph {

std::string_view name(DType type) {
  switch (type) {
    case DType::kInt8:
      return "int8";
    case DType::kUint8:
      return "uint8";
    case DType::kFloat32:
      return "float32";
  }
  return "?";
}

std::int32_t lowest(DType type) { return type == DType::kUint8 ? 0 : -128; }
std::int32_t highest(DType type) { return type == DType::kUint8 ? 255 : 127; }

std::int32_t Tensor::constant_at(std::size_t index) const {
  return dtype == DType::kUint8 ? std::int32_t{data[index]}
                                : std::int32_t{static_cast<std::int8_t>(data[index])};
}

std::string_view kind(const Operation& operation) {
  static constexpr std::string_view kNames[] = {
      "Conv",        "FullyConnected", "Add",       "Mul",         "Requantise", "MaxPool",
      "AveragePool", "Reshape",        "Transpose", "HostSoftmax", "HostSigmoid"};
  static_assert(std::size(kNames) == std::variant_size_v<Operation>);
  return kNames[operation.index()];
}

bool on_host(const Operation& operation) {
  return std::holds_alternative<HostSoftmax>(operation) ||
         std::holds_alternative<HostSigmoid>(operation);
}

bool has_bounds(const Operation& operation) {
  return !on_host(operation) && !std::holds_alternative<MaxPool>(operation) &&
         !std::holds_alternative<Reshape>(operation) &&
         !std::holds_alternative<Transpose>(operation);
}

TensorId Graph::add_tensor(Tensor tensor) {
  tensors.push_back(std::move(tensor));
  return tensors.size() - 1;
}

NodeId Graph::add_node(Node node) {
  tensors[node.output].producer = nodes.size();
  nodes.push_back(std::move(node));
  return nodes.size() - 1;
}

std::int64_t elements(const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t dim : shape) {
    if (dim < 1) {
      throw Error(fmt::format("shape {}: dimension {} is not positive", to_string(shape), dim));
    }
    if (dim > kMaxElements / count) {
      throw Error(fmt::format("shape {}: more than the {} elements that a tensor may have",
                              to_string(shape), kMaxElements));
    }
    count *= dim;
  }
  return count;
}

std::string to_string(const Shape& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

std::int64_t extent(std::int64_t kernel, std::int64_t dilation) {
  return (kernel - 1) * dilation + 1;
}

std::int64_t macs(const Graph& graph, const Node& node) {
  if (std::holds_alternative<Conv>(node.operation)) {
    const Shape& weights = graph.tensors[node.inputs[1]].shape;
    return elements(graph.tensors[node.output].shape) * weights[1] * weights[2] * weights[3];
  }
  if (const auto* fc = std::get_if<FullyConnected>(&node.operation)) {
    return fc->rows * fc->depth * fc->columns;
  }
  return 0;
}

std::int64_t weight_bytes(const Graph& graph, const Node& node) {
  std::int64_t bytes = 0;
  for (const TensorId id : node.inputs) {
    if (graph.tensors[id].constant) bytes += elements(graph.tensors[id].shape);
  }
  if (const auto* conv = std::get_if<Conv>(&node.operation)) bytes += 4 * std::ssize(conv->bias);
  if (const auto* fc = std::get_if<FullyConnected>(&node.operation)) {
    bytes += 4 * std::ssize(fc->bias);
  }
  return bytes;
}

std::string to_text(const Graph& graph) {
  std::string text;
  for (const Port& port : graph.inputs) {
    const Tensor& x = graph.tensors[port.tensor];
    text += fmt::format("input  {:<20} {:<6} {}{}\n", port.name, name(x.dtype), to_string(x.shape),
                        port.as_float ? " quantised by the host" : "");
  }
  for (const Node& node : graph.nodes) {
    const Tensor& y = graph.tensors[node.output];
    text += fmt::format("{:<14} {:<20} {:<6} {:<20} MACs {}", kind(node.operation), node.name,
                        name(y.dtype), to_string(y.shape), macs(graph, node));
    if (has_bounds(node.operation)) text += fmt::format(" bounds [{}, {}]", node.lo, node.hi);
    text += '\n';
  }
  for (const Port& port : graph.outputs) {
    text += fmt::format("output {:<20} is {}{}\n", port.name, graph.tensors[port.tensor].name,
                        port.as_float ? " as float32" : "");
  }
  return text;
}

}  // namespace girih::graph
