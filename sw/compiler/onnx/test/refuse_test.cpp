// SPDX-License-Identifier: Apache-2.0
//
// What is not supported is refused with the node, the operator, and what would be accepted.
#include <gtest/gtest.h>

#include <cmath>

#include "compiler/onnx/test/model_builder.h"

namespace girih::onnx {
namespace {

using ::onnx::TensorProto;

::onnx::NodeProto& named(ModelBuilder& m, const std::string& name) {
  for (auto& node : *m.graph().mutable_node()) {
    if (node.name() == name) return node;
  }
  throw std::runtime_error("no node " + name);
}

TensorProto& initialiser(ModelBuilder& m, const std::string& name) {
  for (auto& tensor : *m.graph().mutable_initializer()) {
    if (tensor.name() == name) return tensor;
  }
  throw std::runtime_error("no tensor " + name);
}

TEST(Refuse, AnUnknownOperator) {
  ModelBuilder m = small_conv();
  named(m, "relu").set_op_type("LeakyRelu");
  const std::string message = refusal(m);
  // The walk is in order: the Conv is the first that cannot go on.
  EXPECT_TRUE(mentions(message, "node 'conv' (Conv)"));
  EXPECT_TRUE(mentions(message, "'relu' (LeakyRelu)"));
}

TEST(Refuse, AnOperatorOfAnotherDomain) {
  ModelBuilder m = small_conv();
  named(m, "relu").set_domain("com.microsoft");
  EXPECT_TRUE(mentions(refusal(m), "com.microsoft"));
}

TEST(Refuse, OldAndNewOpsets) {
  for (const std::int64_t opset : {1, 10, 23}) {
    ModelBuilder m = small_conv();
    m.model().mutable_opset_import(0)->set_version(opset);
    EXPECT_TRUE(mentions(refusal(m), "11 to 22 are accepted")) << opset;
  }
}

TEST(Refuse, UnknownAndMistypedAttributes) {
  ModelBuilder m = small_conv();
  ModelBuilder::set(named(m, "conv"), "colour", std::int64_t{1});
  EXPECT_TRUE(mentions(refusal(m), "attribute 'colour'"));
  m = small_conv();
  ModelBuilder::set(named(m, "conv"), "group", 1.0F);
  EXPECT_TRUE(mentions(refusal(m), "attribute 'group' has type FLOAT, INT expected"));
  m = small_conv();
  ModelBuilder::set(named(m, "conv"), "pads", std::vector<std::int64_t>{1, 1, 1, 1});
  EXPECT_TRUE(mentions(refusal(m), "given twice"));
}

TEST(Refuse, GroupsThatDoNotDivide) {
  for (const std::int64_t group : {-1, 0, 2, 3}) {
    ModelBuilder m = small_conv();
    ModelBuilder::set(named(m, "conv"), "group", group);
    EXPECT_TRUE(mentions(refusal(m), "attribute group=")) << group;
  }
}

TEST(Refuse, BadScales) {
  for (const float scale : {0.0F, -1.0F, std::nanf(""), HUGE_VALF, 1e-42F, 3e38F}) {
    ModelBuilder m = small_conv();
    initialiser(m, "w_scale").set_float_data(0, scale);
    EXPECT_TRUE(mentions(refusal(m), "scale 'w_scale'")) << scale;
  }
}

TEST(Refuse, AMultiplierOutsideFloat32) {
  ModelBuilder m = small_conv();
  initialiser(m, "w_scale").set_float_data(0, 1e-36F);
  initialiser(m, "b_scale").set_float_data(0, 5e-37F);
  initialiser(m, "output_scale").set_float_data(0, 1e30F);
  EXPECT_TRUE(mentions(refusal(m), "multiplier"));
}

TEST(Refuse, ZeroPointsOfAnotherTypeOrRange) {
  ModelBuilder m = small_conv();
  initialiser(m, "x_zero").set_data_type(TensorProto::INT64);
  initialiser(m, "x_zero").add_int64_data(3);
  EXPECT_TRUE(mentions(refusal(m), "zero"));
  m = small_conv();
  initialiser(m, "x_zero").set_int32_data(0, 128);
  EXPECT_TRUE(mentions(refusal(m), "outside its type"));
}

TEST(Refuse, ABiasInOtherUnits) {
  ModelBuilder m = small_conv();
  initialiser(m, "b_scale").set_float_data(0, 0.0626F);
  EXPECT_TRUE(mentions(refusal(m), "0.0625 is accepted"));
}

TEST(Refuse, AFloatConvolution) {
  ModelBuilder m;
  m.input("input", {1, 1, 2, 2});
  m.floats("w", {1, 1, 1, 1}, {1});
  m.node("Conv", {"input", "w"}, "output");
  m.output("output");
  EXPECT_TRUE(mentions(refusal(m), "reads 'input' as float"));
}

TEST(Refuse, AResultThatIsNotQuantised) {
  ModelBuilder m = small_conv();
  m.graph().mutable_output(0)->set_name("r");
  EXPECT_TRUE(mentions(refusal(m), "'r' leaves the network as float32"));
}

TEST(Refuse, AProductOfActivations) {
  ModelBuilder m;
  m.input("input", {2, 2});
  m.qdq("input", "x", 1, 0);
  m.node("MatMul", {"x", "x"}, "y");
  m.qdq("y", "output", 1, 0);
  m.output("output");
  EXPECT_TRUE(mentions(refusal(m), "both inputs are activations"));
}

TEST(Refuse, SoftmaxInTheMiddle) {
  ModelBuilder m;
  m.input("input", {2});
  m.qdq("input", "x", 1, 0);
  m.node("Softmax", {"x"}, "s");
  m.qdq("s", "sd", 0.01F, 0);
  m.node("Relu", {"sd"}, "y");
  m.qdq("y", "output", 1, 0);
  m.output("output");
  EXPECT_TRUE(mentions(refusal(m), "only the last node"));
}

TEST(Refuse, ScalesPerIndexOfTheWrongAxis) {
  ModelBuilder m;
  m.input("input", {1, 2});
  m.qdq("input", "x", 1, 0);
  m.integers("wq", TensorProto::INT8, {2, 3}, {1, 2, 3, 4, 5, 6});
  m.floats("ws", {2}, {1, 2});
  ModelBuilder::set(m.node("DequantizeLinear", {"wq", "ws"}, "w"), "axis", std::int64_t{0});
  m.node("MatMul", {"x", "w"}, "y");
  m.qdq("y", "output", 1, 0);
  m.output("output");
  EXPECT_TRUE(mentions(refusal(m), "per output channel (axis 1) is accepted"));
}

TEST(Refuse, IllegalReshapes) {
  for (const std::vector<std::int64_t>& shape : {std::vector<std::int64_t>{5},
                                                 {-1, -1},
                                                 {-2, 3},
                                                 {0, 0, 7},
                                                 {1LL << 40, 1LL << 40},
                                                 {4, -1}}) {
    ModelBuilder m;
    m.input("input", {2, 3});
    m.qdq("input", "x", 1, 0);
    m.integers("shape", TensorProto::INT64, {std::ssize(shape)}, shape);
    m.node("Reshape", {"x", "shape"}, "y");
    m.qdq("y", "output", 1, 0);
    m.output("output");
    EXPECT_TRUE(mentions(refusal(m), "(Reshape)"));
  }
}

}  // namespace
}  // namespace girih::onnx
