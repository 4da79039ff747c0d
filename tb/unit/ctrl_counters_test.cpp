// SPDX-License-Identifier: Apache-2.0
//
// The counters against 64-bit integers: random events, clears and reads, and the case that the sweep is
// sized for: everything counts in every cycle while the host reads as often as it may.
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <optional>
#include <random>

#include "Vctrl_counters_2.h"
#include "Vctrl_counters_2___024root.h"
#include "Vctrl_counters_4.h"
#include "Vctrl_counters_4___024root.h"
#include "Vctrl_counters_8.h"
#include "Vctrl_counters_8___024root.h"
#include "counters.h"
#include "dut.h"

namespace girih::tb {
namespace {

constexpr unsigned kMacs = 16, kRead = 17, kWritten = 18, kCycles = 19, kRetired = 20;
constexpr unsigned kLongestWait = 3;  // cycles that a low word is held up

using Counts = std::array<std::uint64_t, kCounters>;

/// What happens, per cycle: probabilities.
struct Load {
  double flag, retired, traffic, clear, read;
  bool most = false;  ///< amounts as large as can be, all of one context
};

template <class Model, unsigned Contexts>
class Bench {
 public:
  explicit Bench(std::uint32_t seed) : rng_(seed), dut_(static_cast<std::uint32_t>(rng_())) {
    dut_->clear_i = dut_->host_valid_i = dut_->retired_valid_i = 0;
    for (unsigned c = 0; c < Contexts; ++c) dut_->flags_i[c] = 0;
    for (unsigned i = 0; i < 2; ++i) dut_->read_i[i] = dut_->write_i[i] = 0;
    dut_.reset();
    dut_.tick();  // they are wiped one cycle longer
  }

  void run(const Load& load, unsigned cycles) {
    for (unsigned i = 0; i < cycles && !testing::Test::HasFailure(); ++i) {
      happen(load);
      if (!asking_ && chance(load.read)) ask();
      dut_->host_valid_i = asking_;
      dut_->clk_i = 0;
      dut_->eval();
      expected_[0] = expected_[1];
      expected_[1] = expected_[2];
      if (asking_) answer();
      dut_.tick();
      if (expected_[0]) {
        EXPECT_EQ(dut_->host_data_o, *expected_[0]) << "cycle " << dut_.cycle();
      }
      count();
      if (load.most || rng_() % 4 == 0) compare();
    }
  }

  void finish() {
    run({0, 0, 0, 0, 0}, 4);
    compare();
  }
  unsigned answered() const { return answered_; }
  unsigned waited() const { return waited_; }
  std::uint64_t value(unsigned c, unsigned n) const { return counts_[c][n]; }

 private:
  bool chance(double p) { return rng_() < p * 4294967296.0; }

  /// Events of this cycle, to the model's ports and to `now_`.
  void happen(const Load& load) {
    now_ = {};
    dut_->clear_i = 0;
    for (unsigned c = 0; c < Contexts; ++c) {
      std::uint32_t flags = 0;
      for (unsigned bit = 0; bit < 17; ++bit) flags |= std::uint32_t{chance(load.flag)} << bit;
      dut_->flags_i[c] = flags;
      for (unsigned e = 0; e < 4; ++e) {  // busy 16:13, token 12:9, mem 8:5, bus 4:1, cycle 0
        for (unsigned kind = 0; kind < 4; ++kind) now_[c][4 * e + kind] = flags >> (13 - 4 * kind + e) & 1;
      }
      now_[c][kCycles] = flags & 1;
      dut_->clear_i |= chance(load.clear) << c;
    }
    dut_->retired_valid_i = chance(load.retired);
    dut_->retired_ctx_i = load.most ? 1 : rng_() % Contexts;
    dut_->retired_macs_i = (std::uint64_t{rng_()} << 32 | rng_()) >> (16 + (rng_() % 3) * 16);
    if (load.most) dut_->retired_macs_i = 0xffffffffffff;
    if (dut_->retired_valid_i) {
      ++now_[dut_->retired_ctx_i][kRetired];
      now_[dut_->retired_ctx_i][kMacs] += dut_->retired_macs_i;
    }
    for (unsigned i = 0; i < 2; ++i) {
      dut_->read_i[i] = traffic(load, kRead);
      dut_->write_i[i] = traffic(load, kWritten);
    }
  }
  std::uint16_t traffic(const Load& load, unsigned counter) {
    const bool valid = chance(load.traffic);
    const unsigned ctx = load.most ? 0 : rng_() % Contexts;
    const unsigned bytes = load.most ? 0xfff : rng_() % 0x1000;
    if (valid) now_[ctx][counter] += bytes;
    return static_cast<std::uint16_t>(valid << 15 | ctx << 12 | bytes);
  }

  void ask() {
    asking_ = true;
    held_up_ = 0;
    // High words after their low word, mostly; any low word before.
    const bool high = latched_ && rng_() % 3 == 0;
    dut_->host_ctx_i = rng_() % Contexts;
    dut_->host_word_i = 2 * (rng_() % kCounters) + high;
  }
  void answer() {
    if (!dut_->host_ready_o) {
      ++waited_;
      EXPECT_LE(++held_up_, kLongestWait);
      return;
    }
    ++answered_;
    asking_ = false;
    const std::uint64_t value = counts_[dut_->host_ctx_i][dut_->host_word_i / 2];
    const bool high = dut_->host_word_i & 1;
    expected_[2] = high ? *latched_ : static_cast<std::uint32_t>(value);
    if (!high) latched_ = static_cast<std::uint32_t>(value >> 32);
  }

  /// The clock has risen: what was on its way counts, what happens now is on its way.
  void count() {
    for (unsigned c = 0; c < Contexts; ++c) {
      const bool clear = clear_before_ >> c & 1;
      for (unsigned n = 0; n < kCounters; ++n) {
        counts_[c][n] = clear ? 0 : counts_[c][n] + before_[c][n];
        before_[c][n] = clear ? 0 : now_[c][n];
      }
    }
    clear_before_ = dut_->clear_i;
  }

  void compare() {
    for (unsigned c = 0; c < Contexts; ++c) {
      for (unsigned n = 0; n < kCounters; ++n) {
        EXPECT_EQ(GIRIH_COUNTER(*dut_->rootp, counters__DOT__, c, n), counts_[c][n])
            << "cycle " << dut_.cycle() << ", context " << c << ", counter " << n;
      }
    }
  }

  std::mt19937 rng_;
  Dut<Model> dut_;
  std::array<Counts, Contexts> counts_{}, before_{}, now_{};
  std::optional<std::uint32_t> latched_;
  std::array<std::optional<std::uint32_t>, 3> expected_;  ///< of this cycle's data and the two that follow
  bool asking_ = false;
  unsigned clear_before_ = 0;
  unsigned held_up_ = 0, answered_ = 0, waited_ = 0;
};

template <class Model, unsigned Contexts>
void random_events(std::uint32_t seed) {
  SCOPED_TRACE(testing::Message() << Contexts << " contexts, seed " << seed);
  Bench<Model, Contexts> bench(seed);
  bench.run({0.5, 0.2, 0.5, 0.001, 0.2}, 4000);
  bench.run({0.05, 0.02, 0.05, 0.001, 0.02}, 4000);
  bench.run({0, 0, 0, 0, 0.5}, 200);
  bench.run({0.9, 0.9, 0.9, 0.01, 1}, 4000);    // clears before and after the first carry
  bench.run({0.99, 1, 1, 0.0001, 0.5}, 8000);
  bench.finish();
  EXPECT_GT(bench.answered(), 2000u);
  EXPECT_GT(bench.waited(), 100u);
}

template <class Model, unsigned Contexts>
void all_at_once(double read) {
  SCOPED_TRACE(testing::Message() << Contexts << " contexts, reads " << read);
  Bench<Model, Contexts> bench(7);
  const Load load{1, 1, 1, 0, read, true};
  bench.run(load, 70000);                       // MACS wraps
  bench.finish();
  EXPECT_EQ(bench.value(1, kMacs), 70000 * 0xffffffffffffull);
  EXPECT_EQ(bench.value(0, kRead), 70000 * 2 * 0xfffull);
}

class CtrlCounters : public testing::TestWithParam<std::uint32_t> {};

TEST_P(CtrlCounters, CountRandomEvents) {
  random_events<Vctrl_counters_2, 2>(GetParam());
  random_events<Vctrl_counters_4, 4>(GetParam());
  random_events<Vctrl_counters_8, 8>(GetParam());
}
INSTANTIATE_TEST_SUITE_P(, CtrlCounters, testing::Range(1u, 4u));

TEST(CtrlCountersFull, LoseNothing) {
  for (const double read : {0.0, 1.0}) {
    all_at_once<Vctrl_counters_2, 2>(read);
    all_at_once<Vctrl_counters_4, 4>(read);
    all_at_once<Vctrl_counters_8, 8>(read);
  }
}

}  // namespace
}  // namespace girih::tb
