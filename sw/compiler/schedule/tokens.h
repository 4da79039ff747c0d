// SPDX-License-Identifier: Apache-2.0
//
// Turns a sequence of instructions that is right when executed one after the other into one that is
// right when the engines overlap: fills `wait`, `give` and `order` of every header.
#pragma once

#include <vector>

#include "girih/presets.h"
#include "isa/instruction.h"

namespace girih::compiler {

/// How much memory the shadow has to cover.
struct Extents {
  std::uint32_t spm_bytes = 0;
  std::uint32_t acc_bytes = 0;
  std::uint64_t workspace_bytes = 0;  ///< window kWorkspaceWindow; other windows are read-only
};

inline constexpr std::uint32_t kRingWindow = 0;
inline constexpr std::uint32_t kConstantWindow = 1;
inline constexpr std::uint32_t kWorkspaceWindow = 2;

/// Counter used from one engine to another.
constexpr unsigned token(unsigned producer, unsigned consumer) { return 4 * producer + consumer; }

/// Throws girih::Error when more than 255 tokens could stand on one counter.
void assign_tokens(std::vector<isa::Instruction>& instructions, const isa::Preset& preset,
                   const Extents& extents);

}  // namespace girih::compiler
