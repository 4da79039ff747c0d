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

/// Qwen3-0.6B with fewer layers and a smaller vocabulary.
llm::ModelShape qwen3(std::int64_t layers, std::int64_t vocabulary) {
  return {.hidden = 1024,
          .intermediate = 3072,
          .layers = layers,
          .heads = 16,
          .kv_heads = 8,
          .head_dim = 128,
          .vocabulary = vocabulary,
          .positions = 40960,
          .rope = {.theta = 1e6}};
}

BenchNetwork language(const char* name, const char* description, LanguageBench bench) {
  return {.name = name, .description = description, .language = bench, .presets = {"base"}};
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
  static const llm::ModelShape layer = qwen3(1, 16), head = qwen3(0, 4096);
  static const std::vector<BenchNetwork> networks{
      {"gemm-512", "512x512x512 INT8, requantised, DRAM to DRAM",
       [] { return gemm(512, 512, 512); }},
      {"digits", "the demonstration's CNN, one image", [] { return model("digits.onnx"); }},
      {"resnet8", "ResNet-8 of MLPerf Tiny's shape, one image",
       [] { return model("resnet8.onnx"); }},
      language("qwen3-layer-decode-128", "a layer of Qwen3-0.6B's shape, one token, context 128",
               {.folder = "", .shape = layer, .tokens = 1, .context = 128}),
      language("qwen3-layer-decode-1024", "the same, context 1,024",
               {.folder = "", .shape = layer, .tokens = 1, .context = 1024}),
      language("qwen3-layer-prefill-128", "the same, a prompt of 128 tokens",
               {.folder = "", .shape = layer, .tokens = 128, .context = 128}),
      language("qwen3-head-4096", "4,096 rows of Qwen3-0.6B's LM head, one token",
               {.folder = "", .shape = head, .tokens = 1, .context = 1, .logit_rows = 1}),
      language("qwen3-kjv-decode-64", "the small trained Qwen3, one token, context 64",
               {.folder = "tests/models/qwen3-kjv",
                .shape = {},
                .tokens = 1,
                .context = 64,
                .logit_rows = 1})};
  return networks;
}

}  // namespace girih::cli
