// SPDX-License-Identifier: Apache-2.0
//
// Small QDQ models for tests, written with protobuf directly.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "onnx.pb.h"

namespace girih::onnx {

/// Every call adds to the model; tensor names are the caller's.
class ModelBuilder {
 public:
  explicit ModelBuilder(std::int64_t opset = 17);

  ::onnx::ModelProto& model() { return model_; }
  ::onnx::GraphProto& graph() { return *model_.mutable_graph(); }
  std::string bytes() const { return model_.SerializeAsString(); }

  void input(const std::string& name, const std::vector<std::int64_t>& shape);  ///< float
  void output(const std::string& name);                                         ///< float

  ::onnx::TensorProto& floats(const std::string& name, const std::vector<std::int64_t>& shape,
                              const std::vector<float>& values);
  /// INT8, UINT8, INT32 or INT64 data.
  ::onnx::TensorProto& integers(const std::string& name, int type,
                                const std::vector<std::int64_t>& shape,
                                const std::vector<std::int64_t>& values);

  ::onnx::NodeProto& node(const std::string& op, const std::vector<std::string>& inputs,
                          const std::string& output);

  /// float `x` -> QuantizeLinear -> DequantizeLinear -> `y`. The zero point has the type.
  void qdq(const std::string& x, const std::string& y, float scale, int zero,
           int type = ::onnx::TensorProto::INT8);

  /// An INT8 constant behind a DequantizeLinear, per tensor.
  void weights(const std::string& name, const std::vector<std::int64_t>& shape,
               const std::vector<std::int64_t>& values, float scale);

  static void set(::onnx::NodeProto& node, const std::string& name, std::int64_t value);
  static void set(::onnx::NodeProto& node, const std::string& name,
                  const std::vector<std::int64_t>& values);
  static void set(::onnx::NodeProto& node, const std::string& name, const std::string& value);
  static void set(::onnx::NodeProto& node, const std::string& name, float value);

 private:
  ::onnx::ModelProto model_;
};

/// input [1, 2, 4, 4] -> Q/DQ (0.5, 3) -> Conv 3x3 'conv' to 2 channels, padded, with bias
/// -> Relu 'relu' -> Q/DQ (0.25, -7) -> output. Weights 'w' (0.125) and bias 'b'.
ModelBuilder small_conv();

/// The Error's message, or "" when import_bytes accepts it.
std::string refusal(const ModelBuilder& builder);

testing::AssertionResult mentions(const std::string& message, const std::string& text);

}  // namespace girih::onnx
