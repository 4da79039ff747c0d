// SPDX-License-Identifier: Apache-2.0
//
// A step's program: `tokens` new tokens of each of its sequences through the whole model
// (docs/language-models.md, Steps).
#pragma once

#include <cstdint>
#include <vector>

#include "isa/instruction.h"
#include "llm/lower/step_shape.h"
#include "llm/quantise/image.h"

namespace girih::llm {

struct StepProgram {
  StepShape shape;
  std::vector<isa::Instruction> instructions;  ///< tags: parts.h; the last one is a FENCE
  std::uint64_t array_macs = 0;
  std::int64_t workspace_bytes = 0;  ///< workspace.h
};

/// Throws girih::Error saying what does not fit the chip.
StepProgram compile_step(const Image& image, const StepShape& shape);

/// The most new tokens of one sequence that a step takes.
std::int64_t largest_chunk(const Image& image);

}  // namespace girih::llm
