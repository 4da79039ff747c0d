// SPDX-License-Identifier: Apache-2.0
//
// Attention of a layer over the cache: tiles of keys with a running softmax
// (docs/language-models.md, Numbers, step 5).
#pragma once

#include "llm/lower/page_lists.h"

namespace girih::llm {

/// From plan.query8 to FP32 rows [head][head_dim] at plan.query.
void attend(Lowering& l, PageLists& pages, std::int64_t layer);

}  // namespace girih::llm
