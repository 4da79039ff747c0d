// SPDX-License-Identifier: Apache-2.0
#include "rtl_device.h"

#include <algorithm>
#include <bit>
#include <ranges>

#include "girih/registers.h"
#include "host_port.h"
#include "isa/instruction.h"

namespace girih::rtl {

namespace ctx = regs::ctx;

RtlDevice::RtlDevice(const DeviceOptions& options)
    : options_(options), chip_(make_chip(options.chip)) {
  if (options.check_tiles)
    lockstep_ = std::make_unique<Lockstep>(*chip_, *chip_, chip_->dram(), options.reproduce);
  chip_->on_retired = [this](const Retirement& what) { on_retired(what); };
}

// --- the host
// ----------------------------------------------------------------------------------------

void RtlDevice::write(std::uint64_t address, std::span<const std::uint8_t> bytes) {
  if (lockstep_) {
    lockstep_->write(address, bytes);
  } else {
    chip_->dram().write(address, bytes);
  }
}
void RtlDevice::read(std::uint64_t address, std::span<std::uint8_t> bytes) {
  chip_->dram().read(address, bytes.data(), bytes.size());
}

void RtlDevice::set_partition(unsigned context, const runtime::Partition& p) {
  if (lockstep_)
    lockstep_->golden().set_partition(context, {p.spm_base, p.spm_bytes, p.acc_base, p.acc_bytes});
  host::set_partition(*chip_, context, p);
}

void RtlDevice::set_window(unsigned context, unsigned window, const runtime::Window& w) {
  if (lockstep_) {
    lockstep_->golden().set_window(context, window,
                                   {static_cast<std::uint32_t>(w.address / 4096),
                                    static_cast<std::uint32_t>(w.bytes / 4096), w.read, w.write});
  }
  host::set_window(*chip_, context, window, w);
}

void RtlDevice::set_ring(unsigned context, const runtime::Ring& ring) {
  if (lockstep_)
    lockstep_->golden().set_ring(context, {ring.window, ring.offset, ring.instructions});
  host::set_ring(*chip_, context, ring);
}

void RtlDevice::set_param(unsigned context, unsigned index, std::uint32_t value) {
  if (lockstep_) lockstep_->golden().set_param(context, index, value);
  chip_->write32(ctx::params::PARAM(context, index), value);
}

void RtlDevice::set_max_instr_cycles(std::uint32_t cycles) {
  if (lockstep_) lockstep_->golden().set_max_instr_cycles(cycles);
  chip_->write32(regs::admin::MAX_INSTR_CYCLES, cycles);
}

void RtlDevice::set_namer(unsigned context, runtime::Namer namer) {
  if (lockstep_) lockstep_->set_namer(context, std::move(namer));
}

void RtlDevice::start(unsigned context, std::uint32_t count) {
  doorbell_.at(context) += count;
  if (lockstep_) lockstep_->golden().set_doorbell(context, doorbell_[context]);
  last_event_ = chip_->cycle();
  chip_->write32(ctx::DOORBELL(context), doorbell_[context]);
}

void RtlDevice::run(unsigned context, std::uint32_t count) {
  start(context, count);
  advance(1U << context);
  if (!chip_->bus_failures().empty()) throw Error("AXI: {}", chip_->bus_failures().front());
  const auto busy = [&](unsigned c) { return working(c); };
  const auto contexts = std::views::iota(0U, unsigned{preset().contexts});
  if (!lockstep_ || mismatch_ || std::ranges::any_of(contexts, busy)) return;
  drain();
  try {
    if (!mismatch_) lockstep_->finish();
  } catch (const Mismatch& mismatch) {
    mismatch_ = mismatch;
  }
}
void RtlDevice::run_all() { advance(~0U); }

void RtlDevice::advance(std::uint32_t contexts) {
  const auto working = [&] {
    for (unsigned c = 0; c < preset().contexts; ++c) {
      if ((contexts >> c & 1) && this->working(c)) return true;
    }
    return false;
  };
  constexpr std::uint64_t kProgress = 8192;  // cycles
  while (!mismatch_ && working()) {
    chip_->step(1);
    if (chip_->cycle() - last_event_ > options_.hang_cycles) hang();
    if (on_progress_ && chip_->cycle() % kProgress == 0) {
      on_progress_(retired_[static_cast<std::size_t>(std::countr_zero(contexts))]);
    }
  }
}

void RtlDevice::drain() {
  // A command may be on its way from the frontend to its engine, a result on its way back.
  constexpr unsigned kStill = 64;
  const std::uint64_t start = chip_->cycle();
  for (unsigned still = 0; still < kStill && !mismatch_; still = chip_->idle() ? still + 1 : 0) {
    chip_->step(1);
    if (chip_->cycle() - start > options_.hang_cycles) hang();
  }
}

void RtlDevice::hang() {
  std::string state;
  for (unsigned c = 0; c < preset().contexts; ++c) {
    if (doorbell_[c] == 0) continue;
    state += fmt::format("; context {}: {} of {} retired, {} fetched, STATUS {:#x}", c, retired_[c],
                         doorbell_[c], chip_->read32(ctx::HEAD(c)), chip_->read32(ctx::STATUS(c)));
  }
  throw Error("the chip hangs: nothing has retired for {} cycles, up to cycle {}{}",
              options_.hang_cycles, chip_->cycle(), state);
}

runtime::Fault RtlDevice::fault(unsigned context) { return host::fault(*chip_, context); }

void RtlDevice::reset(unsigned context) {
  host::reset(*chip_, context, options_.hang_cycles);
  if (lockstep_) lockstep_->golden().reset(context);
  doorbell_.at(context) = retired_.at(context) = 0;
  halted_.at(context) = false;
}

// --- what happens in the chip
// ------------------------------------------------------------------------

void RtlDevice::on_retired(const Retirement& what) {
  last_event_ = what.cycle;
  if (what.error != isa::ErrorCode::kNone) {
    halted_.at(what.context) = true;
  } else {
    ++retired_.at(what.context);
  }
  std::vector<std::uint32_t>& wanted = wanted_.at(what.context);
  if (!wanted.empty() && wanted.front() == what.index) {
    passed_[what.context].push_back(peek(what.context));
    wanted.erase(wanted.begin());
  }
  // The first mismatch stands; what a register access still moves along after it is not looked at.
  if (!lockstep_ || mismatch_) return;
  try {
    lockstep_->retired(what);
  } catch (const Mismatch& mismatch) {
    mismatch_ = mismatch;
  }
}

runtime::Counters RtlDevice::peek(unsigned context) const {
  const auto at = [&](unsigned i) { return chip_->counter(context, i); };
  const auto engine = [&](unsigned e) {
    return runtime::EngineCounters{at(4 * e), at(4 * e + 1), at(4 * e + 2), at(4 * e + 3)};
  };
  return {engine(0), engine(1), engine(2), engine(3), at(16), at(17), at(18), at(19), at(20)};
}

runtime::Counters RtlDevice::counters(unsigned context) {
  return host::counters(*chip_, context);
}

void RtlDevice::set_checkpoints(unsigned context, std::vector<std::uint32_t> indices) {
  wanted_.at(context) = std::move(indices);
  passed_.at(context).clear();
}
std::vector<runtime::Counters> RtlDevice::checkpoints(unsigned context) {
  return passed_.at(context);
}

runtime::Checked RtlDevice::checked() const { return rtl::checked(lockstep_.get(), mismatch_); }

void RtlDevice::finish() {
  if (!mismatch_) drain();
  if (mismatch_) throw Mismatch(*mismatch_);
  if (!lockstep_) return;
  for (unsigned c = 0; c < preset().contexts; ++c) {
    const std::string difference =
        host::difference(*chip_, c, lockstep_->golden().status(c));
    if (!difference.empty()) {
      throw Mismatch(fmt::format("mismatch at the end: context {}, {}\n", c, difference), c, 0, "none");
    }
  }
  lockstep_->finish();
}

}  // namespace girih::rtl
