// SPDX-License-Identifier: Apache-2.0
//
// A context set up for a test: its slice of the chip, its windows in DRAM, its ring. Contexts get
// disjoint slices. Windows follow the compiler: 0 ring, 1 constants (read), 2 workspace (read,
// write).
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "isa/instruction.h"
#include "test_device.h"

namespace girih::rtl {

struct TenantSizes {
  std::uint32_t spm = 0, acc = 0;  ///< bytes of the partition; 0: an equal share of the chip
  std::uint64_t constants = 16384, workspace = 16384;  ///< bytes, multiples of 4 KiB
  std::uint32_t ring = 64;                             ///< instructions
};

class Tenant {
 public:
  static constexpr unsigned kRing = 0, kConstants = 1, kWorkspace = 2;

  Tenant(TestDevice& device, unsigned context, const TenantSizes& sizes = {})
      : device_(device), context_(context), sizes_(sizes) {
    const isa::Preset& preset = device.preset();
    const std::uint32_t spm = preset.spm_kib * 1024 / preset.contexts,
                        acc = preset.acc_kib * 1024 / preset.contexts;
    if (sizes_.spm == 0) sizes_.spm = spm;
    if (sizes_.acc == 0) sizes_.acc = acc;
    device.set_partition(context, {context * spm, sizes_.spm, context * acc, sizes_.acc});
    device.set_window(context, kRing, {address(kRing), ring_bytes(), true, false});
    device.set_window(context, kConstants, {address(kConstants), sizes_.constants, true, false});
    device.set_window(context, kWorkspace, {address(kWorkspace), sizes_.workspace, true, true});
    device.set_ring(context, {kRing, 0, sizes_.ring});
  }

  unsigned context() const { return context_; }
  const TenantSizes& sizes() const { return sizes_; }
  /// First byte of a window in DRAM. Far apart, beyond 4 GiB, and not where another context's are.
  std::uint64_t address(unsigned window) const {
    return 0x3'0000'0000 + std::uint64_t{context_} * 0x1000'0000 +
           std::uint64_t{window} * 0x100'0000;
  }

  void write(unsigned window, std::uint64_t offset, std::span<const std::uint8_t> bytes) {
    device_.write(address(window) + offset, bytes);
  }
  std::vector<std::uint8_t> read(unsigned window, std::uint64_t offset, std::size_t bytes) {
    std::vector<std::uint8_t> out(bytes);
    device_.read(address(window) + offset, out);
    return out;
  }
  /// Fills constants and workspace.
  void fill(std::mt19937& rng) {
    for (const unsigned window : {kConstants, kWorkspace}) {
      std::vector<std::uint8_t> bytes(window == kConstants ? sizes_.constants : sizes_.workspace);
      for (auto& byte : bytes) byte = static_cast<std::uint8_t>(rng());
      write(window, 0, bytes);
    }
  }

  /// Makes instructions available; they must fit the ring.
  void submit(std::span<const isa::Instruction> program) {
    for (const isa::Instruction& instruction : program) {
      write(kRing, std::uint64_t{head_++ % sizes_.ring} * isa::kBytes, instruction.bytes());
    }
    device_.start(context_, static_cast<std::uint32_t>(program.size()));
  }
  /// After a context reset.
  void restart() { head_ = 0; }

 private:
  std::uint64_t ring_bytes() const {
    return (std::uint64_t{sizes_.ring} * isa::kBytes + 4095) / 4096 * 4096;
  }

  TestDevice& device_;
  const unsigned context_;
  TenantSizes sizes_;
  std::uint32_t head_ = 0;
};

}  // namespace girih::rtl
