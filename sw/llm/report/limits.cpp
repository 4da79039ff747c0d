// SPDX-License-Identifier: Apache-2.0
#include "llm/report/limits.h"

#include <fmt/format.h>

#include <algorithm>

#include "llm/lower/dimensions.h"
#include "llm/lower/parts.h"

namespace girih::llm {
namespace {

std::uint64_t bytes_of(std::int64_t bytes) { return static_cast<std::uint64_t>(bytes); }

class Operations {
 public:
  explicit Operations(const Chip& chip) : chip_(chip) {}

  void add(Operation x) {
    if (chip_.activation_bits == 16) x.macs *= 2;
    const auto array = static_cast<std::uint64_t>(chip_.preset.k_dim * chip_.preset.n_dim);
    const std::uint64_t bus = chip_.preset.bus_bytes;
    x.cycles = std::max((x.macs + array - 1) / array, (x.bytes() + bus - 1) / bus);
    list.push_back(std::move(x));
  }
  void linear(std::string name, std::uint32_t tag, std::int64_t outputs, std::int64_t inputs,
              bool bias, std::int64_t rows, std::int64_t other = 0) {
    add({.name = std::move(name),
         .tag = tag,
         .shape = fmt::format("{} x {}", outputs, inputs),
         .weight_bytes = bytes_of(outputs * inputs),
         .scale_bytes = bytes_of((bias ? 8 : 4) * outputs),
         .other_bytes = bytes_of(other),
         .macs = bytes_of(rows * outputs * inputs)});
  }
  void memory(std::string name, std::uint32_t tag, std::string shape, std::int64_t bytes) {
    add({.name = std::move(name),
         .tag = tag,
         .shape = std::move(shape),
         .other_bytes = bytes_of(bytes)});
  }

  std::vector<Operation> list;

 private:
  const Chip& chip_;
};

/// k8, v8 and their scales of one layer.
std::int64_t key_value_bytes(const Config& c) { return c.kv_heads * (2 * c.head_dim + 8); }

}  // namespace

std::vector<Operation> embedding_operations(const Config& c, const Chip& chip, const StepSize& size,
                                            Dtype dtype) {
  Operations x(chip);
  x.memory("embedding", kEmbeddingTag, fmt::format("{} x {}", c.vocabulary, c.hidden),
           size.tokens * c.hidden * (dtype == Dtype::kBf16 ? 2 : 4));
  return std::move(x.list);
}

std::vector<Operation> layer_operations(const Config& c, const Chip& chip, const StepSize& size,
                                        std::int64_t layer) {
  Operations x(chip);
  const auto tag = [&](Part part) { return tag_of(layer, part); };
  const std::int64_t q = c.heads * c.head_dim, kv = c.kv_heads * c.head_dim, m = size.tokens;
  const std::string norm = fmt::format("{}", c.hidden);
  const auto linear = [&](const char* name, Part part, std::int64_t outputs, std::int64_t inputs,
                          bool bias) { x.linear(name, tag(part), outputs, inputs, bias, m); };
  x.memory("input norm", tag(Part::kAttentionNorm), norm, 4 * c.hidden);
  linear("q", Part::kProjections, q, c.hidden, c.attention_bias);
  linear("k", Part::kProjections, kv, c.hidden, c.attention_bias);
  linear("v", Part::kProjections, kv, c.hidden, c.attention_bias);
  x.memory("new keys, values", tag(Part::kRotary),
           fmt::format("2 x {} x {}", c.kv_heads, c.head_dim),
           m * key_value_bytes(c) + (c.qk_norm ? 8 * c.head_dim : 0));
  x.add({.name = "attention",
         .tag = tag(Part::kAttention),
         .shape = fmt::format("{} x {} x {}", c.heads, size.context, c.head_dim),
         .other_bytes = bytes_of(size.context * key_value_bytes(c)),
         .macs = bytes_of(2 * c.heads * m * size.context * c.head_dim)});
  linear("o", Part::kOutput, c.hidden, q, c.attention_bias);
  x.memory("MLP norm", tag(Part::kMlpNorm), norm, 4 * c.hidden);
  linear("gate", Part::kGateUp, c.intermediate, c.hidden, c.mlp_bias);
  linear("up", Part::kGateUp, c.intermediate, c.hidden, c.mlp_bias);
  linear("down", Part::kDown, c.hidden, c.intermediate, c.mlp_bias);
  return std::move(x.list);
}

std::vector<Operation> head_operations(const Config& c, const Chip& chip, const StepSize& size) {
  Operations x(chip);
  if (size.logit_rows == 0) return {};
  x.linear("head", head_tag(c.layers), c.vocabulary, c.hidden, false, size.logit_rows,
           4 * c.hidden + 4 * size.logit_rows * (c.vocabulary + 1));
  return std::move(x.list);
}

std::vector<Operation> step_operations(const Config& c, const Chip& chip, const StepSize& size,
                                       Dtype embedding) {
  std::vector<Operation> all = embedding_operations(c, chip, size, embedding);
  const auto append = [&](std::vector<Operation> more) {
    all.insert(all.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
  };
  for (std::int64_t i = 0; i < c.layers; ++i) append(layer_operations(c, chip, size, i));
  append(head_operations(c, chip, size));
  return all;
}

std::uint64_t cache_bytes(const Config& config) {
  return bytes_of(config.layers * key_value_bytes(config));
}

}  // namespace girih::llm
