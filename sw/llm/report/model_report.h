// SPDX-License-Identifier: Apache-2.0
//
// What ./girih inspect says of a language model: sizes, limits of a decode step on a chip, what
// quantisation does to every matrix.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "llm/report/limits.h"

namespace girih::llm {

/// Signal to quantisation noise of a matrix in INT8, in dB; infinite when nothing is lost.
struct MatrixQuality {
  std::string name;
  double signal_to_noise = 0;
};

struct LayerReport {
  std::vector<Operation> operations;
  std::vector<MatrixQuality> matrices;
};

struct ModelReport {
  std::string name;
  Config config;
  std::string dtype;                 ///< of the embedding
  std::vector<std::string> ignored;  ///< tensors that nothing reads
  Chip chip;
  StepSize decode;

  std::vector<Operation> embedding, head;
  std::vector<LayerReport> layers;
  double head_signal_to_noise = 0;

  std::uint64_t constant_bytes = 0, table_bytes = 0, cache_bytes = 0, logit_bytes = 0;
  std::uint64_t cache_token_bytes = 0;

  std::string problem;  ///< why a step does not fit the chip; empty when it does
  std::int64_t keys_per_tile = 0, chunk = 0;
  std::uint64_t chunk_cycles = 0;  ///< limit of a chunk that ends at the context
  std::uint64_t instructions = 0;
  double compile_seconds = 0;

  std::uint64_t memory_bytes() const {
    return constant_bytes + table_bytes + cache_bytes + logit_bytes;
  }
};

/// Operations added up.
Operation total(const std::vector<Operation>& operations);
Operation total(const ModelReport& report);

/// A decode step at `context` tokens. Throws girih::Error when the model has no such context.
ModelReport report_model(const Model& model, const Chip& chip, std::int64_t context);

std::string to_text(const ModelReport& report);
nlohmann::json to_json(const ModelReport& report);

}  // namespace girih::llm
