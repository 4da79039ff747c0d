// SPDX-License-Identifier: Apache-2.0
//
// The golden model as a device of its own: executes programs in ring order, without time.
#pragma once

#include "golden/golden.h"
#include "runtime/device.h"

namespace girih::runtime {

class GoldenDevice final : public Device {
 public:
  explicit GoldenDevice(const isa::Preset& preset);

  const isa::Preset& preset() const override { return preset_; }
  std::string_view kind() const override { return "golden"; }
  void write(std::uint64_t address, std::span<const std::uint8_t> bytes) override;
  void read(std::uint64_t address, std::span<std::uint8_t> bytes) override;
  void set_partition(unsigned context, const Partition& partition) override;
  void set_window(unsigned context, unsigned window, const Window& value) override;
  void set_ring(unsigned context, const Ring& ring) override;
  void set_param(unsigned context, unsigned index, std::uint32_t value) override;
  void set_namer(unsigned, Namer) override {}
  void run(unsigned context, std::uint32_t count) override;
  Fault fault(unsigned context) override;
  void reset(unsigned context) override;
  Counters counters(unsigned context) override;

 private:
  const isa::Preset preset_;
  golden::PagedMemory memory_;
  std::unique_ptr<golden::Golden> golden_;
  std::array<std::uint32_t, 8> doorbell_{};
};

}  // namespace girih::runtime
