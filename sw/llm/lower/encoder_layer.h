// SPDX-License-Identifier: Apache-2.0
//
// What a layer of an encoder does around attention.
#pragma once

#include "llm/lower/lowering.h"
#include "llm/quantise/encoder_image.h"

namespace girih::llm {

void quantise_for_attention(Lowering& l, std::int64_t layer);

void expect_behind_attention(Lowering& l, const EncoderImage& image, std::int64_t layer);
/// From plan.attended to h.
void behind_attention(Lowering& l, const EncoderImage& image, std::int64_t layer);

}  // namespace girih::llm
