// SPDX-License-Identifier: Apache-2.0
//
// A context's command ring: takes programs of any length and hands them over a ring at a time.
#pragma once

#include <cstdint>
#include <span>

#include "isa/instruction.h"
#include "runtime/device.h"

namespace girih::runtime {

class Feeder {
 public:
  /// Instructions of a ring for programs of up to `longest`.
  static std::uint32_t ring_instructions(std::size_t longest);

  /// The ring's memory lies at `address`; sets the context's ring registers.
  Feeder(Device& device, unsigned context, std::uint32_t window, std::uint64_t address,
         std::uint32_t instructions);

  /// Runs them all, to the first fault or tile mismatch.
  Fault run(std::span<const isa::Instruction> instructions);
  /// Ring index of the first instruction of the latest run.
  std::uint32_t started() const { return started_; }

 private:
  Device& device_;
  const unsigned context_;
  const std::uint64_t address_;
  const std::uint32_t slots_;
  std::uint32_t started_ = 0;
  std::uint32_t head_ = 0;  ///< instructions handed over so far
};

}  // namespace girih::runtime
