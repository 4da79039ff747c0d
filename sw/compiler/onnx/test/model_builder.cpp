// SPDX-License-Identifier: Apache-2.0
#include "compiler/onnx/test/model_builder.h"

#include "common/error.h"
#include "compiler/onnx/importer.h"

namespace girih::onnx {

using ::onnx::AttributeProto;
using ::onnx::TensorProto;

namespace {

AttributeProto& attribute(::onnx::NodeProto& node, const std::string& name) {
  AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  return attribute;
}

}  // namespace

ModelBuilder::ModelBuilder(std::int64_t opset) {
  model_.set_ir_version(8);
  model_.add_opset_import()->set_version(opset);
  graph().set_name("test");
}

void ModelBuilder::input(const std::string& name, const std::vector<std::int64_t>& shape) {
  auto& info = *graph().add_input();
  info.set_name(name);
  auto& type = *info.mutable_type()->mutable_tensor_type();
  type.set_elem_type(TensorProto::FLOAT);
  for (const std::int64_t dim : shape) type.mutable_shape()->add_dim()->set_dim_value(dim);
}

void ModelBuilder::output(const std::string& name) { graph().add_output()->set_name(name); }

TensorProto& ModelBuilder::floats(const std::string& name, const std::vector<std::int64_t>& shape,
                                  const std::vector<float>& values) {
  TensorProto& tensor = *graph().add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(TensorProto::FLOAT);
  for (const std::int64_t dim : shape) tensor.add_dims(dim);
  for (const float v : values) tensor.add_float_data(v);
  return tensor;
}

TensorProto& ModelBuilder::integers(const std::string& name, int type,
                                    const std::vector<std::int64_t>& shape,
                                    const std::vector<std::int64_t>& values) {
  TensorProto& tensor = *graph().add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(type);
  for (const std::int64_t dim : shape) tensor.add_dims(dim);
  for (const std::int64_t v : values) {
    if (type == TensorProto::INT64) {
      tensor.add_int64_data(v);
    } else {
      tensor.add_int32_data(static_cast<std::int32_t>(v));
    }
  }
  return tensor;
}

::onnx::NodeProto& ModelBuilder::node(const std::string& op, const std::vector<std::string>& inputs,
                                      const std::string& output) {
  ::onnx::NodeProto& node = *graph().add_node();
  node.set_op_type(op);
  node.set_name(output + "_" + op);
  for (const std::string& input : inputs) node.add_input(input);
  node.add_output(output);
  return node;
}

void ModelBuilder::qdq(const std::string& x, const std::string& y, float scale, int zero,
                       int type) {
  floats(y + "_scale", {}, {scale});
  integers(y + "_zero", type, {}, {zero});
  node("QuantizeLinear", {x, y + "_scale", y + "_zero"}, y + "_q");
  node("DequantizeLinear", {y + "_q", y + "_scale", y + "_zero"}, y);
}

void ModelBuilder::weights(const std::string& name, const std::vector<std::int64_t>& shape,
                           const std::vector<std::int64_t>& values, float scale) {
  integers(name + "_q", TensorProto::INT8, shape, values);
  floats(name + "_scale", {}, {scale});
  node("DequantizeLinear", {name + "_q", name + "_scale"}, name);
}

void ModelBuilder::set(::onnx::NodeProto& node, const std::string& name, std::int64_t value) {
  AttributeProto& a = attribute(node, name);
  a.set_type(AttributeProto::INT);
  a.set_i(value);
}

void ModelBuilder::set(::onnx::NodeProto& node, const std::string& name,
                       const std::vector<std::int64_t>& values) {
  AttributeProto& a = attribute(node, name);
  a.set_type(AttributeProto::INTS);
  for (const std::int64_t v : values) a.add_ints(v);
}

void ModelBuilder::set(::onnx::NodeProto& node, const std::string& name, const std::string& value) {
  AttributeProto& a = attribute(node, name);
  a.set_type(AttributeProto::STRING);
  a.set_s(value);
}

void ModelBuilder::set(::onnx::NodeProto& node, const std::string& name, float value) {
  AttributeProto& a = attribute(node, name);
  a.set_type(AttributeProto::FLOAT);
  a.set_f(value);
}

ModelBuilder small_conv() {
  ModelBuilder m;
  m.input("input", {1, 2, 4, 4});
  m.qdq("input", "x", 0.5F, 3);
  std::vector<std::int64_t> w(2 * 2 * 3 * 3);
  for (std::size_t i = 0; i < w.size(); ++i) w[i] = static_cast<std::int64_t>(i * 37 % 255) - 127;
  m.weights("w", {2, 2, 3, 3}, w, 0.125F);
  m.integers("b_q", TensorProto::INT32, {2}, {100, -50});
  m.floats("b_scale", {}, {0.0625F});
  m.node("DequantizeLinear", {"b_q", "b_scale"}, "b");
  auto& conv = m.node("Conv", {"x", "w", "b"}, "c");
  conv.set_name("conv");
  ModelBuilder::set(conv, "pads", std::vector<std::int64_t>{1, 1, 1, 1});
  m.node("Relu", {"c"}, "r").set_name("relu");
  m.qdq("r", "output", 0.25F, -7);
  m.output("output");
  return m;
}

std::string refusal(const ModelBuilder& builder) {
  try {
    static_cast<void>(import_bytes(builder.bytes(), "."));
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

testing::AssertionResult mentions(const std::string& message, const std::string& text) {
  if (message.find(text) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "'" << message << "' does not mention '" << text << "'";
}

}  // namespace girih::onnx
