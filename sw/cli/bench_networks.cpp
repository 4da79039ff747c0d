// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_networks.h"

#include <random>

#include "cli/chip.h"
#include "compiler/onnx/importer.h"

namespace girih::cli {
namespace {

graph::Graph model(const char* file) {
  return onnx::import_model(source_tree() / "tests" / "models" / file);
}

}  // namespace

graph::Graph one_node(const std::string& name, graph::Tensor x, graph::Tensor w, graph::Tensor y,
                      graph::Operation operation) {
  graph::Graph g;
  g.name = name;
  const graph::TensorId x_id = g.add_tensor(std::move(x));
  const graph::TensorId w_id = g.add_tensor(std::move(w));
  const graph::TensorId y_id = g.add_tensor(std::move(y));
  g.add_node({.name = name,
              .origins = {name},
              .operation = std::move(operation),
              .inputs = {x_id, w_id},
              .output = y_id});
  g.inputs.push_back({"x", x_id, false});
  g.outputs.push_back({"y", y_id, false});
  graph::validate(g);
  return g;
}

graph::Graph gemm(std::int64_t rows, std::int64_t depth, std::int64_t columns) {
  graph::Tensor x{.name = "x", .shape = {rows, depth}, .quant = {{0.02F}, 0, -1}, .data = {}};
  graph::Tensor w{.name = "w",
                  .shape = {columns, depth},
                  .quant = {{0.01F}, 0, -1},
                  .constant = true,
                  .data = {}};
  graph::Tensor y{.name = "y", .shape = {rows, columns}, .quant = {{0.1F}, 0, -1}, .data = {}};
  std::mt19937 rng(512);
  w.data.resize(static_cast<std::size_t>(columns * depth));
  for (std::uint8_t& weight : w.data) weight = static_cast<std::uint8_t>(rng() >> 24);
  graph::FullyConnected op{
      .rows = rows,
      .depth = depth,
      .columns = columns,
      .bias = std::vector<std::int32_t>(static_cast<std::size_t>(columns), 0),
      .multiplier = std::vector<float>(static_cast<std::size_t>(columns), 0.02F * 0.01F / 0.1F)};
  return one_node("gemm", std::move(x), std::move(w), std::move(y), std::move(op));
}

const std::vector<BenchNetwork>& bench_networks() {
  static const std::vector<BenchNetwork> networks{
      {"gemm-512", "512x512x512 INT8, requantised, DRAM to DRAM",
       [] { return gemm(512, 512, 512); }},
      {"digits", "the demonstration's CNN, one image", [] { return model("digits.onnx"); }},
      {"resnet8", "ResNet-8 of MLPerf Tiny's shape, one image",
       [] { return model("resnet8.onnx"); }}};
  return networks;
}

}  // namespace girih::cli
