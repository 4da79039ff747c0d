// SPDX-License-Identifier: Apache-2.0
//
// Chunks through the special function units, of several widths: results against the golden functions, order,
// what travels with a chunk, and the rates; runs of chunks with and without a function, with bubbles and
// stalls. GIRIH_SEED and GIRIH_ROUNDS (runs) choose the random ones.
#include <gtest/gtest.h>

#include <bit>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string>
#include <vector>

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
  struct Chunk {
    bool sfu;
    unsigned op, side;
    std::vector<Bits> z;
  };

  explicit Bench(std::uint32_t seed, double bubble, double stall)
      : dut(seed), rng_(seed), bubble_(bubble), stall_(stall) {
    dut->in_valid_i = 0;
    dut->out_ready_i = 0;
    dut.reset();
  }

  void send(bool sfu, unsigned op) {
    Chunk chunk{sfu, op, next_side_++ & ((1u << kSideBits) - 1), {}};
    for (int l = 0; l < W::kLanes; ++l) chunk.z.push_back(rng_() ^ (rng_() % 4 ? 0x30000000u : 0));
    Chunk result = chunk;
    if (sfu) {
      for (Bits& z : result.z) z = std::bit_cast<Bits>(kGolden[op](std::bit_cast<float>(z)));
    }
    waiting_.push_back(std::move(chunk));
    expected_.push_back(std::move(result));
  }

  /// Until everything has come out, or `limit` cycles are over; returns the cycles.
  std::uint64_t run(std::uint64_t limit) {
    std::uint64_t cycles = 0;
    for (; !expected_.empty() && cycles < limit; ++cycles) cycle();
    return cycles;
  }
  bool done() const { return expected_.empty() && waiting_.empty(); }
  std::uint64_t wrong() const { return wrong_; }
  const std::string& first() const { return first_; }
  std::mt19937& rng() { return rng_; }

  Dut<typename W::Model> dut;

 private:
  void cycle() {
    offering_ = offering_ || (!waiting_.empty() && !chance(rng_, bubble_));
    dut->in_valid_i = offering_;
    dut->out_ready_i = !chance(rng_, stall_);
    if (offering_) {
      const Chunk& chunk = waiting_.front();
      dut->in_sfu_i = chunk.sfu;
      dut->in_op_i = chunk.op;
      dut->in_side_i = chunk.side;
      for (int l = 0; l < W::kLanes; ++l) dut->in_z_i[l] = chunk.z[l];
    } else {
      dut->in_sfu_i = rng_() & 1;                          // junk when not valid
      for (int l = 0; l < W::kLanes; ++l) dut->in_z_i[l] = rng_();
    }
    dut->eval();
    const bool taken = offering_ && dut->in_ready_o;
    if (dut->out_valid_o && dut->out_ready_i) check();
    dut.tick();
    if (taken) {
      waiting_.pop_front();
      offering_ = false;
    }
  }

  void check() {
    if (expected_.empty()) {
      note("a chunk that nobody sent");
      return;
    }
    const Chunk& chunk = expected_.front();
    if (dut->out_side_o != chunk.side) note("side", -1, chunk.side, dut->out_side_o);
    for (int l = 0; l < W::kLanes; ++l) {
      if (dut->out_z_o[l] != chunk.z[l]) note("lane", l, chunk.z[l], dut->out_z_o[l]);
    }
    expected_.pop_front();
  }

  void note(const char* what, int lane = -1, Bits expected = 0, Bits got = 0) {
    if (wrong_++) return;
    char text[120];
    std::snprintf(text, sizeof text, "cycle %llu: %s %d: expected %08x, got %08x",
                  static_cast<unsigned long long>(dut.cycle()), what, lane, expected, got);
    first_ = text;
  }

  std::mt19937 rng_;
  const double bubble_, stall_;
  std::deque<Chunk> waiting_, expected_;
  bool offering_ = false;
  unsigned next_side_ = 0;
  std::uint64_t wrong_ = 0;
  std::string first_;
};

/// Runs of chunks, as instructions make them: with one function, with changing ones, with none.
template <class W>
void send_runs(Bench<W>& bench, std::uint32_t runs) {
  for (std::uint32_t i = 0; i < runs; ++i) {
    const bool sfu = bench.rng()() % 3 != 0, mixed = bench.rng()() % 4 == 0;
    const unsigned op = bench.rng()() % 4, length = 1 + bench.rng()() % (bench.rng()() % 4 ? 5 : 60);
    for (unsigned k = 0; k < length; ++k) bench.send(sfu, mixed ? bench.rng()() % 4 : op);
  }
}

template <class W>
class VecSfu : public testing::Test {};

using Widths = testing::Types<Width<Vvec_sfu_2_1, 2, 1>, Width<Vvec_sfu_4_1, 4, 1>, Width<Vvec_sfu_4_4, 4, 4>,
                              Width<Vvec_sfu_16_4, 16, 4>>;
TYPED_TEST_SUITE(VecSfu, Widths);

TYPED_TEST(VecSfu, KeepsOrderAndValues) {
  const std::uint32_t seed = from_environment("GIRIH_SEED", 1), rounds = from_environment("GIRIH_ROUNDS", 300);
  for (const auto& [bubble, stall] : {std::pair{0.0, 0.0}, {0.3, 0.0}, {0.0, 0.3}, {0.1, 0.8}, {0.8, 0.1}}) {
    SCOPED_TRACE("GIRIH_SEED=" + std::to_string(seed) + " bubble " + std::to_string(bubble) + " stall " +
                 std::to_string(stall));
    Bench<TypeParam> bench(seed, bubble, stall);
    send_runs(bench, rounds);
    bench.run(1000ull * rounds);
    EXPECT_TRUE(bench.done());
    EXPECT_EQ(bench.wrong(), 0u) << "first: " << bench.first();
  }
}

TYPED_TEST(VecSfu, HasItsRates) {
  constexpr int kChunks = 500;
  Bench<TypeParam> passing(1, 0, 0);
  for (int i = 0; i < kChunks; ++i) passing.send(false, 0);
  EXPECT_EQ(passing.run(10 * kChunks), kChunks);           // each leaves in the cycle in which it comes
  Bench<TypeParam> functions(1, 0, 0);
  for (int i = 0; i < kChunks; ++i) functions.send(true, i % 4);
  EXPECT_EQ(functions.run(100 * kChunks), std::uint64_t(kChunks * TypeParam::kSteps + kLatency + 1));
  EXPECT_EQ(passing.wrong() + functions.wrong(), 0u);
}

TEST(VecSfuBug, IsSeen) {
  Bench<Width<Vvec_sfu_16_4, 16, 4>> bench(1, 0.1, 0.1);
  select_bug(bench.dut.model(), 42);                       // a chunk passes others
  send_runs(bench, 20);
  bench.run(20000);
  EXPECT_GT(bench.wrong(), 0u);
}

}  // namespace
}  // namespace girih::tb
