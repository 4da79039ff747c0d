// SPDX-License-Identifier: Apache-2.0
//
// The golden model beside the chip: as each instruction retires in the RTL, golden executes it and
// the whole destination region is compared. The first difference stops the run with a Mismatch.
//
//   host  ---- same partitions, windows, rings, doorbells, DRAM contents ---+
//     |                                                                     v
//   chip -- retirement --> Lockstep -- index --> golden -- destination --> compare with the chip's
//   bytes
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "chip.h"
#include "golden/golden.h"
#include "runtime/device.h"

namespace girih::rtl {

/// The chip and the golden model differ; what() is the whole report.
class Mismatch : public girih::Error {
 public:
  Mismatch(const std::string& report, unsigned context, std::uint32_t index, std::string engine)
      : Error(report), context(context), index(index), engine(std::move(engine)) {}

  unsigned context;
  std::uint32_t index;
  std::string engine;
};

/// What was compared, for one opcode.
struct Tally {
  std::uint64_t retired = 0, instructions = 0, elements = 0, bytes = 0;
};

class Lockstep {
 public:
  /// Names an instruction in reports: the layer it belongs to.
  using Namer = std::function<std::string(std::uint32_t index, std::uint32_t tag)>;

  /// Which number an instruction has in reports, by its ring index.
  using Numbering = std::function<std::uint32_t(std::uint32_t index)>;

  /// Takes over the chip's on-chip memories, which are random at the start.
  Lockstep(const ChipPorts& chip, const ChipMemories& memories, tb::Dram& dram,
           std::string reproduce);

  golden::Golden& golden() { return *golden_; }
  /// The host writes DRAM: chip and golden see the same.
  void write(std::uint64_t address, std::span<const std::uint8_t> bytes);
  void set_namer(unsigned context, Namer namer) { namers_.at(context) = std::move(namer); }

  /// Index and namer's argument in reports; without, the ring index.
  void set_numbering(unsigned context, Numbering number) {
    numbers_.at(context) = std::move(number);
  }

  /// Throws Mismatch.
  void retired(const Retirement& what);

  // The parts of retired(), for a chip whose memories must be fetched in between. All throw
  // Mismatch.
  /// Golden executes the instruction, which has retired without an error: where it wrote.
  golden::Destination execute(const Retirement& what);
  /// Golden agrees to the error: where the instruction may have written in part.
  golden::Destination fault(const Retirement& what);
  void compare(const Retirement& what, const golden::Destination& destination);
  /// Golden takes the chip's bytes: what a faulty instruction has written in part is the chip's own
  /// business.
  void take_over(const golden::Destination& destination, bool matrix = false);
  void take_over(Store store, std::uint64_t address, std::uint64_t length);
  void take_over_dram(std::uint64_t address, std::uint64_t length);
  /// Every DRAM page that anybody wrote.
  void compare_dram();
  /// Compares the whole scratchpad, all accumulators and every DRAM page that anybody wrote, and
  /// for each context counters, overflow flag and parameters' consequences. Nothing may be in
  /// flight. Throws Mismatch.
  void finish();

  /// By opcode, 1 (LOAD) to 6 (FENCE); 0 is not used.
  const std::array<Tally, 7>& tallies() const { return tallies_; }
  Tally total() const;

 private:
  struct Difference {
    std::uint64_t address = 0, bytes = 0;  ///< of the first one; how many bytes differ
  };

  std::string engine_of(const Retirement& what);
  void read_chip(golden::Place place, std::uint64_t address, std::span<std::uint8_t> bytes,
                 bool matrix) const;
  void compare_store(Store store, std::span<const std::uint8_t> want) const;
  [[noreturn]] void report(const Retirement& what, const std::string& details);

  const ChipPorts& chip_;
  const ChipMemories& memories_;
  tb::Dram& dram_;
  const std::string reproduce_;
  golden::PagedMemory memory_;
  std::unique_ptr<golden::Golden> golden_;
  std::vector<Namer> namers_;
  std::vector<Numbering> numbers_;
  std::array<Tally, 7> tallies_{};
  std::unordered_set<std::uint64_t> pages_;
  std::vector<std::uint8_t> buffer_;
};

/// What a device says of its comparisons; nothing of one that does not compare (null).
runtime::Checked checked(const Lockstep* lockstep, const std::optional<Mismatch>& mismatch);

}  // namespace girih::rtl
