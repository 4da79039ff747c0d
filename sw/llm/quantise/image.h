// SPDX-License-Identifier: Apache-2.0
//
// A language model's weights as a chip reads them, made once for a preset and shared by all step
// programs, which hold offsets only. Two windows (docs/language-models.md): constants, and the
// tables that are read by row.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "girih/presets.h"
#include "llm/import/model.h"
#include "llm/quantise/pieces.h"

namespace girih::llm {

struct PackedLayer {
  std::uint32_t input_norm = 0, post_attention_norm = 0;  ///< FP32
  std::uint32_t head_norms = 0;                           ///< weights of q, then of k; qk_norm only
  PackedLinear q, k, v, o, gate, up, down;
};

struct ImageOptions {
  unsigned activation_bits = 8;  ///< 8 or 16
  std::int64_t positions = 0;    ///< rows of the position table; 0: all that the model has
};

struct Image {
  std::string model;
  Config config;
  isa::Preset preset;
  unsigned activation_bits = 8;

  std::vector<std::uint8_t> constants;
  std::vector<PackedLayer> layers;
  std::uint32_t norm = 0;
  PackedLinear head;
  std::uint32_t mask_strip = 0;  ///< mask_strip.h

  std::vector<std::uint8_t> tables;
  std::uint32_t embedding = 0;  ///< rows of BF16 or FP32
  bool embedding_bf16 = false;
  std::uint32_t positions = 0;  ///< rows of position_table.h
  std::int64_t position_count = 0;

  std::int64_t embedding_row_bytes() const { return config.hidden * (embedding_bf16 ? 2 : 4); }
};

/// Throws girih::Error naming the tensor when a window of 4 GiB does not hold it.
Image make_image(const Model& model, const isa::Preset& preset, const ImageOptions& options = {});

}  // namespace girih::llm
