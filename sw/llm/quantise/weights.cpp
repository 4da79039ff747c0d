// SPDX-License-Identifier: Apache-2.0
#include "llm/quantise/weights.h"

#include <algorithm>
#include <cmath>

namespace girih::llm {

float quantise_row(std::span<const float> row, std::span<std::int8_t> quantised) {
  float largest = 0;
  for (const float w : row) largest = std::max(largest, std::abs(w));
  const float scale = largest / 127.0F;
  if (scale == 0) {
    std::ranges::fill(quantised, std::int8_t{0});
    return 0;
  }
  for (std::size_t k = 0; k < row.size(); ++k) {
    quantised[k] =
        static_cast<std::int8_t>(std::clamp(std::nearbyint(row[k] / scale), -127.0F, 127.0F));
  }
  return scale;
}

}  // namespace girih::llm
