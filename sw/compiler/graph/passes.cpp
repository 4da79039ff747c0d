// SPDX-License-Identifier: Apache-2.0
#include "compiler/graph/passes.h"

#include <algorithm>
#include <utility>

namespace girih::graph {
namespace {

bool is_clamp(const Graph& graph, const Node& node) {
  return std::holds_alternative<Requantise>(node.operation) && !node.inputs.empty() &&
         graph.tensors[node.inputs[0]].encoding() == graph.tensors[node.output].encoding();
}

bool moves_elements(const Operation& operation) {
  return std::holds_alternative<MaxPool>(operation) ||
         std::holds_alternative<Reshape>(operation) ||
         std::holds_alternative<Transpose>(operation);
}

std::size_t readers(const Graph& graph, TensorId id) {
  std::size_t count = 0;
  for (const Node& node : graph.nodes) {
    count += static_cast<std::size_t>(std::count(node.inputs.begin(), node.inputs.end(), id));
  }
  for (const Port& port : graph.outputs) count += port.tensor == id;
  return count;
}

void redirect(Graph& graph, TensorId from, TensorId to) {
  for (Node& node : graph.nodes) std::replace(node.inputs.begin(), node.inputs.end(), from, to);
  for (Port& port : graph.outputs) {
    if (port.tensor == from) port.tensor = to;
  }
}

/// The node whose bounds may take the clamp over, or kNoNode. Clamping is monotone, so it commutes
/// with a maximum and with any rearrangement; every value on the way must have a single reader.
NodeId clamp_target(const Graph& graph, const Node& clamp) {
  TensorId id = clamp.inputs[0];
  for (;;) {
    const NodeId producer = graph.tensors[id].producer;
    if (producer == kNoNode || readers(graph, id) != 1) return kNoNode;
    const Node& node = graph.nodes[producer];
    if (has_bounds(node.operation)) return producer;
    if (!moves_elements(node.operation)) return kNoNode;
    id = node.inputs[0];
  }
}

}  // namespace

void fuse_clamps(Graph& graph) {
  for (NodeId id = 0; id < graph.nodes.size(); ++id) {
    const Node clamp = graph.nodes[id];
    if (!is_clamp(graph, clamp)) continue;
    const DType type = graph.tensors[clamp.output].dtype;
    if (clamp.lo > lowest(type) || clamp.hi < highest(type)) {
      const NodeId target = clamp_target(graph, clamp);
      if (target == kNoNode) continue;
      Node& node = graph.nodes[target];
      // First the old bounds, then the clamp's: crossing intervals meet at the clamp's side.
      node.lo = std::clamp(node.lo, clamp.lo, clamp.hi);
      node.hi = std::clamp(node.hi, clamp.lo, clamp.hi);
      node.origins.insert(node.origins.end(), clamp.origins.begin(), clamp.origins.end());
    }
    redirect(graph, clamp.output, clamp.inputs[0]);
    graph.nodes[id].inputs.clear();  // reads nothing any more; prune removes it
  }
  prune(graph);
}

void prune(Graph& graph) {
  std::vector<bool> needed(graph.tensors.size());
  for (const Port& port : graph.inputs) needed[port.tensor] = true;
  for (const Port& port : graph.outputs) needed[port.tensor] = true;
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    if (!needed[node->output]) continue;
    for (const TensorId input : node->inputs) needed[input] = true;
  }
  std::vector<TensorId> renumbered(graph.tensors.size());
  std::vector<Tensor> tensors;
  for (TensorId id = 0; id < graph.tensors.size(); ++id) {
    if (!needed[id]) continue;
    renumbered[id] = tensors.size();
    tensors.push_back(std::move(graph.tensors[id]));
    tensors.back().producer = kNoNode;
  }
  graph.tensors = std::move(tensors);
  std::vector<Node> nodes = std::exchange(graph.nodes, {});
  for (Node& node : nodes) {
    if (!needed[node.output]) continue;
    for (TensorId& input : node.inputs) input = renumbered[input];
    node.output = renumbered[node.output];
    graph.add_node(std::move(node));
  }
  for (Port& port : graph.inputs) port.tensor = renumbered[port.tensor];
  for (Port& port : graph.outputs) port.tensor = renumbered[port.tensor];
}

}  // namespace girih::graph
