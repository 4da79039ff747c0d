// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <tuple>

#include "Vprim_stream_reg.h"
#include "dut.h"
#include "stream.h"

namespace girih::tb {
namespace {

constexpr int kItems = 5000;

struct Bench {
  std::mt19937 rng;
  Dut<Vprim_stream_reg> dut{static_cast<std::uint32_t>(rng())};
  StreamSource<CData> in;
  StreamSink<CData> out;

  Bench(double in_stall, double out_stall, std::uint32_t seed)
      : rng(seed),
        in(dut->in_valid_i, dut->in_ready_o, dut->in_data_i, rng, in_stall),
        out(dut->out_valid_o, dut->out_ready_i, dut->out_data_o, rng, out_stall) {
    dut.attach(in);
    dut.attach(out);
    dut.reset();
  }

  bool run_until_out(std::size_t items, std::uint64_t limit) {
    return dut.run_until([&] { return out.items().size() == items; }, limit);
  }
};

/// (in stall, out stall, seed)
using PrimStreamRegStalls = testing::TestWithParam<std::tuple<double, double, std::uint32_t>>;

TEST_P(PrimStreamRegStalls, KeepsEveryItemInOrder) {
  const auto [in_stall, out_stall, seed] = GetParam();
  Bench bench(in_stall, out_stall, seed);
  std::vector<CData> sent;
  for (int i = 0; i < kItems; ++i) bench.in.send(sent.emplace_back(bench.rng()));

  ASSERT_TRUE(bench.run_until_out(sent.size(), 100 * kItems));
  EXPECT_EQ(bench.out.items(), sent);
}

INSTANTIATE_TEST_SUITE_P(, PrimStreamRegStalls,
                         testing::Combine(testing::Values(0.0, 0.1, 0.9),
                                          testing::Values(0.0, 0.1, 0.9), testing::Values(1u, 2u)));

TEST(PrimStreamReg, MovesAnItemEveryCycleAfterOneCycleOfLatency) {
  Bench bench(0, 0, 1);
  for (int i = 0; i < kItems; ++i) bench.in.send(CData(i));

  const auto start = bench.dut.cycle();
  ASSERT_TRUE(bench.run_until_out(kItems, 2 * kItems));
  EXPECT_EQ(bench.dut.cycle() - start, kItems + 1);
}

TEST(PrimStreamReg, TakesTwoItemsWhenTheOutputWaits) {
  Bench bench(0, 1, 1);
  for (int i = 0; i < 10; ++i) bench.in.send(CData(i));
  for (int i = 0; i < 2; ++i) bench.dut.tick();

  EXPECT_FALSE(bench.dut->in_ready_o);
  EXPECT_TRUE(bench.dut->out_valid_o);
  EXPECT_EQ(bench.dut->out_data_o, 0);
}

// Neither direction has a combinational path: with the clock at rest, inputs change no output.
TEST(PrimStreamReg, OutputsComeFromRegisters) {
  Bench bench(0.5, 0.5, 1);
  for (int i = 0; i < kItems; ++i) bench.in.send(CData(bench.rng()));
  for (int i = 0; i < 1000; ++i) {
    bench.dut.tick();
    bench.dut->clk_i = 0;
    bench.dut->eval();
    const auto before = std::tuple(bench.dut->in_ready_o, bench.dut->out_valid_o, bench.dut->out_data_o);
    bench.dut->in_valid_i ^= 1;
    bench.dut->out_ready_i ^= 1;
    bench.dut->in_data_i ^= 0xff;
    bench.dut->eval();
    EXPECT_EQ(before,
              std::tuple(bench.dut->in_ready_o, bench.dut->out_valid_o, bench.dut->out_data_o));
  }
}

}  // namespace
}  // namespace girih::tb
