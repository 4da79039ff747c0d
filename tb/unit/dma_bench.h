// SPDX-License-Identifier: Apache-2.0
//
// Drives LOAD and STORE with instructions, keeps what they reported, and owns memories and bus.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <string>

#include "axi_memory.h"
#include "dma_memories.h"
#include "dma_others.h"
#include "isa/forms.h"

namespace girih::tb {

/// Where an instruction's context has its memory.
struct DmaJob {
  std::uint8_t ctx = 0;
  std::uint32_t index = 0;
  std::uint32_t spm_base = 0, acc_base = 0;
  std::uint32_t win_base = 0, win_pages = 0;  ///< in pages

  /// girih_pkg::job_t
  std::array<std::uint32_t, 4> bits() const {
    std::array<std::uint32_t, 4> words{};
    unsigned at = 0;
    const auto put = [&](std::uint64_t value, unsigned width) {
      for (unsigned i = 0; i < width; ++i, ++at) words[at / 32] |= (value >> i & 1) << at % 32;
    };
    put(win_pages, 21), put(win_base, 28), put(acc_base, 18), put(spm_base, 20), put(index, 32), put(ctx, 3);
    return words;
  }
};

struct DmaDone {
  unsigned ctx = 0, error = 0;
  std::uint32_t index = 0, detail = 0;
  std::uint64_t cycle = 0;
};

/// One engine's command port and what it reports. `on_done` is called in the cycle of done.
class DmaDriver final : public Agent {
 public:
  DmaDriver(CData& valid, const CData& ready, EData* job, EData* command, const CData& done_valid,
            const EData* done, const CData& activity, const CData& idle, std::mt19937& rng, double stall)
      : valid_(valid), ready_(ready), job_(job), command_(command), done_valid_(done_valid), done_(done),
        activity_(activity), idle_(idle), rng_(rng), stall_(stall) {}

  std::function<void(std::size_t, const DmaDone&)> on_done;
  std::vector<DmaDone> dones;
  std::uint64_t busy = 0, stall_mem = 0, stall_bus = 0;

  void send(const DmaJob& job, const isa::Instruction& instruction) {
    queue_.push_back({job, instruction});
    jobs_.push_back(job);
  }
  bool finished() const { return dones.size() == jobs_.size(); }

  void drive() override {
    ++now_;
    if (!offering_) offering_ = !queue_.empty() && !chance(rng_, stall_);
    valid_ = offering_;
    if (!offering_) {
      for (int i = 0; i < 4; ++i) job_[i] = rng_();
      job_[3] &= (1u << (122 - 96)) - 1;
      return;
    }
    const auto bits = queue_.front().job.bits();
    std::copy(bits.begin(), bits.end(), job_);
    std::copy(queue_.front().instruction.words.begin(), queue_.front().instruction.words.end(), command_);
  }
  void sample() override {
    busy += activity_ >> 5 & 1;
    stall_mem += activity_ >> 1 & 1;
    stall_bus += activity_ & 1;
    if (done_valid_) {
      DmaDone done;
      done.detail = done_[0];
      done.error = done_[1] & 15;
      done.index = done_[1] >> 4 | done_[2] << 28;
      done.ctx = done_[2] >> 4 & 7;
      done.cycle = now_;
      dones.push_back(done);
      ASSERT_LE(dones.size(), jobs_.size());
      EXPECT_EQ(done.index, jobs_[dones.size() - 1].index);
      EXPECT_EQ(done.ctx, jobs_[dones.size() - 1].ctx);
      EXPECT_FALSE(idle_);
      if (on_done) on_done(dones.size() - 1, done);
    }
    if (valid_ && ready_) {
      queue_.pop_front();
      offering_ = false;
      ++accepted_;
    }
    if (dones.size() < accepted_before_) {
      EXPECT_FALSE(idle_);
    }
    accepted_before_ = accepted_;
  }

 private:
  struct Item { DmaJob job; isa::Instruction instruction; };
  CData& valid_;
  const CData& ready_;
  EData *job_, *command_;
  const CData& done_valid_;
  const EData* done_;
  const CData &activity_, &idle_;
  std::mt19937& rng_;
  const double stall_;
  std::uint64_t now_ = 0;
  std::deque<Item> queue_;
  std::vector<DmaJob> jobs_;
  std::size_t accepted_ = 0, accepted_before_ = 0;
  bool offering_ = false;
};

template <class Model>
struct DmaBench {
  std::mt19937 rng;
  const isa::Preset& preset;
  Dut<Model> dut;
  Dram dram;
  AxiMemory axi;
  DmaMemories<Model> memories;
  DmaOthers<Model> others;
  DmaDriver load, store;
  std::uint64_t billed_read[8] = {}, billed_write[8] = {};

  DmaBench(std::uint32_t seed, double stall, AxiMemoryOptions options, std::string_view preset_name)
      : rng(seed),
        preset(*isa::find_preset(preset_name)),
        dut(std::uint32_t(rng())),
        axi(bind_m_axi(*dut.operator->(), preset.bus_bytes), dram, ids(options, preset)),
        memories(dut, preset, rng, stall),
        others(dut, dram, preset.bus_bytes, rng),
        load(dut->load_cmd_valid_i, dut->load_cmd_ready_o, dut->load_cmd_job_i.data(),
             dut->load_cmd_i.data(), dut->load_done_valid_o, dut->load_done_o.data(),
             dut->load_activity_o, dut->load_idle_o, rng, stall),
        store(dut->store_cmd_valid_i, dut->store_cmd_ready_o, dut->store_cmd_job_i.data(),
              dut->store_cmd_i.data(), dut->store_done_valid_o, dut->store_done_o.data(),
              dut->store_activity_o, dut->store_idle_o, rng, stall) {
    dut.attach(axi);
    dut.attach(memories);
    dut.attach(others);
    dut.attach(load);
    dut.attach(store);
    dut.reset();
  }

  void tick() {
    dut.tick();
    if (dut->read_valid_o) billed_read[dut->read_ctx_o] += dut->read_bytes_o;
    if (dut->write_valid_o) billed_write[dut->write_ctx_o] += dut->write_bytes_o;
  }

  /// Until both engines have retired everything and the bus is quiet.
  void run(std::uint64_t limit) {
    const std::uint64_t end = dut.cycle() + limit;
    const double busy = others.busy;
    for (;;) {
      const bool engines = load.finished() && store.finished();
      if (engines) others.busy = 0;
      if (engines && others.idle() && axi.idle()) break;
      ASSERT_LT(dut.cycle(), end) << "engines did not finish: " << load.dones.size() << " loads, "
                                  << store.dones.size() << " stores retired";
      tick();
    }
    others.busy = busy;
    for (int i = 0; i < 4; ++i) tick();
    for (const std::string& failure : axi.failures()) ADD_FAILURE() << failure;
    EXPECT_TRUE(dut->load_idle_o);
    EXPECT_TRUE(dut->store_idle_o);
  }

 private:
  static AxiMemoryOptions ids(AxiMemoryOptions options, const isa::Preset& preset) {
    const std::uint64_t loads = ((std::uint64_t{1} << preset.reads_in_flight) - 1) << 4;
    options.read_ids = loads | 1;
    options.single_ids = loads;
    options.write_ids = 1u << 1 | 1u << 2;
    return options;
  }
};

}  // namespace girih::tb
