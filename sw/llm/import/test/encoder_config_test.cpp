// SPDX-License-Identifier: Apache-2.0
//
// Configurations of encoders: defaults, forms that occur, and refusals.
#include <gtest/gtest.h>

#include "common/error.h"
#include "llm/import/encoder_config.h"
#include "llm/import/test/encoder_files.h"

namespace girih::llm {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

class EncoderConfigTest : public testing::Test {
 protected:
  EncoderConfig read() {
    folder.write("config.json", config.dump());
    return read_encoder_config(folder.path());
  }
  /// What follows the folder's name in the refusal.
  std::string refused() {
    try {
      read();
    } catch (const Error& error) {
      const std::string text = error.what(), at = folder.path().string() + "/";
      return text.starts_with(at) ? text.substr(at.size()) : text;
    }
    return "";
  }
  std::string refused(const char* name, const Json& value) {
    config = small_encoder_config();
    config[name] = value;
    return refused();
  }
  void write_pooling(const Json& json) {
    fs::create_directory(folder.path() / "1_Pooling");
    folder.write("1_Pooling/config.json", json.dump());
  }

  TempFolder folder;
  Json config = small_encoder_config();
};

TEST_F(EncoderConfigTest, Fields) {
  const EncoderConfig c = read();
  EXPECT_EQ(c.architecture, "BertModel");
  EXPECT_EQ(c.hidden, 6);
  EXPECT_EQ(c.intermediate, 10);
  EXPECT_EQ(c.layers, 2);
  EXPECT_EQ(c.heads, 3);
  EXPECT_EQ(c.head_dim, 2);
  EXPECT_EQ(c.vocabulary, 9);
  EXPECT_EQ(c.positions, 8);
  EXPECT_EQ(c.gelu, Gelu::kErf);
}

TEST_F(EncoderConfigTest, WhatIsAbsentHasTheFamilysDefault) {
  for (const char* name : {"type_vocab_size", "layer_norm_eps", "hidden_act"}) config.erase(name);
  const EncoderConfig c = read();
  EXPECT_EQ(c.types, 2);
  EXPECT_EQ(c.norm_epsilon, 1e-12);
  EXPECT_EQ(c.gelu, Gelu::kErf);
  EXPECT_EQ(c.pooling, Pooling::kMean);
  EXPECT_TRUE(c.normalised);
  EXPECT_EQ(c.longest, 8);
}

TEST_F(EncoderConfigTest, TanhForm) {
  for (const char* name : {"gelu_new", "gelu_pytorch_tanh"}) {
    config["hidden_act"] = name;
    EXPECT_EQ(read().gelu, Gelu::kTanh);
  }
}

TEST_F(EncoderConfigTest, FilesOfSentenceEncoders) {
  write_pooling({{"word_embedding_dimension", 6}, {"pooling_mode_cls_token", true},
                 {"pooling_mode_mean_tokens", false}});
  folder.write("modules.json", R"([{"type": "sentence_transformers.models.Transformer"},
                                   {"type": "sentence_transformers.models.Pooling"}])");
  folder.write("sentence_bert_config.json", R"({"max_seq_length": 5, "do_lower_case": false})");
  const EncoderConfig c = read();
  EXPECT_EQ(c.pooling, Pooling::kCls);
  EXPECT_FALSE(c.normalised);
  EXPECT_EQ(c.longest, 5);
  folder.write("modules.json", R"([{"type": "sentence_transformers.models.Normalize"}])");
  EXPECT_TRUE(read().normalised);
}

TEST_F(EncoderConfigTest, Refusals) {
  EXPECT_EQ(refused("architectures", {"RobertaModel"}),
            "config.json: architectures is [\"RobertaModel\"]; [\"BertModel\"] or "
            "[\"BertForMaskedLM\"] accepted");
  EXPECT_EQ(refused("hidden_size", 0), "config.json: hidden_size is 0; 1 to 1048576 accepted");
  EXPECT_EQ(refused("num_attention_heads", 4),
            "config.json: num_attention_heads is 4; a divisor of hidden_size, 6, and heads of at "
            "most 256 accepted");
  EXPECT_EQ(refused("hidden_size", 3 * 257),
            "config.json: num_attention_heads is 3; a divisor of hidden_size, 771, and heads of at "
            "most 256 accepted");
  EXPECT_EQ(refused("hidden_act", "relu"),
            "config.json: hidden_act is \"relu\"; \"gelu\", \"gelu_new\" or \"gelu_pytorch_tanh\" "
            "accepted");
  EXPECT_EQ(refused("position_embedding_type", "relative_key"),
            "config.json: position_embedding_type is \"relative_key\"; \"absolute\" accepted");
  EXPECT_EQ(refused("is_decoder", true), "config.json: is_decoder is true; false accepted");
  EXPECT_EQ(refused("layer_norm_eps", -1),
            "config.json: layer_norm_eps is -1; a number above 0 accepted");
}

TEST_F(EncoderConfigTest, RefusalsOfFilesBeside) {
  write_pooling({{"pooling_mode_cls_token", true}, {"pooling_mode_max_tokens", true}});
  EXPECT_EQ(refused(),
            "1_Pooling/config.json: pooling_mode_cls_token, pooling_mode_max_tokens of "
            "pooling_mode_* are true; either pooling_mode_mean_tokens or pooling_mode_cls_token "
            "accepted");
  write_pooling({{"pooling_mode_mean_tokens", false}});
  EXPECT_EQ(refused(), "1_Pooling/config.json: none of pooling_mode_* are true; either "
                       "pooling_mode_mean_tokens or pooling_mode_cls_token accepted");
  write_pooling({{"pooling_mode_mean_tokens", true}});
  folder.write("modules.json", R"([{"type": "sentence_transformers.models.Dense"}])");
  EXPECT_EQ(refused(), "modules.json: type is \"sentence_transformers.models.Dense\"; Transformer, "
                       "Pooling and Normalize accepted");
  folder.write("modules.json", "[3]");
  EXPECT_EQ(refused(), "modules.json: a module is a JSON number, an object expected");
  folder.write("modules.json", "{}");
  EXPECT_EQ(refused(), "modules.json: a JSON object, an array expected");
  folder.write("modules.json", "[]");
  folder.write("sentence_bert_config.json", R"({"max_seq_length": 9})");
  EXPECT_EQ(refused(), "sentence_bert_config.json: max_seq_length is 9; 1 to 8 accepted");
}

}  // namespace
}  // namespace girih::llm
