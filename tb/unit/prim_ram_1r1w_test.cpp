// SPDX-License-Identifier: Apache-2.0
//
// Random reads and writes against an array; both bodies of the memory, with and without OutputReg.
#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <optional>
#include <random>

#include "Vprim_ram.h"
#include "Vprim_ram_lanes.h"
#include "Vprim_ram_output_reg.h"
#include "dut.h"

namespace girih::tb {
namespace {

constexpr unsigned kDepth = 48;      // not a power of two
constexpr unsigned kLanes = 4;       // of 8 bits
constexpr int kCycles = 20000;

/// What each lane of each word must hold; nothing before its first write.
using Word = std::array<std::optional<std::uint8_t>, kLanes>;

std::uint8_t lane(std::uint32_t word, unsigned i) { return static_cast<std::uint8_t>(word >> (8 * i)); }

/// Drives `kCycles` cycles; reads come back after `latency` cycles and stay. Returns the lanes compared.
template <class Model>
int compare(unsigned latency, std::uint32_t seed) {
  std::mt19937 rng(seed);
  Dut<Model> dut(static_cast<std::uint32_t>(rng()));
  dut.reset();
  std::array<Word, kDepth> memory{};
  std::deque<std::optional<Word>> on_the_way(latency);   // oldest first
  Word shown{};
  int compared = 0;

  for (int cycle = 0; cycle < kCycles; ++cycle) {
    dut->rd_valid_i = rng() % 4 != 0;
    dut->wr_valid_i = rng() % 4 != 0;
    dut->rd_addr_i = static_cast<CData>(rng() % kDepth);
    dut->wr_addr_i = static_cast<CData>(rng() % 4 == 0 ? dut->rd_addr_i : rng() % kDepth);
    dut->wr_be_i = static_cast<CData>(rng() % (1u << kLanes));
    dut->wr_data_i = static_cast<IData>(rng());

    std::optional<Word> read;
    if (dut->rd_valid_i) read = memory[dut->rd_addr_i];
    if (dut->wr_valid_i) {
      for (unsigned i = 0; i < kLanes; ++i) {
        if (!(dut->wr_be_i >> i & 1)) continue;
        memory[dut->wr_addr_i][i] = lane(dut->wr_data_i, i);
        if (read && dut->rd_addr_i == dut->wr_addr_i) (*read)[i].reset();  // a collision: undefined
      }
    }
    on_the_way.push_back(read);
    dut.tick();
    on_the_way.pop_front();
    if (on_the_way.front()) shown = *on_the_way.front();
    for (unsigned i = 0; i < kLanes; ++i) {
      if (!shown[i]) continue;
      ++compared;
      if (lane(dut->rd_data_o, i) == *shown[i]) continue;
      ADD_FAILURE() << "cycle " << cycle << ", lane " << i << ": expected " << int(*shown[i]) << ", got "
                    << int(lane(dut->rd_data_o, i));
      return compared;
    }
    EXPECT_EQ(dut->err_o, 0);
  }
  return compared;
}

class PrimRam1r1w : public testing::TestWithParam<std::uint32_t> {};

TEST_P(PrimRam1r1w, ReadsWhatWasWritten) { EXPECT_GT(compare<Vprim_ram>(1, GetParam()), kCycles); }

TEST_P(PrimRam1r1w, BodyForSynthesisMeansTheSame) {
  EXPECT_GT(compare<Vprim_ram_lanes>(1, GetParam()), kCycles);
}

TEST_P(PrimRam1r1w, OutputRegisterAddsOneCycle) {
  EXPECT_GT(compare<Vprim_ram_output_reg>(2, GetParam()), kCycles);
}

INSTANTIATE_TEST_SUITE_P(, PrimRam1r1w, testing::Range(1u, 4u));

}  // namespace
}  // namespace girih::tb
