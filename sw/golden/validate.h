// SPDX-License-Identifier: Apache-2.0
//
// What the frontend does with an instruction before it is queued (instruction-set.md section 9).
#pragma once

#include <array>
#include <cstdint>

#include "golden/machine.h"

namespace girih::golden {

using Params = std::array<std::uint32_t, 32>;

/// What an instruction is checked against.
struct Limits {
  const isa::Preset& preset;
  const Partition& partition;
  const Windows& windows;
  std::uint64_t max_instr_cycles;
};

struct Checked {
  isa::Instruction instruction;  ///< with its patches applied
  Fault fault;
};

/// Patches and validates; the fault is the one that ranks first.
Checked check(const isa::Instruction& raw, const Params& params, const Limits& limits);

/// The cost formula, saturated to 64 bits. The instruction's opcode is legal.
std::uint64_t cost(const isa::Instruction& instruction, const isa::Preset& preset);

}  // namespace girih::golden
