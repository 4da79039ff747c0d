// SPDX-License-Identifier: Apache-2.0
//
// Causal masks for all positions: zeros, then -infinities. A mask row of a query that sees `valid`
// keys of a tile is the stretch of the strip that begins at `mask_start(valid)`: rows of later
// queries begin earlier, one place for each position, so the rows of a chunk overlap in memory.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

namespace girih::llm {

inline constexpr std::int64_t kMostTokens = 128;  ///< new tokens of a sequence in one step
inline constexpr std::int64_t kMostKeys = 128;    ///< keys of a tile

/// `valid` may be negative (the tile begins after the query) or larger than the tile.
constexpr std::int64_t mask_start(std::int64_t valid) {
  return 2 * kMostKeys + kMostTokens - valid;
}
inline constexpr std::int64_t kMaskZeros = 2 * kMostKeys + kMostTokens;
inline constexpr std::int64_t kMaskFloats = kMaskZeros + kMostKeys + kMostTokens;

inline std::vector<float> mask_strip() {
  std::vector<float> strip(kMaskZeros, 0.0F);
  strip.resize(kMaskFloats, -std::numeric_limits<float>::infinity());
  return strip;
}

}  // namespace girih::llm
