// SPDX-License-Identifier: Apache-2.0
//
// Storage and place of every tensor of a graph, decided before any instruction is written.
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
  std::int64_t offset(graph::TensorId tensor) const { return offsets_[root_[tensor]]; }
  std::uint64_t workspace_bytes() const { return bytes_; }

 private:
  void decide(const graph::Graph& graph);
  void allocate(const graph::Graph& graph);

  std::vector<Storage> storage_;
  std::vector<graph::TensorId> root_;  ///< the tensor whose memory this one is (Reshape, Transpose)
  std::vector<std::int64_t> offsets_;
  std::uint64_t bytes_ = 0;
};

/// For a fully connected layer: place of logical depth index i within a row, when rows are
/// outermost. Throws girih::Error naming the node otherwise.
std::vector<std::uint32_t> depth_order(const Storage& storage, std::int64_t rows,
                                       std::int64_t depth, const std::string& node);

}  // namespace girih::compiler
