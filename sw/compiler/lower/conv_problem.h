// SPDX-License-Identifier: Apache-2.0
//
// Convolution and fully connected layers in one form: what tiling and emission need to know.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "compiler/graph/graph.h"
#include "compiler/lower/map_tile.h"

namespace girih::compiler {

struct ConvProblem {
  std::string node;
  graph::Window window;
  std::int64_t batch = 1;
  Map input, output;
  std::int64_t groups = 1;
  std::int64_t depth = 1;    ///< input channels of a group
  std::int64_t columns = 1;  ///< output channels of a group
  bool x_unsigned = false, w_unsigned = false, y_unsigned = false;
  std::uint8_t zx = 0, zw = 0, zy = 0, lo = 0, hi = 0;  ///< bits of values of their type
  std::vector<std::int32_t> bias;                       ///< groups * columns
  std::vector<float> multiplier;                        ///< groups * columns
  /// The byte of the weight of output channel n of group g, kernel row and column, input channel c.
  std::function<std::uint8_t(std::int64_t g, std::int64_t n, std::int64_t ky, std::int64_t kx,
                             std::int64_t c)>
      weight;

  std::int64_t kernel_rows() const { return window.kernel[0]; }
  std::int64_t kernel_columns() const { return window.kernel[1]; }
  bool has_bias() const;
  bool one_multiplier() const;  ///< all channels have the same
};

/// Groups smaller than the array become fewer block-diagonal ones; absent weights are the zero
/// point.
ConvProblem join_groups(ConvProblem problem, std::int64_t k_dim, std::int64_t n_dim);

}  // namespace girih::compiler
