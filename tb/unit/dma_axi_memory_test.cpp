// SPDX-License-Identifier: Apache-2.0
//
// The bus model by hand: what it answers, and that it reports a master that breaks the rules.
#include <gtest/gtest.h>

#include <array>
#include <cstring>

#include "axi_memory.h"

namespace girih::tb {
namespace {

/// A master whose ports are variables.
struct Master {
  CData arvalid = 0, arid = 4, arlen = 0, arsize = 4, arburst = 1, arlock = 0, arcache = 3, arprot = 2,
        arqos = 0, aruser = 0, arready = 0;
  QData araddr = 0, awaddr = 0;
  CData rvalid = 0, rid = 0, rresp = 0, rlast = 0, rready = 1;
  std::array<std::uint8_t, 16> rdata{}, wdata{};
  CData awvalid = 0, awid = 2, awlen = 0, awsize = 4, awburst = 1, awlock = 0, awcache = 3, awprot = 2,
        awqos = 0, awuser = 0, awready = 0;
  CData wvalid = 0, wlast = 0, wready = 0, bvalid = 0, bid = 0, bresp = 0, bready = 1;
  std::array<std::uint8_t, 2> wstrb{0xff, 0xff};

  AxiPorts ports() {
    return {16, arvalid, arid, arlen, arsize, arburst, arlock, arcache, arprot, arqos, aruser, araddr,
            arready, rvalid, rid, rresp, rlast, rdata.data(), rready, awvalid, awid, awlen, awsize, awburst,
            awlock, awcache, awprot, awqos, awuser, awaddr, awready, wvalid, wlast, wdata.data(),
            wstrb.data(), wready, bvalid, bid, bresp, bready};
  }
};

struct Fixture {
  Master m;
  Dram dram;
  AxiMemory memory;
  explicit Fixture(AxiMemoryOptions options = {}) : memory(m.ports(), dram, options) {}

  void tick() {
    memory.drive();
    memory.sample();
  }
  /// Offers the address until it is taken.
  void read(std::uint64_t address, unsigned beats, unsigned id = 4) {
    m.arvalid = 1, m.araddr = address, m.arlen = CData(beats - 1), m.arid = CData(id);
    do tick(); while (!m.arready);
    m.arvalid = 0;
  }
  void write_address(std::uint64_t address, unsigned beats) {
    m.awvalid = 1, m.awaddr = address, m.awlen = CData(beats - 1);
    do tick(); while (!m.awready);
    m.awvalid = 0;
  }
  bool failed_with(const char* text) const {
    for (const auto& failure : memory.failures()) {
      if (failure.find(text) != std::string::npos) return true;
    }
    return false;
  }
};

TEST(AxiMemory, ReadsAfterItsLatency) {
  AxiMemoryOptions options;
  options.read_latency = 7;
  Fixture f(options);
  for (unsigned i = 0; i < 32; ++i) f.dram.store(0x1000 + i, std::uint8_t(i));
  f.read(0x1000, 2);
  for (int i = 0; i < 6; ++i) {
    f.tick();
    ASSERT_FALSE(f.m.rvalid);
  }
  for (unsigned beat = 0; beat < 2; ++beat) {
    f.tick();
    ASSERT_TRUE(f.m.rvalid);
    EXPECT_EQ(f.m.rdata[3], 16 * beat + 3);
    EXPECT_EQ(f.m.rlast, beat == 1);
  }
  f.tick();
  EXPECT_FALSE(f.m.rvalid);
  EXPECT_TRUE(f.memory.failures().empty());
}

TEST(AxiMemory, WritesStrobedBytesAndAnswers) {
  Fixture f;
  f.write_address(0x2000, 1);
  f.m.wvalid = f.m.wlast = 1;
  f.m.wdata.fill(0x77);
  f.m.wstrb = {0x02, 0x80};
  do f.tick(); while (!f.m.wready);
  f.m.wvalid = 0;
  for (int i = 0; i < 10 && !f.m.bvalid; ++i) f.tick();
  EXPECT_TRUE(f.m.bvalid);
  EXPECT_EQ(f.m.bid, 2);
  for (unsigned i = 0; i < 16; ++i) EXPECT_EQ(f.dram.load(0x2000 + i), i == 1 || i == 15 ? 0x77 : 0);
  EXPECT_TRUE(f.memory.failures().empty());
}

TEST(AxiMemory, FailsWhatItIsTold) {
  Fixture f;
  f.memory.fail_range(0x3010, 0x3010, AxiResponse::kDecErr);
  f.memory.fail_read(2, AxiResponse::kSlvErr);
  std::vector<unsigned> responses;
  for (const std::uint64_t address : {0x3000, 0x3010, 0x4000, 0x5000}) {
    f.read(address, 1);
    for (int i = 0; i < 100 && !f.m.rvalid; ++i) f.tick();
    responses.push_back(f.m.rresp);
    f.tick();
  }
  EXPECT_EQ(responses, (std::vector<unsigned>{0, 3, 2, 0}));
}

TEST(AxiMemory, ReportsBursts) {
  Fixture f;
  f.read(0x0ff0, 2);
  EXPECT_TRUE(f.failed_with("crosses 4 KiB"));
  f.read(0x8, 1);
  EXPECT_TRUE(f.failed_with("not aligned"));
  f.read(0x1000, 17);
  EXPECT_TRUE(f.failed_with("more than 16 beats"));
  f.m.arsize = 3;
  f.read(0x1000, 1);
  EXPECT_TRUE(f.failed_with("size 3"));
  f.m.arburst = 0;
  f.read(0x1000, 1);
  EXPECT_TRUE(f.failed_with("INCR"));
  f.m.arprot = 0;
  f.read(0x1000, 1);
  EXPECT_TRUE(f.failed_with("AxPROT"));
}

TEST(AxiMemory, ReportsIds) {
  AxiMemoryOptions options;
  options.read_ids = 0xf0;
  options.single_ids = 0xf0;
  Fixture f(options);
  f.read(0, 1, 4);
  f.read(0, 1, 5);
  EXPECT_TRUE(f.memory.failures().empty());
  f.read(0, 1, 4);
  EXPECT_TRUE(f.failed_with("two bursts in flight"));
  f.read(0, 1, 2);
  EXPECT_TRUE(f.failed_with("ARID 2 is not allowed"));
}

TEST(AxiMemory, ReportsUnstableChannels) {
  AxiMemoryOptions options;
  options.stall_ar = options.stall_aw = options.stall_w = 1;
  Fixture f(options);
  f.m.arvalid = f.m.awvalid = f.m.wvalid = 1;
  f.tick();
  f.m.arvalid = 0;
  f.m.awaddr = 64;
  f.m.wdata[0] = 1;
  f.tick();
  EXPECT_TRUE(f.failed_with("AR: valid was withdrawn"));
  EXPECT_TRUE(f.failed_with("AW: payload changed"));
  EXPECT_TRUE(f.failed_with("W: payload changed"));
}

TEST(AxiMemory, ReportsLastOnTheWrongBeat) {
  Fixture f;
  f.write_address(0, 2);
  f.m.wvalid = f.m.wlast = 1;
  do f.tick(); while (!f.m.wready);
  EXPECT_TRUE(f.failed_with("WLAST"));
}

TEST(AxiMemory, SharesOneBus) {
  AxiMemoryOptions options;
  options.shared_bus = true;
  options.read_latency = 1;
  Fixture f(options);
  unsigned reads = 0, writes = 0, both = 0;
  f.m.arvalid = f.m.awvalid = f.m.wvalid = f.m.wlast = 1;
  for (int i = 0; i < 200; ++i) {
    f.tick();
    reads += f.m.rvalid;
    writes += f.m.wready;
    both += f.m.rvalid && f.m.wready;
  }
  EXPECT_EQ(both, 0u);
  EXPECT_GT(reads, 80u);
  EXPECT_GT(writes, 80u);
}

/// Reads of different IDs overtake each other and interleave; those of one ID do not.
TEST(AxiMemory, KeepsTheOrderOfAnId) {
  AxiMemoryOptions options;
  options.reorder = options.interleave = true;
  options.read_latency_spread = 30;
  Fixture f(options);
  for (unsigned i = 0; i < 16; ++i) {
    for (unsigned b = 0; b < 64; ++b) f.dram.store(0x1000 + 64 * i + b, std::uint8_t(i));
  }
  std::array<unsigned, 2> next{}, beats{};
  unsigned switches = 0, last_id = 0, got = 0;
  const auto look = [&] {
    if (!f.m.rvalid) return;
    const unsigned k = f.m.rid - 4u;
    ASSERT_EQ(f.m.rdata[0], 2 * next[k] + k);
    if (++beats[k] % 4 == 0) ++next[k];
    switches += f.m.rid != last_id;
    last_id = f.m.rid;
    ++got;
  };
  for (unsigned i = 0; i < 16; ++i) {
    f.m.arvalid = 1, f.m.araddr = 0x1000 + 64 * i, f.m.arlen = 3, f.m.arid = CData(4 + i % 2);
    f.tick();
    look();
  }
  f.m.arvalid = 0;
  for (int i = 0; i < 500 && got < 64; ++i) {
    f.tick();
    look();
  }
  EXPECT_EQ(got, 64u);
  EXPECT_GT(switches, 10u);
}

}  // namespace
}  // namespace girih::tb
