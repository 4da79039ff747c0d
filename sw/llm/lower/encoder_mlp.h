// SPDX-License-Identifier: Apache-2.0
//
// The intermediate layer of an encoder and its GELU (docs/encoders.md, Recipes); the rows are
// quantised already.
#pragma once

#include "llm/lower/lowering.h"
#include "llm/quantise/encoder_image.h"

namespace girih::llm {

void expect_intermediate(Lowering& l, const PackedLayer& layer, std::uint32_t tag);
/// To plan.gated.
void intermediate(Lowering& l, const PackedLayer& layer, Gelu gelu);

}  // namespace girih::llm
