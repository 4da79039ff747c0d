// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/layout.h"

#include <algorithm>
#include <numeric>
#include <variant>

#include "common/error.h"

namespace girih::compiler {
namespace {

using graph::Graph;
using graph::Node;
using graph::TensorId;

bool needs_channels_last(const graph::Operation& operation) {
  return std::holds_alternative<graph::Conv>(operation) ||
         std::holds_alternative<graph::MaxPool>(operation) ||
         std::holds_alternative<graph::AveragePool>(operation);
}

/// An input is stored as its first reader wants it.
Storage input_storage(const Graph& graph, TensorId tensor) {
  const graph::Shape& shape = graph.tensors[tensor].shape;
  for (const Node& node : graph.nodes) {
    if (node.inputs.empty() || node.inputs.front() != tensor) continue;
    const auto* turn = std::get_if<graph::Transpose>(&node.operation);
    if (turn == nullptr) break;
    // Row-major after the transposition (channels-last for a map), written in the factors before
    // it.
    const std::vector<std::size_t>& p = turn->permutation;
    Storage storage = row_major(shape);
    storage.order = p.size() == 4 ? std::vector<std::size_t>{p[0], p[2], p[3], p[1]} : p;
    return storage;
  }
  return channels_last(shape);
}

}  // namespace

Layout::Layout(const Graph& graph) : storage_(graph.tensors.size()), root_(graph.tensors.size()) {
  std::iota(root_.begin(), root_.end(), TensorId{0});
  decide(graph);
}

void Layout::decide(const Graph& graph) {
  for (const graph::Port& port : graph.inputs)
    storage_[port.tensor] = input_storage(graph, port.tensor);
  for (const Node& node : graph.nodes) {
    if (graph::on_host(node.operation)) continue;
    const graph::Tensor& y = graph.tensors[node.output];
    const TensorId x = node.inputs.front();
    if (needs_channels_last(node.operation)) {
      if (!same_order(storage_[x], channels_last(graph.tensors[x].shape))) {
        throw Error(
            "node \"{}\": reads tensor \"{}\", whose elements a reshape or transpose before it "
            "left in an order "
            "other than channels-last; remove it or let it cancel out",
            node.name, graph.tensors[x].name);
      }
      storage_[node.output] = channels_last(y.shape);
    } else if (std::holds_alternative<graph::FullyConnected>(node.operation)) {
      storage_[node.output] = row_major(y.shape);
    } else if (std::holds_alternative<graph::Reshape>(node.operation)) {
      storage_[node.output] = storage_[x];
      root_[node.output] = root_[x];
    } else if (const auto* turn = std::get_if<graph::Transpose>(&node.operation)) {
      const std::optional<Storage> turned =
          transpose(storage_[x], graph.tensors[x].shape, turn->permutation);
      if (!turned) {
        throw Error(
            "node \"{}\": this transposition would cut across an earlier reshape of tensor \"{}\"; "
            "remove one of "
            "them",
            node.name, graph.tensors[x].name);
      }
      storage_[node.output] = *turned;
      root_[node.output] = root_[x];
    } else {
      // Elementwise: as the activation that has the output's shape.
      TensorId like = x;
      for (const TensorId input : node.inputs) {
        if (!graph.tensors[input].constant && graph.tensors[input].shape == y.shape) {
          like = input;
          break;
        }
      }
      if (graph.tensors[like].constant ||
          graph::elements(graph.tensors[like].shape) != graph::elements(y.shape)) {
        throw Error("node \"{}\": an input that is no constant must have the output's shape {}",
                    node.name, graph::to_string(y.shape));
      }
      storage_[node.output] = storage_[like];
    }
  }
}

std::vector<std::uint32_t> depth_order(const Storage& storage, std::int64_t rows,
                                       std::int64_t depth, const std::string& node) {
  const std::vector<std::uint32_t> place = positions(storage);
  std::vector<std::uint32_t> order(place.begin(), place.begin() + depth);
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t i = 0; i < depth; ++i) {
      if (place[static_cast<std::size_t>(row * depth + i)] !=
          order[static_cast<std::size_t>(i)] + row * depth) {
        throw Error(
            "node \"{}\": the rows of its input are not contiguous in memory after the reshape or "
            "transpose before "
            "it; keep the reduced dimensions together",
            node);
      }
    }
  }
  return order;
}

}  // namespace girih::compiler
