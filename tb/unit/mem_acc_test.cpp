// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>
#include <tuple>

#include GIRIH_MODEL_HEADER
#include "dut.h"
#include "girih/presets.h"
#include "stream.h"

namespace girih::tb {
namespace {

const isa::Preset& preset() { return *isa::find_preset(GIRIH_PRESET_NAME); }

const std::uint32_t kLanes = preset().n_dim;
const std::uint32_t kRows = preset().acc_kib * 256 / kLanes;

using Row = std::vector<std::uint32_t>;

/// Grants of three ports on two banks: the lowest asking port of each parity.
unsigned granted(unsigned valid, const std::uint32_t (&row)[3]) {
  unsigned taken = 0, grants = 0;
  for (int p = 0; p < 3; ++p) {
    if (!(valid >> p & 1)) continue;
    if (!(taken >> (row[p] & 1) & 1)) grants |= 1u << p;
    taken |= 1u << (row[p] & 1);
  }
  return grants;
}

/// (probability of a request, rows in use, seed)
using AccRandom = testing::TestWithParam<std::tuple<double, std::uint32_t, std::uint32_t>>;

TEST_P(AccRandom, KeepsEveryLaneAndItsPriorities) {
  const auto [busy, span, seed] = GetParam();
  std::mt19937 rng(seed);
  Dut<GIRIH_MODEL> dut(static_cast<std::uint32_t>(rng()));
  dut->rd_valid_i = 0, dut->wr_valid_i = 0, dut->ram_cfg_i = 0;
  dut.reset();

  // What is known of a lane, and when it was written: a read sees writes granted two cycles before.
  struct Known {
    std::uint32_t value;
    std::uint64_t written;
  };
  std::map<std::pair<std::uint32_t, std::uint32_t>, Known> known;
  struct Check {
    std::uint64_t at;
    int port;
    std::uint32_t lane, value;
  };
  std::vector<Check> checks;
  unsigned reading = 0, writing = 0;
  std::uint32_t read_row[3] = {}, write_row[3] = {};
  std::uint64_t compared = 0;

  for (int cycle = 0; cycle < 6000; ++cycle) {
    for (int p = 0; p < 3; ++p) {
      if (!(reading >> p & 1) && chance(rng, busy)) {
        reading |= 1u << p;
        dut->rd_row_i[p] = read_row[p] = rng() % std::min(span, kRows);
      }
      if (!(writing >> p & 1) && chance(rng, busy)) {
        writing |= 1u << p;
        dut->wr_row_i[p] = write_row[p] = rng() % std::min(span, kRows);
        dut->wr_lanes_i[p] = rng() >> (32 - kLanes);
        for (std::uint32_t l = 0; l < kLanes; ++l) dut->wr_data_i[p][l] = rng();
      }
    }
    dut->rd_valid_i = reading, dut->wr_valid_i = writing;
    dut->clk_i = 0;
    dut->eval();
    const unsigned reads = dut->rd_gnt_o, writes = dut->wr_gnt_o;
    ASSERT_EQ(reads, granted(reading, read_row));
    ASSERT_EQ(writes, granted(writing, write_row));

    const std::uint64_t now = dut.cycle();
    for (const Check& c : checks) {
      if (c.at != now) continue;
      ASSERT_EQ(dut->rd_data_o[c.port][c.lane], c.value) << "port " << c.port << " lane " << c.lane;
      ++compared;
    }
    std::erase_if(checks, [&](const Check& c) { return c.at <= now; });

    for (int p = 0; p < 3; ++p) {
      if (!(writes >> p & 1)) continue;
      for (std::uint32_t l = 0; l < kLanes; ++l) {
        if (dut->wr_lanes_i[p] >> l & 1) known[{write_row[p], l}] = {dut->wr_data_i[p][l], now};
      }
    }
    for (int p = 0; p < 3; ++p) {
      if (!(reads >> p & 1)) continue;
      for (std::uint32_t l = 0; l < kLanes; ++l) {
        const auto it = known.find({read_row[p], l});
        if (it != known.end() && it->second.written + 2 <= now) checks.push_back({now + 2, p, l, it->second.value});
      }
    }
    dut.tick();
    reading &= ~reads, writing &= ~writes;
  }
  EXPECT_GT(compared, 1000u);
}

INSTANTIATE_TEST_SUITE_P(, AccRandom,
                         testing::Combine(testing::Values(0.2, 0.9), testing::Values(8u, 64u),
                                          testing::Values(1u, 2u)));

}  // namespace
}  // namespace girih::tb
