// SPDX-License-Identifier: Apache-2.0
//
// The proof that a program's tokens order every conflict. Reads the finished instructions only and
// shares nothing with assign_tokens but the meaning of an instruction (access.h).
#pragma once

#include <vector>

#include "compiler/schedule/tokens.h"

namespace girih::compiler {

struct Proof {
  std::uint64_t instructions = 0;
  std::uint64_t conflicts = 0;  ///< pairs of overlapping accesses found ordered
};

/// Throws girih::Error naming both instructions when two overlapping accesses (one of them a write)
/// are not ordered, when a wait has no earlier give, or when a counter has two producers or
/// consumers.
Proof prove_ordered(const std::vector<isa::Instruction>& instructions, const isa::Preset& preset,
                    const Extents& extents);

}  // namespace girih::compiler
