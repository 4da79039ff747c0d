// SPDX-License-Identifier: Apache-2.0
//
// What makes a program of a step's instructions: the fence at its end, tokens, proof.
#pragma once

#include "llm/lower/lowering.h"
#include "llm/lower/step.h"

namespace girih::llm {

/// Takes the builder's instructions. Throws girih::Error when a stream has something left, or an
/// instruction takes too long.
StepProgram finish_step(Lowering& l);

}  // namespace girih::llm
