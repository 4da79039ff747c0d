// SPDX-License-Identifier: Apache-2.0
//
// Scratchpad and accumulators as LOAD and STORE see them: ports that serve at random, data with their
// answer and junk in every other cycle, writes seen from the second cycle on.
#pragma once

#include <cstdint>
#include <cstring>
#include <deque>
#include <random>
#include <vector>

#include "ask_port.h"
#include "dut.h"
#include "girih/presets.h"
#include "stream.h"

namespace girih::tb {

template <class Model>
class DmaMemories final : public Agent {
 public:
  DmaMemories(Dut<Model>& dut, const isa::Preset& preset, std::mt19937& rng, double stall)
      : dut_(dut), rng_(rng), stall_(stall), word_(preset.spm_word_bytes), row_(4 * preset.n_dim),
        spm(preset.spm_kib * 1024), acc(preset.acc_kib * 1024) {
    for (auto& byte : spm) byte = std::uint8_t(rng_());
    for (auto& byte : acc) byte = std::uint8_t(rng_());
  }


  void drive() override {
    ++now_;
    while (!writes_.empty() && writes_.front().cycle <= now_) {
      const Write& write = writes_.front();
      for (std::size_t i = 0; i < write.data.size(); ++i) {
        if (write.enable[i]) (*write.memory)[write.address + i] = write.data[i];
      }
      writes_.pop_front();
    }
    dut_->spm_wr_gnt_i = grant();
    dut_->acc_wr_gnt_i = grant();
    answer(idx_, spm, &dut_->idx_rd_data_i, word_);
    answer(spm_read_, spm, &dut_->spm_rd_data_i, word_);
    answer(acc_read_, acc, &dut_->acc_rd_data_i, row_);
    dut_->idx_rd_ready_i = idx_.ready, dut_->idx_rd_came_i = idx_.came;
    dut_->spm_rd_ready_i = spm_read_.ready, dut_->spm_rd_came_i = spm_read_.came;
    dut_->acc_rd_ready_i = acc_read_.ready, dut_->acc_rd_came_i = acc_read_.came;
  }

  void sample() override {
    for (int c = 0; c < 2; ++c) idx_.sample(c, dut_->idx_rd_valid_o >> c & 1, true, dut_->idx_rd_word_o[c]);
    spm_read_.sample(0, dut_->spm_rd_valid_o, true, dut_->spm_rd_word_o);
    acc_read_.sample(0, dut_->acc_rd_valid_o, true, dut_->acc_rd_row_o);
    if (dut_->spm_wr_valid_o && dut_->spm_wr_gnt_i) {
      take(spm, dut_->spm_wr_word_o, &dut_->spm_wr_data_o, &dut_->spm_wr_be_o, word_, 1);
    }
    if (dut_->acc_wr_valid_o && dut_->acc_wr_gnt_i) {
      take(acc, dut_->acc_wr_row_o, &dut_->acc_wr_data_o, &dut_->acc_wr_lanes_o, row_, 4);
    }
  }

 private:
  using Bytes = std::vector<std::uint8_t>;
  struct Write { std::uint64_t cycle; Bytes* memory; std::size_t address; Bytes data, enable; };

  bool grant() { return !chance(rng_, stall_); }

  void answer(AskPort& port, const Bytes& memory, void* data, unsigned bytes) {
    port.drive(rng_, 1 - stall_, [&](std::uint64_t word) {
      const auto at = memory.begin() + std::ptrdiff_t(word * bytes % memory.size());
      return Bytes(at, at + bytes);
    });
    if (!port.data.empty()) {
      std::memcpy(data, port.data.data(), bytes);
    } else {
      for (unsigned i = 0; i < bytes; ++i) static_cast<std::uint8_t*>(data)[i] = std::uint8_t(rng_());
    }
  }
  void take(Bytes& memory, std::uint64_t word, const void* data, const void* enables, unsigned bytes,
            unsigned unit) {
    const auto* from = static_cast<const std::uint8_t*>(data);
    const auto* bits = static_cast<const std::uint8_t*>(enables);
    Write write{now_ + 2, &memory, word * bytes % memory.size(), Bytes(from, from + bytes), Bytes(bytes)};
    for (unsigned i = 0; i < bytes; ++i) write.enable[i] = bits[i / unit / 8] >> (i / unit % 8) & 1;
    writes_.push_back(std::move(write));
  }

  Dut<Model>& dut_;
  std::mt19937& rng_;
  const double stall_;
  const unsigned word_, row_;
  std::uint64_t now_ = 0;
  AskPort idx_{2, 3}, spm_read_{1, 3}, acc_read_{1, 2};
  std::deque<Write> writes_;

 public:
  Bytes spm, acc;
};

}  // namespace girih::tb
