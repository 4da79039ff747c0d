// SPDX-License-Identifier: Apache-2.0
//
// Debug STOREs: how the contents of a netlist's memories get out. A dump copies regions of a context's
// scratchpad or accumulators into a window of its own, one STORE a region; what arrives in DRAM is
// kept in a shadow of the chip's memories, which is then compared like the RTL's own.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "chip.h"
#include "golden/destination.h"
#include "isa/forms.h"
#include "runtime/device.h"

namespace girih::rtl {

/// The chip's memories as the dumps so far have shown them.
class Shadow final : public ChipMemories {
 public:
  explicit Shadow(const isa::Preset& preset)
      : spm_(preset.spm_kib * 1024), acc_(preset.acc_kib * 1024) {}

  std::span<std::uint8_t> bytes(Store store) { return store == Store::kSpm ? spm_ : acc_; }
  void read_store(Store store, std::uint64_t address, std::span<std::uint8_t> out) const override;
  /// A dump waits for its instruction, and the next instruction for the dump.
  void read_acc_of_matrix(std::uint64_t address, std::span<std::uint8_t> out) const override {
    read_store(Store::kAcc, address, out);
  }

 private:
  std::vector<std::uint8_t> spm_, acc_;
};

class Dump {
 public:
  using Region = golden::Destination::Region;

  /// Regions by physical address, within the partition; `window` receives them from its start on.
  Dump(Store store, std::span<const Region> regions, const runtime::Partition& partition,
       unsigned window);
  /// A dump of everything in the partition: at most two STOREs.
  static std::vector<Dump> whole(const runtime::Partition& partition, unsigned window);

  const std::vector<isa::Instruction>& instructions() const { return instructions_; }
  /// Payload of the STOREs.
  std::uint64_t bytes() const { return bytes_; }
  /// From DRAM, where the window begins at `address`, into the shadow.
  void fetch(const tb::Dram& dram, std::uint64_t address, Shadow& shadow) const;

 private:
  Store store_;
  std::vector<Region> regions_;
  std::vector<isa::Instruction> instructions_;
  std::uint64_t bytes_ = 0;
};

}  // namespace girih::rtl
