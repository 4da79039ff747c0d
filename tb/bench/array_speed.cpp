// SPDX-License-Identifier: Apache-2.0
//
// The bare MAC array, a row in every cycle and a new weight tile every 64: how fast could the chip
// be simulated if there were nothing else?
#include "dut.h"
#include "runtime/rtl_library.h"

#include GIRIH_MODEL_HEADER

extern "C" __attribute__((visibility("default"))) std::uint64_t girih_run_array(
    std::uint64_t cycles) {
  VerilatedContext context;
  GIRIH_MODEL array(&context);
  std::uint64_t checksum = 0;
  std::uint32_t lcg = 1;
  array.row_i = 1;
  for (std::uint64_t cycle = 0; cycle < cycles; ++cycle) {
    for (auto& value : array.segment_i.m_storage) {
      lcg = lcg * 1664525U + 1013904223U;
      value = lcg >> 23;
    }
    array.swap_i = cycle % 64 == 0;
    array.clk_i = 0;
    array.eval();
    array.clk_i = 1;
    array.eval();
    checksum += static_cast<std::uint64_t>(array.dot_o[0]);
  }
  array.final();
  return checksum;
}
