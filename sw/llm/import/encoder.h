// SPDX-License-Identifier: Apache-2.0
//
// A BERT encoder as its authors published it: configuration and weights, nothing about chips. What
// is read and checked: docs/encoders.md.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "llm/import/model.h"

namespace girih::llm {

enum class Gelu : std::uint8_t { kErf, kTanh };
enum class Pooling : std::uint8_t { kMean, kCls };

struct EncoderConfig {
  std::string architecture;  ///< BertModel, BertForMaskedLM
  std::int64_t hidden = 0, intermediate = 0, layers = 0;
  std::int64_t heads = 0, head_dim = 0;
  std::int64_t vocabulary = 0, positions = 0, types = 0;
  double norm_epsilon = 1e-12;
  Gelu gelu = Gelu::kErf;
  Pooling pooling = Pooling::kMean;
  bool normalised = true;    ///< vectors have length 1
  std::int64_t longest = 0;  ///< tokens of a text, at most `positions`
};

struct LayerNorm {
  Tensor weight, bias;  ///< [hidden]
};

/// All linears with biases.
struct EncoderLayer {
  Linear query, key, value, attention_output;
  LayerNorm attention_norm;  ///< behind the residual of attention
  Linear intermediate, output;
  LayerNorm output_norm;  ///< behind the residual of the MLP
};

struct Encoder {
  std::string name;  ///< of the directory
  EncoderConfig config;
  Tensor words, positions, types;  ///< [vocabulary], [positions], [types] by [hidden]
  LayerNorm norm;                  ///< of the embedding
  std::vector<EncoderLayer> layers;
  std::vector<std::string> ignored;   ///< tensors of the files that nothing uses
  std::shared_ptr<const void> files;  ///< keeps what the tensors point into
};

}  // namespace girih::llm
