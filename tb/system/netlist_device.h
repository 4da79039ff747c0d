// SPDX-License-Identifier: Apache-2.0
//
// The Verilated netlist as a device of the runtime (docs/silicon.md, "Netlist device"). Nothing inside
// can be seen, so a context's instructions go through a ring of the device's own and debug STOREs
// fetch what they wrote:
//
//   user's ring --copy--> waiting --one--> own ring --> netlist --> idle, RETIRED as expected?
//                            ^                                        |
//                            |                                        v
//                       compared <-- shadow <-- DRAM <-- debug STOREs of its destination
//
// Modes: kTiles as drawn, each instruction alone in its context (contexts run beside each other).
// kEnd hands over everything at once, as a host does: instructions overlap; records, counters, DRAM and
// finally the memories are compared when all is done. Options without check_tiles: nothing is
// compared, and the user's own ring is used.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "device_options.h"
#include "dump.h"
#include "lockstep.h"
#include "netlist_chip.h"
#include "runtime/device.h"

namespace girih::rtl {

class NetlistDevice final : public runtime::Device {
 public:
  enum class Mode { kTiles, kEnd };
  /// Windows that the device uses in every context unless nothing is compared.
  static constexpr unsigned kRingWindow = 6, kDumpWindow = 7;

  explicit NetlistDevice(const DeviceOptions& options, Mode mode = Mode::kTiles);

  const isa::Preset& preset() const override { return chip_->preset(); }
  std::string_view kind() const override { return "netlist"; }
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
  /// Debug STOREs are left out of retired, bytes_read and bytes_written; not of cycles, and of STORE's
  /// busy and stall cycles.
  runtime::Counters counters(unsigned context) override;
  runtime::Checked checked() const override;
  void set_on_progress(std::function<void(std::uint64_t retired)> call) override {
    on_progress_ = std::move(call);
  }

  // As RtlDevice has them, for tests.
  void start(unsigned context, std::uint32_t count);
  void run_all();
  bool working(unsigned context) const;
  bool halted(unsigned context) const { return lanes_.at(context).halted; }
  void drain() {}
  void finish();
  const Mismatch* mismatch() const { return mismatch_ ? &*mismatch_ : nullptr; }
  NetlistChip& chip() { return *chip_; }

 private:
  enum class State {
    kIdle,         ///< nothing is handed over that has not retired
    kInstructions, ///< the user's
    kDump,         ///< debug STOREs
  };
  struct Lane {
    runtime::Partition partition;
    std::array<runtime::Window, 8> windows{};
    runtime::Ring ring;
    std::uint32_t given = 0, done = 0;         ///< the user's instructions: doorbell, finished
    std::deque<isa::Instruction> waiting;      ///< given, not handed over
    std::vector<std::uint32_t> users;          ///< handed over, debug STOREs too: the user's index
    State state = State::kIdle;
    bool halted = false;
    Retirement what;                           ///< the instruction whose destination is fetched
    golden::Destination destination;
    std::optional<Dump> dump;
    std::vector<golden::Destination> unknown;  ///< what an instruction may have written in part
    bool all_unknown = false;                  ///< or everything that the context may write
    std::uint64_t debug_instructions = 0, debug_bytes = 0;
  };
  static constexpr std::uint32_t kDebug = ~0U;  ///< in Lane::users

  bool checks() const { return lockstep_ != nullptr; }
  std::uint32_t user_index(unsigned context, std::uint32_t index) const;
  void advance(std::uint32_t contexts);
  std::uint64_t bytes_on_their_way() const;
  void pump(unsigned context);
  void step(unsigned context);
  void hand_over(unsigned context, const isa::Instruction& instruction, std::uint32_t user);
  void ring_doorbell(unsigned context);
  void hand_over_users(unsigned context);
  void hand_over_dump(unsigned context, const Dump& dump);
  void instructions_done(unsigned context);
  void dump_done(unsigned context);
  void stopped(unsigned context);
  void expect_retired(unsigned context);
  /// Runs debug STOREs to their end, in an idle context.
  void dump(unsigned context, const std::vector<Dump>& dumps);
  void dump_whole_chip();
  void take_over_unknown(unsigned context, bool memories);
  void partition_on_chip(unsigned context, const runtime::Partition& partition);
  void forget(Lane& lane);
  void settle();
  [[noreturn]] void differ(unsigned context, const std::string& text) const;
  [[noreturn]] void hang();

  const DeviceOptions options_;
  const Mode mode_;
  std::unique_ptr<NetlistChip> chip_;
  Shadow shadow_;
  std::unique_ptr<Lockstep> lockstep_;  // null: unchecked
  std::array<Lane, 8> lanes_;
  std::optional<Mismatch> mismatch_;
  std::function<void(std::uint64_t)> on_progress_;
  std::uint64_t last_event_ = 0, last_progress_ = 0;
};

}  // namespace girih::rtl
