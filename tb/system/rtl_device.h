// SPDX-License-Identifier: Apache-2.0
//
// The Verilated chip as a device of the runtime, with or without the golden model in lockstep. The
// host reaches it through registers and memory alone (docs/host.md). Tests use it too: what only
// they need (several contexts at once, single steps, the chip itself) is added to runtime::Device
// here.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "chip.h"
#include "device_options.h"
#include "lockstep.h"
#include "runtime/device.h"

namespace girih::rtl {

class RtlDevice final : public runtime::Device {
 public:
  explicit RtlDevice(const DeviceOptions& options);

  const isa::Preset& preset() const override { return chip_->preset(); }
  std::string_view kind() const override { return "rtl"; }
  void write(std::uint64_t address, std::span<const std::uint8_t> bytes) override;
  void read(std::uint64_t address, std::span<std::uint8_t> bytes) override;
  void set_partition(unsigned context, const runtime::Partition& partition) override;
  void set_window(unsigned context, unsigned window, const runtime::Window& value) override;
  void set_ring(unsigned context, const runtime::Ring& ring) override;
  void set_param(unsigned context, unsigned index, std::uint32_t value) override;
  void set_namer(unsigned context, runtime::Namer namer) override;
  void run(unsigned context, std::uint32_t count) override;
  runtime::Fault fault(unsigned context) override;
  void reset(unsigned context) override;
  runtime::Counters counters(unsigned context) override;
  runtime::Checked checked() const override;
  void set_on_progress(std::function<void(std::uint64_t retired)> call) override {
    on_progress_ = std::move(call);
  }
  void set_checkpoints(unsigned context, std::vector<std::uint32_t> indices) override;
  std::vector<runtime::Counters> checkpoints(unsigned context) override;

  /// Rings the doorbell and returns.
  void start(unsigned context, std::uint32_t count);
  /// Runs until no context has anything left to do (or is halted), or a mismatch. Throws
  /// girih::Error when nothing retires for hang_cycles: who waits for what.
  void run_all();
  bool working(unsigned context) const {
    return !halted_.at(context) && retired_.at(context) != doorbell_.at(context);
  }
  bool halted(unsigned context) const { return halted_.at(context); }
  /// After a fault, what was in flight goes on: waits until nothing moves any more.
  void drain();
  /// Everything at the end of a run: registers and golden's status of every context, all memories.
  /// Throws Mismatch.
  void finish();
  void set_max_instr_cycles(std::uint32_t cycles);

  /// The first mismatch, null when there is none.
  const Mismatch* mismatch() const { return mismatch_ ? &*mismatch_ : nullptr; }

  Chip& chip() { return *chip_; }
  Lockstep* lockstep() { return lockstep_.get(); }
  golden::Golden* golden() { return lockstep_ ? &lockstep_->golden() : nullptr; }

 private:
  void on_retired(const Retirement& what);
  void advance(std::uint32_t contexts);
  runtime::Counters peek(unsigned context) const;
  [[noreturn]] void hang();

  const DeviceOptions options_;
  std::unique_ptr<Chip> chip_;
  std::unique_ptr<Lockstep> lockstep_;  // null: unchecked
  std::optional<Mismatch> mismatch_;
  std::function<void(std::uint64_t)> on_progress_;
  std::uint64_t last_event_ = 0;
  std::array<std::uint32_t, 8> doorbell_{}, retired_{};
  std::array<bool, 8> halted_{};
  std::array<std::vector<std::uint32_t>, 8> wanted_;
  std::array<std::vector<runtime::Counters>, 8> passed_;
};

}  // namespace girih::rtl
