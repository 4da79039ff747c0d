// SPDX-License-Identifier: Apache-2.0
//
// A model's sizes as a chip sees them, and how the cache lies in memory.
#pragma once

#include <cstdint>

#include "girih/presets.h"
#include "llm/import/model.h"

namespace girih::llm {

constexpr std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }
constexpr std::int64_t round_up(std::int64_t value, std::int64_t unit) {
  return ceil_div(value, unit) * unit;
}

inline constexpr std::int64_t kAlignment = 64;  ///< of what has an address of its own

struct Dimensions {
  Dimensions(const Config& config, const isa::Preset& preset, unsigned activation_bits);

  std::int64_t hidden, intermediate, layers, heads, kv_heads, group, head_dim, vocabulary;
  bool qk_norm, wide;    ///< wide: activations of 16 bits
  bool encoder = false;  ///< docs/encoders.md: no rotation, all tokens see the whole sequence
  std::int64_t k_dim, n_dim, bus_bytes, spm_bytes, acc_bytes;

  std::int64_t query() const { return heads * head_dim; }
  std::int64_t key() const { return kv_heads * head_dim; }
  std::int64_t row_bytes() const { return 4 * n_dim; }
  std::int64_t row_tile_bytes(std::int64_t depth) const { return n_dim * round_up(depth, k_dim); }
  /// A reduction is dequantised in parts (docs/language-models.md, Numbers).
  static constexpr std::int64_t kPartDepth = 512;
  std::int64_t parts(std::int64_t depth) const { return wide ? ceil_div(depth, kPartDepth) : 1; }

  // A page of the cache: `slots` keys and values of one layer and kv head, as MATRIX wants them.
  std::int64_t slots;                 ///< max(KDim, NDim)
  std::int64_t key_depth;             ///< head_dim in whole k tiles
  std::int64_t value_width;           ///< head_dim in whole row tiles
  std::int64_t values_at, scales_at;  ///< in a page; key scales, then value scales
  std::int64_t page_bytes;
  std::int64_t keys;      ///< of a tile, S: a multiple of `slots`, the same for all steps
  std::int64_t key_step;  ///< steps are compiled for so many keys more or less

  std::int64_t tile_pages() const { return keys / slots; }
  std::int64_t tile_bytes() const { return tile_pages() * page_bytes; }
  /// Where a slot's key, value and key scale begin in a plane (the pages of a layer and kv head).
  std::int64_t key_offset(std::int64_t slot) const;
  std::int64_t value_offset(std::int64_t slot) const;
  std::int64_t scale_offset(std::int64_t slot) const;
};

}  // namespace girih::llm
