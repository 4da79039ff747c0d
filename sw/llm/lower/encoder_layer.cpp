// SPDX-License-Identifier: Apache-2.0
#include "llm/lower/encoder_layer.h"

#include "llm/lower/encoder_mlp.h"
#include "llm/lower/layer_norm.h"
#include "llm/lower/linear.h"
#include "llm/lower/norm.h"

namespace girih::llm {

void quantise_for_attention(Lowering& l, std::int64_t layer) {
  l.builder.begin_layer(tag_of(layer, Part::kAttentionNorm));
  l.before_attention = true;
  quantise_rows(l, l.plan.hidden, 0, l.shape.rows(), l.plan.attention_input);
  l.before_attention = false;
}

void expect_behind_attention(Lowering& l, const EncoderImage& image, std::int64_t layer) {
  const auto at = static_cast<std::size_t>(layer);
  const PackedLayer& weights = image.image.layers[at];
  expect_linear_onto(l, weights.o, tag_of(layer, Part::kOutput));
  expect_layer_norm(l, image.attention_norms[at], tag_of(layer, Part::kMlpNorm));
  expect_intermediate(l, weights, tag_of(layer, Part::kGateUp));
  expect_linear_onto(l, weights.down, tag_of(layer, Part::kDown));
  expect_layer_norm(l, image.output_norms[at], tag_of(layer, Part::kDown));
}

void behind_attention(Lowering& l, const EncoderImage& image, std::int64_t layer) {
  const PackedLayer& weights = image.image.layers[static_cast<std::size_t>(layer)];
  const Plan& plan = l.plan;
  const auto part = [&](Part name) { l.builder.begin_layer(tag_of(layer, name)); };
  const std::int64_t rows = l.shape.rows();
  part(Part::kOutput);
  quantise_rows(l, plan.attended, 0, rows, plan.attention_output);
  linear_onto(l, weights.o, plan.attention_output, plan.hidden);
  part(Part::kMlpNorm);
  layer_norm(l);
  quantise_rows(l, plan.hidden, 0, rows, plan.mlp_input);
  part(Part::kGateUp);
  intermediate(l, weights, image.config.gelu);
  part(Part::kDown);
  quantise_rows(l, plan.gated, 0, rows, plan.mlp_output);
  linear_onto(l, weights.down, plan.mlp_output, plan.hidden);
  layer_norm(l);
}

}  // namespace girih::llm
