// SPDX-License-Identifier: Apache-2.0
//
// What stays in the scratchpad: stretches that never overlap while both are wanted, borders that
// suit every reader, and the way back to DRAM where they do not.
#include "compiler/lower/plan.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "compiler/graph/test/small_graphs.h"
#include "compiler/lower/residents.h"
#include "compiler/lower/scratchpad.h"
#include "compiler/lower/test/random_network.h"
#include "compiler/onnx/importer.h"

namespace girih::compiler {
namespace {

using graph::Graph;
using graph::TensorId;

const std::filesystem::path kModels = GIRIH_MODELS;

Target part(const char* preset, std::uint32_t parts = 1) {
  const isa::Preset& p = *isa::find_preset(preset);
  return {p, p.spm_kib * 1024 / parts, p.acc_kib * 1024 / parts};
}

struct Planned {
  Layout layout;
  std::vector<Step> steps;
  std::vector<Resident> residents;
  Plan plan;

  Planned(const Graph& graph, const Target& target)
      : layout(graph),
        steps(make_steps(graph, layout, target)),
        residents(find_residents(graph, layout, steps)),
        plan(make_plan(graph, layout, target, steps)) {}
};

bool apart(std::int64_t a, std::int64_t a_bytes, std::int64_t b, std::int64_t b_bytes) {
  return a + a_bytes <= b || b + b_bytes <= a;
}

void expect_sound(const Graph& graph, const Target& target) {
  const Planned p(graph, target);
  for (const Resident& x : p.residents) {
    const Place& place = p.plan.places[x.root];
    EXPECT_TRUE(place.kept || place.stored);
    EXPECT_EQ(place.stored, !place.kept || x.stored);
    if (!place.kept) continue;
    EXPECT_LE(place.address + x.bytes, target.spm_bytes);
    for (const Resident& y : p.residents) {
      const Place& other = p.plan.places[y.root];
      if (x.root == y.root || !other.kept || x.last < y.first || y.last < x.first) continue;
      EXPECT_TRUE(apart(place.address, x.bytes, other.address, y.bytes));
    }
    for (auto step = static_cast<std::size_t>(x.first); step <= static_cast<std::size_t>(x.last);
         ++step) {
      Target budget = target;
      budget.bias_zone = p.plan.bias_zone;
      budget.spm_bytes = static_cast<std::uint32_t>(p.plan.areas[step].bytes);
      const auto found = demand(p.steps[step].problem, budget);
      ASSERT_TRUE(found);
      EXPECT_LE(p.plan.areas[step].base + found->spm_bytes, target.spm_bytes);
      EXPECT_TRUE(apart(place.address, x.bytes, p.plan.areas[step].base, found->spm_bytes));
    }
  }
}

TEST(Plan, NothingOverlapsWhatIsStillWanted) {
  for (std::uint32_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(seed);
    expect_sound(RandomNetwork(seed).make(10, 30), part(seed % 2 == 0 ? "tiny" : "base"));
    expect_sound(RandomNetwork(seed).make(10, 20), part("tiny", 4));
  }
}

TEST(Plan, Resnet8StaysOnBaseAndPartlyOnTiny) {
  const Graph graph = onnx::import_model(kModels / "resnet8.onnx");
  const auto kept = [&](const Target& target) {
    const Planned p(graph, target);
    return std::count_if(p.residents.begin(), p.residents.end(),
                         [&](const Resident& x) { return p.plan.places[x.root].kept; });
  };
  expect_sound(graph, part("base"));
  expect_sound(graph, part("tiny"));
  EXPECT_EQ(kept(part("base")), 13);  // all but the input and the output
  EXPECT_GT(kept(part("tiny")), 3);
  EXPECT_LT(kept(part("tiny")), 13);
}

/// x -> 1x1 convolution -> t; further nodes read t.
struct Small {
  Graph g = graph::with_input(graph::activation({1, 2, 6, 5}));
  TensorId t = conv(0, {}, 3);

  TensorId conv(TensorId x, const graph::Window& window, std::int64_t columns) {
    const graph::Shape in = g.tensors[x].shape;
    const auto out = [&](std::size_t axis) {
      return (in[axis + 2] + window.pad_begin[axis] + window.pad_end[axis] - window.kernel[axis]) /
                 window.stride[axis] +
             1;
    };
    const std::vector<int> values(
        static_cast<std::size_t>(columns * in[1] * window.kernel[0] * window.kernel[1]), 1);
    const TensorId w =
        g.add_tensor(graph::constant({columns, in[1], window.kernel[0], window.kernel[1]}, values));
    const auto n = static_cast<std::size_t>(columns);
    return append(g,
                  graph::Conv{.window = window,
                              .groups = 1,
                              .bias = std::vector<std::int32_t>(n, 0),
                              .multiplier = std::vector<float>(n, 0.1F)},
                  {x, w}, graph::activation({1, columns, out(0), out(1)}, 1, 3));
  }
  TensorId pool(TensorId x, const graph::Window& window) {
    const graph::Shape in = g.tensors[x].shape;
    return append(g, graph::MaxPool{window}, {x}, graph::activation(in, 1, 3));
  }
  std::optional<Resident> resident() {
    g.outputs.push_back({"y", g.nodes.back().output, false});
    graph::validate(g);
    for (const Resident& x : Planned(g, part("base")).residents) {
      if (x.root == t) return x;
    }
    return std::nullopt;
  }
};

const graph::Window kThree{.kernel = {3, 3}, .pad_begin = {1, 1}, .pad_end = {1, 1}};

TEST(Residents, BorderIsTheWidestOfTheReaders) {
  Small s;
  s.conv(s.t, kThree, 1);
  // Larger than its input, only the padding makes room; steps over the last row.
  s.conv(s.t, {.kernel = {7, 7}, .stride = {2, 3}, .pad_begin = {0, 2}, .pad_end = {1, 0}}, 1);
  const auto found = s.resident();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->border, (Border{.top = 1, .left = 2, .bottom = 1, .right = 1}));
  EXPECT_EQ(found->border_value, 3);
  EXPECT_EQ(found->bytes, (1 + 6 + 1) * (2 + 5 + 1) * 3);
  EXPECT_EQ(found->first, 0);
  EXPECT_EQ(found->last, 2);
}

TEST(Residents, TwoBorderValuesGoThroughDram) {
  Small s;
  s.conv(s.t, kThree, 1);
  EXPECT_TRUE(Small(s).resident());
  s.pool(s.t, kThree);  // wants -128 around it, the convolution 3
  EXPECT_FALSE(s.resident());
}

TEST(Residents, AReshapeWantsNoBorder) {
  const auto flatten = [](Small& s) {
    append(s.g, graph::Reshape{}, {s.t}, graph::activation({1, 90}, 1, 3));
    const TensorId flat = s.g.nodes.back().output;
    append(s.g, graph::Requantise{.scale = 1}, {flat}, graph::activation({1, 90}));
  };
  Small with, without;
  flatten(without);
  EXPECT_TRUE(without.resident());
  with.conv(with.t, kThree, 1);
  flatten(with);
  EXPECT_FALSE(with.resident());
}

TEST(Residents, AnOutputThatIsReadOnIsStoredToo) {
  Small s;
  s.conv(s.t, kThree, 1);
  s.g.outputs.push_back({"t", s.t, false});
  const auto found = s.resident();
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->stored);
  const Planned p(s.g, part("tiny"));
  EXPECT_TRUE(p.plan.places[s.t].kept);
  EXPECT_TRUE(p.plan.places[s.t].stored);
}

TEST(Scratchpad, FirstFitAvoidsWhatIsTakenThen) {
  const std::vector<Block> blocks{{0, 100, 0, 2}, {128, 64, 1, 5}, {512, 10, 3, 3}, {64, 0, 0, 9}};
  EXPECT_EQ(first_fit(blocks, 1024, 20, 0, 0), 128);   // only the first is taken, aligned
  EXPECT_EQ(first_fit(blocks, 1024, 20, 1, 1), 192);   // the gap of 28 bytes is not aligned
  EXPECT_EQ(first_fit(blocks, 1024, 128, 3, 3), 0);    // below the second
  EXPECT_EQ(first_fit(blocks, 1024, 320, 3, 3), 192);  // between the second and the third
  EXPECT_EQ(first_fit(blocks, 1024, 449, 0, 9), std::nullopt);
  EXPECT_EQ(largest_gap(blocks, 1024, 0, 9), 448);
  EXPECT_EQ(largest_gap(blocks, 1024, 6, 9), 1024);
  EXPECT_EQ(largest_gap(blocks, 64, 1, 1), 0);
}

}  // namespace
}  // namespace girih::compiler
