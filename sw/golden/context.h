// SPDX-License-Identifier: Apache-2.0
//
// One context's frontend and engines: issue in ring order, tokens, execution, errors.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

#include "golden/golden.h"
#include "golden/validate.h"

namespace girih::golden {

/// An instruction between issue and retirement.
struct Issued {
  std::uint32_t index;
  isa::Instruction instruction;  ///< patched
  isa::Header header;

  isa::Opcode opcode() const { return static_cast<isa::Opcode>(instruction.opcode()); }
  /// Executed by the frontend itself, which meanwhile issues nothing.
  bool holds_frontend() const {
    return opcode() == isa::Opcode::kSetparam || opcode() == isa::Opcode::kFence;
  }
};

class Context {
 public:
  Context(unsigned number, const isa::Preset& preset, std::vector<std::uint8_t>& spm,
          std::vector<std::uint8_t>& acc, Memory& dram, const std::uint64_t& max_instr_cycles)
      : number_(number),
        preset_(preset),
        spm_(spm),
        acc_(acc),
        dram_(dram),
        max_instr_cycles_(max_instr_cycles) {}

  // Set by the host.
  Partition partition;
  Windows windows;
  Ring ring;
  Params params{};
  std::uint32_t doorbell = 0;
  Status status;

  void reset();
  void run(const Golden::OnRetired& on_retired);
  Destination retired(std::uint32_t index);
  Destination faulted(std::uint32_t index, isa::ErrorCode code, std::uint32_t detail);
  isa::Instruction instruction(std::uint32_t index);

 private:
  struct Outcome {
    Fault fault;
    Destination destination;
  };

  Machine machine();
  Fault check_ring() const;
  isa::Instruction fetch(std::uint32_t index);
  /// Fetches, patches and validates the next instruction of the ring; queues it if it is legal.
  Fault issue();
  /// Issues up to `index`; an error on the way belongs to the instruction status.head then names.
  Fault issue_to(std::uint32_t index);
  bool can_issue() const;
  bool is_next(const Issued& issued) const;
  std::uint16_t missing(const isa::Header& header) const;
  void take(const isa::Header& header);
  Fault give(const isa::Header& header);
  Outcome execute(const Issued& issued);
  Destination destination(const Issued& issued);
  void record(Fault fault, std::uint32_t index, std::uint32_t tag);
  Fault expected_fault(const Issued& issued, isa::ErrorCode code, std::uint32_t detail);
  [[noreturn]] void disagree(std::uint32_t index, const std::string& what);
  std::deque<Issued>::iterator find(std::uint32_t index);

  const unsigned number_;
  const isa::Preset& preset_;
  std::vector<std::uint8_t>& spm_;
  std::vector<std::uint8_t>& acc_;
  Memory& dram_;
  const std::uint64_t& max_instr_cycles_;

  std::deque<Issued> issued_;  ///< not retired, in ring order
  // In lockstep a token is seen to be taken only at retirement: counts run above what the chip
  // holds.
  std::array<std::uint64_t, 16> tokens_{};
};

}  // namespace girih::golden
