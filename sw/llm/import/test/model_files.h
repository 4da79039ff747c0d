// SPDX-License-Identifier: Apache-2.0
//
// Small model directories for the importer's tests, right unless a test spoils them.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace girih::llm {

/// A folder that goes away with the object.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  void write(const std::string& name, const std::string& bytes) const;

 private:
  std::filesystem::path path_;
};

/// A safetensors file as its parts, so that each can be wrong.
struct TensorFile {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  std::string data;

  void add(const std::string& name, const std::string& dtype,
           const std::vector<std::int64_t>& shape, const std::string& bytes);
  std::string bytes() const;
};

std::string f32_bytes(const std::vector<float>& values);
std::string bf16_bytes(const std::vector<float>& values);

/// Hidden 8, FFN 12, 2 layers, heads 3/1, head_dim 4, vocabulary 10, tied; Qwen3.
nlohmann::json small_config();
/// Its tensors in F32: element i of the tensor number n is n + i / 1024.
TensorFile small_weights(const nlohmann::json& config);

/// The sentence load_model() refuses the folder with; empty when it accepts it.
std::string refusal(const std::filesystem::path& folder);

}  // namespace girih::llm
