// SPDX-License-Identifier: Apache-2.0
//
// Scratchpad and accumulators as LOAD and STORE see them: ports that grant at random, data three (spm)
// or two (acc) cycles after the grant and junk in every other cycle, writes seen from the second cycle on.
#pragma once

#include <cstdint>
#include <cstring>
#include <deque>
#include <random>
#include <vector>

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
    dut_->idx_rd_gnt_i = grant();
    dut_->spm_rd_gnt_i = grant();
    dut_->acc_rd_gnt_i = grant();
    answer(idx_, &dut_->idx_rd_data_i, word_);
    answer(spm_read_, &dut_->spm_rd_data_i, word_);
    answer(acc_read_, &dut_->acc_rd_data_i, row_);
  }

  void sample() override {
    if (dut_->idx_rd_valid_o && dut_->idx_rd_gnt_i) ask(idx_, spm, dut_->idx_rd_word_o, word_, 3);
    if (dut_->spm_rd_valid_o && dut_->spm_rd_gnt_i) ask(spm_read_, spm, dut_->spm_rd_word_o, word_, 3);
    if (dut_->acc_rd_valid_o && dut_->acc_rd_gnt_i) ask(acc_read_, acc, dut_->acc_rd_row_o, row_, 2);
    if (dut_->spm_wr_valid_o && dut_->spm_wr_gnt_i) {
      take(spm, dut_->spm_wr_word_o, &dut_->spm_wr_data_o, &dut_->spm_wr_be_o, word_, 1);
    }
    if (dut_->acc_wr_valid_o && dut_->acc_wr_gnt_i) {
      take(acc, dut_->acc_wr_row_o, &dut_->acc_wr_data_o, &dut_->acc_wr_lanes_o, row_, 4);
    }
  }

 private:
  using Bytes = std::vector<std::uint8_t>;
  struct Answer { std::uint64_t cycle; Bytes data; };
  struct Write { std::uint64_t cycle; Bytes* memory; std::size_t address; Bytes data, enable; };

  bool grant() { return !chance(rng_, stall_); }

  void ask(std::deque<Answer>& port, const Bytes& memory, std::uint64_t word, unsigned bytes, unsigned latency) {
    const auto at = memory.begin() + std::ptrdiff_t(word * bytes % memory.size());
    port.push_back({now_ + latency, Bytes(at, at + bytes)});
  }
  void answer(std::deque<Answer>& port, void* data, unsigned bytes) {
    if (!port.empty() && port.front().cycle == now_) {
      std::memcpy(data, port.front().data.data(), bytes);
      port.pop_front();
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
  std::deque<Answer> idx_, spm_read_, acc_read_;
  std::deque<Write> writes_;

 public:
  Bytes spm, acc;
};

}  // namespace girih::tb
