// SPDX-License-Identifier: Apache-2.0
//
// Which bytes an instruction reads and writes, from its fields alone (docs/instruction-set.md).
#pragma once

#include <cstdint>
#include <functional>

#include "girih/presets.h"
#include "isa/forms.h"

namespace girih::compiler {

enum class Memory : std::uint8_t { kSpm, kAcc, kDram };

struct Run {
  Memory memory = Memory::kSpm;
  std::uint32_t window = 0;  ///< kDram only
  bool write = false;
  std::int64_t base = 0;  ///< relative to the partition or the window
  std::int64_t length = 0;
};

/// Calls `visit` for contiguous runs that cover exactly the bytes the instruction uses; a byte may
/// be visited more than once. Gathered DRAM rows are visited for every legal index.
void visit_runs(const isa::Instruction& instruction, const isa::Preset& preset,
                const std::function<void(const Run&)>& visit);

/// The same bytes in fewer runs, for programs whose tiles are large: runs that join come as one,
/// and gathered or scattered rows are one run from the lowest to the highest byte that any legal
/// index reaches, whatever lies between them.
void visit_stretches(const isa::Instruction& instruction, const isa::Preset& preset,
                     const std::function<void(const Run&)>& visit);

/// The engines, as they number token counters; kNone: executed by the frontend.
enum class Engine : std::uint8_t { kLoad = 0, kStore = 1, kMatrix = 2, kVector = 3, kNone = 4 };
inline constexpr std::size_t kEngines = 4;

Engine engine_of(const isa::Instruction& instruction);

}  // namespace girih::compiler
