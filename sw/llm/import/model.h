// SPDX-License-Identifier: Apache-2.0
//
// A language model as its authors published it: configuration and weights, nothing about chips.
// What is read and checked: docs/language-models.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace girih::llm {

enum class Dtype : std::uint8_t { kF32, kF16, kBf16 };

/// A tensor of a weight file, row-major; the bytes stay in the (mapped) file that `Model` holds.
struct Tensor {
  std::string name;
  Dtype dtype = Dtype::kF32;
  std::vector<std::int64_t> shape;  ///< [rows, columns], or [columns]
  std::span<const std::byte> bytes;

  std::int64_t columns() const { return shape.back(); }
  std::int64_t rows() const { return shape.size() == 1 ? 1 : shape.front(); }
  bool empty() const { return shape.empty(); }
  /// Row `row` widened to binary32 (exact) into `values`, columns() long.
  void read_row(std::int64_t row, std::span<float> values) const;
};

/// y = W x + b: weight [outputs][inputs].
struct Linear {
  Tensor weight;
  Tensor bias;  ///< [outputs], or empty
};

struct Rope {
  enum class Scaling : std::uint8_t { kNone, kLlama3 };
  double theta = 10000.0;
  Scaling scaling = Scaling::kNone;
  double factor = 1.0, low_freq_factor = 1.0, high_freq_factor = 1.0;  ///< kLlama3
  double original_positions = 0.0;
};

struct Config {
  std::string architecture;  ///< Qwen3ForCausalLM, LlamaForCausalLM
  std::int64_t hidden = 0, intermediate = 0, layers = 0;
  std::int64_t heads = 0, kv_heads = 0, head_dim = 0;
  std::int64_t vocabulary = 0, max_positions = 0;
  double norm_epsilon = 1e-6;
  Rope rope;
  bool tied = false;     ///< the head is the embedding
  bool qk_norm = false;  ///< Qwen3: q and k are normalised over head_dim
  bool attention_bias = false, mlp_bias = false;  ///< of q, k, v and o; of gate, up and down
  std::vector<std::int64_t> end_tokens;  ///< of generation_config.json, else of config.json
};

struct Layer {
  Tensor input_norm, post_attention_norm;
  Tensor q_norm, k_norm;  ///< [head_dim], empty without qk_norm
  Linear q, k, v, o;
  Linear gate, up, down;
};

struct Model {
  std::string name;  ///< of the directory
  Config config;
  Tensor embedding;  ///< [vocabulary][hidden]
  std::vector<Layer> layers;
  Tensor norm;
  Tensor head;  ///< [vocabulary][hidden]; the embedding when tied
  std::vector<std::string> ignored;  ///< tensors of the files that nothing uses
  std::shared_ptr<const void> files;  ///< keeps what the tensors point into
};

}  // namespace girih::llm
