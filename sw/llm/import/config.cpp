// SPDX-License-Identifier: Apache-2.0
#include "llm/import/config.h"

#include "common/error.h"
#include "common/text.h"
#include "llm/import/fields.h"
#include "llm/import/json.h"

namespace girih::llm {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kLargest = std::int64_t{1} << 20;
constexpr std::int64_t kMostLayers = 1024;
constexpr std::int64_t kLargestHead = 256;
constexpr std::int64_t kMostPositions = std::int64_t{1} << 24;

Rope read_rope(const Fields& top) {
  Rope rope;
  rope.theta = top.positive("rope_theta", rope.theta);
  for (const char* name : {"rope_parameters", "rope_scaling"}) {
    const Json* value = top.find(name);
    if (value == nullptr) continue;
    if (!value->is_object()) top.refuse(name, *value, "an object");
    const Fields fields(*value, top.place() + ": " + name);
    rope.theta = fields.positive("rope_theta", rope.theta);
    // Older files call it `type`.
    const char* kind = fields.find("rope_type") != nullptr ? "rope_type" : "type";
    const std::string type = fields.text(kind, "default");
    if (type == "default") continue;
    if (type != "llama3") fields.refuse(kind, *fields.find(kind), "\"default\" or \"llama3\"");
    rope.scaling = Rope::Scaling::kLlama3;
    rope.factor = fields.positive("factor");
    rope.low_freq_factor = fields.positive("low_freq_factor");
    rope.high_freq_factor = fields.positive("high_freq_factor");
    rope.original_positions = fields.positive("original_max_position_embeddings");
    if (rope.high_freq_factor <= rope.low_freq_factor) {
      fields.refuse("high_freq_factor", *fields.find("high_freq_factor"),
                    "more than low_freq_factor");
    }
  }
  return rope;
}

/// A number or a list of numbers.
std::vector<std::int64_t> end_tokens(const Fields& fields, std::int64_t vocabulary) {
  const Json* value = fields.find("eos_token_id");
  if (value == nullptr) return {};
  const Json list = value->is_array() ? *value : Json::array({*value});
  std::vector<std::int64_t> tokens;
  for (const Json& token : list) {
    if (!token.is_number_unsigned() ||
        token.get<std::uint64_t>() >= static_cast<std::uint64_t>(vocabulary)) {
      fields.refuse("eos_token_id", *value, fmt::format("tokens 0 to {}", vocabulary - 1));
    }
    tokens.push_back(token.get<std::int64_t>());
  }
  return tokens;
}

}  // namespace

Config read_config(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "config.json";
  const Json json = read_object(file);
  const Fields fields(json, printable(file.string()));
  Config config;
  config.architecture = fields.architecture({"Qwen3ForCausalLM", "LlamaForCausalLM"});
  config.qk_norm = config.architecture == "Qwen3ForCausalLM";
  config.hidden = fields.count("hidden_size", kLargest);
  config.intermediate = fields.count("intermediate_size", kLargest);
  config.layers = fields.count("num_hidden_layers", kMostLayers);
  config.heads = fields.count("num_attention_heads", kLargest);
  config.kv_heads = fields.count("num_key_value_heads", kLargest, config.heads);
  if (config.heads % config.kv_heads != 0) {
    fields.refuse("num_key_value_heads", *fields.find("num_key_value_heads"),
                  fmt::format("a divisor of num_attention_heads, {},", config.heads));
  }
  if (fields.find("head_dim") == nullptr && config.hidden % config.heads != 0) {
    throw Error("{}: head_dim is missing, and hidden_size {} is not divisible by "
                "num_attention_heads {}",
                fields.place(), config.hidden, config.heads);
  }
  config.head_dim = fields.count("head_dim", kLargestHead, config.hidden / config.heads);
  if (config.head_dim % 2 != 0 || config.head_dim > kLargestHead) {
    throw Error("{}: head_dim is {}; even numbers up to {} accepted", fields.place(),
                config.head_dim, kLargestHead);
  }
  config.vocabulary = fields.count("vocab_size", kLargest);
  config.max_positions = fields.count("max_position_embeddings", kMostPositions);
  config.norm_epsilon = fields.positive("rms_norm_eps", config.norm_epsilon);
  config.rope = read_rope(fields);
  config.tied = fields.flag("tie_word_embeddings");
  config.attention_bias = fields.flag("attention_bias");
  config.mlp_bias = fields.flag("mlp_bias");
  if (fields.flag("use_sliding_window")) {
    fields.refuse("use_sliding_window", *fields.find("use_sliding_window"), "false");
  }
  if (fields.text("hidden_act", "silu") != "silu") {
    fields.refuse("hidden_act", *fields.find("hidden_act"), "\"silu\"");
  }
  config.end_tokens = end_tokens(fields, config.vocabulary);
  const std::filesystem::path generation = folder / "generation_config.json";
  if (std::filesystem::exists(generation)) {
    const Json more = read_object(generation);
    const Fields defaults(more, printable(generation.string()));
    if (defaults.find("eos_token_id") != nullptr) {
      config.end_tokens = end_tokens(defaults, config.vocabulary);
    }
  }
  return config;
}

}  // namespace girih::llm
