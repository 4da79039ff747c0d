// SPDX-License-Identifier: Apache-2.0
#include "llm/import/load_encoder.h"

#include "common/error.h"
#include "common/text.h"
#include "llm/import/encoder_config.h"
#include "llm/import/weights.h"

namespace girih::llm {
namespace {

namespace fs = std::filesystem;

/// Files that come from TensorFlow call weight and bias gamma and beta.
LayerNorm take_norm(Weights& weights, const std::string& at, std::int64_t hidden) {
  const std::string name = at + "LayerNorm.";
  const bool old = weights.has(name + "gamma");
  return {weights.take(name + (old ? "gamma" : "weight"), {hidden}),
          weights.take(name + (old ? "beta" : "bias"), {hidden})};
}

EncoderLayer take_layer(Weights& weights, const EncoderConfig& c, const std::string& at) {
  const auto linear = [&](const char* name, std::int64_t outputs, std::int64_t inputs) {
    return weights.take_linear(at + name, outputs, inputs, true);
  };
  EncoderLayer layer;
  layer.query = linear("attention.self.query", c.hidden, c.hidden);
  layer.key = linear("attention.self.key", c.hidden, c.hidden);
  layer.value = linear("attention.self.value", c.hidden, c.hidden);
  layer.attention_output = linear("attention.output.dense", c.hidden, c.hidden);
  layer.attention_norm = take_norm(weights, at + "attention.output.", c.hidden);
  layer.intermediate = linear("intermediate.dense", c.intermediate, c.hidden);
  layer.output = linear("output.dense", c.hidden, c.intermediate);
  layer.output_norm = take_norm(weights, at + "output.", c.hidden);
  return layer;
}

}  // namespace

Encoder load_encoder(const fs::path& folder) {
  require_model_folder(folder);
  Encoder encoder;
  encoder.name = printable(fs::canonical(folder).filename().string());
  encoder.config = read_encoder_config(folder);
  const EncoderConfig& c = encoder.config;
  Weights weights(folder);
  // A model saved with a head on it has the encoder below `bert`.
  const std::string top = weights.has("bert.embeddings.word_embeddings.weight") ? "bert." : "";
  const std::string at = top + "embeddings.";
  encoder.words = weights.take(at + "word_embeddings.weight", {c.vocabulary, c.hidden});
  encoder.positions = weights.take(at + "position_embeddings.weight", {c.positions, c.hidden});
  encoder.types = weights.take(at + "token_type_embeddings.weight", {c.types, c.hidden});
  encoder.norm = take_norm(weights, at, c.hidden);
  for (std::int64_t i = 0; i < c.layers; ++i) {
    const std::string layer = fmt::format("{}encoder.layer.{}.", top, i);
    encoder.layers.push_back(take_layer(weights, c, layer));
    weights.refuse_rest(layer, "", c.architecture);
  }
  encoder.ignored = weights.rest();
  encoder.files = weights.files();
  return encoder;
}

}  // namespace girih::llm
