// SPDX-License-Identifier: Apache-2.0
#include "compiler/graph/passes.h"

#include <gtest/gtest.h>

#include "compiler/graph/interpret.h"
#include "compiler/graph/test/small_graphs.h"

namespace girih::graph {
namespace {

/// x -> Add(x, x) -> MaxPool 1x1 -> clamp to [lo, hi] -> clamp to [lo2, hi2]
Graph chain(std::int32_t lo, std::int32_t hi, std::int32_t lo2, std::int32_t hi2) {
  Graph g = with_input(activation({1, 1, 2, 2}));
  const Tensor same = activation({1, 1, 2, 2});
  const TensorId sum = append(g, Add{1, 1}, {0, 0}, same, "sum");
  const TensorId pool = append(g, MaxPool{}, {sum}, same, "pool");
  const TensorId first = append(g, Requantise{1}, {pool}, same, "first");
  const TensorId second = append(g, Requantise{1}, {first}, same, "second");
  g.nodes[2].lo = lo;
  g.nodes[2].hi = hi;
  g.nodes[3].lo = lo2;
  g.nodes[3].hi = hi2;
  g.outputs = {{"y", second, true}};
  return g;
}

TEST(FuseClamps, ChainsEndInTheProducersBounds) {
  for (const auto& [lo, hi, lo2, hi2] :
       {std::array{-8, 100, 0, 127}, {0, 50, -128, 30}, {0, 10, 20, 30}, {20, 30, 0, 10}}) {
    Graph g = chain(lo, hi, lo2, hi2);
    const std::vector<Values> x{{-128, -3, 7, 127}};
    const Values before = interpret(g, x).values[g.outputs[0].tensor];
    fuse_clamps(g);
    validate(g);
    EXPECT_EQ(g.nodes.size(), 2U) << to_text(g);
    EXPECT_EQ(g.nodes[0].origins, (std::vector<std::string>{"sum", "first", "second"}));
    EXPECT_EQ(interpret(g, x).values[g.outputs[0].tensor], before);
  }
}

TEST(FuseClamps, LeavesAValueThatSomebodyElseReads) {
  Graph g = chain(0, 127, -128, 127);
  g.outputs.push_back({"also", g.nodes[1].output, true});
  fuse_clamps(g);
  validate(g);
  EXPECT_EQ(g.nodes.size(), 3U) << to_text(g);  // the second clamp changes nothing and is gone
  EXPECT_EQ(g.nodes[0].lo, -128);
}

TEST(FuseClamps, AnInputHasNoProducer) {
  Graph g = with_input(activation({2}));
  const TensorId y = append(g, Requantise{1}, {0}, activation({2}));
  g.nodes[0].lo = 0;
  g.outputs = {{"y", y, true}};
  fuse_clamps(g);
  EXPECT_EQ(g.nodes.size(), 1U);
}

TEST(Prune, RemovesWhatNoOutputNeeds) {
  Graph g = with_input(activation({2}));
  append(g, Requantise{1}, {0}, activation({2}), "dead");
  const TensorId y = append(g, Mul{1}, {0, 0}, activation({2}), "alive");
  g.outputs = {{"y", y, true}};
  prune(g);
  validate(g);
  ASSERT_EQ(g.nodes.size(), 1U);
  EXPECT_EQ(g.nodes[0].name, "alive");
  EXPECT_EQ(g.tensors.size(), 2U);
}

}  // namespace
}  // namespace girih::graph
