// SPDX-License-Identifier: Apache-2.0
//
// An encoder's program for sequences of so many rows (docs/encoders.md, Steps). All tokens of a
// sequence are new; keys and values of a layer go through the cache as a language model's do.
#pragma once

#include "llm/lower/step.h"
#include "llm/quantise/encoder_image.h"

namespace girih::llm {

Dimensions encoder_dimensions(const EncoderImage& image);

/// A program of the way of a sequence, and the first of the rows that it works on.
struct EncoderPart {
  StepProgram program;
  std::int64_t first = 0;
};
/// Programs for a sequence of so many tokens, to be run in this order: one where it fits the chip,
/// else its rows in blocks, layer by layer. Throws girih::Error saying what does not fit.
std::vector<EncoderPart> compile_encoder(const EncoderImage& image, std::int64_t tokens,
                                         std::int64_t pages);

/// The rows of a sequence of so many tokens, and the shape of a step with them.
std::int64_t encoder_rows(std::int64_t tokens, const Dimensions& d);
StepShape encoder_shape(std::int64_t sequences, std::int64_t rows, std::int64_t pages);

/// Throws girih::Error saying what does not fit the chip.
StepProgram compile_encoder_step(const EncoderImage& image, const StepShape& shape);

}  // namespace girih::llm
