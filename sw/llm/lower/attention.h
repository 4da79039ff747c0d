// SPDX-License-Identifier: Apache-2.0
//
// Attention of a layer over the cache: tiles of keys with a running softmax
// (docs/language-models.md, Numbers, step 5).
#pragma once

#include "llm/lower/attention_inputs.h"
#include "llm/lower/page_lists.h"

namespace girih::llm {

/// From plan.queries of some heads to their columns of plan.attended. `beside`: products of what
/// comes later, spread over the units for the array to do while the lanes are busy.
void attend(Lowering& l, PageLists& pages, std::int64_t layer, const HeadBlock& heads,
            const AttentionInputs::Steps& beside);

}  // namespace girih::llm
