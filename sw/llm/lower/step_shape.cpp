// SPDX-License-Identifier: Apache-2.0
#include "llm/lower/step_shape.h"

namespace girih::llm {

StepBlock::StepBlock(const StepShape& shape, const Dimensions& d) {
  std::int64_t at = 0;
  const auto take = [&](std::int64_t entries) {
    const std::int64_t base = at;
    at += round_up(4 * entries, kAlignment);
    return base;
  };
  tokens = take(shape.rows());
  positions = take(shape.rows());
  keys = take(shape.rows());
  values = take(shape.rows());
  scales = take(shape.rows());
  mask_count = 0;
  for (const std::int64_t tiles : shape.tiles) {
    mask_count += tiles - shape.first_masked(tiles, d.keys);
  }
  masks = take(mask_count);
  fixed_bytes = at;
  for (const std::int64_t tiles : shape.tiles) pages.push_back(take(tiles * d.tile_pages()));
  bytes = at;
}

}  // namespace girih::llm
