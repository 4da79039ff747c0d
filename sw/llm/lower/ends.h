// SPDX-License-Identifier: Apache-2.0
//
// Both ends of a step: lists and embedding; the head.
#pragma once

#include "llm/lower/lowering.h"
#include "llm/lower/workspace.h"

namespace girih::llm {

/// Fetches the step block up to the masks.
void load_lists(Lowering& l);
/// Fetches the step block, rows of the embedding and position tables, and the masks.
void begin_step(Lowering& l);

void expect_head(Lowering& l);
/// Logits and their argmax to the workspace.
void head(Lowering& l, const Workspace& to);

}  // namespace girih::llm
