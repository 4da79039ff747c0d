// SPDX-License-Identifier: Apache-2.0
//
// Storage of every tensor of a graph, decided before any instruction is written.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/graph/graph.h"
#include "compiler/program/storage.h"

namespace girih::compiler {

class Layout {
 public:
  /// Throws girih::Error naming the node that would need another layout than its input has.
  explicit Layout(const graph::Graph& graph);

  const Storage& storage(graph::TensorId tensor) const { return storage_[tensor]; }
  /// The tensor whose memory this one is (Reshape, Transpose); itself otherwise.
  graph::TensorId root(graph::TensorId tensor) const { return root_[tensor]; }
  std::size_t tensors() const { return root_.size(); }

 private:
  void decide(const graph::Graph& graph);

  std::vector<Storage> storage_;
  std::vector<graph::TensorId> root_;
};

/// For a fully connected layer: place of logical depth index i within a row, when rows are
/// outermost. Throws girih::Error naming the node otherwise.
std::vector<std::uint32_t> depth_order(const Storage& storage, std::int64_t rows,
                                       std::int64_t depth, const std::string& node);

}  // namespace girih::compiler
