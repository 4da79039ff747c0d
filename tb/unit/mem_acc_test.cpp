// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <optional>
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

constexpr int kAsks = 5;  // MATRIX, VECTOR a, b, c, STORE
int port_of(int ask) { return ask == 0 ? 0 : ask < 4 ? 1 : 2; }

/// Grants of three write ports on two banks: the lowest asking port of each parity.
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

  // What is known of a lane, and when it was written: a read that goes sees writes granted before.
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
  unsigned reading = 0, fetching = 0, writing = 0;
  std::uint32_t read_row[kAsks] = {}, write_row[3] = {};
  std::uint64_t compared = 0;
  struct Ask {
    bool fetch;
    std::uint32_t row;
  };
  std::deque<Ask> queue[kAsks];
  unsigned came[3] = {};  // answers of the next cycles

  for (int cycle = 0; cycle < 6000; ++cycle) {
    for (int a = 0; a < kAsks; ++a) {
      if (!(reading >> a & 1) && chance(rng, busy)) {
        const bool fetch = a == 0 || a == 4 || chance(rng, 0.7);
        reading |= 1u << a, fetching = (fetching & ~(1u << a)) | unsigned{fetch} << a;
        dut->rd_row_i[a] = read_row[a] = rng() % std::min(span, kRows);
      }
    }
    for (int p = 0; p < 3; ++p) {
      if (!(writing >> p & 1) && chance(rng, busy)) {
        writing |= 1u << p;
        dut->wr_row_i[p] = write_row[p] = rng() % std::min(span, kRows);
        dut->wr_lanes_i[p] = rng() >> (32 - kLanes);
        for (std::uint32_t l = 0; l < kLanes; ++l) dut->wr_data_i[p][l] = rng();
      }
    }
    dut->rd_valid_i = reading, dut->rd_fetch_i = fetching, dut->wr_valid_i = writing;
    dut->clk_i = 0;
    dut->eval();
    const unsigned writes = dut->wr_gnt_o;
    ASSERT_EQ(writes, granted(writing, write_row));
    unsigned ready = 1;
    for (int a = 1; a < kAsks; ++a) ready |= unsigned{queue[a].size() < 2} << a;
    ASSERT_EQ(dut->rd_ready_o, ready);
    ASSERT_EQ(dut->rd_came_o, came[0]) << "cycle " << cycle;
    came[0] = came[1], came[1] = came[2], came[2] = 0;

    // From the queues: in each bank the lowest port, of a port the lowest client. A client that waits for
    // its port keeps its bank from the ports behind, but not from its own.
    unsigned kept[3] = {}, ports = 0;
    for (int a = 0; a < kAsks; ++a) {
      if (queue[a].empty() || !queue[a].front().fetch) continue;
      for (int p = port_of(a) + 1; p < 3; ++p) kept[p] |= 1u << (queue[a].front().row & 1);
    }
    std::optional<std::uint32_t> read[3];
    for (int a = 0; a < kAsks; ++a) {
      if (queue[a].empty()) continue;
      const Ask ask = queue[a].front();
      if (ask.fetch) {
        if (ports >> port_of(a) & 1) continue;
        ports |= 1u << port_of(a);
        if (kept[port_of(a)] >> (ask.row & 1) & 1) continue;
        read[port_of(a)] = ask.row;
      }
      came[2] |= 1u << a;
      queue[a].pop_front();
    }
    const unsigned taken = reading & ready;
    for (int a = 0; a < kAsks; ++a) {
      if (taken >> a & 1) queue[a].push_back({(fetching >> a & 1) != 0, read_row[a]});
    }

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
      if (!read[p]) continue;
      for (std::uint32_t l = 0; l < kLanes; ++l) {
        const auto it = known.find({*read[p], l});
        if (it != known.end() && it->second.written + 1 <= now) checks.push_back({now + 3, p, l, it->second.value});
      }
    }
    dut.tick();
    reading &= ~taken, writing &= ~writes;
  }
  EXPECT_GT(compared, 1000u);
}

INSTANTIATE_TEST_SUITE_P(, AccRandom,
                         testing::Combine(testing::Values(0.2, 0.9), testing::Values(8u, 64u),
                                          testing::Values(1u, 2u)));

}  // namespace
}  // namespace girih::tb
