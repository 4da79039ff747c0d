// SPDX-License-Identifier: Apache-2.0
//
// Models of the tree compile for every preset: legal instructions, proven tokens, a file that comes
// back as it was. What they compute is compared on the devices (tb/system).
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <tuple>

#include "compiler/lower/lower.h"
#include "compiler/onnx/importer.h"
#include "compiler/schedule/happens_before.h"

namespace girih::compiler {
namespace {

const std::filesystem::path kModels = GIRIH_MODELS;

Target whole(const isa::Preset& preset) {
  return {preset, preset.spm_kib * 1024, preset.acc_kib * 1024};
}

using Case = std::tuple<std::string, std::string>;  // model, preset
class CompileModel : public testing::TestWithParam<Case> {};

TEST_P(CompileModel, GivesAProvenProgram) {
  const auto& [model, preset] = GetParam();
  const graph::Graph graph = onnx::import_model(kModels / (model + ".onnx"));
  const Program program = compile(graph, whole(*isa::find_preset(preset)));

  EXPECT_GT(program.instructions.size(), graph.nodes.size());
  std::uint64_t macs = 0;
  for (const Layer& layer : program.layers) macs += layer.macs;
  EXPECT_GE(program.array_macs, macs);

  // Every instruction but the closing FENCE belongs to a layer; layers end in their order.
  std::vector<std::uint32_t> count(program.layers.size(), 0);
  for (std::uint32_t i = 0; i + 1 < program.instructions.size(); ++i) {
    const Layer* layer = program.layer_of(i);
    ASSERT_NE(layer, nullptr) << i;
    ++count[static_cast<std::size_t>(layer - program.layers.data())];
  }
  for (std::size_t i = 0; i < program.layers.size(); ++i) {
    const Layer& layer = program.layers[i];
    EXPECT_EQ(count[i], layer.count) << layer.node;
    EXPECT_EQ(program.layer_of(layer.first), &layer);
    EXPECT_EQ(program.layer_of(layer.last), &layer);
    if (i > 0) {
      EXPECT_GT(layer.last, program.layers[i - 1].last);
    }
  }

  const auto file = std::filesystem::temp_directory_path() /
                    fmt::format("girih_{}_{}_{}.girih", model, preset, getpid());
  save(program, file);
  const Program again = load_program(file);
  std::filesystem::remove(file);
  EXPECT_EQ(again.instructions, program.instructions);
  EXPECT_EQ(again.constants, program.constants);
  EXPECT_EQ(again.workspace_bytes, program.workspace_bytes);
}

INSTANTIATE_TEST_SUITE_P(, CompileModel,
                         testing::Combine(testing::Values("digits", "digits_asym", "digits_u8",
                                                          "digits_tensor", "resnet8"),
                                          testing::Values("tiny", "base", "wide", "ecp5")),
                         [](const auto& info) {
                           return std::get<0>(info.param) + "_" + std::get<1>(info.param);
                         });

TEST(Interleave, AResidualAdditionGoesAlongWithTheTilesThatFeedIt) {
  const graph::Graph graph = onnx::import_model(kModels / "resnet8.onnx");
  const Program program = compile(graph, whole(*isa::find_preset("base")));
  const auto at = std::find_if(program.layers.begin(), program.layers.end(),
                               [](const Layer& layer) { return layer.kind == "Add"; });
  ASSERT_NE(at, program.layers.end());
  const Layer& convolution = *(at - 1);
  int turns = 0;  // from one to the other
  for (std::uint32_t i = convolution.first; i < at->last; ++i)
    turns += program.layer_of(i) == &convolution && program.layer_of(i + 1) == &*at ? 1 : 0;
  EXPECT_EQ(turns, 4);
}

TEST(HappensBefore, RejectsAProgramWithAMissingWait) {
  const graph::Graph graph = onnx::import_model(kModels / "digits.onnx");
  const isa::Preset& preset = *isa::find_preset("base");
  const Program program = compile(graph, whole(preset));
  const Extents extents{program.spm_bytes, program.acc_bytes, program.workspace_bytes};
  EXPECT_GT(prove_ordered(program.instructions, preset, extents).conflicts, 0U);

  // Taking any single wait or order bit away must be noticed: none of them is there for nothing.
  int taken = 0;
  for (std::size_t i = 0; i < program.instructions.size(); ++i) {
    isa::Header header = isa::decode_header(program.instructions[i]);
    std::vector<isa::Instruction> broken = program.instructions;
    if (header.order) {
      broken[i].words[0] &= ~(1U << 8);
      EXPECT_THROW(prove_ordered(broken, preset, extents), Error) << "order of instruction " << i;
      ++taken;
    }
    if (header.wait != 0) {
      broken[i] = program.instructions[i];
      broken[i].words[1] &= ~static_cast<std::uint32_t>(header.wait);
      EXPECT_THROW(prove_ordered(broken, preset, extents), Error) << "waits of instruction " << i;
      ++taken;
    }
  }
  EXPECT_GT(taken, 5);
}

TEST(Storage, ChannelsLastSurvivesReshapeAndTranspose) {
  const Storage map = channels_last({1, 8, 4, 4});
  const auto fine = refine(map, {1, 128});
  ASSERT_TRUE(fine);
  EXPECT_EQ(positions(*fine), positions(map));
  const auto turned = transpose(map, {1, 8, 4, 4}, {0, 2, 3, 1});
  ASSERT_TRUE(turned);
  EXPECT_EQ(positions(*turned), positions(row_major({1, 4, 4, 8})));
}

}  // namespace
}  // namespace girih::compiler
