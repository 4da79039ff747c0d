// SPDX-License-Identifier: Apache-2.0
//
// What a step's program depends on, and where the lists of its step block lie.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "llm/lower/dimensions.h"

namespace girih::llm {

struct StepShape {
  std::int64_t tokens = 1;         ///< new tokens of each sequence, at consecutive positions
  std::vector<std::int64_t> keys;  ///< of each sequence, the new ones included: in key_steps
  std::int64_t logit_rows = 1;     ///< the last so many tokens of each sequence; 0: none
  std::int64_t pages = 0;          ///< of the cache's pool

  std::int64_t sequences() const { return std::ssize(keys); }
  std::int64_t rows() const { return sequences() * tokens; }
  std::int64_t logits() const { return sequences() * logit_rows; }
  auto operator<=>(const StepShape&) const = default;

  std::int64_t tiles(std::int64_t sequence, const Dimensions& d) const {
    return ceil_div(keys[static_cast<std::size_t>(sequence)], d.keys);
  }
  /// The first of a sequence's tiles that may hold keys behind its first new token.
  std::int64_t first_masked(std::int64_t sequence, const Dimensions& d) const {
    const std::int64_t seen = keys[static_cast<std::size_t>(sequence)] - d.key_step - tokens + 2;
    return seen <= 0 ? 0 : seen / d.keys;
  }
};

/// Lists of 32-bit entries, each at a multiple of 64 bytes. Those up to the masks are fetched
/// whole.
struct StepBlock {
  StepBlock(const StepShape& shape, const Dimensions& d);

  std::int64_t tokens, positions;     ///< a row of the table each
  std::int64_t keys, values, scales;  ///< bytes from the plane's beginning, for each row
  std::int64_t masks;                 ///< places in the mask strip, sequence by sequence
  std::int64_t mask_count;
  std::int64_t pooling;             ///< encoders: FP32 factors of the rows
  std::int64_t fixed_bytes;         ///< of all these
  std::vector<std::int64_t> pages;  ///< for each sequence
  std::int64_t bytes;
};

}  // namespace girih::llm
