// SPDX-License-Identifier: Apache-2.0
//
// Typed access to a node's attributes, which also knows which ones nobody asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "onnx.pb.h"

namespace girih::onnx {

/// Every getter throws girih::Error when the attribute has another type than asked.
class Attributes {
 public:
  explicit Attributes(const ::onnx::NodeProto& node);

  std::int64_t integer(const char* name, std::int64_t otherwise);
  float real(const char* name, float otherwise);
  std::string text(const char* name, const char* otherwise);
  std::optional<std::vector<std::int64_t>> integers(const char* name);
  std::optional<std::vector<float>> reals(const char* name);
  const ::onnx::TensorProto* tensor(const char* name);

  /// Throws when an integer attribute is present with another value than the only accepted one.
  void only(const char* name, std::int64_t accepted);

  /// Throws when the node has an attribute that no getter was called for.
  void finish() const;

 private:
  const ::onnx::AttributeProto* find(const char* name, ::onnx::AttributeProto::AttributeType type);

  const ::onnx::NodeProto& node_;
  std::set<std::string> known_;
};

}  // namespace girih::onnx
