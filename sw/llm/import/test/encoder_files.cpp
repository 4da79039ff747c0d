// SPDX-License-Identifier: Apache-2.0
#include "llm/import/test/encoder_files.h"

#include "common/error.h"
#include "llm/import/load_encoder.h"

namespace girih::llm {

nlohmann::json small_encoder_config() {
  return {{"architectures", {"BertModel"}},
          {"hidden_size", 6},
          {"intermediate_size", 10},
          {"num_hidden_layers", 2},
          {"num_attention_heads", 3},
          {"vocab_size", 9},
          {"max_position_embeddings", 8},
          {"type_vocab_size", 2},
          {"layer_norm_eps", 1e-12},
          {"hidden_act", "gelu"}};
}

TensorFile small_encoder_weights(const nlohmann::json& config, const std::string& prefix,
                                 const std::string& norm_weight, const std::string& norm_bias) {
  TensorFile file;
  const std::int64_t hidden = config["hidden_size"], inner = config["intermediate_size"];
  int number = 0;
  const auto add = [&](const std::string& name, std::int64_t rows, std::int64_t columns) {
    std::vector<float> values(static_cast<std::size_t>((rows == 0 ? 1 : rows) * columns));
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<float>(number) + static_cast<float>(i) / 1024;
    }
    std::vector<std::int64_t> shape = {columns};
    if (rows != 0) shape.insert(shape.begin(), rows);
    file.add(prefix + name, "F32", shape, f32_bytes(values));
    ++number;
  };
  const auto linear = [&](const std::string& name, std::int64_t rows, std::int64_t columns) {
    add(name + ".weight", rows, columns);
    add(name + ".bias", 0, rows);
  };
  const auto norm = [&](const std::string& at) {
    add(at + "LayerNorm." + norm_weight, 0, hidden);
    add(at + "LayerNorm." + norm_bias, 0, hidden);
  };
  add("embeddings.word_embeddings.weight", config["vocab_size"], hidden);
  add("embeddings.position_embeddings.weight", config["max_position_embeddings"], hidden);
  add("embeddings.token_type_embeddings.weight", config["type_vocab_size"], hidden);
  norm("embeddings.");
  for (int i = 0; i < config["num_hidden_layers"]; ++i) {
    const std::string at = "encoder.layer." + std::to_string(i) + ".";
    for (const char* name : {"query", "key", "value"}) {
      linear(at + "attention.self." + name, hidden, hidden);
    }
    linear(at + "attention.output.dense", hidden, hidden);
    norm(at + "attention.output.");
    linear(at + "intermediate.dense", inner, hidden);
    linear(at + "output.dense", hidden, inner);
    norm(at + "output.");
  }
  return file;
}

std::string encoder_refusal(const std::filesystem::path& folder) {
  try {
    load_encoder(folder);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace girih::llm
