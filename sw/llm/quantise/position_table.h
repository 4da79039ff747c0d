// SPDX-License-Identifier: Apache-2.0
//
// Rotary position embedding as rows of FP32, one for each position, computed in double and rounded
// once: [-sin | sin | cos], each head_dim / 2 long. So a row begins with the signed sines of both
// halves of a head.
#pragma once

#include <cstdint>
#include <vector>

#include "llm/import/model.h"

namespace girih::llm {

constexpr std::int64_t position_row_floats(std::int64_t head_dim) { return head_dim / 2 * 3; }

/// inv_freq of the configuration (llama3 scaling included), head_dim / 2 of them.
std::vector<double> inverse_frequencies(const Config& config);

std::vector<float> position_table(const Config& config, std::int64_t positions);

}  // namespace girih::llm
