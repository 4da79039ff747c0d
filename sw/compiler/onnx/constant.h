// SPDX-License-Identifier: Apache-2.0
//
// Constant tensors of a model: initialisers and Constant nodes, inline or in external files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/graph/graph.h"
#include "onnx.pb.h"

namespace girih::onnx {

enum class ElementType : std::uint8_t { kFloat, kInt8, kUint8, kInt32, kInt64 };

std::string_view name(ElementType type);
std::size_t size_of(ElementType type);

/// Row-major elements. Dimensions of zero are legal here (an empty shape tensor).
struct Constant {
  std::string name;
  graph::Shape shape;
  ElementType type = ElementType::kFloat;
  std::vector<std::uint8_t> bytes;  ///< little-endian, size_of(type) each

  std::size_t count() const { return bytes.size() / size_of(type); }
  bool is_integer() const { return type != ElementType::kFloat; }
  float real(std::size_t index) const;             ///< type must be kFloat
  std::int64_t integer(std::size_t index) const;   ///< type must not be kFloat
};

using ConstantPtr = std::shared_ptr<const Constant>;

/// Throws girih::Error naming the tensor when type, dimensions and data do not fit, or when
/// external data is not a regular file inside `folder` with all the bytes named.
Constant read_constant(const ::onnx::TensorProto& tensor, const std::filesystem::path& folder);

Constant make_constant(std::string name, graph::Shape shape, const std::vector<float>& values);
Constant make_constant(std::string name, graph::Shape shape,
                       const std::vector<std::int64_t>& values);

}  // namespace girih::onnx
