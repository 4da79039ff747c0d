// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "compiler/onnx/importer.h"
#include "compiler/onnx/report.h"
#include "compiler/onnx/test/model_builder.h"

namespace girih::onnx {
namespace {

const NodeReport& row(const ModelReport& report, const std::string& name) {
  for (const NodeReport& node : report.nodes) {
    if (node.name == name) return node;
  }
  throw std::runtime_error("no row " + name);
}

TEST(Inspect, TellsWhatEveryNodeBecomes) {
  const ModelReport report = inspect_bytes(small_conv().bytes(), ".");
  EXPECT_TRUE(report.supported());
  const NodeReport& conv = row(report, "conv");
  EXPECT_EQ(conv.becomes, "Conv");
  EXPECT_EQ(conv.output_shape, (graph::Shape{1, 2, 4, 4}));
  EXPECT_EQ(conv.macs, 2 * 2 * 9 * 16);
  EXPECT_EQ(conv.weight_bytes, 36 + 2 * 4);
  EXPECT_EQ(row(report, "relu").becomes, "bounds of 'conv'");
  EXPECT_EQ(report.macs, conv.macs);
  const auto json = to_json(report);
  EXPECT_EQ(json["nodes"].size(), 8U);
  EXPECT_TRUE(json["supported"]);
}

TEST(Inspect, GoesOnBehindTheFirstProblem) {
  ModelBuilder m;
  m.input("input", {1, 4});
  m.qdq("input", "x", 1, 0);
  m.node("Exp", {"x"}, "e").set_name("first");
  m.qdq("e", "ed", 1, 0);
  m.node("Relu", {"ed"}, "r").set_name("between");
  m.qdq("r", "rd", 1, 0);
  m.node("Einsum", {"rd"}, "h").set_name("second");
  m.qdq("h", "hd", 1, 0);
  m.node("Relu", {"hd"}, "y").set_name("behind");
  m.qdq("y", "output", 1, 0);
  m.output("output");
  const ModelReport report = inspect_bytes(m.bytes(), ".");
  EXPECT_FALSE(report.supported());
  EXPECT_TRUE(mentions(row(report, "first").reason, "not supported"));
  EXPECT_TRUE(row(report, "between").supported);  // Exp keeps the shape
  EXPECT_TRUE(mentions(row(report, "second").reason, "not supported"));
  EXPECT_TRUE(mentions(row(report, "behind").reason, "not examined further"));
  EXPECT_EQ(to_json(report)["nodes"].size(), 14U);
}

TEST(Inspect, NodesWithOneNameGetTheirOwnRows) {
  ModelBuilder m = small_conv();
  for (auto& node : *m.graph().mutable_node()) node.set_name("same");
  const ModelReport report = inspect_bytes(m.bytes(), ".");
  EXPECT_EQ(row(report, "same").op, "QuantizeLinear");
  EXPECT_EQ(row(report, "same#4").op, "Conv");
}

TEST(Inspect, ANodeThatNobodyNeeds) {
  ModelBuilder m = small_conv();
  m.node("Whatever", {"x"}, "dead");
  const ModelReport report = inspect_bytes(m.bytes(), ".");
  EXPECT_TRUE(report.supported());
  EXPECT_TRUE(mentions(row(report, "dead_Whatever").becomes, "nothing"));
}

}  // namespace
}  // namespace girih::onnx
