// SPDX-License-Identifier: Apache-2.0
//
// Whole directories of encoders: tensors by name and shape, refusals.
#include <gtest/gtest.h>

#include "llm/import/load_encoder.h"
#include "llm/import/test/encoder_files.h"

namespace girih::llm {
namespace {

/// A right directory; spoil `config` or `weights`, then write().
class EncoderDirectory : public testing::Test {
 protected:
  void write() {
    folder.write("config.json", config.dump());
    folder.write("model.safetensors", weights.bytes());
  }
  /// What the folder is refused with, behind the folder's name.
  std::string refused() {
    write();
    const std::string text = encoder_refusal(folder.path());
    const std::string at = folder.path().string();
    return text.starts_with(at) ? text.substr(at.size()) : text;
  }

  TempFolder folder;
  nlohmann::json config = small_encoder_config();
  TensorFile weights = small_encoder_weights(config);
};

/// The number of the tensor (its first element), from its name and place.
int number(const Tensor& tensor) {
  std::vector<float> values(static_cast<std::size_t>(tensor.columns()));
  tensor.read_row(0, values);
  return static_cast<int>(values[0]);
}

void expect_every_tensor(const Encoder& encoder) {
  int next = 0;
  const auto expect = [&](const Tensor& tensor) {
    EXPECT_EQ(number(tensor), next++) << tensor.name;
  };
  const auto both = [&](const auto& pair) {
    expect(pair.weight);
    expect(pair.bias);
  };
  for (const Tensor* tensor : {&encoder.words, &encoder.positions, &encoder.types}) expect(*tensor);
  both(encoder.norm);
  ASSERT_EQ(encoder.layers.size(), 2U);
  for (const EncoderLayer& layer : encoder.layers) {
    for (const Linear* linear : {&layer.query, &layer.key, &layer.value, &layer.attention_output}) {
      both(*linear);
    }
    both(layer.attention_norm);
    both(layer.intermediate);
    both(layer.output);
    both(layer.output_norm);
  }
  EXPECT_EQ(next, 37);
}

TEST_F(EncoderDirectory, EveryTensorInItsPlace) {
  write();
  const Encoder encoder = load_encoder(folder.path());
  expect_every_tensor(encoder);
  EXPECT_TRUE(encoder.ignored.empty());
  EXPECT_EQ(encoder.layers[1].intermediate.weight.shape, (std::vector<std::int64_t>{10, 6}));
  EXPECT_EQ(encoder.layers[1].output.weight.shape, (std::vector<std::int64_t>{6, 10}));
}

TEST_F(EncoderDirectory, PrefixAndOldNames) {
  config["architectures"] = {"BertForMaskedLM"};
  weights = small_encoder_weights(config, "bert.", "gamma", "beta");
  weights.add("cls.predictions.bias", "F32", {9}, std::string(36, '\0'));
  write();
  const Encoder encoder = load_encoder(folder.path());
  expect_every_tensor(encoder);
  EXPECT_EQ(encoder.ignored, std::vector<std::string>{"cls.predictions.bias"});
}

TEST_F(EncoderDirectory, OtherTensorsAreListed) {
  weights.add("embeddings.position_ids", "I64", {1, 8}, std::string(64, '\0'));
  weights.add("pooler.dense.bias", "F32", {6}, std::string(24, '\0'));
  write();
  EXPECT_EQ(load_encoder(folder.path()).ignored,
            (std::vector<std::string>{"embeddings.position_ids", "pooler.dense.bias"}));
}

TEST_F(EncoderDirectory, ATensorOfALayerThatNothingReads) {
  weights.add("encoder.layer.1.attention.self.distance_embedding.weight", "F32", {1, 2},
              std::string(8, '\0'));
  EXPECT_EQ(refused(), "/model.safetensors: tensor encoder.layer.1.attention.self."
                       "distance_embedding.weight: the configuration of BertModel has no such "
                       "tensor");
}

TEST_F(EncoderDirectory, MissingTensor) {
  weights = TensorFile{};
  EXPECT_EQ(refused(), ": tensor embeddings.word_embeddings.weight: missing; [9, 6] of F32, F16 or "
                       "BF16 expected");
}

TEST_F(EncoderDirectory, WrongShape) {
  config["intermediate_size"] = 12;
  EXPECT_EQ(refused(), "/model.safetensors: tensor encoder.layer.0.intermediate.dense.weight: "
                       "shape [10, 6]; the configuration says [12, 6]");
}

TEST_F(EncoderDirectory, NotADirectory) {
  EXPECT_EQ(encoder_refusal("/nowhere"), "/nowhere: not a folder; a Hugging Face model directory "
                                         "with config.json and safetensors expected");
}

}  // namespace
}  // namespace girih::llm
