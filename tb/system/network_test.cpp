// SPDX-License-Identifier: Apache-2.0
//
// Compiled networks on the chip, every tile checked: one network, and two different ones at the
// same time in two contexts, each with half of the scratchpad and accumulators and with DRAM of its
// own.
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "compiler/graph/interpret.h"
#include "compiler/lower/lower.h"
#include "compiler/onnx/importer.h"
#include "compiler/program/ports.h"
#include "rtl_device.h"
#include "runtime/runner.h"

namespace girih::rtl {
namespace {

const std::filesystem::path kModels = GIRIH_MODELS;

/// run() rings the doorbell only: several programs can be started before any is waited for.
class Starter final : public runtime::Device {
 public:
  explicit Starter(RtlDevice& device) : device_(device) {}

  const isa::Preset& preset() const override { return device_.preset(); }
  std::string_view kind() const override { return device_.kind(); }
  void write(std::uint64_t address, std::span<const std::uint8_t> bytes) override {
    device_.write(address, bytes);
  }
  void read(std::uint64_t address, std::span<std::uint8_t> bytes) override {
    device_.read(address, bytes);
  }
  void set_partition(unsigned context, const runtime::Partition& partition) override {
    device_.set_partition(context, partition);
  }
  void set_window(unsigned context, unsigned window, const runtime::Window& value) override {
    device_.set_window(context, window, value);
  }
  void set_ring(unsigned context, const runtime::Ring& ring) override {
    device_.set_ring(context, ring);
  }
  void set_param(unsigned context, unsigned index, std::uint32_t value) override {
    device_.set_param(context, index, value);
  }
  void set_namer(unsigned context, runtime::Namer namer) override {
    device_.set_namer(context, std::move(namer));
  }
  void run(unsigned context, std::uint32_t count) override { device_.start(context, count); }
  runtime::Fault fault(unsigned) override { return {}; }
  void reset(unsigned context) override { device_.reset(context); }
  runtime::Counters counters(unsigned context) override { return device_.counters(context); }

 private:
  RtlDevice& device_;
};

/// A model compiled for a part of the chip, with one random image and what must come out.
struct Network {
  graph::Graph graph;
  compiler::Program program;
  graph::Values input, expected;

  Network(const std::string& model, const isa::Preset& preset, unsigned share, std::uint32_t seed)
      : graph(onnx::import_model(kModels / (model + ".onnx"))),
        program(compiler::compile(
            graph, {preset, preset.spm_kib * 1024 / share, preset.acc_kib * 1024 / share})) {
    std::mt19937 rng(seed);
    input.resize(static_cast<std::size_t>(program.inputs[0].elements()));
    for (std::int32_t& x : input) {
      x = graph::lowest(program.inputs[0].encoding.dtype) + static_cast<std::int32_t>(rng() % 256);
    }
    const graph::Execution execution = graph::interpret(graph, {input});
    graph::TensorId y = graph.outputs[0].tensor;
    const graph::NodeId producer = graph.tensors[y].producer;
    if (graph::on_host(graph.nodes[producer].operation)) y = graph.nodes[producer].inputs[0];
    expected = execution.values[y];
  }
};

DeviceOptions options(double stalls) {
  DeviceOptions out;
  out.chip.seed = 21;
  out.chip.memory.stalls = stalls;
  out.chip.memory.reorder = stalls > 0;
  out.hang_cycles = 200'000;
  return out;
}

void expect_right(RtlDevice& device, unsigned context, runtime::Runner& runner,
                  const Network& network) {
  EXPECT_EQ(device.counters(context).retired, network.program.instructions.size());
  EXPECT_EQ(device.counters(context).macs, network.program.array_macs);
  EXPECT_EQ(compiler::quantised(network.program.outputs[0], runner.output(0)), network.expected);
}

TEST(Network, Resnet8IsRight) {
  RtlDevice device(options(0.1));
  const Network network("resnet8", device.preset(), 1, 1);
  runtime::Runner runner(device, network.program);
  runner.set_input(0, compiler::to_workspace(network.program.inputs[0],
                                             std::span<const std::int32_t>(network.input)));
  runner.run();
  ASSERT_EQ(device.checked().first_mismatch, "");
  EXPECT_EQ(device.checked().instructions, network.program.instructions.size());
  expect_right(device, 0, runner, network);
  EXPECT_NO_THROW(device.finish());
}

TEST(Network, TwoDifferentOnesAtTheSameTime) {
  RtlDevice device(options(0.1));
  Starter starter(device);
  const isa::Preset& preset = device.preset();
  const Network first("resnet8", preset, 2, 2), second("digits", preset, 2, 3);
  runtime::Runner one(starter, first.program, {.context = 0});
  runtime::Runner two(starter, second.program,
                      {.context = 1,
                       .dram = 0x7000'0000,
                       .spm_base = preset.spm_kib * 1024 / 2,
                       .acc_base = preset.acc_kib * 1024 / 2});
  const auto prepare = [](runtime::Runner& runner, const Network& network) {
    runner.set_input(0, compiler::to_workspace(network.program.inputs[0],
                                               std::span<const std::int32_t>(network.input)));
    runner.run();
  };
  prepare(one, first);
  device.chip().step(1000);
  EXPECT_TRUE(device.working(0));
  prepare(two, second);
  EXPECT_TRUE(device.working(0) && device.working(1));
  device.run_all();
  ASSERT_EQ(device.checked().first_mismatch, "");
  expect_right(device, 0, one, first);
  expect_right(device, 1, two, second);
  EXPECT_EQ(device.checked().instructions,
            first.program.instructions.size() + second.program.instructions.size());
  EXPECT_NO_THROW(device.finish());
}

}  // namespace
}  // namespace girih::rtl
