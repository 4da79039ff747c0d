// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <deque>
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
const int kWeights = static_cast<int>(preset().weight_port / kWordBytes);
const int kFirstVector = 2 + kWeights;
const int kVectorPorts = 8 * preset().vec_lanes <= kWordBytes ? 1 : 3;
const int kAsks = 9 + kWeights;
const int kPorts = 4 + kWeights + kVectorPorts;

/// The data port of an ask.
int port_of(int ask) {
  if (ask < kFirstVector) return ask;
  if (ask < kFirstVector + 3) return kVectorPorts == 1 ? kFirstVector : ask;
  return kFirstVector + kVectorPorts + (ask > kFirstVector + 3);
}
bool is_weight(int ask) { return ask >= 2 && ask < kFirstVector; }

unsigned bank(std::uint32_t word) {
  std::uint32_t x = word;
  for (int shift = 3; shift < 20; shift += 2) x ^= word >> shift;
  return x & 7;
}

using Word = std::vector<std::uint8_t>;

/// Every client asks at random; a model follows queues, arbitration and memory.
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
    check_answers();
    const unsigned write = check_writes();
    const unsigned ready = ready_now();
    ASSERT_EQ(dut_->rd_ready_o, ready);
    serve(write);
    take(ready);
    dut_.tick();
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

  std::uint64_t reads = 0, writes = 0, compared = 0, conflicts = 0, skipped = 0, partly = 0;

 private:
  struct Want {
    Word data;
    bool undefined = false;
  };
  struct Ask {
    bool fetch;
    std::uint32_t word;
  };
  /// What a cycle's arbitration brings three cycles later.
  struct Stage {
    unsigned came = 0;
    std::vector<std::optional<Want>> data = std::vector<std::optional<Want>>(kPorts);
  };

  bool recent(std::uint32_t word, unsigned write) {
    for (int p = 0; p < 2; ++p) {
      if ((write >> p & 1) && dut_->wr_word_i[p] == word) return true;
    }
    return std::find(previous_.begin(), previous_.end(), word) != previous_.end();
  }

  void drive() {
    for (int a = 0; a < kAsks && sweep_ < 0; ++a) {
      if (a == 1 || is_weight(a) || (read_valid_ >> a & 1) || !chance(rng_, busy_)) continue;
      read_valid_ |= 1u << a;
      dut_->rd_word_i[a] = rng_() % span_;
      const bool fetch = a < kFirstVector || a >= kFirstVector + 3 || chance(rng_, 0.7);
      dut_->rd_fetch_i = (dut_->rd_fetch_i & ~(1u << a)) | unsigned{fetch} << a;
      // The high word of a segment is the one behind the low word.
      if (a == 0 && chance(rng_, 0.5)) {
        dut_->rd_word_i[0] = rng_() % (span_ - 1);
        dut_->rd_word_i[1] = dut_->rd_word_i[0] + 1;
        dut_->rd_fetch_i |= 2, read_valid_ |= 2;
      }
    }
    const unsigned weights = ((1u << kWeights) - 1) << 2;
    if (sweep_ < 0 && !(read_valid_ & weights) && chance(rng_, busy_)) {
      while (!(read_valid_ & weights)) read_valid_ |= rng_() & weights;
      dut_->rd_fetch_i |= weights;
      for (int a = 2; a < kFirstVector; ++a) dut_->rd_word_i[a] = rng_() % span_;
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

  // A queue of two is ready from its state alone; the words of the weights share one.
  unsigned ready_now() const {
    unsigned ready = 3;
    for (int a = 2; a < kAsks; ++a) {
      const bool room = is_weight(a) ? beats_.size() < 2 : queue_[a].size() < 2;
      ready |= unsigned{room} << a;
    }
    return ready;
  }

  // In each bank the lowest asking port is served, for each data port its lowest client.
  void serve(unsigned write) {
    std::vector<Stage>& s = stages_;
    s.erase(s.begin());
    s.emplace_back();
    unsigned kept_banks = 0, port_banks = 0, taken_ports = 0, granted_weights = 0;
    int last_port = -1;
    for (int a = 0; a < kAsks; ++a) {
      std::optional<Ask> ask;
      if (is_weight(a)) {
        if (!beats_.empty() && (beats_[0].first >> a & 1)) ask = Ask{true, beats_[0].second[a]};
      } else if (!queue_[a].empty()) {
        ask = queue_[a].front();
      }
      if (!ask) continue;
      if (ask->fetch) {
        // A client that waits for its port keeps its bank from the ports behind, but not from its own.
        const int port = port_of(a);
        if (port != last_port) kept_banks |= port_banks, port_banks = 0, last_port = port;
        const unsigned bit = 1u << bank(ask->word);
        port_banks |= bit;
        if (taken_ports >> port & 1) continue;
        taken_ports |= 1u << port;
        if (kept_banks & bit) {
          ++conflicts;
          continue;
        }
        s.back().data[port] = Want{memory_[ask->word], recent(ask->word, write)};
        ++reads;
      } else {
        ++skipped;
      }
      if (is_weight(a)) {
        granted_weights |= 1u << a;
      } else {
        s.back().came |= 1u << a;
        queue_[a].pop_front();
      }
    }
    if (!beats_.empty()) {
      beats_[0].first &= ~granted_weights;
      if (beats_[0].first == 0) {
        s.back().came |= ((1u << kWeights) - 1) << 2;
        beats_.pop_front();
      } else if (granted_weights) {
        ++partly;
      }
    }
  }

  void take(unsigned ready) {
    const unsigned take = read_valid_ & ready, weights = ((1u << kWeights) - 1) << 2;
    if (take & weights) {
      std::vector<std::uint32_t> words(kAsks);
      for (int a = 2; a < kFirstVector; ++a) words[a] = dut_->rd_word_i[a];
      beats_.emplace_back(take & weights, words);
    }
    for (int a = 0; a < kAsks; ++a) {
      if (!is_weight(a) && (take >> a & 1)) queue_[a].push_back({(dut_->rd_fetch_i >> a & 1) != 0, dut_->rd_word_i[a]});
    }
    read_valid_ &= ~take;
  }

  unsigned check_writes() {
    unsigned taken = 0, want = 0;
    for (int p = 0; p < 2; ++p) {
      if (!(write_valid_ >> p & 1)) continue;
      const unsigned bit = 1u << bank(dut_->wr_word_i[p]);
      if (!(taken & bit)) want |= 1u << p;
      taken |= bit;
    }
    EXPECT_EQ(dut_->wr_gnt_o, want);
    return dut_->wr_gnt_o;
  }

  // Answers three cycles after the arbitration; data are kept until the port's next.
  void check_answers() {
    ASSERT_EQ(dut_->rd_came_o, stages_.front().came) << "cycle " << dut_.cycle();
    for (int p = 0; p < kPorts; ++p) {
      if (stages_.front().data[p]) held_[p] = stages_.front().data[p];
      if (!held_[p] || held_[p]->undefined || held_[p]->data.empty()) continue;
      ++compared;
      for (std::uint32_t b = 0; b < kWordBytes; ++b) {
        const std::uint8_t got = dut_->rd_data_o[p][b / 4] >> (b % 4 * 8);
        ASSERT_EQ(got, held_[p]->data[b]) << "port " << p << " byte " << b << " cycle " << dut_.cycle();
      }
    }
  }

  std::mt19937 rng_;
  Dut<GIRIH_MODEL> dut_;
  const double busy_;
  const std::uint32_t span_;
  std::vector<Word> memory_;
  std::vector<std::deque<Ask>> queue_ = std::vector<std::deque<Ask>>(kAsks);
  std::deque<std::pair<unsigned, std::vector<std::uint32_t>>> beats_;  ///< of weights: words to be granted
  std::vector<Stage> stages_ = std::vector<Stage>(3);
  std::vector<std::optional<Want>> held_ = std::vector<std::optional<Want>>(kPorts);
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
  EXPECT_GT(bench.skipped, 100u);
  if (busy == 1.0) {
    EXPECT_GT(bench.conflicts, 1000u);
    EXPECT_GT(bench.partly, 100u);
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
