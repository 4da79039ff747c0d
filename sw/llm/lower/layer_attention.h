// SPDX-License-Identifier: Apache-2.0
//
// Attention of a layer, from its quantised rows to plan.attended, block by block of heads.
#pragma once

#include "llm/lower/page_lists.h"

namespace girih::llm {

void expect_layer_attention(Lowering& l, std::int64_t layer);
void layer_attention(Lowering& l, PageLists& pages, std::int64_t layer);

/// The halves of it, where all keys come before all queries: encoders with rows in blocks.
void expect_layer_keys(Lowering& l, std::int64_t layer);
void layer_keys(Lowering& l, std::int64_t layer);
void expect_layer_queries(Lowering& l, std::int64_t layer);
void layer_queries(Lowering& l, PageLists& pages, std::int64_t layer);

}  // namespace girih::llm
