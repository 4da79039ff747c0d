// SPDX-License-Identifier: Apache-2.0
//
// The cycles that the chip allows for an instruction before it looks at anything else of it
// (docs/instruction-set.md, section 9): longer than MAX_INSTR_CYCLES is TOO_LONG.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "girih/presets.h"
#include "isa/instruction.h"

namespace girih::compiler {

inline constexpr std::uint64_t kMaxInstrCycles = std::uint64_t{1} << 24;  ///< the register's reset

std::uint64_t cost(const isa::Instruction& instruction, const isa::Preset& preset);

/// Throws girih::Error with `owner`'s name for the first instruction that costs more than `most`.
void check_costs(const std::vector<isa::Instruction>& instructions, const isa::Preset& preset,
                 std::uint64_t most, const std::function<std::string(std::uint32_t)>& owner);

}  // namespace girih::compiler
