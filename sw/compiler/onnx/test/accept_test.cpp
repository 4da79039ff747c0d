// SPDX-License-Identifier: Apache-2.0
//
// Forms of legal models that the generated corpus does not have, with results worked out by hand.
#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/graph/interpret.h"
#include "compiler/onnx/importer.h"
#include "compiler/onnx/test/model_builder.h"

namespace girih::onnx {
namespace {

using ::onnx::TensorProto;

graph::Graph import(const ModelBuilder& m, const ImportOptions& options = {}) {
  return import_bytes(m.bytes(), ".", options);
}

std::vector<float> run(const graph::Graph& g, const std::vector<float>& x) {
  return graph::output(g, g.outputs[0],
                       graph::interpret(g, {graph::quantise(g, g.inputs[0], x)}));
}

TEST(Accept, ConvTakesTheEncodingBehindRelu) {
  const graph::Graph g = import(small_conv());
  ASSERT_EQ(g.nodes.size(), 1U) << graph::to_text(g);
  const graph::Node& node = g.nodes[0];
  EXPECT_EQ(node.name, "conv");
  EXPECT_EQ(node.origins, (std::vector<std::string>{"conv", "relu"}));
  EXPECT_EQ(node.lo, -7);
  EXPECT_EQ(node.hi, 127);
  const auto& conv = std::get<graph::Conv>(node.operation);
  EXPECT_EQ(conv.bias, (std::vector<std::int32_t>{100, -50}));
  EXPECT_EQ(conv.multiplier, (std::vector<float>{0.25F, 0.25F}));  // 0.5 * 0.125 / 0.25
}

TEST(Accept, NodesInAnyOrder) {
  ModelBuilder m = small_conv();
  auto& nodes = *m.graph().mutable_node();
  std::reverse(nodes.begin(), nodes.end());
  EXPECT_EQ(graph::to_text(import(m)), graph::to_text(import(small_conv())));
}

TEST(Accept, EveryOpsetInTheRange) {
  for (std::int64_t opset = 11; opset <= 22; ++opset) {
    ModelBuilder m = small_conv();
    m.model().mutable_opset_import(0)->set_version(opset);
    EXPECT_EQ(refusal(m), "") << opset;
  }
}

TEST(Accept, AnOpenBatch) {
  ModelBuilder m = small_conv();
  m.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->mutable_shape()
      ->mutable_dim(0)->set_dim_param("N");
  const graph::Graph g = import(m, {.batch = 3});
  EXPECT_EQ(g.tensors[g.inputs[0].tensor].shape, (graph::Shape{3, 2, 4, 4}));
}

TEST(Accept, ClipInTheDomainOfItsResult) {
  // x on a grid of 0.5, clipped to [-0.6, 1.3], onto a grid of 0.25: the bounds are those of the
  // fine grid (-0.5 and 1.25), not of the coarse one.
  ModelBuilder m;
  m.input("input", {4});
  m.qdq("input", "x", 0.5F, 0);
  m.floats("low", {}, {-0.6F});
  m.floats("high", {}, {1.3F});
  m.node("Clip", {"x", "low", "high"}, "y");
  m.qdq("y", "output", 0.25F, 0);
  m.output("output");
  EXPECT_EQ(run(import(m), {-4, -0.5F, 1, 4}), (std::vector<float>{-0.5F, -0.5F, 1, 1.25F}));
}

TEST(Accept, SubtractionAndRoundingOfTies) {
  // (a - b) / 2 with a = 5, 7, b = 2, 2: 1.5 and 2.5, both to the even 2.
  ModelBuilder m;
  m.input("input", {2});
  m.qdq("input", "x", 1, 0);
  m.weights("b", {1}, {2}, 1);
  m.node("Sub", {"x", "b"}, "y");
  m.qdq("y", "output", 2, 0);
  m.output("output");
  EXPECT_EQ(run(import(m), {5, 7}), (std::vector<float>{4, 4}));
}

TEST(Accept, MatMulWithLeadingDimensions) {
  ModelBuilder m;
  m.input("input", {2, 1, 2});
  m.qdq("input", "x", 1, 0);
  m.weights("w", {2, 3}, {1, 2, 3, 4, 5, 6}, 1);
  m.node("MatMul", {"x", "w"}, "y");
  m.qdq("y", "output", 1, 0);
  m.output("output");
  const graph::Graph g = import(m);
  EXPECT_EQ(g.tensors[g.outputs[0].tensor].shape, (graph::Shape{2, 1, 3}));
  EXPECT_EQ(run(g, {1, 1, 2, 0}), (std::vector<float>{5, 7, 9, 2, 4, 6}));
}

TEST(Accept, ScalesFromConstantNodesAndIdentity) {
  ModelBuilder m;
  m.input("input", {2});
  auto& scale = m.node("Constant", {}, "s");
  ModelBuilder::set(scale, "value_float", 0.5F);
  m.integers("z", TensorProto::UINT8, {}, {10});
  m.node("QuantizeLinear", {"input", "s", "z"}, "q");
  m.node("Identity", {"q"}, "q2");
  m.node("DequantizeLinear", {"q2", "s", "z"}, "output");
  m.output("output");
  const graph::Graph g = import(m);
  EXPECT_EQ(g.tensors[g.inputs[0].tensor].dtype, graph::DType::kUint8);
  EXPECT_EQ(run(g, {-100, 1.3F}), (std::vector<float>{-5, 1.5F}));
}

TEST(Accept, IntegerInputAndOutput) {
  ModelBuilder m;
  m.input("q", {2});
  m.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(
      TensorProto::UINT8);
  m.floats("s", {}, {0.5F});
  m.floats("s2", {}, {1.0F});
  m.integers("z", TensorProto::UINT8, {}, {10});
  m.node("DequantizeLinear", {"q", "s", "z"}, "x");
  m.node("QuantizeLinear", {"x", "s2", "z"}, "y");
  m.output("y");
  const graph::Graph g = import(m);
  EXPECT_FALSE(g.inputs[0].as_float);
  EXPECT_FALSE(g.outputs[0].as_float);
  const auto run = graph::interpret(g, {{13, 20}});
  EXPECT_EQ(run.values[g.outputs[0].tensor], (graph::Values{12, 15}));  // 1.5 -> 2, 5
}

TEST(Accept, AClampWithAnotherReaderStaysApart) {
  ModelBuilder m;
  m.input("input", {2});
  m.qdq("input", "x", 1, 0);
  m.node("Add", {"x", "x"}, "a");
  m.qdq("a", "ad", 1, 0);
  m.node("Relu", {"ad"}, "r");
  m.qdq("r", "rd", 1, 0);
  m.node("Add", {"ad", "rd"}, "y");
  m.qdq("y", "output", 1, 0);
  m.output("output");
  const graph::Graph g = import(m);
  EXPECT_EQ(g.nodes.size(), 3U) << graph::to_text(g);
  EXPECT_EQ(run(g, {-3, 4}), (std::vector<float>{-6, 16}));
}

}  // namespace
}  // namespace girih::onnx
