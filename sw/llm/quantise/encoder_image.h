// SPDX-License-Identifier: Apache-2.0
//
// An encoder's weights as a chip reads them: those of a language model in its image, of which a
// step's lowering is shared, and what only encoders have.
#pragma once

#include <cstdint>
#include <vector>

#include "llm/import/encoder.h"
#include "llm/quantise/image.h"

namespace girih::llm {

/// FP32 [hidden] each.
struct PackedNorm {
  std::uint32_t weight = 0, bias = 0;
};

struct EncoderImage {
  EncoderConfig config;
  /// Of a layer q, k, v, o, up (the intermediate one) and down are there; `positions` are rows of
  /// type and position, type * config.positions + position.
  Image image;
  PackedNorm embedding_norm;
  std::vector<PackedNorm> attention_norms, output_norms;  ///< of each layer
};

/// Throws girih::Error as make_image does.
EncoderImage make_encoder_image(const Encoder& encoder, const isa::Preset& preset,
                                unsigned activation_bits = 16);

}  // namespace girih::llm
