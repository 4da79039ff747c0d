// SPDX-License-Identifier: Apache-2.0
//
// Models of any shape with random weights, made in memory.
#pragma once

#include <cstdint>

#include "llm/import/model.h"

namespace girih::llm {

struct ModelShape {
  std::int64_t hidden = 32, intermediate = 64, layers = 2;
  std::int64_t heads = 4, kv_heads = 2, head_dim = 8;
  std::int64_t vocabulary = 50, positions = 512;
  bool qk_norm = true, tied = true, bias = false;
  Dtype dtype = Dtype::kBf16;
  Rope rope = {};
};

Model random_model(const ModelShape& shape, std::uint32_t seed);

}  // namespace girih::llm
