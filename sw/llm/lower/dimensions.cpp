// SPDX-License-Identifier: Apache-2.0
#include "llm/lower/dimensions.h"

#include <algorithm>

#include "llm/quantise/mask_strip.h"

namespace girih::llm {

Dimensions::Dimensions(const Config& config, const isa::Preset& preset, unsigned activation_bits)
    : hidden(config.hidden),
      intermediate(config.intermediate),
      layers(config.layers),
      heads(config.heads),
      kv_heads(config.kv_heads),
      group(config.heads / config.kv_heads),
      head_dim(config.head_dim),
      vocabulary(config.vocabulary),
      qk_norm(config.qk_norm),
      wide(activation_bits == 16),
      k_dim(preset.k_dim),
      n_dim(preset.n_dim),
      bus_bytes(preset.bus_bytes),
      spm_bytes(preset.spm_kib * std::int64_t{1024}),
      acc_bytes(preset.acc_kib * std::int64_t{1024}),
      slots(std::max(k_dim, n_dim)),
      key_depth(round_up(head_dim, k_dim)),
      value_width(round_up(head_dim, n_dim)),
      values_at(slots * key_depth),
      scales_at(values_at + slots * value_width),
      page_bytes(round_up(scales_at + 8 * slots, kAlignment)) {
  // A tile of a kv head takes at most a seventh of the scratchpad.
  keys = kMostKeys;
  while (keys > slots && 7 * tile_bytes() > spm_bytes) keys /= 2;
  key_step = std::max(slots, keys / 4);
}

// Keys lie [row tile][k tile][NDim][KDim] in a page, values [k tile][row tile][KDim][NDim].
std::int64_t Dimensions::key_offset(std::int64_t slot) const {
  const std::int64_t in_page = slot % slots;
  return slot / slots * page_bytes + in_page / n_dim * n_dim * key_depth + in_page % n_dim * k_dim;
}
std::int64_t Dimensions::value_offset(std::int64_t slot) const {
  const std::int64_t in_page = slot % slots;
  return slot / slots * page_bytes + values_at + in_page / k_dim * k_dim * value_width +
         in_page % k_dim * n_dim;
}
std::int64_t Dimensions::scale_offset(std::int64_t slot) const {
  return slot / slots * page_bytes + scales_at + slot % slots * 4;
}

}  // namespace girih::llm
