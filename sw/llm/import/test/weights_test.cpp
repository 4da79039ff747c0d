// SPDX-License-Identifier: Apache-2.0
//
// Whole directories: tensors by name and shape, shards, dtypes, refusals.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "llm/import/load_model.h"
#include "llm/import/test/model_files.h"

namespace girih::llm {
namespace {

using testing::Test;

/// A right directory; spoil `config` or `weights`, then write().
class Directory : public Test {
 protected:
  void write() {
    folder.write("config.json", config.dump());
    folder.write("model.safetensors", weights.bytes());
  }
  /// What the folder is refused with, behind the folder's name.
  std::string refused() {
    write();
    const std::string text = refusal(folder.path());
    const std::string at = folder.path().string();
    return text.starts_with(at) ? text.substr(at.size()) : text;
  }
  void spoil_value(const std::string& tensor, std::size_t element, float value) {
    const std::size_t begin = weights.header[tensor]["data_offsets"][0];
    weights.data.replace(begin + 4 * element, 4, f32_bytes({value}));
  }

  TempFolder folder;
  nlohmann::json config = small_config();
  TensorFile weights = small_weights(config);
};

float value(const Tensor& tensor, std::int64_t row, std::size_t column) {
  std::vector<float> values(static_cast<std::size_t>(tensor.columns()));
  tensor.read_row(row, values);
  return values[column];
}

TEST_F(Directory, EveryTensorInItsPlace) {
  write();
  const Model model = load_model(folder.path());
  ASSERT_EQ(model.layers.size(), 2U);
  EXPECT_EQ(value(model.embedding, 9, 7), 0.0F + 79.0F / 1024);
  EXPECT_EQ(value(model.layers[0].input_norm, 0, 1), 1.0F + 1.0F / 1024);
  EXPECT_EQ(value(model.layers[0].k_norm, 0, 3), 4.0F + 3.0F / 1024);
  EXPECT_EQ(value(model.layers[1].q.weight, 1, 0), 16.0F + 8.0F / 1024);
  EXPECT_EQ(value(model.layers[1].down.weight, 7, 11), 22.0F + 95.0F / 1024);
  EXPECT_EQ(value(model.norm, 0, 0), 23.0F);
  EXPECT_EQ(model.head.bytes.data(), model.embedding.bytes.data());
  EXPECT_TRUE(model.layers[0].q.bias.empty());
  EXPECT_TRUE(model.ignored.empty());
}

TEST_F(Directory, BiasesThatTheConfigurationAnnounces) {
  config["attention_bias"] = true;
  config["mlp_bias"] = true;
  EXPECT_EQ(refused(),
            ": tensor model.layers.0.self_attn.q_proj.bias: missing; [12] of F32, F16 or BF16 "
            "expected");
}

TEST_F(Directory, AnUntiedHeadIsNeeded) {
  config["tie_word_embeddings"] = false;
  EXPECT_EQ(refused(), ": tensor lm_head.weight: missing; [10, 8] of F32, F16 or BF16 expected");
}

TEST_F(Directory, HalfPrecision) {
  weights.header.erase("model.norm.weight");
  weights.data.resize(weights.data.size() - 32);
  // 1, -2, the smallest subnormal, the largest number, 2^-14, 0, -0, 1/3 rounded
  const std::string half("\x00\x3c\x00\xc0\x01\x00\xff\x7b\x00\x04\x00\x00\x00\x80\x55\x35", 16);
  weights.add("model.norm.weight", "F16", {8}, half);
  write();
  const Model model = load_model(folder.path());
  std::vector<float> row(8);
  model.norm.read_row(0, row);
  EXPECT_EQ(row, (std::vector<float>{1, -2, 0x1p-24F, 65504, 0x1p-14F, 0, -0.0F, 0.33325195F}));
  EXPECT_TRUE(std::signbit(row[6]));
}

TEST_F(Directory, Shards) {
  folder.write("config.json", config.dump());
  TensorFile first, second;
  nlohmann::json map;
  for (const auto& [name, entry] : weights.header.items()) {
    const bool odd = map.size() % 2 == 1;
    const std::size_t begin = entry["data_offsets"][0], end = entry["data_offsets"][1];
    (odd ? second : first)
        .add(name, "F32", entry["shape"], weights.data.substr(begin, end - begin));
    map[name] = odd ? "b.safetensors" : "a.safetensors";
  }
  folder.write("a.safetensors", first.bytes());
  folder.write("b.safetensors", second.bytes());
  folder.write("model.safetensors.index.json", nlohmann::json{{"weight_map", map}}.dump());
  EXPECT_EQ(refusal(folder.path()), "");
  EXPECT_EQ(value(load_model(folder.path()).norm, 0, 0), 23.0F);

  map["model.norm.weight"] = "a.safetensors";
  folder.write("model.safetensors.index.json", nlohmann::json{{"weight_map", map}}.dump());
  EXPECT_NE(refusal(folder.path()).find("where the index places it"), std::string::npos);
  map["model.norm.weight"] = "../b.safetensors";
  folder.write("model.safetensors.index.json", nlohmann::json{{"weight_map", map}}.dump());
  EXPECT_NE(refusal(folder.path()).find("is not the name of a file beside it"), std::string::npos);
}

TEST_F(Directory, MissingTensor) {
  weights.header.erase("model.layers.1.mlp.up_proj.weight");
  EXPECT_NE(refused().find("ends at"), std::string::npos);  // the hole it leaves
  weights = TensorFile{};
  EXPECT_EQ(refused(), ": tensor model.embed_tokens.weight: missing; [10, 8] of F32, F16 or BF16 "
                       "expected");
}

TEST_F(Directory, WrongShape) {
  weights.header["model.layers.0.mlp.up_proj.weight"]["shape"] = {8, 12};
  EXPECT_EQ(refused(), "/model.safetensors: tensor model.layers.0.mlp.up_proj.weight: shape [8, "
                       "12]; the configuration says [12, 8]");
}

TEST_F(Directory, WrongDtype) {
  weights.header["model.norm.weight"]["dtype"] = "I32";
  EXPECT_EQ(refused(), "/model.safetensors: tensor model.norm.weight: dtype I32; F32, F16 and BF16 "
                       "are accepted");
}

TEST_F(Directory, WeightsMustBeFinite) {
  spoil_value("model.layers.0.mlp.up_proj.weight", 17, std::numeric_limits<float>::quiet_NaN());
  EXPECT_EQ(refused(), "/model.safetensors: tensor model.layers.0.mlp.up_proj.weight: element 1 of "
                       "row 2 is nan; weights must be finite");
}

TEST_F(Directory, ATensorOfALayerThatNothingReads) {
  weights.add("model.layers.0.self_attn.q_proj.bias", "F32", {12}, std::string(48, '\0'));
  EXPECT_EQ(refused(), "/model.safetensors: tensor model.layers.0.self_attn.q_proj.bias: the "
                       "configuration of Qwen3ForCausalLM has no such tensor");
}

TEST_F(Directory, OtherTensorsAreListed) {
  weights.add("model.layers.0.self_attn.rotary_emb.inv_freq", "F32", {2}, std::string(8, '\0'));
  weights.add("visual.patch", "F64", {1}, std::string(8, '\0'));
  write();
  EXPECT_EQ(load_model(folder.path()).ignored,
            (std::vector<std::string>{"model.layers.0.self_attn.rotary_emb.inv_freq",
                                      "visual.patch"}));
}

TEST_F(Directory, NotADirectory) {
  EXPECT_EQ(refusal("/nowhere"), "/nowhere: not a folder; a Hugging Face model directory with "
                                 "config.json and safetensors expected");
  folder.write("config.json", config.dump());
  EXPECT_NE(refusal(folder.path()).find("neither model.safetensors nor"), std::string::npos);
}

}  // namespace
}  // namespace girih::llm
