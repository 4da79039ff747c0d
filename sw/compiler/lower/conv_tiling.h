// SPDX-License-Identifier: Apache-2.0
//
// How a convolution is cut into tiles, and the search for the cheapest way that fits.
#pragma once

#include <cstdint>
#include <optional>

#include "compiler/lower/builder.h"
#include "compiler/lower/conv_problem.h"

namespace girih::compiler {

struct ConvTiling {
  std::int64_t rows = 1, columns = 1;  ///< of an output tile
  std::int64_t channels = 1;           ///< output channels of a tile
  std::int64_t kernel_rows = 1;        ///< of a chunk of the reduction
  std::int64_t depth = 1;              ///< input channels of a chunk
  bool channels_outer = true;          ///< loop order: output channels outside, map tiles inside
  std::int64_t input_slots = 1, weight_slots = 1, bias_slots = 1, tile_slots = 1;
};

/// Sizes that follow from a problem and a tiling, in one place for search and emission.
struct ConvSizes {
  ConvSizes(const ConvProblem& problem, const ConvTiling& tiling, const Target& target);

  bool whole_pixels;       ///< a chunk holds all channels of the map
  bool merged;             ///< k0 runs over kernel columns and channels together
  std::int64_t row_tiles;  ///< accumulator rows of a tile, per output position
  std::int64_t map_tiles, channel_tiles, kernel_chunks, depth_chunks;
  std::int64_t input_bytes;   ///< of an input slot; none when the input is kept
  std::int64_t weight_bytes;  ///< of a weight slot
  std::int64_t acc_tile_bytes;
  std::int64_t output_bytes;  ///< of an output slot; none when the output is kept
  std::int64_t bias_bytes;    ///< accumulator bytes of a bias slot; scale slots have as many in spm
  std::int64_t passes;        ///< weight tiles of one output tile, all chunks

  std::int64_t chunks() const { return kernel_chunks * depth_chunks; }
  /// Accumulator bytes of all bias slots.
  std::int64_t biases(const ConvProblem& problem, const ConvTiling& tiling) const {
    return problem.has_bias() ? tiling.bias_slots * bias_bytes : 0;
  }
  bool fits(const ConvProblem& problem, const ConvTiling& tiling, const Target& target) const;
  /// Scratchpad bytes of all slots.
  std::int64_t area(const ConvProblem& problem, const ConvTiling& tiling,
                    const Target& target) const;
};

struct PricedTiling {
  ConvTiling tiling;
  double cycles = 0;  ///< roughly
};

/// The cheapest; nothing when none fits target.spm_bytes and target.acc_bytes.
std::optional<PricedTiling> find_tiling(const ConvProblem& problem, const Target& target);

/// Throws girih::Error naming the node when nothing fits.
ConvTiling choose_tiling(const ConvProblem& problem, const Target& target);

}  // namespace girih::compiler
