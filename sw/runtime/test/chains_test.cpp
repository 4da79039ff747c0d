// SPDX-License-Identifier: Apache-2.0
//
// Random networks of several layers on the golden device equal the interpreter, whatever stays in
// the scratchpad: from partitions that keep nothing to ones that keep everything.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "compiler/graph/interpret.h"
#include "compiler/lower/lower.h"
#include "compiler/lower/test/random_network.h"
#include "compiler/program/ports.h"
#include "runtime/golden_device.h"
#include "runtime/runner.h"

namespace girih::runtime {
namespace {

/// GIRIH_ROUNDS networks for each preset.
int rounds() {
  const char* text = std::getenv("GIRIH_ROUNDS");
  return text == nullptr ? 60 : std::atoi(text);
}

class Chains : public testing::TestWithParam<std::string> {};

TEST_P(Chains, EqualTheInterpreter) {
  const isa::Preset& preset = *isa::find_preset(GetParam());
  int compiled = 0;
  int touched_once = 0;  // programs that move less than every layer's operands
  for (int round = 0; round < rounds(); ++round) {
    const auto seed = static_cast<std::uint32_t>(round + 1);
    const graph::Graph g = compiler::RandomNetwork(seed).make(2 + round % 9, 4 + round % 23);
    const std::uint32_t parts = 1U << seed % 3;
    SCOPED_TRACE(
        fmt::format("seed {}, {} of 1/{}\n{}", seed, GetParam(), parts, graph::to_text(g)));
    const compiler::Program program = compiler::compile(
        g, {preset, preset.spm_kib * 1024 / parts, preset.acc_kib * 1024 / parts});
    GoldenDevice device(preset);
    Runner runner(device, program);
    std::mt19937 rng(seed);
    std::vector<graph::Values> inputs;
    for (std::size_t i = 0; i < program.inputs.size(); ++i) {
      graph::Values input(static_cast<std::size_t>(program.inputs[i].elements()));
      for (std::int32_t& x : input) {
        x = graph::lowest(program.inputs[i].encoding.dtype) +
            static_cast<std::int32_t>(rng() >> 24);
      }
      inputs.push_back(std::move(input));
    }
    // Twice: what the first run leaves on the chip must not matter.
    for (int run = 0; run < 2; ++run) {
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        runner.set_input(
            i, compiler::to_workspace(program.inputs[i], std::span<const std::int32_t>(inputs[i])));
      }
      runner.run();
    }
    const graph::Execution expected = graph::interpret(g, inputs);
    for (std::size_t i = 0; i < program.outputs.size(); ++i) {
      ASSERT_EQ(compiler::quantised(program.outputs[i], runner.output(i)),
                expected.values[g.outputs[i].tensor])
          << "output " << i;
    }
    ++compiled;
    std::uint64_t dense = 0;
    for (const graph::Node& node : g.nodes)
      dense += static_cast<std::uint64_t>(graph::elements(g.tensors[node.output].shape));
    if (device.counters(0).bytes_written < 2 * dense) ++touched_once;
  }
  EXPECT_EQ(compiled, rounds());
  EXPECT_GT(touched_once, compiled / 3);  // most of them keep something
}

INSTANTIATE_TEST_SUITE_P(, Chains, testing::Values("tiny", "base", "wide", "ecp5"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace girih::runtime
