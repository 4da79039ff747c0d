// SPDX-License-Identifier: Apache-2.0
//
// An encoder's program for sequences of so many rows (docs/encoders.md, Steps). All tokens of a
// sequence are new; keys and values of a layer go through the cache as a language model's do.
#pragma once

#include "llm/lower/step.h"
#include "llm/quantise/encoder_image.h"

namespace girih::llm {

Dimensions encoder_dimensions(const EncoderImage& image);

/// The rows of a sequence of so many tokens, and the shape of a step with them.
std::int64_t encoder_rows(std::int64_t tokens, const Dimensions& d);
StepShape encoder_shape(std::int64_t sequences, std::int64_t rows, std::int64_t pages);

/// Throws girih::Error saying what does not fit the chip.
StepProgram compile_encoder_step(const EncoderImage& image, const StepShape& shape);

}  // namespace girih::llm
