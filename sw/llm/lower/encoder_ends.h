// SPDX-License-Identifier: Apache-2.0
//
// Both ends of an encoder's step: embedding with its LayerNorm; pooling.
#pragma once

#include "llm/lower/lowering.h"
#include "llm/lower/workspace.h"
#include "llm/quantise/encoder_image.h"

namespace girih::llm {

/// Fetches the step block and masks; rows of words, types and positions, normalised, to h.
void encoder_embed(Lowering& l);
/// A vector of each sequence to the workspace.
void encoder_pool(Lowering& l, const EncoderConfig& config);

}  // namespace girih::llm
