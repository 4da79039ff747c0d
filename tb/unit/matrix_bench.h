// SPDX-License-Identifier: Apache-2.0
//
// The matrix engine with its memories: fills them, feeds instructions, keeps the other ports busy,
// and compares every accumulator with the reference.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <string>

#include "dut.h"
#include "matrix_reference.h"
#include "stream.h"

namespace girih::tb {

/// Reads random words through the scratchpad's other ports and STORE's port of the accumulators.
template <class Model>
class OtherClients final : public Agent {
 public:
  OtherClients(Dut<Model>& dut, const isa::Preset& preset, std::mt19937& rng)
      : dut_(dut), words_(preset.spm_kib * 1024 / preset.spm_word_bytes),
        rows_(preset.acc_kib * 256 / preset.n_dim), rng_(rng) {}

  double busy = 0;  ///< probability of a new request on an idle port

  void drive() override {
    for (int p = 0; p < 7; ++p) {
      if (!(spm_valid_ >> p & 1) && chance(rng_, busy)) {
        spm_valid_ |= 1u << p;
        dut_->spm_rd_word_i[p] = rng_() % words_;
      }
    }
    dut_->spm_rd_valid_i = spm_valid_;
    if (!acc_valid_ && chance(rng_, busy)) {
      acc_valid_ = true;
      dut_->acc_rd_row_i[1] = rng_() % rows_;
    }
    dut_->acc_rd_valid_i = acc_valid_ << 1 | bench_reads;
  }
  void sample() override {
    spm_valid_ &= ~static_cast<unsigned>(dut_->spm_rd_ready_o);
    if (dut_->acc_rd_ready_o & 2) acc_valid_ = false;
  }

  bool bench_reads = false;  ///< the bench itself uses VECTOR's port of the accumulators

 private:
  Dut<Model>& dut_;
  const std::uint32_t words_, rows_;
  std::mt19937& rng_;
  unsigned spm_valid_ = 0;
  bool acc_valid_ = false;
};

template <class Model>
class MatrixBench {
 public:
  explicit MatrixBench(std::uint32_t seed, std::string_view preset_name)
      : preset(find(preset_name)), rng(seed), dut(static_cast<std::uint32_t>(rng())), others(dut, preset, rng) {
    dut->cmd_valid_i = 0;
    dut->spm_wr_valid_i = 0, dut->acc_wr_valid_i = 0, dut->acc_rd_valid_i = 0, dut->spm_rd_valid_i = 0;
    dut.reset();
    fill();
    dut.attach(others);
  }

  const isa::Preset preset;
  std::mt19937 rng;
  Dut<Model> dut;
  OtherClients<Model> others;
  MatrixMemory memory;            ///< what the memories should hold
  double command_stall = 0;       ///< probability that a command comes a cycle later

  // Watched while running.
  std::uint64_t first_row = 0, last_row = 0, rows = 0, done = 0, bubbles = 0;

  unsigned below(unsigned n) { return rng() % n; }
  std::int64_t row_bytes() const { return 4 * preset.n_dim; }
  std::int64_t spm_part() const { return preset.spm_kib * 1024 / 2; }  ///< two contexts share the memories
  std::int64_t acc_part() const { return preset.acc_kib * 1024 / 2; }

  /// Runs the instructions back to back; compares overflow events, order of done and, at the end, memory.
  /// Returns the contexts that reported an overflow.
  unsigned run(const std::vector<MatrixInstruction>& program, std::uint64_t limit = 2000000) {
    unsigned want_overflow = 0, overflow = 0;
    for (const auto& i : program) {
      if (execute(i, preset, i.ctx * spm_part(), i.ctx * acc_part(), memory)) want_overflow |= 1u << i.ctx;
    }
    rows = done = bubbles = 0;
    std::size_t next = 0;
    bool offering = false;
    const std::uint64_t end = dut.cycle() + limit;
    while (done < program.size() && dut.cycle() < end) {
      if (!offering && next < program.size() && !chance(rng, command_stall)) {
        offering = true;
        const auto words = program[next].words();
        for (int w = 0; w < 32; ++w) dut->cmd_i[w] = words[w];
        dut->job_ctx_i = program[next].ctx;
        dut->job_index_i = static_cast<std::uint32_t>(1000 + next);
        dut->job_spm_base_i = static_cast<std::uint32_t>(program[next].ctx * spm_part());
        dut->job_acc_base_i = static_cast<std::uint32_t>(program[next].ctx * acc_part());
      }
      dut->cmd_valid_i = offering;
      const bool take = offering && dut->cmd_ready_o;  // depends on state alone
      const bool row = dut->row_o, done_now = dut->done_valid_o;
      if (dut->overflow_valid_o) overflow |= 1u << dut->overflow_ctx_o;
      if (row) {
        if (rows++ == 0) first_row = dut.cycle();
        else bubbles += dut.cycle() - last_row - 1;
        last_row = dut.cycle();
      }
      if (done_now) {
        EXPECT_EQ(dut->done_index_o, 1000 + done);
        EXPECT_EQ(dut->done_ctx_o, program[done].ctx);
        ++done;
      }
      dut.tick();
      if (take) offering = false, ++next;
    }
    dut->cmd_valid_i = 0;
    EXPECT_EQ(done, program.size()) << "not done after " << limit << " cycles";
    EXPECT_EQ(overflow, want_overflow);
    dut.tick();
    EXPECT_TRUE(dut->idle_o);
    EXPECT_FALSE(dut->done_valid_o);
    compare();
    return overflow;
  }

  /// Fills whole words of a context's scratchpad that hold [at, at + count) with one value.
  void put(unsigned ctx, std::int64_t at, std::int64_t count, std::uint8_t value) {
    const std::int64_t word = preset.spm_word_bytes, base = ctx * spm_part();
    for (std::int64_t w = (base + at) / word; w * word < base + at + count; ++w) {
      std::fill_n(memory.spm.begin() + w * word, word, value);
      write_word(static_cast<std::uint32_t>(w));
    }
  }

  /// Reads all accumulators back.
  void compare() {
    int wrong = 0;
    const std::uint32_t count = preset.acc_kib * 256 / preset.n_dim;
    for (std::uint32_t row = 0; row < count + 4 && wrong < 3; ++row) {
      others.bench_reads = row < count;
      dut->acc_rd_row_i[0] = std::min(row, count - 1);
      if (row >= 4) {
        for (unsigned lane = 0; lane < preset.n_dim && wrong < 3; ++lane) {
          const std::uint32_t want = memory.acc[(row - 4) * preset.n_dim + lane];
          const std::uint32_t got = dut->acc_rd_data_o[0][lane];
          if (got != want) {
            ADD_FAILURE() << "row " << row - 4 << " lane " << lane << ": expected " << want << ", got " << got;
            ++wrong;
          }
        }
      }
      dut.tick();
    }
    others.bench_reads = false;
  }

 private:
  static isa::Preset find(std::string_view name) {
    for (const auto& p : isa::kPresets) {
      if (p.name == name) return p;
    }
    throw std::logic_error("no such preset");
  }

  void write_word(std::uint32_t word) {
    const std::uint32_t word_bytes = preset.spm_word_bytes;
    dut->spm_wr_valid_i = 1;
    dut->spm_wr_word_i[0] = word;
    for (std::uint32_t b = 0; b < word_bytes; b += 4) {
      std::uint32_t value = 0;
      for (int byte = 3; byte >= 0; --byte) value = value << 8 | memory.spm[word * word_bytes + b + byte];
      dut->spm_wr_data_i[0][b / 4] = value;
    }
    dut.tick();
    dut->spm_wr_valid_i = 0;
  }

  // Random bytes; a part of the accumulators lies at the ends of INT32, so that additions overflow.
  void fill() {
    memory.spm.resize(preset.spm_kib * 1024);
    memory.acc.resize(preset.acc_kib * 256);
    for (auto& byte : memory.spm) byte = static_cast<std::uint8_t>(below(8) ? rng() : below(2) ? 0x80 : 0x7f);
    for (auto& value : memory.acc) value = below(16) ? rng() % 2000000 - 1000000 : 0x7fffffffu + below(2);
    for (std::uint32_t word = 0; word < memory.spm.size() / preset.spm_word_bytes; ++word) write_word(word);
    for (std::uint32_t row = 0; row < memory.acc.size() / preset.n_dim; ++row) {
      dut->acc_wr_valid_i = 1;
      dut->acc_wr_row_i[0] = row;
      for (std::uint32_t lane = 0; lane < preset.n_dim; ++lane)
        dut->acc_wr_data_i[0][lane] = memory.acc[row * preset.n_dim + lane];
      dut.tick();
    }
    dut->acc_wr_valid_i = 0;
  }
};

/// Rows and weights side by side: M x K by N x K, weights packed, rows on the accumulators' first rows.
template <class Bench>
MatrixInstruction dense(const Bench& b, std::int64_t m, std::int64_t n, std::int64_t k) {
  const std::int64_t kd = b.preset.k_dim, nd = b.preset.n_dim;
  const std::int64_t k_tiles = (k + kd - 1) / kd;
  MatrixInstruction i;
  i.n = n, i.k0 = k, i.m0 = m;
  i.a_m0 = k, i.b_row = kd, i.b_k0 = kd * nd, i.b_n = kd * nd * k_tiles, i.acc_n = m * b.row_bytes();
  i.b_base = (m * k + 127) / 128 * 128;
  return i;
}

}  // namespace girih::tb
