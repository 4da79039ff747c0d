// SPDX-License-Identifier: Apache-2.0
#include "llm/import/encoder_config.h"

#include <fmt/ranges.h>

#include "common/error.h"
#include "common/text.h"
#include "llm/import/fields.h"
#include "llm/import/json.h"

namespace girih::llm {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::int64_t kLargest = std::int64_t{1} << 20;
constexpr std::int64_t kMostLayers = 1024;
constexpr std::int64_t kMostTypes = 1024;
constexpr std::int64_t kLargestHead = 256;

Gelu read_gelu(const Fields& fields) {
  const std::string name = fields.text("hidden_act", "gelu");
  if (name == "gelu") return Gelu::kErf;
  if (name == "gelu_new" || name == "gelu_pytorch_tanh") return Gelu::kTanh;
  fields.refuse("hidden_act", name, "\"gelu\", \"gelu_new\" or \"gelu_pytorch_tanh\"");
}

Pooling read_pooling(const fs::path& file) {
  const Json json = read_object(file);
  const Fields fields(json, printable(file.string()));
  std::vector<std::string> modes;
  for (const auto& [name, value] : json.items()) {
    if (name.starts_with("pooling_mode_") && fields.flag(name.c_str())) modes.push_back(name);
  }
  if (modes == std::vector<std::string>{"pooling_mode_mean_tokens"}) return Pooling::kMean;
  if (modes == std::vector<std::string>{"pooling_mode_cls_token"}) return Pooling::kCls;
  const std::string found = modes.empty() ? "none" : fmt::format("{}", fmt::join(modes, ", "));
  throw Error("{}: {} of pooling_mode_* are true; either pooling_mode_mean_tokens or "
              "pooling_mode_cls_token accepted",
              fields.place(), printable(found));
}

/// Whether the list of modules ends in vectors of length 1.
bool read_normalised(const fs::path& file) {
  const std::string place = printable(file.string());
  bool normalised = false;
  for (const Json& module : read_list(file)) {
    if (!module.is_object()) {
      throw Error("{}: a module is a JSON {}, an object expected", place, module.type_name());
    }
    const Fields fields(module, place);
    const std::string type = fields.text("type", "");
    if (type.ends_with(".Normalize")) {
      normalised = true;
    } else if (!type.ends_with(".Transformer") && !type.ends_with(".Pooling")) {
      fields.refuse("type", type, "Transformer, Pooling and Normalize");
    }
  }
  return normalised;
}

}  // namespace

EncoderConfig read_encoder_config(const fs::path& folder) {
  const fs::path file = folder / "config.json";
  const Json json = read_object(file);
  const Fields fields(json, printable(file.string()));
  EncoderConfig config;
  config.architecture = fields.architecture({"BertModel", "BertForMaskedLM"});
  config.hidden = fields.count("hidden_size", kLargest);
  config.intermediate = fields.count("intermediate_size", kLargest);
  config.layers = fields.count("num_hidden_layers", kMostLayers);
  config.heads = fields.count("num_attention_heads", kLargest);
  if (config.hidden % config.heads != 0 || config.hidden / config.heads > kLargestHead) {
    fields.refuse("num_attention_heads", *fields.find("num_attention_heads"),
                  fmt::format("a divisor of hidden_size, {}, and heads of at most {}",
                              config.hidden, kLargestHead));
  }
  config.head_dim = config.hidden / config.heads;
  config.vocabulary = fields.count("vocab_size", kLargest);
  config.positions = fields.count("max_position_embeddings", kLargest);
  config.types = fields.count("type_vocab_size", kMostTypes, 2);
  config.norm_epsilon = fields.positive("layer_norm_eps", config.norm_epsilon);
  config.gelu = read_gelu(fields);
  if (fields.text("position_embedding_type", "absolute") != "absolute") {
    fields.refuse("position_embedding_type", *fields.find("position_embedding_type"),
                  "\"absolute\"");
  }
  for (const char* name : {"is_decoder", "add_cross_attention"}) {
    if (fields.flag(name)) fields.refuse(name, *fields.find(name), "false");
  }
  const fs::path pooling = folder / "1_Pooling" / "config.json";
  if (fs::exists(pooling)) config.pooling = read_pooling(pooling);
  const fs::path modules = folder / "modules.json";
  if (fs::exists(modules)) config.normalised = read_normalised(modules);
  config.longest = config.positions;
  const fs::path sentences = folder / "sentence_bert_config.json";
  if (fs::exists(sentences)) {
    const Json more = read_object(sentences);
    config.longest = Fields(more, printable(sentences.string()))
                         .count("max_seq_length", config.positions, config.positions);
  }
  return config;
}

}  // namespace girih::llm
