// SPDX-License-Identifier: Apache-2.0
//
// From an ONNX file (QDQ form) to the compiler's graph. docs/compiler-import.md says what is
// accepted. No protobuf in this header.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "compiler/graph/graph.h"

namespace girih::onnx {

struct ImportOptions {
  std::int64_t batch = 1;  ///< what a symbolic first dimension of a graph input becomes
};

/// The graph, validated, clamps fused, unused parts gone.
/// Throws girih::Error at the first problem: node, operator, attribute, what would be accepted.
graph::Graph import_model(const std::filesystem::path& path, const ImportOptions& options = {});

/// The same from the file's bytes; external data is looked for in `folder`.
graph::Graph import_bytes(const std::string& bytes, const std::filesystem::path& folder,
                          const ImportOptions& options = {});

/// What becomes of one ONNX node.
struct NodeReport {
  std::string name;
  std::string op;
  bool supported = false;
  std::string reason;          ///< empty when supported, else the sentence why not
  std::string becomes;         ///< "Conv", "bounds of 'conv1'", "host", "encoding", "folded", ...
  graph::Shape output_shape;   ///< empty when it is not known
  std::int64_t macs = 0;
  std::int64_t weight_bytes = 0;
};

struct ModelReport {
  std::string model;                  ///< the graph's name
  std::int64_t opset = 0;
  std::vector<NodeReport> nodes;      ///< in execution order
  std::vector<std::string> problems;  ///< not of one node: inputs, outputs, initialisers
  std::int64_t macs = 0;
  std::int64_t weight_bytes = 0;

  bool supported() const;
};

/// Examines every node, also behind the first unsupported one. Throws girih::Error only when the
/// file as a whole cannot be read (see read_model).
ModelReport inspect_model(const std::filesystem::path& path, const ImportOptions& options = {});
ModelReport inspect_bytes(const std::string& bytes, const std::filesystem::path& folder,
                          const ImportOptions& options = {});

}  // namespace girih::onnx
