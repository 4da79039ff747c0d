// SPDX-License-Identifier: Apache-2.0
//
// What a step costs on any chip with a preset's array and bus: multiplications, and bytes that must
// cross the bus whatever the program does (weights, scales, norms, rows of the embedding, keys and
// values, logits). Activations, position tables and the program itself do not count.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "girih/presets.h"
#include "llm/import/model.h"

namespace girih::llm {

/// One sequence: `context` keys, of which the last `tokens` are new.
struct StepSize {
  std::int64_t tokens = 1, context = 1, logit_rows = 1;
};

struct Chip {
  isa::Preset preset;
  unsigned activation_bits = 8;  ///< 16: every product twice
};

struct Operation {
  std::string name;   ///< q, k, v, o, gate, up, down, attention, ...
  std::uint32_t tag;  ///< of the part of the program it belongs to (parts.h)
  std::string shape;
  std::uint64_t weight_bytes = 0;  ///< INT8
  std::uint64_t scale_bytes = 0;   ///< FP32 scales and biases
  std::uint64_t other_bytes = 0;   ///< norms, embedding, cache, logits
  std::uint64_t macs = 0;          ///< of the array
  std::uint64_t cycles = 0;        ///< max(macs / array, bytes / bus)

  std::uint64_t bytes() const { return weight_bytes + scale_bytes + other_bytes; }
};

/// In the order in which they run.
std::vector<Operation> embedding_operations(const Config& config, const Chip& chip,
                                            const StepSize& size, Dtype dtype);
std::vector<Operation> layer_operations(const Config& config, const Chip& chip,
                                        const StepSize& size, std::int64_t layer);
/// None without rows of logits.
std::vector<Operation> head_operations(const Config& config, const Chip& chip,
                                       const StepSize& size);
/// All of them.
std::vector<Operation> step_operations(const Config& config, const Chip& chip, const StepSize& size,
                                       Dtype embedding);

/// Bytes that a token takes in the cache of all layers.
std::uint64_t cache_bytes(const Config& config);

}  // namespace girih::llm
