// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <functional>

#include "common/error.h"
#include "compiler/graph/test/small_graphs.h"

namespace girih::graph {
namespace {

Graph legal() {
  Graph g = with_input(activation({1, 2, 4, 4}));
  const TensorId w = g.add_tensor(constant({2, 2, 1, 1}, {1, 2, 3, 4}));
  const TensorId y = append(g, Conv{{}, 1, {0, 0}, {1, 1}}, {0, w}, activation({1, 2, 4, 4}));
  g.outputs = {{"y", y, true}};
  return g;
}

TEST(Validate, RefusesWhatDoesNotFit) {
  ASSERT_NO_THROW(validate(legal()));
  const std::vector<std::function<void(Graph&)>> damages{
      [](Graph& g) { g.nodes[0].inputs[0] = 99; },
      [](Graph& g) { g.nodes[0].inputs.pop_back(); },
      [](Graph& g) { g.nodes[0].inputs[0] = g.nodes[0].output; },
      [](Graph& g) { g.nodes[0].hi = 128; },
      [](Graph& g) { g.nodes[0].lo = 1, g.nodes[0].hi = 0; },
      [](Graph& g) { std::get<Conv>(g.nodes[0].operation).bias.pop_back(); },
      [](Graph& g) { std::get<Conv>(g.nodes[0].operation).multiplier[1] = 0; },
      [](Graph& g) { std::get<Conv>(g.nodes[0].operation).multiplier[1] = 1e-40F; },
      [](Graph& g) { std::get<Conv>(g.nodes[0].operation).groups = 2; },
      [](Graph& g) { std::get<Conv>(g.nodes[0].operation).window.stride[0] = 0; },
      [](Graph& g) { std::get<Conv>(g.nodes[0].operation).window.kernel[1] = 3; },
      [](Graph& g) { g.tensors[1].data.pop_back(); },
      [](Graph& g) { g.tensors[1].constant = false; },
      [](Graph& g) { g.tensors[0].quant.scale[0] = -1; },
      [](Graph& g) { g.tensors[0].quant.zero = 128; },
      [](Graph& g) { g.tensors[0].shape[2] = 0; },
      [](Graph& g) { g.tensors[0].shape[2] = std::int64_t{1} << 62; },
      [](Graph& g) { g.outputs[0].tensor = 99; },
  };
  for (std::size_t i = 0; i < damages.size(); ++i) {
    Graph g = legal();
    damages[i](g);
    EXPECT_THROW(validate(g), Error) << "damage " << i;
  }
}

TEST(Counts, MacsAndWeights) {
  const Graph g = legal();
  EXPECT_EQ(macs(g, g.nodes[0]), 4 * 16);
  EXPECT_EQ(weight_bytes(g, g.nodes[0]), 4 + 2 * 4);
}

}  // namespace
}  // namespace girih::graph
