// SPDX-License-Identifier: Apache-2.0
//
// Every node kind on numbers small enough to check by hand. The onnx room compares whole models
// with the NumPy reference.
#include "compiler/graph/interpret.h"

#include <gtest/gtest.h>

#include <limits>

#include "common/error.h"
#include "compiler/graph/arithmetic.h"
#include "compiler/graph/test/small_graphs.h"

namespace girih::graph {
namespace {

Values result(Graph& g, TensorId y, const std::vector<Values>& x) {
  g.outputs = {{"y", y, true}};
  validate(g);
  return interpret(g, x).values[y];
}

TEST(Arithmetic, RoundsHalfToEvenThenAddsTheZeroPoint) {
  EXPECT_EQ(round_clamp(0.5F, 1, -128, 127), 1);
  EXPECT_EQ(round_clamp(1.5F, 1, -128, 127), 3);
  EXPECT_EQ(round_clamp(-2.5F, 1, -128, 127), -1);
  EXPECT_EQ(round_clamp(1e30F, 0, -128, 127), 127);
  EXPECT_EQ(round_clamp(-std::numeric_limits<float>::infinity(), 5, 0, 255), 0);
}

TEST(Arithmetic, AccumulatorsWrap) {
  EXPECT_EQ(wrapping_mac(std::numeric_limits<std::int32_t>::max(), 1, 1),
            std::numeric_limits<std::int32_t>::min());
}

TEST(Interpret, ConvPadsWithTheZeroPoint) {
  Graph g = with_input(activation({1, 1, 2, 2}, 1, 10, DType::kUint8));
  const TensorId w = g.add_tensor(constant({1, 1, 2, 2}, {1, 2, 3, 4}, 1, DType::kUint8));
  Conv conv{{{2, 2}, {1, 1}, {1, 1}, {1, 0}, {0, 1}}, 1, {5}, {0.5F}};
  const TensorId y = append(g, conv, {0, w}, activation({1, 1, 2, 2}));
  // Centred input {1 2 / 3 4}, centred weights {0 1 / 2 3}; a row of padding above, a column right.
  // acc: 2*1+3*2+5 = 13, 2*2+5 = 9, 2+2*3+3*4+5 = 25, 2*4+5 = 13; halves round to even.
  EXPECT_EQ(result(g, y, {{11, 12, 13, 14}}), (Values{6, 4, 12, 6}));
}

TEST(Interpret, GroupsSeeTheirOwnChannels) {
  Graph g = with_input(activation({1, 2, 1, 1}));
  const TensorId w = g.add_tensor(constant({4, 1, 1, 1}, {1, 2, 3, 4}));
  Conv conv{{}, 2, {0, 0, 0, 0}, {1, 1, 1, 1}};
  const TensorId y = append(g, conv, {0, w}, activation({1, 4, 1, 1}));
  EXPECT_EQ(result(g, y, {{5, -7}}), (Values{5, 10, -21, -28}));
}

TEST(Interpret, DilationSkipsInput) {
  Graph g = with_input(activation({1, 1, 1, 5}));
  const TensorId w = g.add_tensor(constant({1, 1, 1, 2}, {1, 10}));
  Conv conv{{{1, 2}, {1, 2}, {1, 2}, {0, 0}, {0, 0}}, 1, {0}, {1}};
  const TensorId y = append(g, conv, {0, w}, activation({1, 1, 1, 2}));
  EXPECT_EQ(result(g, y, {{1, 2, 3, 4, 5}}), (Values{31, 53}));
}

TEST(Interpret, FullyConnectedRows) {
  Graph g = with_input(activation({2, 2}));
  const TensorId w = g.add_tensor(constant({3, 2}, {1, 0, 0, 1, 1, 1}));
  FullyConnected fc{2, 2, 3, {0, 0, 100}, {1, 2, 1}};
  const TensorId y = append(g, fc, {0, w}, activation({2, 3}));
  EXPECT_EQ(result(g, y, {{1, 2, 3, 50}}), (Values{1, 4, 103, 3, 100, 127}));
}

TEST(Interpret, AddBroadcastsAndScales) {
  Graph g = with_input(activation({2, 2}));
  const TensorId b = g.add_tensor(constant({2}, {10, -20}));
  const TensorId y = append(g, Add{2, 0.5F}, {0, b}, activation({2, 2}, 1, 1));
  // (2a + b) / 2 + 1
  EXPECT_EQ(result(g, y, {{1, 2, 3, 4}}), (Values{7, -7, 9, -5}));
}

TEST(Interpret, AddRoundsAfterEachStep) {
  // 3 * f32(1/3) rounds to exactly 1 in float32; the exact product lies above it.
  Graph g = with_input(activation({1}));
  const TensorId b = g.add_tensor(constant({1}, {0}));
  const TensorId y = append(g, Add{1.0F / 3.0F, 0.5F}, {0, b}, activation({1}));
  EXPECT_EQ(result(g, y, {{3}}), (Values{0}));
}

TEST(Interpret, MulOfTwo) {
  Graph g = with_input(activation({2}, 1, 1));
  const TensorId y = append(g, Mul{0.1F}, {0, 0}, activation({2}));
  EXPECT_EQ(result(g, y, {{11, -19}}), (Values{10, 40}));
}

TEST(Interpret, RequantiseClamps) {
  Graph g = with_input(activation({4}, 1, -3));
  const TensorId y = append(g, Requantise{2}, {0}, activation({4}, 0.5F, 7, DType::kUint8));
  g.nodes[0].lo = 7;
  g.nodes[0].hi = 30;
  EXPECT_EQ(result(g, y, {{-128, -3, 4, 127}}), (Values{7, 7, 21, 30}));
}

TEST(Interpret, MaxPoolIgnoresPadding) {
  Graph g = with_input(activation({1, 1, 2, 2}));
  const Window w{{2, 2}, {2, 2}, {1, 1}, {1, 1}, {1, 1}};
  const TensorId y = append(g, MaxPool{w}, {0}, activation({1, 1, 2, 2}));
  EXPECT_EQ(result(g, y, {{-1, -2, -3, -4}}), (Values{-1, -2, -3, -4}));
}

TEST(Interpret, AveragePoolCounts) {
  // ceil_mode: windows of 3 at 0 and 2 over one zero of padding, four elements, one of padding.
  const Window w{{1, 3}, {1, 3}, {1, 1}, {0, 1}, {0, 0}};
  for (const bool count_padding : {false, true}) {
    Graph g = with_input(activation({1, 1, 1, 3}, 1, 1));
    const TensorId y =
        append(g, AveragePool{w, count_padding, 1}, {0}, activation({1, 1, 1, 2}, 1, 0));
    // Centred 6, 12, 24. First window: 6 + 12 over 2 or (with the padding) 3; second: 24 over 1.
    EXPECT_EQ(result(g, y, {{7, 13, 25}}), (Values{count_padding ? 6 : 9, 24}));
  }
}

TEST(Interpret, TransposeMoves) {
  Graph g = with_input(activation({1, 2, 3}));
  const TensorId y = append(g, Transpose{{2, 0, 1}}, {0}, activation({3, 1, 2}));
  EXPECT_EQ(result(g, y, {{0, 1, 2, 3, 4, 5}}), (Values{0, 3, 1, 4, 2, 5}));
}

TEST(Interpret, TheHostsSoftmax) {
  Graph g = with_input(activation({1, 2}, 0.5F, 4));
  Tensor y = activation({1, 2});
  y.dtype = DType::kFloat32;
  const TensorId id = append(g, HostSoftmax{1, std::nullopt}, {0}, y);
  g.nodes[0].lo = g.nodes[0].hi = 0;
  g.outputs = {{"y", id, true}};
  validate(g);
  const auto run = interpret(g, {{4, 4}});
  EXPECT_EQ(output(g, g.outputs[0], run), (Floats{0.5F, 0.5F}));
}

TEST(Interpret, QuantisesAndDequantisesAtThePorts) {
  Graph g = with_input(activation({3}, 0.5F, 1));
  EXPECT_EQ(quantise(g, g.inputs[0], Floats{0.25F, 0.75F, 1000}), (Values{1, 3, 127}));
  EXPECT_THROW(quantise(g, g.inputs[0], Floats{0, 0}), Error);
  EXPECT_THROW(quantise(g, g.inputs[0], Floats{0, 0, std::nanf("")}), Error);
  EXPECT_THROW(interpret(g, {{0, 0, 128}}), Error);
  EXPECT_THROW(interpret(g, {}), Error);
  EXPECT_EQ(output(g, g.inputs[0], interpret(g, {{1, 2, -1}})), (Floats{0, 0.5F, -1}));
}

}  // namespace
}  // namespace girih::graph
