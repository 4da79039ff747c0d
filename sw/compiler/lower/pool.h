// SPDX-License-Identifier: Apache-2.0
//
// Max and average pooling as VECTOR windows: one instruction per output row and run of equal
// counts.
#pragma once

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
  Map input, output;  ///< of image 0
  bool x_unsigned = false, y_unsigned = false;
  std::uint8_t zx = 0, zy = 0, lo = 0, hi = 0;
  std::uint8_t pad = 0;  ///< what stands outside the input
  bool average = false;  ///< else maximum
  bool count_padding = false;
  float scale = 1;  ///< average: f32(sx / sy)
};

void lower_pool(Builder& builder, const PoolProblem& problem);

}  // namespace girih::compiler
