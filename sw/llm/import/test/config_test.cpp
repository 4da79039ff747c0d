// SPDX-License-Identifier: Apache-2.0
//
// config.json: defaults, forms that occur, and refusals.
#include <gtest/gtest.h>

#include "common/error.h"
#include "llm/import/config.h"
#include "llm/import/test/model_files.h"

namespace girih::llm {
namespace {

using Json = nlohmann::json;

Config read(const Json& json) {
  const TempFolder folder;
  folder.write("config.json", json.dump());
  return read_config(folder.path());
}

/// What follows the file's name in the refusal.
std::string refused(const Json& json) {
  try {
    read(json);
  } catch (const Error& error) {
    const std::string text = error.what();
    const std::string file = "/config.json: ";
    const auto at = text.find(file);
    return at == std::string::npos ? text : text.substr(at + file.size());
  }
  return "";
}

Json with(const char* name, const Json& value) {
  Json json = small_config();
  json[name] = value;
  return json;
}

TEST(Config, Qwen3) {
  const Config c = read(small_config());
  EXPECT_TRUE(c.qk_norm);
  EXPECT_TRUE(c.tied);
  EXPECT_EQ(c.heads, 3);
  EXPECT_EQ(c.kv_heads, 1);
  EXPECT_EQ(c.head_dim, 4);
  EXPECT_EQ(c.rope.theta, 1e6);
  EXPECT_EQ(c.end_tokens, std::vector<std::int64_t>{2});
}

TEST(Config, WhatIsAbsentHasTheFamilysDefault) {
  Json json = {{"architectures", {"LlamaForCausalLM"}}, {"hidden_size", 12},
               {"intermediate_size", 12}, {"num_hidden_layers", 1}, {"num_attention_heads", 3},
               {"vocab_size", 10}, {"max_position_embeddings", 64}, {"rope_scaling", nullptr}};
  const Config c = read(json);
  EXPECT_FALSE(c.qk_norm);
  EXPECT_FALSE(c.tied);
  EXPECT_EQ(c.kv_heads, 3);
  EXPECT_EQ(c.head_dim, 4);
  EXPECT_EQ(c.norm_epsilon, 1e-6);
  EXPECT_EQ(c.rope.theta, 1e4);
  EXPECT_TRUE(c.end_tokens.empty());
}

TEST(Config, RopeInBothPlaces) {
  Json json = small_config();
  json.erase("rope_theta");
  json["rope_parameters"] = {{"rope_type", "llama3"}, {"rope_theta", 5e5}, {"factor", 8.0},
                             {"low_freq_factor", 1.0}, {"high_freq_factor", 4.0},
                             {"original_max_position_embeddings", 32}};
  const Config c = read(json);
  EXPECT_EQ(c.rope.theta, 5e5);
  EXPECT_EQ(c.rope.scaling, Rope::Scaling::kLlama3);
  EXPECT_EQ(c.rope.factor, 8.0);
  EXPECT_EQ(c.rope.original_positions, 32.0);
  json.erase("rope_parameters");
  json["rope_scaling"] = {{"type", "default"}};
  EXPECT_EQ(read(json).rope.scaling, Rope::Scaling::kNone);
}

TEST(Config, GenerationConfigNamesTheEnd) {
  const TempFolder folder;
  folder.write("config.json", small_config().dump());
  folder.write("generation_config.json", R"({"eos_token_id": [1, 3]})");
  EXPECT_EQ(read_config(folder.path()).end_tokens, (std::vector<std::int64_t>{1, 3}));
}

TEST(Config, Refusals) {
  EXPECT_EQ(refused(with("architectures", {"GPT2LMHeadModel"})),
            "architectures is [\"GPT2LMHeadModel\"]; [\"Qwen3ForCausalLM\"] or "
            "[\"LlamaForCausalLM\"] accepted");
  EXPECT_EQ(refused(with("hidden_size", 0)), "hidden_size is 0; 1 to 1048576 accepted");
  EXPECT_EQ(refused(with("hidden_size", -8)), "hidden_size is -8; 1 to 1048576 accepted");
  EXPECT_EQ(refused(with("hidden_size", "8")), "hidden_size is \"8\"; 1 to 1048576 accepted");
  EXPECT_EQ(refused(with("hidden_size", nullptr)), "hidden_size is missing; 1 to 1048576 accepted");
  EXPECT_EQ(refused(with("num_key_value_heads", 2)),
            "num_key_value_heads is 2; a divisor of num_attention_heads, 3, accepted");
  EXPECT_EQ(refused(with("head_dim", 5)), "head_dim is 5; even numbers up to 256 accepted");
  EXPECT_EQ(refused(with("head_dim", nullptr)),
            "head_dim is missing, and hidden_size 8 is not divisible by num_attention_heads 3");
  EXPECT_EQ(refused(with("rms_norm_eps", 0)), "rms_norm_eps is 0; a number above 0 accepted");
  EXPECT_EQ(refused(with("hidden_act", "gelu")), "hidden_act is \"gelu\"; \"silu\" accepted");
  EXPECT_EQ(refused(with("use_sliding_window", true)),
            "use_sliding_window is true; false accepted");
  EXPECT_EQ(refused(with("tie_word_embeddings", 1)),
            "tie_word_embeddings is 1; true or false accepted");
  EXPECT_EQ(refused(with("eos_token_id", 10)), "eos_token_id is 10; tokens 0 to 9 accepted");
  EXPECT_EQ(refused(with("rope_scaling", {{"rope_type", "yarn"}})),
            "rope_scaling: rope_type is \"yarn\"; \"default\" or \"llama3\" accepted");
  EXPECT_EQ(refused(with("rope_scaling", {{"rope_type", "llama3"}})),
            "rope_scaling: factor is missing; a number above 0 accepted");
  EXPECT_EQ(refused(Json::array()), "a JSON array, an object expected");
}

TEST(Config, NotJson) {
  const TempFolder folder;
  EXPECT_NE(refusal(folder.path()).find("config.json: cannot be opened"), std::string::npos);
  folder.write("config.json", "{\"hidden_size\": 8,");
  EXPECT_NE(refusal(folder.path()).find("config.json: not JSON from byte 19 on"),
            std::string::npos);
  folder.write("config.json", std::string(100000, '['));
  EXPECT_NE(refusal(folder.path()).find("nested deeper than 64 levels"), std::string::npos);
  folder.write("config.json", "{\"a\": 1e999}");
  EXPECT_NE(refusal(folder.path()).find("cannot be represented"), std::string::npos);
}

}  // namespace
}  // namespace girih::llm
