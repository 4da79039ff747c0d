// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <optional>
#include <tuple>

#include GIRIH_MODEL_HEADER
#include "dut.h"
#include "girih/presets.h"
#include "stream.h"

namespace girih::tb {
namespace {

const isa::Preset& preset() { return *isa::find_preset(GIRIH_PRESET_NAME); }

const std::uint32_t kWordBytes = preset().spm_word_bytes;
const std::uint32_t kWords = preset().spm_kib * 1024 / kWordBytes;
const unsigned kVectorPorts = 8 * preset().vec_lanes <= kWordBytes ? 1 : 3;
const int kReads = static_cast<int>(4 + preset().weight_port / kWordBytes + kVectorPorts);

unsigned bank(std::uint32_t word) {
  std::uint32_t x = word;
  for (int shift = 3; shift < 20; shift += 2) x ^= word >> shift;
  return x & 7;
}

using Word = std::vector<std::uint8_t>;

/// Every port asks at random; the model of the memory follows the grants.
class Bench {
 public:
  Bench(std::uint32_t seed, double busy, std::uint32_t span)
      : rng_(seed), dut_(static_cast<std::uint32_t>(rng_())), busy_(busy), span_(span), memory_(kWords) {
    dut_->rd_valid_i = 0, dut_->wr_valid_i = 0, dut_->ram_cfg_i = 0;
    dut_.reset();
  }

  void cycle() {
    drive();
    dut_->clk_i = 0;
    dut_->eval();
    check_grants();
    check_data();
    const unsigned read = dut_->rd_gnt_o, write = dut_->wr_gnt_o;
    dut_.tick();
    // Reads granted this cycle do not see a write of this cycle or the one before: skip such words.
    for (int p = 0; p < kReads; ++p) {
      Expect& e = expect_[p];
      e.stage3 = e.stage2;
      e.stage2 = e.stage1;
      e.stage1.reset();
      if (read >> p & 1) {
        const std::uint32_t word = dut_->rd_word_i[p];
        e.stage1 = Want{memory_[word], recent(word, write)};
        reads += 1, read_valid_ &= ~(1u << p);
      }
    }
    previous_.clear();
    for (int p = 0; p < 2; ++p) {
      if (!(write >> p & 1)) continue;
      const std::uint32_t word = dut_->wr_word_i[p];
      Word& bytes = memory_[word];
      bytes.resize(kWordBytes);
      for (std::uint32_t b = 0; b < kWordBytes; ++b) {
        if (dut_->wr_be_i[p] >> b & 1) bytes[b] = dut_->wr_data_i[p][b / 4] >> (b % 4 * 8);
      }
      previous_.push_back(word);
      writes += 1, write_valid_ &= ~(1u << p);
    }
  }

  void write_everything() {
    for (std::uint32_t word = 0; word < span_; ++word) {
      sweep_ = word;
      cycle();
    }
    sweep_ = -1;
  }

  std::uint64_t reads = 0, writes = 0, compared = 0, conflicts = 0;

 private:
  struct Want {
    Word data;
    bool undefined;
  };
  struct Expect {
    std::optional<Want> stage1, stage2, stage3, held;
  };

  bool recent(std::uint32_t word, unsigned write) {
    for (int p = 0; p < 2; ++p) {
      if ((write >> p & 1) && dut_->wr_word_i[p] == word) return true;
    }
    return std::find(previous_.begin(), previous_.end(), word) != previous_.end();
  }

  void drive() {
    for (int p = 0; p < kReads && sweep_ < 0; ++p) {
      if ((read_valid_ >> p & 1) || !chance(rng_, busy_)) continue;
      read_valid_ |= 1u << p;
      dut_->rd_word_i[p] = rng_() % span_;
    }
    for (int p = 0; p < 2; ++p) {
      if ((write_valid_ >> p & 1) || (sweep_ >= 0 ? p != 0 : !chance(rng_, busy_ / 2))) continue;
      write_valid_ |= 1u << p;
      dut_->wr_word_i[p] = sweep_ >= 0 ? sweep_ : rng_() % span_;
      dut_->wr_be_i[p] = sweep_ >= 0 ? ~std::uint64_t{0} >> (64 - kWordBytes)
                                     : ((static_cast<std::uint64_t>(rng_()) << 32 | rng_()) >> (64 - kWordBytes));
      for (std::uint32_t w = 0; w < kWordBytes / 4; ++w) dut_->wr_data_i[p][w] = rng_();
    }
    dut_->rd_valid_i = read_valid_;
    dut_->wr_valid_i = write_valid_;
  }

  // In each bank exactly the lowest asking port is granted.
  void check_grants() {
    unsigned taken = 0, want = 0;
    for (int p = 0; p < kReads; ++p) {
      if (!(read_valid_ >> p & 1)) continue;
      const unsigned bit = 1u << bank(dut_->rd_word_i[p]);
      if (!(taken & bit)) want |= 1u << p;
      else ++conflicts;
      taken |= bit;
    }
    ASSERT_EQ(dut_->rd_gnt_o, want);
    taken = want = 0;
    for (int p = 0; p < 2; ++p) {
      if (!(write_valid_ >> p & 1)) continue;
      const unsigned bit = 1u << bank(dut_->wr_word_i[p]);
      if (!(taken & bit)) want |= 1u << p;
      taken |= bit;
    }
    ASSERT_EQ(dut_->wr_gnt_o, want);
  }

  // Data three cycles after the grant, and kept until the next.
  void check_data() {
    for (int p = 0; p < kReads; ++p) {
      Expect& e = expect_[p];
      if (e.stage3) e.held = e.stage3;
      if (!e.held || e.held->undefined || e.held->data.empty()) continue;
      ++compared;
      for (std::uint32_t b = 0; b < kWordBytes; ++b) {
        const std::uint8_t got = dut_->rd_data_o[p][b / 4] >> (b % 4 * 8);
        ASSERT_EQ(got, e.held->data[b]) << "port " << p << " byte " << b << " cycle " << dut_.cycle();
      }
    }
  }

  std::mt19937 rng_;
  Dut<GIRIH_MODEL> dut_;
  const double busy_;
  const std::uint32_t span_;
  std::vector<Word> memory_;
  std::vector<Expect> expect_ = std::vector<Expect>(kReads);
  std::vector<std::uint32_t> previous_;
  unsigned read_valid_ = 0, write_valid_ = 0;
  std::int64_t sweep_ = -1;
};

/// (probability of a request, words in use, seed)
using SpmRandom = testing::TestWithParam<std::tuple<double, std::uint32_t, std::uint32_t>>;

TEST_P(SpmRandom, KeepsEveryByteAndItsPriorities) {
  const auto [busy, span, seed] = GetParam();
  Bench bench(seed, busy, std::min(span, kWords));
  bench.write_everything();
  for (int i = 0; i < 4000 && !HasFatalFailure(); ++i) bench.cycle();
  EXPECT_GT(bench.reads, 1000u);
  EXPECT_GT(bench.writes, 200u);
  EXPECT_GT(bench.compared, 1000u);
  if (busy == 1.0) {
    EXPECT_GT(bench.conflicts, 1000u);
  }
}

INSTANTIATE_TEST_SUITE_P(, SpmRandom,
                         testing::Combine(testing::Values(0.2, 1.0), testing::Values(16u, 1u << 20),
                                          testing::Values(1u, 2u)));

TEST(SpmHash, SuccessiveWordsNeverCollide) {
  for (std::uint32_t word = 0; word + 1 < (1u << 20) / 16; ++word) ASSERT_NE(bank(word), bank(word + 1)) << word;
}

// Strides of 16 words and more reach four banks: bits above the third fall on two sums of bank bits.
TEST(SpmHash, PowerOfTwoStridesSpread) {
  for (std::uint32_t stride = 1; stride * 8 <= kWords; stride *= 2) {
    unsigned banks = 0;
    for (std::uint32_t i = 0; i < 8; ++i) banks |= 1u << bank(i * stride);
    EXPECT_EQ(std::popcount(banks), stride < 16 ? 8 : 4) << "stride " << stride;
  }
}

}  // namespace
}  // namespace girih::tb
