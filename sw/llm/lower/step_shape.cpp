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
  for (std::int64_t b = 0; b < shape.sequences(); ++b) {
    mask_count += shape.tiles(b, d) - shape.first_masked(b, d);
  }
  masks = take(mask_count);
  pooling = take(d.encoder ? shape.rows() : 0);
  fixed_bytes = at;
  for (const std::int64_t keys : shape.keys) pages.push_back(take(keys / d.slots));
  bytes = at;
}

}  // namespace girih::llm
