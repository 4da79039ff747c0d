// SPDX-License-Identifier: Apache-2.0
//
// From a layer's rows to what attention reads: q, k and v; head norms and rotation; quantised
// queries on the chip, quantised keys and values in the cache.
#pragma once

#include "llm/lower/lowering.h"

namespace girih::llm {

void expect_projections(Lowering& l, const PackedLayer& layer, std::uint32_t tag);
void project(Lowering& l, const PackedLayer& layer);

/// Queries, keys and values of `layer` (its number) as attention wants them.
void prepare_attention(Lowering& l, std::int64_t layer);

}  // namespace girih::llm
