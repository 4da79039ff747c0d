// SPDX-License-Identifier: Apache-2.0
//
// A residual addition or a pool among the tiles of the layer that feeds it.
#pragma once

#include <cstddef>
#include <vector>

#include "girih/presets.h"
#include "isa/instruction.h"

namespace girih::compiler {

/// Moves the VECTOR instructions [first, end of program) up to where what they read has been
/// written and what they overwrite is done with, not above `top`, the last of them not above `last`
/// (top <= last <= first). They keep their order, and so does everything else: executed one after
/// the other the program computes the same.
void interleave(std::vector<isa::Instruction>& instructions, std::size_t first, std::size_t top,
                std::size_t last, const isa::Preset& preset);

}  // namespace girih::compiler
