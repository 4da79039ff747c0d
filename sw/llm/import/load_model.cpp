// SPDX-License-Identifier: Apache-2.0
#include "llm/import/load_model.h"

#include "common/error.h"
#include "common/text.h"
#include "llm/import/config.h"
#include "llm/import/weights.h"

namespace girih::llm {
namespace {

namespace fs = std::filesystem;

Layer take_layer(Weights& weights, const Config& c, std::int64_t index) {
  const std::string at = fmt::format("model.layers.{}.", index);
  const std::int64_t q = c.heads * c.head_dim;
  const std::int64_t kv = c.kv_heads * c.head_dim;
  Layer layer;
  layer.input_norm = weights.take(at + "input_layernorm.weight", {c.hidden});
  layer.post_attention_norm = weights.take(at + "post_attention_layernorm.weight", {c.hidden});
  const std::string attention = at + "self_attn.";
  if (c.qk_norm) {
    layer.q_norm = weights.take(attention + "q_norm.weight", {c.head_dim});
    layer.k_norm = weights.take(attention + "k_norm.weight", {c.head_dim});
  }
  layer.q = weights.take_linear(attention + "q_proj", q, c.hidden, c.attention_bias);
  layer.k = weights.take_linear(attention + "k_proj", kv, c.hidden, c.attention_bias);
  layer.v = weights.take_linear(attention + "v_proj", kv, c.hidden, c.attention_bias);
  layer.o = weights.take_linear(attention + "o_proj", c.hidden, q, c.attention_bias);
  const std::string mlp = at + "mlp.";
  layer.gate = weights.take_linear(mlp + "gate_proj", c.intermediate, c.hidden, c.mlp_bias);
  layer.up = weights.take_linear(mlp + "up_proj", c.intermediate, c.hidden, c.mlp_bias);
  layer.down = weights.take_linear(mlp + "down_proj", c.hidden, c.intermediate, c.mlp_bias);
  return layer;
}

}  // namespace

Model load_model(const fs::path& folder) {
  require_model_folder(folder);
  Model model;
  model.name = printable(fs::canonical(folder).filename().string());
  model.config = read_config(folder);
  const Config& c = model.config;
  Weights weights(folder);
  model.embedding = weights.take("model.embed_tokens.weight", {c.vocabulary, c.hidden});
  for (std::int64_t i = 0; i < c.layers; ++i) model.layers.push_back(take_layer(weights, c, i));
  model.norm = weights.take("model.norm.weight", {c.hidden});
  // A tied head may be written out; the configuration decides which one counts.
  model.head = c.tied ? model.embedding
                      : weights.take("lm_head.weight", {c.vocabulary, c.hidden});
  for (std::int64_t i = 0; i < c.layers; ++i) {
    // Older files carry the rotary table, which follows from the configuration.
    const std::string at = fmt::format("model.layers.{}.", i);
    weights.refuse_rest(at, at + "self_attn.rotary_emb.inv_freq", c.architecture);
  }
  model.ignored = weights.rest();
  model.files = weights.files();
  return model;
}

}  // namespace girih::llm
