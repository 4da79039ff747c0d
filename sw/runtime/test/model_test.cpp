// SPDX-License-Identifier: Apache-2.0
//
// Whole models on the golden device give, bit for bit, what the graph's interpreter gives.
#include <gtest/gtest.h>

#include <filesystem>
#include <random>
#include <tuple>

#include "compiler/graph/interpret.h"
#include "compiler/lower/lower.h"
#include "compiler/onnx/importer.h"
#include "compiler/program/ports.h"
#include "compiler/schedule/cost.h"
#include "golden/validate.h"
#include "isa/text.h"
#include "runtime/golden_device.h"
#include "runtime/runner.h"

namespace girih::runtime {
namespace {

const std::filesystem::path kModels = GIRIH_MODELS;

using Case = std::tuple<std::string, std::string>;  // model, preset
class ModelOnGolden : public testing::TestWithParam<Case> {};

TEST_P(ModelOnGolden, EqualsTheInterpreter) {
  const auto& [model, name] = GetParam();
  const isa::Preset& preset = *isa::find_preset(name);
  const graph::Graph graph = onnx::import_model(kModels / (model + ".onnx"));
  const compiler::Program program =
      compiler::compile(graph, {preset, preset.spm_kib * 1024, preset.acc_kib * 1024});
  GoldenDevice device(preset);
  Runner runner(device, program);

  std::mt19937 rng(7);
  for (int image = 0; image < 3; ++image) {
    graph::Values input(static_cast<std::size_t>(program.inputs[0].elements()));
    for (std::int32_t& x : input) {
      x = graph::lowest(program.inputs[0].encoding.dtype) + static_cast<std::int32_t>(rng() % 256);
    }
    runner.set_input(
        0, compiler::to_workspace(program.inputs[0], std::span<const std::int32_t>(input)));
    runner.run();
    const graph::Execution expected = graph::interpret(graph, {input});
    graph::TensorId y = graph.outputs[0].tensor;
    const graph::NodeId producer = graph.tensors[y].producer;
    if (graph::on_host(graph.nodes[producer].operation)) y = graph.nodes[producer].inputs[0];
    EXPECT_EQ(compiler::quantised(program.outputs[0], runner.output(0)), expected.values[y])
        << "image " << image;
  }
  EXPECT_EQ(device.counters(0).macs, 3 * program.array_macs);
}

/// The compiler's cost is the golden model's, which the chip is compared with.
TEST_P(ModelOnGolden, CostsWhatTheChipAllows) {
  const auto& [model, name] = GetParam();
  const isa::Preset& preset = *isa::find_preset(name);
  const compiler::Program program =
      compiler::compile(onnx::import_model(kModels / (model + ".onnx")),
                        {preset, preset.spm_kib * 1024, preset.acc_kib * 1024});
  std::uint64_t most = 0;
  for (const isa::Instruction& x : program.instructions) {
    EXPECT_EQ(compiler::cost(x, preset), golden::cost(x, preset)) << isa::to_text(x, preset);
    most = std::max(most, compiler::cost(x, preset));
  }
  const auto owner = [](std::uint32_t i) { return "layer of " + std::to_string(i); };
  EXPECT_NO_THROW(compiler::check_costs(program.instructions, preset, most, owner));
  try {
    compiler::check_costs(program.instructions, preset, most - 1, owner);
    ADD_FAILURE() << "one cycle too many was accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("node \"layer of "), std::string::npos);
  }
}

INSTANTIATE_TEST_SUITE_P(, ModelOnGolden,
                         testing::Combine(testing::Values("digits", "digits_asym", "digits_u8",
                                                          "digits_tensor", "resnet8"),
                                          testing::Values("tiny", "base", "wide", "ecp5")),
                         [](const auto& info) {
                           return std::get<0>(info.param) + "_" + std::get<1>(info.param);
                         });

}  // namespace
}  // namespace girih::runtime
