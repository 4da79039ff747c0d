// SPDX-License-Identifier: Apache-2.0
#include "netlist_device.h"

#include <algorithm>
#include <bit>
#include <ranges>

#include "girih/registers.h"
#include "host_port.h"
#include "isa/instruction.h"

namespace girih::rtl {
namespace {

namespace ctx = regs::ctx;

// The device's own DRAM, beyond what hosts use: for each context a ring, then what debug STOREs write.
constexpr std::uint64_t kOwn = 0xF0'0000'0000, kOwnBytes = 0x100'0000;
constexpr std::uint32_t kRing = 8192;  // instructions
constexpr std::uint64_t kRingBytes = std::uint64_t{kRing} * isa::kBytes;
constexpr std::uint64_t kDumpBytes = 0x20'0000;  // more than the largest memories
constexpr std::uint64_t kLongestRun = 1 << 20;   // of a STORE

std::uint64_t ring_address(unsigned context) { return kOwn + context * kOwnBytes; }
std::uint64_t dump_address(unsigned context) { return ring_address(context) + kRingBytes; }

golden::Window golden_window(const runtime::Window& w) {
  return {static_cast<std::uint32_t>(w.address / 4096), static_cast<std::uint32_t>(w.bytes / 4096),
          w.read, w.write};
}

std::optional<Store> store_of(golden::Place place) {
  if (place == golden::Place::kSpm) return Store::kSpm;
  if (place == golden::Place::kAcc) return Store::kAcc;
  return std::nullopt;
}

}  // namespace

NetlistDevice::NetlistDevice(const DeviceOptions& options, Mode mode)
    : options_(options),
      mode_(mode),
      chip_(make_netlist_chip(options.chip)),
      shadow_(chip_->preset()) {
  if (!options.check_tiles) return;
  lockstep_ = std::make_unique<Lockstep>(*chip_, shadow_, chip_->dram(), options.reproduce);
  for (unsigned c = 0; c < preset().contexts; ++c) {
    const runtime::Window ring{ring_address(c), kRingBytes, true, false},
        dump{dump_address(c), kDumpBytes, false, true};
    lanes_[c].windows[kRingWindow] = ring;
    lanes_[c].windows[kDumpWindow] = dump;
    for (const unsigned w : {kRingWindow, kDumpWindow}) {
      lockstep_->golden().set_window(c, w, golden_window(lanes_[c].windows[w]));
      host::set_window(*chip_, c, w, lanes_[c].windows[w]);
    }
    lockstep_->golden().set_ring(c, {kRingWindow, 0, kRing});
    host::set_ring(*chip_, c, {kRingWindow, 0, kRing});
    lockstep_->set_numbering(c, [this, c](std::uint32_t index) { return user_index(c, index); });
  }
  // Golden begins with what the memories happen to hold.
  dump_whole_chip();
  lockstep_->take_over(Store::kSpm, 0, shadow_.bytes(Store::kSpm).size());
  lockstep_->take_over(Store::kAcc, 0, shadow_.bytes(Store::kAcc).size());
  lockstep_->take_over_dram(dump_address(0), kDumpBytes);
  reset(0);
}

// --- the host
// ----------------------------------------------------------------------------------------

void NetlistDevice::write(std::uint64_t address, std::span<const std::uint8_t> bytes) {
  if (checks()) {
    lockstep_->write(address, bytes);
  } else {
    chip_->dram().write(address, bytes);
  }
}
void NetlistDevice::read(std::uint64_t address, std::span<std::uint8_t> bytes) {
  chip_->dram().read(address, bytes.data(), bytes.size());
}

void NetlistDevice::partition_on_chip(unsigned context, const runtime::Partition& p) {
  if (checks())
    lockstep_->golden().set_partition(context, {p.spm_base, p.spm_bytes, p.acc_base, p.acc_bytes});
  host::set_partition(*chip_, context, p);
}
void NetlistDevice::set_partition(unsigned context, const runtime::Partition& partition) {
  lanes_.at(context).partition = partition;
  partition_on_chip(context, partition);
}

void NetlistDevice::set_window(unsigned context, unsigned window, const runtime::Window& w) {
  if (checks()) {
    if (window == kRingWindow || window == kDumpWindow) {
      throw Error(
          "window {} of context {}: a checked netlist uses windows {} and {} itself (ring and debug "
          "STOREs); windows 0 to 5 are free, or check nothing",
          window, context, kRingWindow, kDumpWindow);
    }
    lockstep_->golden().set_window(context, window, golden_window(w));
  }
  lanes_.at(context).windows.at(window) = w;
  host::set_window(*chip_, context, window, w);
}

void NetlistDevice::set_ring(unsigned context, const runtime::Ring& ring) {
  lanes_.at(context).ring = ring;
  if (!checks()) return host::set_ring(*chip_, context, ring);
  // The chip's ring registers name the device's own ring: the user's is read by the device.
  const runtime::Window& window = lanes_[context].windows.at(ring.window);
  if (!std::has_single_bit(ring.instructions) || ring.offset % 4096 != 0 || !window.read ||
      ring.offset + std::uint64_t{ring.instructions} * isa::kBytes > window.bytes) {
    throw Error(
        "context {}: a ring of {} instructions at byte {} of window {} is refused by the chip; a "
        "checked netlist takes a power of two of them, at a multiple of 4096, in a window that may "
        "be read",
        context, ring.instructions, ring.offset, ring.window);
  }
}

void NetlistDevice::set_param(unsigned context, unsigned index, std::uint32_t value) {
  if (checks()) lockstep_->golden().set_param(context, index, value);
  chip_->write32(ctx::params::PARAM(context, index), value);
}

void NetlistDevice::set_namer(unsigned context, runtime::Namer namer) {
  if (checks()) lockstep_->set_namer(context, std::move(namer));
}

void NetlistDevice::start(unsigned context, std::uint32_t count) {
  Lane& lane = lanes_.at(context);
  last_event_ = chip_->cycle();
  if (!checks()) {
    lane.given += count;
    lane.state = State::kInstructions;
    chip_->write32(ctx::DOORBELL(context), lane.given);
    return;
  }
  const std::uint64_t ring = lane.windows.at(lane.ring.window).address + lane.ring.offset;
  for (std::uint32_t i = 0; i < count; ++i, ++lane.given) {
    std::array<std::uint8_t, isa::kBytes> bytes;
    read(ring + lane.given % lane.ring.instructions * std::uint64_t{isa::kBytes}, bytes);
    lane.waiting.push_back(isa::Instruction::from_bytes(bytes));
  }
  pump(context);
}

void NetlistDevice::run(unsigned context, std::uint32_t count) {
  start(context, count);
  advance(1U << context);
  if (!chip_->bus_failures().empty()) throw Error("AXI: {}", chip_->bus_failures().front());
  const auto busy = [&](unsigned c) { return working(c); };
  if (!checks() || mismatch_ ||
      std::ranges::any_of(std::views::iota(0U, unsigned{preset().contexts}), busy))
    return;
  try {
    settle();
  } catch (const Mismatch& mismatch) {
    mismatch_ = mismatch;
  }
}
void NetlistDevice::run_all() { advance(~0U); }

bool NetlistDevice::working(unsigned context) const {
  const Lane& lane = lanes_.at(context);
  return !lane.halted && lane.done != lane.given;
}

runtime::Fault NetlistDevice::fault(unsigned context) {
  runtime::Fault fault = host::fault(*chip_, context);
  if (checks() && fault.code != isa::ErrorCode::kNone)
    fault.index = user_index(context, fault.index);
  return fault;
}

std::uint32_t NetlistDevice::user_index(unsigned context, std::uint32_t index) const {
  const std::vector<std::uint32_t>& users = lanes_.at(context).users;
  return index < users.size() && users[index] != kDebug ? users[index] : index;
}

runtime::Counters NetlistDevice::counters(unsigned context) {
  const Lane& lane = lanes_.at(context);
  runtime::Counters counters = host::counters(*chip_, context);
  counters.retired -= lane.debug_instructions;
  counters.bytes_read -= lane.debug_instructions * isa::kBytes;
  counters.bytes_written -= lane.debug_bytes;
  return counters;
}

runtime::Checked NetlistDevice::checked() const { return rtl::checked(lockstep_.get(), mismatch_); }

// --- instruction by instruction
// ----------------------------------------------------------------------

void NetlistDevice::advance(std::uint32_t contexts) {
  constexpr std::uint64_t kProgress = 2048;  // cycles
  const unsigned first = static_cast<unsigned>(std::countr_zero(contexts));
  for (bool any = true; any && !mismatch_;) {
    any = false;
    for (unsigned c = 0; c < preset().contexts && !mismatch_; ++c) {
      if (!working(c)) continue;
      any |= (contexts >> c & 1) != 0;
      pump(c);
    }
    if (chip_->cycle() - last_event_ > options_.hang_cycles + bytes_on_their_way()) hang();
    if (on_progress_ && chip_->cycle() - last_progress_ >= kProgress) {
      last_progress_ = chip_->cycle();
      on_progress_(lanes_[first].done);
    }
  }
}

/// Of debug STOREs at work: they may take as many cycles without being called a hang.
std::uint64_t NetlistDevice::bytes_on_their_way() const {
  std::uint64_t bytes = 0;
  for (const Lane& lane : lanes_)
    if (lane.state == State::kDump && lane.dump) bytes += lane.dump->bytes();
  return bytes;
}

void NetlistDevice::pump(unsigned context) {
  try {
    step(context);
  } catch (const Mismatch& mismatch) {
    if (!mismatch_) mismatch_ = mismatch;
  }
}

void NetlistDevice::step(unsigned context) {
  Lane& lane = lanes_.at(context);
  if (lane.state == State::kIdle) return hand_over_users(context);
  const std::uint32_t status = chip_->read32(ctx::STATUS(context));
  if (ctx::STATUS_HALTED.of(status)) return stopped(context);
  if (ctx::STATUS_BUSY.of(status)) return;
  last_event_ = chip_->cycle();
  if (!checks()) {
    lane.done = lane.given;
    lane.state = State::kIdle;
    return;
  }
  expect_retired(context);
  if (lane.state == State::kDump) {
    dump_done(context);
  } else {
    instructions_done(context);
  }
}

void NetlistDevice::hand_over(unsigned context, const isa::Instruction& instruction,
                              std::uint32_t user) {
  Lane& lane = lanes_.at(context);
  lockstep_->write(ring_address(context) + lane.users.size() % kRing * isa::kBytes,
                   instruction.bytes());
  lane.users.push_back(user);
}

void NetlistDevice::ring_doorbell(unsigned context) {
  const auto count = static_cast<std::uint32_t>(lanes_.at(context).users.size());
  lockstep_->golden().set_doorbell(context, count);
  chip_->write32(ctx::DOORBELL(context), count);
}

void NetlistDevice::hand_over_users(unsigned context) {
  Lane& lane = lanes_.at(context);
  const std::size_t most = mode_ == Mode::kTiles ? 1 : kRing;
  const std::size_t count = std::min(most, lane.waiting.size());
  if (count == 0) return;
  for (std::size_t i = 0; i < count; ++i) {
    hand_over(context, lane.waiting.front(),
              lane.given - static_cast<std::uint32_t>(lane.waiting.size()));
    lane.waiting.pop_front();
  }
  lane.state = State::kInstructions;
  ring_doorbell(context);
}

void NetlistDevice::hand_over_dump(unsigned context, const Dump& dump) {
  Lane& lane = lanes_.at(context);
  for (const isa::Instruction& store : dump.instructions()) hand_over(context, store, kDebug);
  lane.debug_instructions += dump.instructions().size();
  lane.debug_bytes += dump.bytes();
  lane.state = State::kDump;
  ring_doorbell(context);
}

void NetlistDevice::expect_retired(unsigned context) {
  const std::uint32_t retired = chip_->read32(ctx::counters::RETIRED_LO(context));
  const std::size_t expected = lanes_.at(context).users.size();
  if (retired == expected) return;
  differ(context, fmt::format("it is idle with RETIRED = {}, expected {} (debug STOREs counted)",
                              retired, expected));
}

void NetlistDevice::instructions_done(unsigned context) {
  Lane& lane = lanes_.at(context);
  if (mode_ == Mode::kEnd) {
    lane.done = lane.given - static_cast<std::uint32_t>(lane.waiting.size());
    lane.state = State::kIdle;
    return;
  }
  lane.what = {chip_->cycle(), context, static_cast<std::uint32_t>(lane.users.size() - 1)};
  lane.destination = lockstep_->execute(lane.what);
  if (const auto store = store_of(lane.destination.place())) {
    lane.dump.emplace(*store, lane.destination.regions(kLongestRun), lane.partition, kDumpWindow);
    return hand_over_dump(context, *lane.dump);
  }
  lane.state = State::kIdle;
  ++lane.done;
  lockstep_->compare(lane.what, lane.destination);
}

void NetlistDevice::dump_done(unsigned context) {
  Lane& lane = lanes_.at(context);
  const std::size_t count = lane.dump->instructions().size();
  for (std::size_t i = lane.users.size() - count; i < lane.users.size(); ++i)
    lockstep_->golden().retired(context, static_cast<std::uint32_t>(i));
  lane.dump->fetch(chip_->dram(), dump_address(context), shadow_);
  lane.state = State::kIdle;
  ++lane.done;
  lockstep_->compare(lane.what, lane.destination);
}

void NetlistDevice::stopped(unsigned context) {
  Lane& lane = lanes_.at(context);
  last_event_ = chip_->cycle();
  // What other engines had started goes on.
  constexpr std::uint64_t kCalm = 4096;
  for (const std::uint64_t start = chip_->cycle();
       ctx::STATUS_BUSY.of(chip_->read32(ctx::STATUS(context))) &&
       chip_->cycle() - start < kCalm;) {
  }
  const State state = lane.state;
  lane.halted = true;
  lane.state = State::kIdle;
  lane.waiting.clear();
  if (!checks()) return;
  const runtime::Fault fault = host::fault(*chip_, context);
  const Retirement what{chip_->cycle(), context, fault.index, fault.code, fault.detail};
  if (state == State::kDump) {
    differ(context,
           fmt::format("a debug STORE after instruction {} stopped it with {} (detail {:#x})",
                       lane.done, isa::to_string(fault.code), fault.detail));
  }
  if (mode_ == Mode::kEnd) {
    lane.all_unknown = true;
    return;
  }
  lane.unknown.push_back(lockstep_->fault(what));
  take_over_unknown(context, false);
}

// --- memories as a whole
// ------------------------------------------------------------------------------

void NetlistDevice::dump(unsigned context, const std::vector<Dump>& dumps) {
  Lane& lane = lanes_.at(context);
  for (const Dump& dump : dumps) {                    // one after the other: all use the same window
    hand_over_dump(context, dump);
    const std::uint64_t start = chip_->cycle();
    for (std::uint32_t status = ctx::STATUS_BUSY.mask(); ctx::STATUS_BUSY.of(status);) {
      status = chip_->read32(ctx::STATUS(context));
      if (ctx::STATUS_HALTED.of(status)) return stopped(context);
      if (chip_->cycle() - start > options_.hang_cycles + dump.bytes()) hang();
    }
    expect_retired(context);
    for (std::size_t i = lane.users.size() - dump.instructions().size(); i < lane.users.size(); ++i)
      lockstep_->golden().retired(context, static_cast<std::uint32_t>(i));
    dump.fetch(chip_->dram(), dump_address(context), shadow_);
    // Golden's own copy of the window would differ where its memories do, which the shadow shows.
    lockstep_->take_over_dram(dump_address(context), dump.bytes());
  }
  lane.state = State::kIdle;
}

void NetlistDevice::dump_whole_chip() {
  const auto contexts = std::views::iota(0U, unsigned{preset().contexts});
  const auto usable = std::ranges::find_if(contexts, [&](unsigned c) { return !lanes_[c].halted; });
  if (usable == contexts.end()) {
    throw Error(
        "every context is halted: the netlist's memories cannot be fetched; reset a context first");
  }
  const runtime::Partition all{0, preset().spm_kib * 1024, 0, preset().acc_kib * 1024};
  partition_on_chip(*usable, all);
  dump(*usable, Dump::whole(all, kDumpWindow));
  partition_on_chip(*usable, lanes_[*usable].partition);
}

void NetlistDevice::take_over_unknown(unsigned context, bool memories) {
  Lane& lane = lanes_.at(context);
  std::vector<golden::Destination> kept;
  for (const golden::Destination& destination : lane.unknown) {
    if (store_of(destination.place()) && !memories) {
      kept.push_back(destination);
    } else {
      lockstep_->take_over(destination);
    }
  }
  lane.unknown = std::move(kept);
  if (!lane.all_unknown) return;
  for (const std::uint64_t page : chip_->written_pages()) {
    for (const runtime::Window& w : lane.windows) {
      const std::uint64_t address = page * 4096;
      if (w.write && address >= w.address && address < w.address + w.bytes)
        lockstep_->take_over_dram(address, 4096);
    }
  }
  if (!memories) return;
  const runtime::Partition& p = lane.partition;
  lockstep_->take_over(Store::kSpm, p.spm_base, p.spm_bytes);
  lockstep_->take_over(Store::kAcc, p.acc_base, p.acc_bytes);
  lane.all_unknown = false;
}

void NetlistDevice::forget(Lane& lane) {
  lane.given = lane.done = 0;
  lane.waiting.clear();
  lane.users.clear();
  lane.state = State::kIdle;
  lane.halted = false;
  lane.debug_instructions = lane.debug_bytes = 0;
}

void NetlistDevice::reset(unsigned context) {
  Lane& lane = lanes_.at(context);
  if (checks() && !mismatch_) {
    // A dump ends by itself. The user's instruction may not, or it may end during the reset: then it has
    // written all of its destination or nothing.
    while (lane.state == State::kDump && !mismatch_) pump(context);
    if (lane.state == State::kInstructions) {
      try {
        if (mode_ == Mode::kEnd) throw golden::Disagreement("not followed");
        lane.unknown.push_back(lockstep_->golden().retired(
            context, static_cast<std::uint32_t>(lane.users.size() - 1)));
      } catch (const golden::Disagreement&) {
        lane.all_unknown = true;
      }
    }
  }
  host::reset(*chip_, context, options_.hang_cycles);
  forget(lane);
  if (!checks()) return;
  lockstep_->golden().reset(context);
  take_over_unknown(context, false);
  if (mismatch_ || (lane.unknown.empty() && !lane.all_unknown)) return;
  dump(context, Dump::whole(lane.partition, kDumpWindow));
  take_over_unknown(context, true);
  host::reset(*chip_, context, options_.hang_cycles);
  lockstep_->golden().reset(context);
  forget(lane);
}

// --- verdicts
// ------------------------------------------------------------------------------------------

/// All that can be compared without fetching memories. Nothing is in flight.
void NetlistDevice::settle() {
  for (unsigned c = 0; c < preset().contexts; ++c) {
    Lane& lane = lanes_[c];
    if (mode_ == Mode::kEnd && !lane.all_unknown) lockstep_->golden().run(c);
    take_over_unknown(c, false);
    if (lane.all_unknown) continue;
    const std::string difference =
        host::difference(*chip_, c, lockstep_->golden().status(c));
    if (!difference.empty()) differ(c, "debug STOREs counted, " + difference);
  }
  lockstep_->compare_dram();
}

void NetlistDevice::finish() {
  if (mismatch_) throw Mismatch(*mismatch_);
  if (!checks()) return;
  settle();
  dump_whole_chip();
  for (unsigned c = 0; c < preset().contexts; ++c) take_over_unknown(c, true);
  lockstep_->finish();
}

void NetlistDevice::differ(unsigned context, const std::string& text) const {
  throw Mismatch(
      fmt::format("mismatch: context {}, cycle {}: {}\n{}{}\n", context, chip_->cycle(), text,
                  options_.reproduce.empty() ? "" : "  reproduce ", options_.reproduce),
      context, lanes_.at(context).done, "none");
}

void NetlistDevice::hang() {
  std::string state;
  for (unsigned c = 0; c < preset().contexts; ++c) {
    const Lane& lane = lanes_[c];
    if (lane.given == 0) continue;
    state += fmt::format("; context {}: {} of {} finished, STATUS {:#x}", c, lane.done, lane.given,
                         chip_->read32(ctx::STATUS(c)));
  }
  throw Error("the netlist hangs: nothing has finished for {} cycles, up to cycle {}{}",
              options_.hang_cycles, chip_->cycle(), state);
}

}  // namespace girih::rtl
