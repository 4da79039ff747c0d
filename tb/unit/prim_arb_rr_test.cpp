// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <random>

#include "Vprim_arb_rr.h"
#include "dut.h"

namespace girih::tb {
namespace {

constexpr unsigned kCount = 5;       // not a power of two
constexpr int kCycles = 20000;

class PrimArbRrSeeds : public testing::TestWithParam<std::uint32_t> {};

TEST_P(PrimArbRrSeeds, GrantsTheNextRequesterAfterTheLastOneServed) {
  std::mt19937 rng(GetParam());
  Dut<Vprim_arb_rr> dut(static_cast<std::uint32_t>(rng()));
  dut.reset();
  unsigned next = 0;                 // whose turn it is
  int served = 0;
  for (int cycle = 0; cycle < kCycles; ++cycle) {
    dut->request_i = static_cast<CData>(rng() & rng() & ((1u << kCount) - 1));
    dut->accept_i = rng() % 3 != 0;
    dut->clk_i = 0;
    dut->eval();
    if (dut->request_i == 0) {
      ASSERT_FALSE(dut->valid_o);
      ASSERT_EQ(dut->grant_o, 0);
    } else {
      unsigned expected = next;
      while (!(dut->request_i >> expected & 1)) expected = (expected + 1) % kCount;
      ASSERT_TRUE(dut->valid_o);
      ASSERT_EQ(dut->index_o, expected) << "cycle " << cycle;
      ASSERT_EQ(dut->grant_o, 1u << expected) << "cycle " << cycle;
      if (dut->accept_i) {
        next = (expected + 1) % kCount;
        ++served;
      }
    }
    dut.tick();
  }
  EXPECT_GT(served, kCycles / 4);
}

INSTANTIATE_TEST_SUITE_P(, PrimArbRrSeeds, testing::Range(1u, 4u));

TEST(PrimArbRr, ServesAllAlikeWhenAllAskAlways) {
  Dut<Vprim_arb_rr> dut(1);
  dut.reset();
  std::array<int, kCount> served{};
  dut->request_i = (1u << kCount) - 1;
  dut->accept_i = 1;
  for (unsigned i = 0; i < 100 * kCount; ++i) {
    dut->clk_i = 0;
    dut->eval();
    ++served[dut->index_o];
    dut.tick();
  }
  for (unsigned i = 0; i < kCount; ++i) EXPECT_EQ(served[i], 100) << "requester " << i;
}

}  // namespace
}  // namespace girih::tb
