// SPDX-License-Identifier: Apache-2.0
//
// The serial receiver: every byte, senders whose clock is off, spikes, broken stop bits.
#include <gtest/gtest.h>

#include <random>

#include "Vfpga_uart_rx.h"
#include "serial_line.h"

namespace girih::tb {
namespace {

constexpr unsigned kDivisor = 6;

struct Bench {
  Dut<Vfpga_uart_rx> dut{1};
  CData nothing = 1;
  SerialLine line;
  std::vector<std::uint8_t> got;

  explicit Bench(unsigned slack) : line(dut->rx_i, nothing, kDivisor, slack) {
    dut.attach(line);
    dut->rx_i = 1;
    dut.reset(4);
  }
  void tick() {
    dut.tick();
    if (dut->valid_o) got.push_back(dut->data_o);
  }
};

class Uart : public testing::TestWithParam<unsigned> {};

TEST_P(Uart, ReceivesEveryByteBackToBack) {
  Bench bench(GetParam());
  std::vector<std::uint8_t> sent;
  std::mt19937 rng(7);
  for (int i = 0; i < 256; ++i) sent.push_back(static_cast<std::uint8_t>(i));
  for (int i = 0; i < 256; ++i) sent.push_back(static_cast<std::uint8_t>(rng()));
  for (const auto byte : sent) bench.line.send(byte);
  while (!bench.line.sent()) bench.tick();
  for (unsigned i = 0; i < 2 * kDivisor; ++i) bench.tick();
  EXPECT_EQ(bench.got, sent);
}
INSTANTIATE_TEST_SUITE_P(Slack, Uart, testing::Values(0U, 1U, 5U));

TEST(UartErrors, ASpikeIsNoByteAndABrokenStopBitDropsOne) {
  Bench bench(0);
  const auto hold = [&](int level, unsigned clocks) {
    for (unsigned i = 0; i < clocks; ++i) {
      bench.dut->rx_i = level;
      bench.dut->clk_i = 0;
      bench.dut->eval();
      bench.dut->clk_i = 1;
      bench.dut->eval();
      if (bench.dut->valid_o) bench.got.push_back(bench.dut->data_o);
    }
  };
  hold(1, 20);
  hold(0, 1);  // a spike
  hold(1, 12 * kDivisor);
  hold(0, 10 * kDivisor);  // start, eight zeros, a stop bit that is 0
  hold(1, 12 * kDivisor);
  EXPECT_TRUE(bench.got.empty());
  bench.line.send(0xa5);
  while (!bench.line.sent()) bench.tick();
  for (unsigned i = 0; i < 2 * kDivisor; ++i) bench.tick();
  EXPECT_EQ(bench.got, std::vector<std::uint8_t>{0xa5});
}

}  // namespace
}  // namespace girih::tb
