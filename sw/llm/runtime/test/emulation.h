// SPDX-License-Identifier: Apache-2.0
//
// docs/language-models.md, section Numbers, one token after the other: the order and rounding of
// every operation, nothing of a chip's memories. It shares the FP32 operations with the golden
// model and no code with the compiler.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "llm/import/model.h"

namespace girih::llm {

class Emulation {
 public:
  /// `keys`: of a tile of attention (S).
  Emulation(const Model& model, unsigned activation_bits, std::int64_t keys);

  /// A new sequence.
  void reset();
  /// Logits after one more token.
  std::vector<float> feed(std::uint32_t token);

 private:
  using Floats = std::vector<float>;
  using Integers = std::vector<std::int32_t>;
  struct Weights {
    std::vector<Integers> rows;
    Floats scales, bias;
  };
  struct Rows {
    Integers values;
    float scale;
  };
  struct EmulatedLayer {
    Floats input_norm, post_attention_norm, q_norm, k_norm;
    Weights q, k, v, o, gate, up, down;
  };
  /// Of a layer and kv head.
  struct Cache {
    std::vector<Integers> keys, values;
    Floats key_scales, value_scales;
  };

  static Weights weights(const Linear& from);
  Rows quantise(const Floats& x, bool wide) const;
  Rows norm(const Floats& h, const Floats& weight) const;
  Floats linear(const Weights& w, const Rows& x) const;
  Floats attention(const EmulatedLayer& layer, std::size_t number, const Rows& x);
  Floats attend(const Cache& cache, const Rows& query, float query_scale) const;
  float head_norm(const Floats& x) const;
  Floats rotate(const Floats& x, const Floats& weight) const;

  const Model& model_;
  const bool wide_;
  const std::size_t keys_;
  std::vector<EmulatedLayer> layers_;
  Floats final_norm_;
  Weights head_;
  std::vector<std::vector<Cache>> cache_;
  std::int64_t position_ = 0;
};

}  // namespace girih::llm
