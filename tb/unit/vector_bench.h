// SPDX-License-Identifier: Apache-2.0
//
// A vector engine with memories around it: ports that serve at random, data with their answer and only
// then, writes seen from the cycle after theirs. Results are compared when the engine says that it
// is done.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <deque>
#include <random>
#include <string>

#include "ask_port.h"
#include "dut.h"
#include "girih/presets.h"
#include "stream.h"
#include "vector_reference.h"

namespace girih::tb {

/// Probability that a port grants in a cycle.
struct VectorGrants {
  double spm_read = 1, spm_write = 1, acc_read = 1, acc_write = 1;
};

/// Memories of the engine's ports. One byte array per space holds the partitions of all contexts.
template <class Model>
class VectorPorts final : public Agent {
 public:
  VectorPorts(Model& model, const isa::Preset& preset, std::mt19937& rng)
      : m_(model), preset_(preset), rng_(rng) {
    memory.spm.resize(preset.spm_kib * 1024);
    memory.acc.resize(preset.acc_kib * 1024);
  }

  /// Scratchpad read ports: one of all sources where a word holds two chunks of the widest elements.
  int spm_ports() const { return 8 * preset_.vec_lanes <= preset_.spm_word_bytes ? 1 : 3; }

  VectorMemory memory;
  VectorGrants grants;
  std::uint64_t spm_reads[3] = {}, acc_reads = 0, spm_writes = 0, acc_writes = 0;

  void drive() override {
    ++cycle_;
    for (; !writes_.empty() && writes_.front().cycle + 1 <= cycle_; writes_.pop_front()) {
      memory.of(writes_.front().acc)[writes_.front().at] = writes_.front().byte;
    }
    m_.spm_rd_ready_i = m_.spm_rd_came_i = 0;
    for (int p = 0; p < spm_ports(); ++p) {
      serve(spm_[p], grants.spm_read, false, &m_.spm_rd_data_i[p][0], preset_.spm_word_bytes);
      m_.spm_rd_ready_i |= spm_[p].ready << p, m_.spm_rd_came_i |= spm_[p].came << p;
      spm_reads[p] = spm_[p].reads;
    }
    serve(acc_, grants.acc_read, true, &m_.acc_rd_data_i[0], 4 * preset_.n_dim);
    m_.acc_rd_ready_i = acc_.ready, m_.acc_rd_came_i = acc_.came;
    acc_reads = acc_.reads;
    m_.spm_wr_gnt_i = chance(rng_, grants.spm_write);
    m_.acc_wr_gnt_i = chance(rng_, grants.acc_write);
  }

  void sample() override {
    const unsigned word = preset_.spm_word_bytes, row = 4 * preset_.n_dim;
    for (int u = 0; u < 3; ++u) {
      AskPort& port = spm_[spm_ports() == 1 ? 0 : u];
      port.sample(spm_ports() == 1 ? u : 0, m_.spm_rd_valid_o >> u & 1, m_.spm_rd_fetch_o >> u & 1,
                  m_.spm_rd_word_o[u]);
      acc_.sample(u, m_.acc_rd_valid_o >> u & 1, m_.acc_rd_fetch_o >> u & 1, m_.acc_rd_row_o[u]);
    }
    if (m_.spm_wr_valid_o && m_.spm_wr_gnt_i) {
      ++spm_writes;
      for (unsigned k = 0; k < word; ++k) {
        if (std::uint64_t{m_.spm_wr_be_o} >> k & 1) {
          writes_.push_back({cycle_, false, std::size_t{m_.spm_wr_word_o} * word + k,
                             static_cast<std::uint8_t>(m_.spm_wr_data_o[k / 4] >> 8 * (k % 4))});
        }
      }
    }
    if (m_.acc_wr_valid_o && m_.acc_wr_gnt_i) {
      ++acc_writes;
      for (unsigned k = 0; k < row; ++k) {
        if (m_.acc_wr_lanes_o >> k / 4 & 1) {
          writes_.push_back({cycle_, true, std::size_t{m_.acc_wr_row_o} * row + k,
                             static_cast<std::uint8_t>(m_.acc_wr_data_o[k / 4] >> 8 * (k % 4))});
        }
      }
    }
  }

 private:
  struct Write {
    std::uint64_t cycle;
    bool acc;
    std::size_t at;
    std::uint8_t byte;
  };

  /// Junk where nothing comes.
  void serve(AskPort& port, double grant, bool acc, std::uint32_t* data, unsigned bytes) {
    port.drive(rng_, grant, [&](std::uint64_t place) {
      std::vector<std::uint8_t> word;
      for (unsigned k = 0; k < bytes; ++k) {
        word.push_back(static_cast<std::uint8_t>(memory.load(acc, place * bytes + k, 1)));
      }
      return word;
    });
    for (unsigned w = 0; w < bytes / 4; ++w) {
      data[w] = rng_();
      if (!port.data.empty()) std::memcpy(&data[w], &port.data[4 * w], 4);
    }
  }

  Model& m_;
  const isa::Preset& preset_;
  std::mt19937& rng_;
  std::uint64_t cycle_ = 0;
  std::vector<AskPort> spm_ = spm_ports() == 1 ? std::vector{AskPort{3, 3}} : std::vector(3, AskPort{1, 3});
  AskPort acc_{3, 3};
  std::deque<Write> writes_;
};

/// Issues instructions, and checks each one's destination in the cycle in which it is done.
template <class Model>
class VectorBench final : public Agent {
 public:
  using Job = VectorJob;

  VectorBench(const char* preset_name, std::uint32_t seed)
      : preset(*isa::find_preset(preset_name)),
        rng(seed),
        dut(seed),
        ports(*dut.operator->(), preset, rng) {
    dut.attach(ports);
    dut.attach(*this);
    dut.reset();
  }

  const isa::Preset preset;
  std::mt19937 rng;
  Dut<Model> dut;
  VectorPorts<Model> ports;
  std::uint64_t checked_bytes = 0, stalled = 0, overlapped = 0;
  bool seeded_bug = false;   // wrong bytes are counted
  std::uint64_t wrong_bytes = 0;

  std::uint32_t spm_size() const { return preset.spm_kib * 1024 / kContexts; }
  std::uint32_t acc_size() const { return preset.acc_kib * 1024 / kContexts; }
  std::uint32_t offset(int ctx, bool acc) const { return ctx * (acc ? acc_size() : spm_size()); }

  /// Runs jobs that do not depend on each other, with commands late with probability `idle` a
  /// cycle. Returns the cycles from the first command to the last done.
  std::uint64_t run(const std::vector<Job>& jobs, double idle = 0,
                    std::uint64_t limit = 1'000'000) {
    jobs_ = &jobs, idle_ = idle, sent_ = finished_ = 0;
    expected_.clear();
    VectorMemory after = ports.memory;
    for (const Job& job : jobs) {
      expected_.push_back(execute(partition(job.ctx), job.instruction));
      for (const auto& [at, byte] : expected_.back()) {
        after.of(at.first)[offset(job.ctx, at.first) + at.second] = byte;
      }
    }
    const std::uint64_t start = dut.cycle();
    const bool finished = dut.run_until(
        [&] { return finished_ == jobs.size() || testing::Test::HasFatalFailure(); }, limit);
    const std::uint64_t cycles = dut.cycle() - start;
    EXPECT_TRUE(finished) << "not done after " << limit << " cycles: " << jobs[finished_].text;
    for (int i = 0; i < 4; ++i) dut.tick();
    EXPECT_TRUE(dut->idle_o);
    EXPECT_TRUE(seeded_bug || after.spm == ports.memory.spm) << "scratchpad changed elsewhere";
    EXPECT_TRUE(seeded_bug || after.acc == ports.memory.acc) << "accumulators changed elsewhere";
    first_index_ += jobs.size();
    jobs_ = nullptr;
    return cycles;
  }

  void drive() override {
    if (jobs_ && !offering_) offering_ = sent_ < jobs_->size() && !chance(rng, idle_);
    dut->cmd_valid_i = offering_;
    for (unsigned w = 0; w < isa::kWords; ++w) dut->cmd_i[w] = rng();
    for (int w = 0; w < 4; ++w) dut->cmd_job_i[w] = rng();
    if (!offering_) return;
    const Job& job = (*jobs_)[sent_];
    const auto words = job.instruction.words();
    for (unsigned w = 0; w < isa::kWords; ++w) dut->cmd_i[w] = words[w];
    set_job(49, 18, offset(job.ctx, true));
    set_job(67, 20, offset(job.ctx, false));
    set_job(87, 32, first_index_ + sent_);
    set_job(119, 3, job.ctx);
  }

  void sample() override {
    stalled += dut->activity_o >> 1 & 1;
    overlapped += sent_ > finished_ + 1;
    if (offering_ && dut->cmd_ready_o) ++sent_, offering_ = false;
    if (!dut->rst_ni || !dut->done_valid_o) return;
    ASSERT_TRUE(jobs_ && finished_ < sent_) << "done without a command";
    check_done((*jobs_)[finished_], expected_[finished_]);
    ++finished_;
  }

 private:
  VectorMemory partition(int ctx) const {
    const auto part = [&](const std::vector<std::uint8_t>& all, std::uint32_t size) {
      return std::vector<std::uint8_t>(all.begin() + ctx * size, all.begin() + (ctx + 1) * size);
    };
    return {part(ports.memory.spm, spm_size()), part(ports.memory.acc, acc_size())};
  }

  void set_job(int lsb, int width, std::uint32_t value) {
    for (int i = 0; i < width; ++i) {
      auto& word = dut->cmd_job_i[(lsb + i) / 32];
      word = (word & ~(1u << (lsb + i) % 32)) | (value >> i & 1) << (lsb + i) % 32;
    }
  }

  void check_done(const Job& job, const VectorResult& expected) {
    const auto& bits = dut->done_o;  // from bit 0: detail 32, error 4, index 32, context 3
    EXPECT_EQ(bits[0], 0u);
    EXPECT_EQ(bits[1] & 0xf, 0u);
    EXPECT_EQ((bits[1] >> 4 | bits[2] << 28), first_index_ + finished_);
    EXPECT_EQ(bits[2] >> 4 & 7, static_cast<unsigned>(job.ctx));
    for (const auto& [at, byte] : expected) {
      const auto got = ports.memory.of(at.first).at(offset(job.ctx, at.first) + at.second);
      wrong_bytes += got != byte;
      if (seeded_bug) continue;
      ASSERT_EQ(unsigned{got}, unsigned{byte})
          << (at.first ? "acc" : "spm") << " byte " << at.second << " of " << job.text;
    }
    checked_bytes += expected.size();
  }

  const std::vector<Job>* jobs_ = nullptr;
  std::vector<VectorResult> expected_;
  double idle_ = 0;
  std::size_t sent_ = 0, finished_ = 0;
  std::uint32_t first_index_ = 0;
  bool offering_ = false;
};

}  // namespace girih::tb
