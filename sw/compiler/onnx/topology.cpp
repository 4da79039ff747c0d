// SPDX-License-Identifier: Apache-2.0
#include "compiler/onnx/topology.h"

#include <queue>

#include "common/error.h"
#include "common/text.h"

namespace girih::onnx {

Topology::Topology(const ::onnx::GraphProto& graph)
    : graph_(graph), needed_(static_cast<std::size_t>(graph.node_size())) {
  for (const auto& output : graph.output()) outputs_.insert(output.name());
  find_producers();
  sort();
  find_needed();
}

std::string Topology::label(const ::onnx::GraphProto& graph, std::size_t node) {
  const auto& proto = graph.node(static_cast<int>(node));
  if (!proto.name().empty()) return printable(proto.name());
  return printable(proto.op_type()) + "#" + std::to_string(node);
}

const std::vector<std::size_t>& Topology::readers(const std::string& tensor) const {
  static const std::vector<std::size_t> kNone;
  const auto found = readers_.find(tensor);
  return found == readers_.end() ? kNone : found->second;
}

void Topology::find_producers() {
  for (const auto& input : graph_.input()) {
    if (!sources_.insert(input.name()).second) {
      throw Error("graph input '{}' is given twice", printable(input.name()));
    }
  }
  // Older files list every initialiser among the inputs, too.
  std::unordered_set<std::string> initialisers;
  for (const auto& initialiser : graph_.initializer()) {
    if (!initialisers.insert(initialiser.name()).second) {
      throw Error("initialiser '{}' is given twice", printable(initialiser.name()));
    }
    sources_.insert(initialiser.name());
  }
  for (int i = 0; i < graph_.node_size(); ++i) {
    const auto node = static_cast<std::size_t>(i);
    for (const std::string& output : graph_.node(i).output()) {
      if (output.empty()) continue;
      if (sources_.contains(output) || !producer_.emplace(output, node).second) {
        throw Error("node '{}': its output '{}' exists already; tensor names must be unique",
                    label(graph_, node), printable(output));
      }
    }
  }
}

void Topology::sort() {
  const auto count = static_cast<std::size_t>(graph_.node_size());
  std::vector<std::size_t> waits(count);
  std::vector<std::vector<std::size_t>> followers(count);
  for (std::size_t node = 0; node < count; ++node) {
    for (const std::string& input : graph_.node(static_cast<int>(node)).input()) {
      if (input.empty() || sources_.contains(input)) continue;
      const auto found = producer_.find(input);
      if (found == producer_.end()) {
        throw Error("node '{}': its input '{}' is not in the model", label(graph_, node),
                    printable(input));
      }
      followers[found->second].push_back(node);
      ++waits[node];
    }
  }
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
  for (std::size_t node = 0; node < count; ++node) {
    if (waits[node] == 0) ready.push(node);
  }
  while (!ready.empty()) {
    const std::size_t node = ready.top();
    ready.pop();
    order_.push_back(node);
    for (const std::size_t follower : followers[node]) {
      if (--waits[follower] == 0) ready.push(follower);
    }
  }
  if (order_.size() == count) return;
  std::string names;
  std::size_t shown = 0;
  for (std::size_t node = 0; node < count && shown < 8; ++node) {
    if (waits[node] == 0) continue;
    names += (shown++ ? ", '" : "'") + label(graph_, node) + "'";
  }
  throw Error("the graph has a cycle; these nodes wait for it: {}", names);
}

void Topology::find_needed() {
  std::unordered_set<std::string> wanted = outputs_;
  for (auto node = order_.rbegin(); node != order_.rend(); ++node) {
    const auto& proto = graph_.node(static_cast<int>(*node));
    for (const std::string& output : proto.output()) {
      if (!output.empty() && wanted.contains(output)) needed_[*node] = true;
    }
    if (!needed_[*node]) continue;
    for (const std::string& input : proto.input()) {
      if (input.empty()) continue;
      wanted.insert(input);
      auto& readers = readers_[input];
      if (readers.empty() || readers.back() != *node) readers.push_back(*node);
    }
  }
}

}  // namespace girih::onnx
