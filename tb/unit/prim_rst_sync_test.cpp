// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "Vprim_clk_gate.h"
#include "Vprim_rst_sync.h"
#include "dut.h"

namespace girih::tb {
namespace {

TEST(PrimRstSync, FallsWithoutAClockAndRisesAfterTwoEdges) {
  Dut<Vprim_rst_sync> dut(1);
  dut->scan_i = 0;
  dut.reset();
  dut.tick();
  EXPECT_FALSE(dut->rst_no);
  dut.tick();
  EXPECT_TRUE(dut->rst_no);

  dut->rst_ni = 0;                   // no clock edge
  dut->eval();
  EXPECT_FALSE(dut->rst_no);
}

TEST(PrimRstSync, ScanModeTakesThePin) {
  Dut<Vprim_rst_sync> dut(1);
  dut->scan_i = 1;
  for (const int pin : {0, 1, 0, 1}) {
    dut->rst_ni = static_cast<CData>(pin);
    dut->eval();
    EXPECT_EQ(dut->rst_no, pin);
  }
}

/// The gate as simulation and an ASIC have it: what counts is the enable while the clock is low.
TEST(PrimClkGate, AnEdgePassesWhenItWasEnabledBeforeIt) {
  VerilatedContext context;
  Vprim_clk_gate gate(&context);
  for (const int inputs : {0, 1, 2, 3}) {
    gate.en_i = inputs & 1;
    gate.test_en_i = inputs >> 1 & 1;
    gate.clk_i = 0;
    gate.eval();
    EXPECT_EQ(gate.clk_o, 0) << inputs;
    gate.clk_i = 1;
    gate.eval();
    EXPECT_EQ(gate.clk_o, inputs != 0) << inputs;
  }
}

TEST(PrimClkGate, AnEnableThatChangesWhileTheClockIsHighMakesNoPulse) {
  VerilatedContext context;
  Vprim_clk_gate gate(&context);
  gate.test_en_i = 0;
  for (const int enabled : {0, 1}) {
    gate.clk_i = 0;
    gate.en_i = static_cast<CData>(enabled);
    gate.eval();
    gate.clk_i = 1;
    gate.eval();
    gate.en_i = static_cast<CData>(!enabled);
    gate.eval();
    EXPECT_EQ(gate.clk_o, enabled);
  }
}

}  // namespace
}  // namespace girih::tb
