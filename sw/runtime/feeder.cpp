// SPDX-License-Identifier: Apache-2.0
#include "runtime/feeder.h"

#include <algorithm>
#include <bit>

namespace girih::runtime {

std::uint32_t Feeder::ring_instructions(std::size_t longest) {
  constexpr std::uint32_t kLongestRing = 4096;  // handed over at a time
  return std::clamp<std::uint32_t>(std::bit_ceil(static_cast<std::uint32_t>(longest)), 32,
                                   kLongestRing);
}

Feeder::Feeder(Device& device, unsigned context, std::uint32_t window, std::uint64_t address,
               std::uint32_t instructions)
    : device_(device), context_(context), address_(address), slots_(instructions) {
  device.set_ring(context, {window, 0, instructions});
}

Fault Feeder::run(std::span<const isa::Instruction> instructions) {
  started_ = head_;
  while (!instructions.empty()) {
    const auto now = instructions.first(std::min<std::size_t>(instructions.size(), slots_));
    for (const isa::Instruction& instruction : now) {
      device_.write(address_ + std::uint64_t{head_++ % slots_} * isa::kBytes, instruction.bytes());
    }
    device_.run(context_, static_cast<std::uint32_t>(now.size()));
    const Fault fault = device_.fault(context_);
    if (fault.code != isa::ErrorCode::kNone || device_.checked().mismatches != 0) return fault;
    instructions = instructions.subspan(now.size());
  }
  return {};
}

}  // namespace girih::runtime
