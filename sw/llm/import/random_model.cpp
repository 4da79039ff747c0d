// SPDX-License-Identifier: Apache-2.0
#include "llm/import/random_model.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <deque>
#include <random>

namespace girih::llm {
namespace {

/// Tensors whose bytes it keeps.
class Store {
 public:
  Store(Dtype dtype, std::uint32_t seed) : dtype_(dtype), random_(seed) {}

  /// Values of middle `middle`, spread by `spread`.
  Tensor make(const std::string& name, std::vector<std::int64_t> shape, double middle,
              double spread) {
    Tensor tensor;
    tensor.name = name;
    tensor.dtype = dtype_;
    tensor.shape = std::move(shape);
    std::int64_t count = 1;
    for (const std::int64_t n : tensor.shape) count *= n;
    auto& bytes = bytes_.emplace_back();
    for (std::int64_t i = 0; i < count; ++i)
      put(bytes, static_cast<float>(middle + spread * draw()));
    tensor.bytes = bytes;
    return tensor;
  }

 private:
  double draw() { return static_cast<double>(random_()) / 2147483648.0 - 1.0; }
  void put(std::vector<std::byte>& bytes, float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::size_t size = dtype_ == Dtype::kF32 ? 4 : 2;
    // BF16 is the upper half; a binary16 of any bits but those of an infinity will do as well.
    const std::uint32_t out = dtype_ == Dtype::kF32 ? bits
                              : dtype_ == Dtype::kBf16
                                  ? bits >> 16
                                  : (bits >> 16 & 0x8000) | 0x2800 | (bits >> 8 & 0x3ff);
    const std::size_t at = bytes.size();
    bytes.resize(at + size);
    std::memcpy(bytes.data() + at, &out, size);
  }

  Dtype dtype_;
  std::mt19937 random_;
  std::deque<std::vector<std::byte>> bytes_;
};

}  // namespace

Model random_model(const ModelShape& s, std::uint32_t seed) {
  auto store = std::make_shared<Store>(s.dtype, seed);
  Model model;
  model.name = "random";
  model.config = {.architecture = s.qk_norm ? "Qwen3ForCausalLM" : "LlamaForCausalLM",
                  .hidden = s.hidden,
                  .intermediate = s.intermediate,
                  .layers = s.layers,
                  .heads = s.heads,
                  .kv_heads = s.kv_heads,
                  .head_dim = s.head_dim,
                  .vocabulary = s.vocabulary,
                  .max_positions = s.positions,
                  .norm_epsilon = 1e-6,
                  .rope = s.rope,
                  .tied = s.tied,
                  .qk_norm = s.qk_norm,
                  .attention_bias = s.bias,
                  .mlp_bias = s.bias,
                  .end_tokens = {}};
  const auto linear = [&](const std::string& name, std::int64_t outputs, std::int64_t inputs) {
    Linear x;
    const double spread = 2 / std::sqrt(static_cast<double>(inputs));
    x.weight = store->make(name + ".weight", {outputs, inputs}, 0, spread);
    if (s.bias) x.bias = store->make(name + ".bias", {outputs}, 0, 0.5);
    return x;
  };
  const auto norm = [&](const std::string& name, std::int64_t size) {
    return store->make(name + ".weight", {size}, 1, 0.5);
  };
  model.embedding = store->make("embedding", {s.vocabulary, s.hidden}, 0, 1);
  for (std::int64_t i = 0; i < s.layers; ++i) {
    Layer layer;
    layer.input_norm = norm("input_norm", s.hidden);
    layer.post_attention_norm = norm("post_attention_norm", s.hidden);
    if (s.qk_norm) {
      layer.q_norm = norm("q_norm", s.head_dim);
      layer.k_norm = norm("k_norm", s.head_dim);
    }
    layer.q = linear("q", s.heads * s.head_dim, s.hidden);
    layer.k = linear("k", s.kv_heads * s.head_dim, s.hidden);
    layer.v = linear("v", s.kv_heads * s.head_dim, s.hidden);
    layer.o = linear("o", s.hidden, s.heads * s.head_dim);
    layer.gate = linear("gate", s.intermediate, s.hidden);
    layer.up = linear("up", s.intermediate, s.hidden);
    layer.down = linear("down", s.hidden, s.intermediate);
    model.layers.push_back(std::move(layer));
  }
  model.norm = norm("norm", s.hidden);
  model.head = s.tied ? model.embedding : store->make("head", {s.vocabulary, s.hidden}, 0, 1);
  model.files = store;
  return model;
}

}  // namespace girih::llm
