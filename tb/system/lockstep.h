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
#include <string>
#include <unordered_set>
#include <vector>

#include "chip.h"
#include "golden/golden.h"

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

  /// Takes over the chip's on-chip memories, which are random at the start.
  Lockstep(const Chip& chip, tb::Dram& dram, std::string reproduce);

  golden::Golden& golden() { return *golden_; }
  /// The host writes DRAM: chip and golden see the same.
  void write(std::uint64_t address, std::span<const std::uint8_t> bytes);
  void set_namer(unsigned context, Namer namer) { namers_.at(context) = std::move(namer); }

  /// Throws Mismatch.
  void retired(const Retirement& what);
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

  void compare(const Retirement& what, const golden::Destination& destination,
               const std::string& engine);
  void take_over(const golden::Destination& destination, bool matrix);
  void read_chip(golden::Place place, std::uint64_t address, std::span<std::uint8_t> bytes,
                 bool matrix) const;
  void compare_store(Store store, std::span<const std::uint8_t> want) const;
  [[noreturn]] void report(const Retirement& what, const std::string& engine,
                           const std::string& details);

  const Chip& chip_;
  tb::Dram& dram_;
  const std::string reproduce_;
  golden::PagedMemory memory_;
  std::unique_ptr<golden::Golden> golden_;
  std::vector<Namer> namers_;
  std::array<Tally, 7> tallies_{};
  std::unordered_set<std::uint64_t> pages_;
  std::vector<std::uint8_t> buffer_;
};

}  // namespace girih::rtl
