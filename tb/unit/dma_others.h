// SPDX-License-Identifier: Apache-2.0
//
// Ring fetch and FENCE beside the engines: they use the bus at random, and look at what they get.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "dram.h"
#include "dut.h"
#include "stream.h"

namespace girih::tb {

template <class Model>
class DmaOthers final : public Agent {
 public:
  static constexpr std::uint64_t kRing = 0x1000, kFence = 0x2000;  // pages that no window holds

  DmaOthers(Dut<Model>& dut, Dram& dram, unsigned bus_bytes, std::mt19937& rng)
      : dut_(dut), dram_(dram), bus_bytes_(bus_bytes), rng_(rng) {
    for (unsigned i = 0; i < 4096; i += 4) {
      const std::uint32_t word = rng();
      dram_.write(kRing + i, &word, 4);
    }
  }

  double busy = 0;  ///< probability of a new access per cycle
  std::uint64_t fetched = 0, fenced = 0, read_bytes = 0, write_bytes = 0;
  bool idle() const { return !fetch_ && !fence_; }

  void drive() override {
    if (!fetch_ && chance(rng_, busy)) {
      fetch_ = ask_ = true;
      beats_ = 128 / bus_bytes_;
      address_ = kRing + rng_() % 32 * 128;
      at_ = address_;
      read_bytes += 128;
    }
    if (!fence_ && chance(rng_, busy)) {
      fence_ = aw_ = w_ = true;
      value_ = std::uint64_t{rng_()} << 32 | rng_();
      where_ = kFence + rng_() % 512 * 8;
      write_bytes += 8;
    }

    dut_->ring_arvalid_i = ask_;
    dut_->ring_araddr_i = address_;
    dut_->ring_arlen_i = CData(128 / bus_bytes_ - 1);
    dut_->ring_aruser_i = 5;
    dut_->ring_rready_i = fetch_ && !chance(rng_, 0.2);

    dut_->fence_awvalid_i = aw_;
    dut_->fence_awaddr_i = where_ / bus_bytes_ * bus_bytes_;
    dut_->fence_awuser_i = 6;
    dut_->fence_wvalid_i = w_;
    const unsigned lane = unsigned(where_ % bus_bytes_);
    std::memset(&dut_->fence_wdata_i, 0, bus_bytes_);
    std::memcpy(reinterpret_cast<std::uint8_t*>(&dut_->fence_wdata_i) + lane, &value_, 8);
    std::memset(&dut_->fence_wstrb_i, 0, (bus_bytes_ + 7) / 8);
    reinterpret_cast<std::uint8_t*>(&dut_->fence_wstrb_i)[lane / 8] = 0xff;
    dut_->fence_bready_i = fence_;
  }

  void sample() override {
    if (ask_ && dut_->ring_arready_o) ask_ = false;
    if (dut_->ring_rvalid_o && dut_->ring_rready_i) {
      std::uint8_t expected[64];
      dram_.read(at_, expected, bus_bytes_);
      EXPECT_EQ(std::memcmp(&dut_->ring_rdata_o, expected, bus_bytes_), 0) << "ring fetch";
      at_ += bus_bytes_;
      --beats_;
      EXPECT_EQ(bool(dut_->ring_rlast_o), beats_ == 0);
      if (beats_ == 0) fetch_ = false, ++fetched;
    }
    if (aw_ && dut_->fence_awready_o) aw_ = false;
    if (w_ && dut_->fence_wready_o) w_ = false;
    if (dut_->fence_bvalid_o && dut_->fence_bready_i) {
      std::uint64_t there = 0;
      dram_.read(where_, &there, 8);
      EXPECT_EQ(there, value_) << "fence";
      EXPECT_EQ(dut_->fence_bresp_o, 0);
      fence_ = false;
      ++fenced;
    }
  }

 private:
  Dut<Model>& dut_;
  Dram& dram_;
  const unsigned bus_bytes_;
  std::mt19937& rng_;
  bool fetch_ = false, ask_ = false, fence_ = false, aw_ = false, w_ = false;
  unsigned beats_ = 0;
  std::uint64_t address_ = 0, at_ = 0, where_ = 0, value_ = 0;
};

}  // namespace girih::tb
