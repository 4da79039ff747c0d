// SPDX-License-Identifier: Apache-2.0
//
// Gate, up and their product; the rows are quantised already.
#pragma once

#include "llm/lower/lowering.h"

namespace girih::llm {

void expect_gated(Lowering& l, const PackedLayer& layer, std::uint32_t tag);
/// silu(gate x) * (up x) to plan.gated.
void gated(Lowering& l, const PackedLayer& layer);

}  // namespace girih::llm
