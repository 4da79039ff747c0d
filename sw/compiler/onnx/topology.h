// SPDX-License-Identifier: Apache-2.0
//
// Who makes and who reads each tensor name of an ONNX graph, and an order of execution.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "onnx.pb.h"

namespace girih::onnx {

/// Node indices are those of GraphProto.node. The graph must outlive the topology.
class Topology {
 public:
  /// Throws girih::Error when a tensor name is made twice, is read but never made, or when nodes
  /// wait for each other in a circle; the message names the nodes.
  explicit Topology(const ::onnx::GraphProto& graph);

  /// Every node behind its producers; the file's order where that is legal already.
  const std::vector<std::size_t>& order() const { return order_; }

  /// False for a node that no graph output depends on.
  bool needed(std::size_t node) const { return needed_[node]; }

  /// Needed nodes that read the name, each once.
  const std::vector<std::size_t>& readers(const std::string& tensor) const;
  bool is_graph_output(const std::string& tensor) const { return outputs_.contains(tensor); }

  /// "conv1", or "Conv#3" for the fourth node of the file when it has no name. Printable.
  static std::string label(const ::onnx::GraphProto& graph, std::size_t node);

 private:
  void find_producers();
  void sort();
  void find_needed();

  const ::onnx::GraphProto& graph_;
  std::unordered_set<std::string> sources_;  ///< graph inputs and initialisers
  std::unordered_set<std::string> outputs_;
  std::unordered_map<std::string, std::size_t> producer_;
  std::unordered_map<std::string, std::vector<std::size_t>> readers_;
  std::vector<std::size_t> order_;
  std::vector<bool> needed_;
};

}  // namespace girih::onnx
