// SPDX-License-Identifier: Apache-2.0
#include "llm/import/test/model_files.h"

#include <unistd.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <fstream>

#include "common/error.h"
#include "llm/import/load_model.h"

namespace girih::llm {

namespace fs = std::filesystem;

TempFolder::TempFolder() {
  std::string pattern = (fs::temp_directory_path() / "girih-model-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw Error("no temporary folder at {}", pattern);
  path_ = pattern;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void TempFolder::write(const std::string& name, const std::string& bytes) const {
  std::ofstream(path_ / name, std::ios::binary) << bytes;
}

void TensorFile::add(const std::string& name, const std::string& dtype,
                     const std::vector<std::int64_t>& shape, const std::string& bytes) {
  header[name] = {{"dtype", dtype},
                  {"shape", shape},
                  {"data_offsets", {data.size(), data.size() + bytes.size()}}};
  data += bytes;
}

std::string TensorFile::bytes() const {
  const std::string text = header.dump();
  std::string file(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) file[i] = static_cast<char>(text.size() >> (8 * i) & 0xff);
  return file + text + data;
}

std::string f32_bytes(const std::vector<float>& values) {
  std::string bytes(4 * values.size(), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

std::string bf16_bytes(const std::vector<float>& values) {
  std::string bytes;
  for (const float value : values) {
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value) >> 16;
    bytes += static_cast<char>(bits & 0xff);
    bytes += static_cast<char>(bits >> 8);
  }
  return bytes;
}

nlohmann::json small_config() {
  return {{"architectures", {"Qwen3ForCausalLM"}},
          {"hidden_size", 8},
          {"intermediate_size", 12},
          {"num_hidden_layers", 2},
          {"num_attention_heads", 3},
          {"num_key_value_heads", 1},
          {"head_dim", 4},
          {"vocab_size", 10},
          {"max_position_embeddings", 64},
          {"rms_norm_eps", 1e-6},
          {"rope_theta", 1000000.0},
          {"tie_word_embeddings", true},
          {"hidden_act", "silu"},
          {"eos_token_id", 2}};
}

TensorFile small_weights(const nlohmann::json& config) {
  TensorFile file;
  const std::int64_t hidden = config["hidden_size"], ffn = config["intermediate_size"];
  const std::int64_t head_dim = config["head_dim"];
  const std::int64_t q = config["num_attention_heads"].get<std::int64_t>() * head_dim;
  const std::int64_t kv = config["num_key_value_heads"].get<std::int64_t>() * head_dim;
  int number = 0;
  const auto add = [&](const std::string& name, const std::vector<std::int64_t>& shape) {
    std::vector<float> values(
        static_cast<std::size_t>(shape[0] * (shape.size() > 1 ? shape[1] : 1)));
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<float>(number) + static_cast<float>(i) / 1024;
    }
    file.add(name, "F32", shape, f32_bytes(values));
    ++number;
  };
  add("model.embed_tokens.weight", {config["vocab_size"], hidden});
  for (int i = 0; i < config["num_hidden_layers"]; ++i) {
    const std::string at = "model.layers." + std::to_string(i) + ".";
    add(at + "input_layernorm.weight", {hidden});
    add(at + "post_attention_layernorm.weight", {hidden});
    add(at + "self_attn.q_norm.weight", {head_dim});
    add(at + "self_attn.k_norm.weight", {head_dim});
    add(at + "self_attn.q_proj.weight", {q, hidden});
    add(at + "self_attn.k_proj.weight", {kv, hidden});
    add(at + "self_attn.v_proj.weight", {kv, hidden});
    add(at + "self_attn.o_proj.weight", {hidden, q});
    add(at + "mlp.gate_proj.weight", {ffn, hidden});
    add(at + "mlp.up_proj.weight", {ffn, hidden});
    add(at + "mlp.down_proj.weight", {hidden, ffn});
  }
  add("model.norm.weight", {hidden});
  return file;
}

std::string refusal(const fs::path& folder) {
  try {
    load_model(folder);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace girih::llm
