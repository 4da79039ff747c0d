// SPDX-License-Identifier: Apache-2.0
//
// Layers of awkward shapes on the golden device equal the interpreter: larger than the scratchpad
// in every direction, degenerate, prime, one over and under the array's sizes. Partitions smaller
// than the chip too.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "compiler/graph/interpret.h"
#include "compiler/lower/lower.h"
#include "compiler/program/ports.h"
#include "runtime/golden_device.h"
#include "runtime/runner.h"

namespace girih::runtime {
namespace {

constexpr graph::DType kTypes[] = {graph::DType::kInt8, graph::DType::kUint8};

struct Layer {
  std::int64_t channels, height, width, outputs;
  graph::Window window = {};
  std::int64_t groups = 1;
  std::int64_t batch = 1;
};

class Net {
 public:
  explicit Net(std::uint32_t seed) : rng_(seed) {}

  graph::Graph conv(const Layer& layer) {
    graph::Graph g;
    const graph::Window& w = layer.window;
    const auto out = [&](std::size_t axis, std::int64_t size) {
      return (size + w.pad_begin[axis] + w.pad_end[axis] -
              graph::extent(w.kernel[axis], w.dilation[axis])) /
                 w.stride[axis] +
             1;
    };
    const auto x = activation(g, "x", {layer.batch, layer.channels, layer.height, layer.width});
    const auto weights =
        constant(g, {layer.outputs, layer.channels / layer.groups, w.kernel[0], w.kernel[1]});
    const auto y =
        activation(g, "y", {layer.batch, layer.outputs, out(0, layer.height), out(1, layer.width)});
    graph::Conv op{.window = w, .groups = layer.groups, .bias = {}, .multiplier = {}};
    const double depth = static_cast<double>(w.kernel[0] * w.kernel[1] * layer.channels) /
                         static_cast<double>(layer.groups);
    for (std::int64_t n = 0; n < layer.outputs; ++n) {
      op.bias.push_back(static_cast<std::int32_t>(rng_() % 20000) - 10000);
      op.multiplier.push_back(static_cast<float>(0.01 / std::sqrt(depth)) *
                              (1.0F + static_cast<float>(rng_() % 100) / 100));
    }
    return finish(std::move(g), op, {x, weights}, x, y);
  }

  graph::Graph fully_connected(std::int64_t rows, std::int64_t depth, std::int64_t columns) {
    graph::Graph g;
    const auto x = activation(g, "x", {rows, depth});
    const auto weights = constant(g, {columns, depth});
    const auto y = activation(g, "y", {rows, columns});
    graph::FullyConnected op{
        .rows = rows, .depth = depth, .columns = columns, .bias = {}, .multiplier = {}};
    op.bias.assign(static_cast<std::size_t>(columns), static_cast<std::int32_t>(rng_() % 1000));
    op.multiplier.assign(static_cast<std::size_t>(columns),
                         static_cast<float>(0.01 / std::sqrt(static_cast<double>(depth))));
    return finish(std::move(g), op, {x, weights}, x, y);
  }

 private:
  graph::Encoding encoding() {
    const graph::DType type = kTypes[rng_() % 2];
    const std::int32_t zero = graph::lowest(type) + static_cast<std::int32_t>(rng_() % 256);
    return {type, {{0.05F}, zero, -1}};
  }
  graph::TensorId activation(graph::Graph& g, const char* name, graph::Shape shape) {
    const graph::Encoding e = encoding();
    return g.add_tensor(
        {.name = name, .shape = std::move(shape), .dtype = e.dtype, .quant = e.quant, .data = {}});
  }
  graph::TensorId constant(graph::Graph& g, graph::Shape shape) {
    const graph::Encoding e = encoding();
    graph::Tensor t{.name = "w",
                    .shape = std::move(shape),
                    .dtype = e.dtype,
                    .quant = e.quant,
                    .constant = true,
                    .data = {}};
    t.data.resize(static_cast<std::size_t>(graph::elements(t.shape)));
    for (std::uint8_t& byte : t.data) byte = static_cast<std::uint8_t>(rng_() >> 24);
    return g.add_tensor(std::move(t));
  }
  graph::Graph finish(graph::Graph g, graph::Operation op, std::vector<graph::TensorId> inputs,
                      graph::TensorId x, graph::TensorId y) {
    graph::Node node{.name = "layer",
                     .origins = {"layer"},
                     .operation = std::move(op),
                     .inputs = std::move(inputs),
                     .output = y};
    node.lo = graph::lowest(g.tensors[y].dtype);
    node.hi = graph::highest(g.tensors[y].dtype);
    g.add_node(std::move(node));
    g.inputs.push_back({"x", x, false});
    g.outputs.push_back({"y", y, false});
    graph::validate(g);
    return g;
  }

  std::mt19937 rng_;
};

void expect_equal(const graph::Graph& g, const compiler::Target& target, const Place& place,
                  std::uint32_t seed) {
  const compiler::Program program = compiler::compile(g, target);
  GoldenDevice device(target.preset);
  Runner runner(device, program, place);
  std::mt19937 rng(seed);
  graph::Values input(static_cast<std::size_t>(program.inputs[0].elements()));
  for (std::int32_t& x : input) {
    x = graph::lowest(program.inputs[0].encoding.dtype) + static_cast<std::int32_t>(rng() >> 24);
  }
  runner.set_input(0,
                   compiler::to_workspace(program.inputs[0], std::span<const std::int32_t>(input)));
  runner.run();
  const graph::Execution expected = graph::interpret(g, {input});
  EXPECT_EQ(compiler::quantised(program.outputs[0], runner.output(0)),
            expected.values[g.outputs[0].tensor])
      << graph::to_text(g);
}

compiler::Target share(const isa::Preset& preset, std::uint32_t parts) {
  return {preset, preset.spm_kib * 1024 / parts, preset.acc_kib * 1024 / parts};
}

class Shapes : public testing::TestWithParam<std::string> {
 protected:
  const isa::Preset& preset() const { return *isa::find_preset(GetParam()); }
};

TEST_P(Shapes, LayersLargerThanTheScratchpad) {
  Net net(1);
  const graph::Window three{.kernel = {3, 3}, .pad_begin = {1, 1}, .pad_end = {1, 1}};
  expect_equal(net.conv({1024, 5, 6, 40, three}), share(preset(), 1), {}, 1);  // depth
  expect_equal(net.conv({16, 40, 90, 24, three}), share(preset(), 1), {}, 2);  // map
  expect_equal(net.conv({3, 9, 700, 5, three}), share(preset(), 1), {}, 3);    // width
  expect_equal(net.fully_connected(3, 30000, 20), share(preset(), 1), {}, 4);  // a row alone
  expect_equal(net.fully_connected(2, 64, 3000), share(preset(), 1), {}, 5);   // columns
  expect_equal(net.fully_connected(2000, 40, 12), share(preset(), 1), {}, 6);  // rows
}

TEST_P(Shapes, InASmallPartitionThatDoesNotStartAtZero) {
  Net net(2);
  const compiler::Target half = share(preset(), 2);
  const Place place{.context = 1, .spm_base = half.spm_bytes, .acc_base = half.acc_bytes};
  expect_equal(
      net.conv({32,
                12,
                12,
                40,
                {.kernel = {3, 3}, .stride = {2, 2}, .pad_begin = {1, 1}, .pad_end = {1, 1}}}),
      half, place, 1);
  expect_equal(net.fully_connected(17, 300, 33), half, place, 2);
}

TEST_P(Shapes, AroundTheSizesOfTheArray) {
  Net net(3);
  const std::int64_t k = preset().k_dim;
  const std::int64_t n = preset().n_dim;
  for (const std::int64_t depth : {std::int64_t{1}, k - 1, k, k + 1, 3 * k + 1}) {
    for (const std::int64_t columns : {std::int64_t{1}, n - 1, n, n + 1, 2 * n + 3}) {
      for (const std::int64_t rows : {1, 2, 7, 17}) {
        expect_equal(net.fully_connected(rows, depth, columns), share(preset(), 1), {},
                     static_cast<std::uint32_t>(rows));
      }
    }
  }
}

TEST_P(Shapes, RandomConvolutions) {
  std::mt19937 rng(4);
  Net net(5);
  const auto pick = [&](std::uint32_t below) { return static_cast<std::int64_t>(rng() % below); };
  for (int i = 0; i < 60; ++i) {
    Layer layer{1, 1 + pick(20), 1 + pick(20), 1};
    layer.groups = pick(3) == 0 ? 1 + pick(6) : 1;
    layer.channels = layer.groups * (1 + pick(20));
    layer.outputs = layer.groups * (1 + pick(20));
    layer.batch = 1 + pick(2);
    graph::Window& w = layer.window;
    for (std::size_t axis = 0; axis < 2; ++axis) {
      const std::int64_t size = axis == 0 ? layer.height : layer.width;
      w.kernel[axis] = 1 + pick(std::min<std::uint32_t>(5, static_cast<std::uint32_t>(size)));
      w.stride[axis] = 1 + pick(3);
      w.dilation[axis] = (w.kernel[axis] - 1) * 2 < size ? 1 + pick(2) : 1;
      const std::int64_t reach = graph::extent(w.kernel[axis], w.dilation[axis]);
      w.pad_begin[axis] = pick(static_cast<std::uint32_t>(std::min(reach, size)));
      w.pad_end[axis] = pick(static_cast<std::uint32_t>(std::min(reach, size)));
    }
    expect_equal(net.conv(layer), share(preset(), 1), {}, static_cast<std::uint32_t>(i));
  }
}

INSTANTIATE_TEST_SUITE_P(, Shapes, testing::Values("tiny", "base", "wide", "ecp5"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace girih::runtime
