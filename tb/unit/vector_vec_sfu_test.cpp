// SPDX-License-Identifier: Apache-2.0
//
// Chunks through the special function units, of several widths: results against the golden functions, what
// travels with a chunk, the cycle in which it leaves; as dense as they may come, and with gaps. GIRIH_SEED and
// GIRIH_ROUNDS (chunks) choose the random ones.
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string>

#include "Vvec_sfu_16_4.h"
#include "Vvec_sfu_16_4_girih_bug_pkg.h"
#include "Vvec_sfu_2_1.h"
#include "Vvec_sfu_4_1.h"
#include "Vvec_sfu_4_4.h"
#include "dut.h"
#include "golden/functions.h"
#include "seeded_bug.h"
#include "stream.h"

namespace girih::tb {
namespace {

using Bits = std::uint32_t;

constexpr int kSideBits = 8;
constexpr int kLatency = 19;                               // and the steps of a chunk

std::uint32_t from_environment(const char* name, std::uint32_t otherwise) {
  const char* text = std::getenv(name);
  return text ? static_cast<std::uint32_t>(std::strtoul(text, nullptr, 0)) : otherwise;
}

float (*const kGolden[])(float) = {golden::fp::exp2, golden::fp::reciprocal, golden::fp::rsqrt,
                                   golden::fp::log2};

/// A width: the model, its lanes and units.
template <class M, int L, int U>
struct Width {
  using Model = M;
  static constexpr int kLanes = L, kSteps = L / U;
};

template <class W>
class Bench {
 public:
  Bench(std::uint32_t seed, double gap) : dut(seed), rng_(seed), gap_(gap) {
    dut->in_valid_i = 0;
    dut.reset();
  }

  /// Sends chunks at the cycles that are theirs, or later with probability `gap`, and lets them leave.
  void run(std::uint32_t chunks) {
    std::uint64_t turn = 0;
    for (; chunks || !expected_.empty(); ++cycle_) {
      const bool send = chunks && cycle_ >= turn && !chance(rng_, gap_);
      drive(send);
      dut->eval();
      check();
      dut.tick();
      if (send) --chunks, turn = cycle_ + W::kSteps;
    }
  }
  std::uint64_t wrong() const { return wrong_; }
  std::uint64_t cycles() const { return cycle_; }
  const std::string& first() const { return first_; }

  Dut<typename W::Model> dut;

 private:
  struct Chunk {
    std::uint64_t leaves;
    unsigned side;
    std::array<Bits, W::kLanes> z, c;
  };

  /// Junk when nothing is sent.
  void drive(bool send) {
    Chunk chunk{};
    chunk.leaves = cycle_ + kLatency + W::kSteps;
    chunk.side = static_cast<unsigned>(rng_() % (1u << kSideBits));
    const auto op = static_cast<unsigned>(rng_() % 4);
    dut->in_valid_i = send;
    dut->in_op_i = op;
    dut->in_side_i = chunk.side;
    for (int l = 0; l < W::kLanes; ++l) {
      const auto x = static_cast<Bits>(rng_() ^ (rng_() % 4 ? 0x30000000u : 0));
      dut->in_z_i[l] = x;
      chunk.z[l] = std::bit_cast<Bits>(kGolden[op](std::bit_cast<float>(x)));
      dut->in_c_i[l] = chunk.c[l] = static_cast<Bits>(rng_());
    }
    if (send) expected_.push_back(chunk);
  }

  void check() {
    const bool soon = !expected_.empty() && expected_.front().leaves == cycle_ + 1;
    const bool now = !expected_.empty() && expected_.front().leaves == cycle_;
    // Of chunks that follow each other at once the one announced is the second.
    const bool after = now && expected_.size() > 1 && expected_[1].leaves == cycle_ + 1;
    same("announced", -1, soon || after, dut->soon_o);
    if (soon || after) same("announced side", -1, expected_[after].side, dut->soon_side_o);
    same("valid", -1, now, dut->out_valid_o);
    if (!now) return;
    const Chunk& chunk = expected_.front();
    same("side", -1, chunk.side, dut->out_side_o);
    for (int l = 0; l < W::kLanes; ++l) {
      same("z", l, chunk.z[l], dut->out_z_o[l]);
      same("c", l, chunk.c[l], dut->out_c_o[l]);
    }
    expected_.pop_front();
  }

  void same(const char* what, int lane, Bits expected, Bits got) {
    if (expected == got || wrong_++) return;
    char text[120];
    std::snprintf(text, sizeof text, "cycle %llu: %s %d: expected %08x, got %08x",
                  static_cast<unsigned long long>(cycle_), what, lane, expected, got);
    first_ = text;
  }

  std::mt19937 rng_;
  const double gap_;
  std::deque<Chunk> expected_;
  std::uint64_t cycle_ = 0, wrong_ = 0;
  std::string first_;
};

template <class W>
class VecSfu : public testing::Test {};

using Widths = testing::Types<Width<Vvec_sfu_2_1, 2, 1>, Width<Vvec_sfu_4_1, 4, 1>, Width<Vvec_sfu_4_4, 4, 4>,
                              Width<Vvec_sfu_16_4, 16, 4>>;
TYPED_TEST_SUITE(VecSfu, Widths);

TYPED_TEST(VecSfu, KeepsValuesAndTimes) {
  const std::uint32_t seed = from_environment("GIRIH_SEED", 1), rounds = from_environment("GIRIH_ROUNDS", 3000);
  for (const double gap : {0.0, 0.1, 0.9}) {
    SCOPED_TRACE("GIRIH_SEED=" + std::to_string(seed) + " gap " + std::to_string(gap));
    Bench<TypeParam> bench(seed, gap);
    bench.run(rounds);
    EXPECT_EQ(bench.wrong(), 0u) << "first: " << bench.first();
    if (gap == 0) {
      EXPECT_EQ(bench.cycles(), std::uint64_t{rounds} * TypeParam::kSteps + kLatency + 1);
    }
  }
}

TEST(VecSfuBug, IsSeen) {
  Bench<Width<Vvec_sfu_16_4, 16, 4>> bench(1, 0.1);
  select_bug(bench.dut.model(), 42);                       // c of another chunk
  bench.run(20);
  EXPECT_GT(bench.wrong(), 0u);
}

}  // namespace
}  // namespace girih::tb
