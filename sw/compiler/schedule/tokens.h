// SPDX-License-Identifier: Apache-2.0
//
// Turns a sequence of instructions that is right when executed one after the other into one that is
// right when the engines overlap: fills `wait`, `give` and `order` of every header.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "girih/presets.h"
#include "isa/instruction.h"

namespace girih::compiler {

inline constexpr std::uint32_t kRingWindow = 0;
inline constexpr std::uint32_t kConstantWindow = 1;
inline constexpr std::uint32_t kWorkspaceWindow = 2;

/// A window that instructions write.
struct WritableWindow {
  std::uint32_t window = 0;
  std::uint64_t bytes = 0;
  /// assign_tokens remembers who used memory in units of so many bytes (a power of two): a coarse
  /// unit orders what only shares one, and costs less.
  std::uint32_t granule = 1;
};

/// How much memory the shadow has to cover. Windows that are not listed are read-only.
struct Extents {
  Extents(std::uint32_t spm, std::uint32_t acc, std::uint64_t workspace)
      : spm_bytes(spm), acc_bytes(acc), windows{{kWorkspaceWindow, workspace, 1}} {}
  Extents(std::uint32_t spm, std::uint32_t acc, std::vector<WritableWindow> writable,
          std::uint32_t local)
      : spm_bytes(spm), acc_bytes(acc), windows(std::move(writable)), local_granule(local) {}

  std::uint32_t spm_bytes = 0;
  std::uint32_t acc_bytes = 0;
  std::vector<WritableWindow> windows;
  std::uint32_t local_granule = 1;  ///< of scratchpad and accumulators
};

/// Counter used from one engine to another.
constexpr unsigned token(unsigned producer, unsigned consumer) { return 4 * producer + consumer; }

/// Throws girih::Error when more than 255 tokens could stand on one counter.
void assign_tokens(std::vector<isa::Instruction>& instructions, const isa::Preset& preset,
                   const Extents& extents);

}  // namespace girih::compiler
