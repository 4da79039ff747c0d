// SPDX-License-Identifier: Apache-2.0
//
// Max and average pooling as VECTOR windows: one instruction per output row and run of equal
// counts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "compiler/graph/graph.h"
#include "compiler/lower/builder.h"
#include "compiler/lower/map_tile.h"

namespace girih::compiler {

struct PoolProblem {
  std::string node;
  graph::Window window;
  std::int64_t batch = 1;
  Map input, output;
  bool x_unsigned = false, y_unsigned = false;
  std::uint8_t zx = 0, zy = 0, lo = 0, hi = 0;
  std::uint8_t pad = 0;  ///< what stands outside the input; a kept one's border holds it
  bool average = false;  ///< else maximum
  bool count_padding = false;
  float scale = 1;  ///< average: f32(sx / sy)
};

struct PoolTiling {
  std::int64_t rows = 1, depth = 1;  ///< of an output tile
};
/// Nothing when not even a row of one channel fits target.spm_bytes.
std::optional<PoolTiling> find_pool_tiling(const PoolProblem& problem, const Target& target);
/// Scratchpad bytes of all slots.
std::int64_t pool_area(const PoolProblem& problem, const PoolTiling& tiling, const Target& target);

/// Throws girih::Error naming the node when nothing fits area.bytes.
void lower_pool(Builder& builder, const PoolProblem& problem, const Area& area);

}  // namespace girih::compiler
