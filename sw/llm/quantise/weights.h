// SPDX-License-Identifier: Apache-2.0
//
// A row of weights as INT8 and a scale, to nearest even; a row of zeros has scale 0.
#pragma once

#include <cstdint>
#include <span>

namespace girih::llm {

/// Returns the scale; `quantised` is as long as `row`.
float quantise_row(std::span<const float> row, std::span<std::int8_t> quantised);

}  // namespace girih::llm
