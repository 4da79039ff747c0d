// SPDX-License-Identifier: Apache-2.0
//
// Constrained-random legal programs: every form and mode, ragged sizes, parameters in any field,
// gathers and scatters, SETPARAM from both sources, FENCE; tokens and order bits by the compiler's
// scheduler, with some order bits too many.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "draw.h"
#include "forms.h"
#include "isa/instruction.h"

namespace girih::random {

struct Program {
  std::vector<isa::Instruction> instructions;
  std::array<std::uint32_t, 32> params{};  ///< written by the host before the start
  std::vector<std::uint8_t> constants;     ///< contents of the window of constants
  std::uint64_t macs = 0;
};

Program generate(Draw& draw, const isa::Preset& preset, const Slice& slice, unsigned instructions);

}  // namespace girih::random
