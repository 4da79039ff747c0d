// SPDX-License-Identifier: Apache-2.0
#include "llm/quantise/encoder_image.h"

#include "common/error.h"
#include "llm/quantise/mask_strip.h"
#include "llm/quantise/pieces.h"

namespace girih::llm {
namespace {

/// What lowering reads of a language model's configuration.
Config shared_config(const EncoderConfig& from) {
  Config config;
  config.architecture = from.architecture;
  config.hidden = from.hidden;
  config.intermediate = from.intermediate;
  config.layers = from.layers;
  config.heads = config.kv_heads = from.heads;
  config.head_dim = from.head_dim;
  config.vocabulary = from.vocabulary;
  config.max_positions = from.positions;
  config.norm_epsilon = from.norm_epsilon;
  config.attention_bias = config.mlp_bias = true;
  return config;
}

/// Rows of type and position, one FP32 addition each.
std::vector<float> position_rows(const Encoder& encoder) {
  const std::int64_t hidden = encoder.config.hidden;
  std::vector<float> rows, type(static_cast<std::size_t>(hidden)), position(type.size());
  rows.reserve(static_cast<std::size_t>(encoder.types.rows() * encoder.positions.rows() * hidden));
  for (std::int64_t k = 0; k < encoder.types.rows(); ++k) {
    encoder.types.read_row(k, type);
    for (std::int64_t p = 0; p < encoder.positions.rows(); ++p) {
      encoder.positions.read_row(p, position);
      for (std::size_t i = 0; i < type.size(); ++i) rows.push_back(type[i] + position[i]);
    }
  }
  return rows;
}

}  // namespace

EncoderImage make_encoder_image(const Encoder& encoder, const isa::Preset& preset,
                                unsigned activation_bits) {
  if (activation_bits != 8 && activation_bits != 16)
    throw Error("activations of {} bits: 8 or 16 are accepted", activation_bits);
  EncoderImage out;
  out.config = encoder.config;
  Image& image = out.image;
  image.model = encoder.name;
  image.config = shared_config(encoder.config);
  image.preset = preset;
  image.activation_bits = activation_bits;
  Pieces constants(image.constants, preset, "constants");
  const auto norm = [&](const LayerNorm& from) {
    return PackedNorm{constants.row(from.weight), constants.row(from.bias)};
  };
  out.embedding_norm = norm(encoder.norm);
  for (const EncoderLayer& layer : encoder.layers) {
    PackedLayer packed;
    packed.q = constants.linear(layer.query);
    packed.k = constants.linear(layer.key);
    packed.v = constants.linear(layer.value);
    packed.o = constants.linear(layer.attention_output);
    packed.up = constants.linear(layer.intermediate);
    packed.down = constants.linear(layer.output);
    image.layers.push_back(packed);
    out.attention_norms.push_back(norm(layer.attention_norm));
    out.output_norms.push_back(norm(layer.output_norm));
  }
  image.mask_strip = constants.floats(mask_strip(), "mask");
  Pieces tables(image.tables, preset, "embedding and position tables");
  image.embedding = tables.rows(encoder.words);
  image.embedding_bf16 = encoder.words.dtype == Dtype::kBf16;
  image.positions = tables.floats(position_rows(encoder), encoder.positions.name);
  image.position_count = encoder.types.rows() * encoder.positions.rows();
  return out;
}

}  // namespace girih::llm
