// SPDX-License-Identifier: Apache-2.0
#include "ctrl_bench.h"

#include <set>

namespace girih::tb {
namespace {

namespace admin = regs::admin;
namespace tenant = regs::admin::tenant;
namespace ctx = regs::ctx;

/// Every register with its reset value and the bits a host may write, as docs/host.md says.
struct Register {
  std::uint32_t address, reset, writable;
};

std::vector<Register> registers() {
  const isa::Preset& p = bench_preset();
  std::vector<Register> out = {{admin::ID, 0x48524947, 0},
                               {admin::VERSION, 0x10000, 0},
                               {admin::K_DIM, p.k_dim, 0},
                               {admin::N_DIM, p.n_dim, 0},
                               {admin::BUS_BYTES, p.bus_bytes, 0},
                               {admin::WEIGHT_PORT, p.weight_port, 0},
                               {admin::VEC_LANES, p.vec_lanes, 0},
                               {admin::SFU_LANES, p.sfu_lanes, 0},
                               {admin::SPM_KIB, p.spm_kib, 0},
                               {admin::SPM_BANKS, p.spm_banks, 0},
                               {admin::SPM_WORD_BYTES, p.spm_word_bytes, 0},
                               {admin::ACC_KIB, p.acc_kib, 0},
                               {admin::CONTEXTS, p.contexts, 0},
                               {admin::LOAD_QUEUE, p.load_queue, 0},
                               {admin::ENGINE_QUEUE, p.engine_queue, 0},
                               {admin::READS_IN_FLIGHT, p.reads_in_flight, 0},
                               {admin::WRITES_IN_FLIGHT, p.writes_in_flight, 0},
                               {admin::MAX_INSTR_CYCLES, 1u << 24, ~0u}};
  for (unsigned c = 0; c < p.contexts; ++c) {
    out.insert(out.end(), {{tenant::SPM_BASE(c), 0, 0x000ffc00},
                           {tenant::SPM_SIZE(c), 0, 0x001ffc00},
                           {tenant::ACC_BASE(c), 0, 0x0003fc00},
                           {tenant::ACC_SIZE(c), 0, 0x0007fc00},
                           {tenant::WEIGHT(c), 1, 0}});
    for (unsigned w = 0; w < 8; ++w) {
      out.insert(out.end(), {{tenant::windows::WIN_BASE(c, w), 0, 0x0fffffff},
                             {tenant::windows::WIN_PAGES(c, w), 0, 0x001fffff},
                             {tenant::windows::WIN_PERM(c, w), 0, 3}});
    }
    out.insert(out.end(), {{ctx::STATUS(c), 0, 0},
                           {ctx::RING_WINDOW(c), 0, 7},
                           {ctx::RING_OFFSET(c), 0, ~0u},
                           {ctx::RING_SIZE(c), 0, ~0u},
                           {ctx::HEAD(c), 0, 0},
                           {ctx::IRQ_STATUS(c), 0, 0},
                           {ctx::IRQ_ENABLE(c), 0, 3},
                           {ctx::ERR_CODE(c), 0, 0},
                           {ctx::ERR_INDEX(c), 0, 0},
                           {ctx::ERR_TAG(c), 0, 0},
                           {ctx::ERR_DETAIL(c), 0, 0}});
    for (unsigned i = 0; i < 32; ++i) out.push_back({ctx::params::PARAM(c, i), 0, ~0u});
    for (std::uint32_t a = ctx::counters::LOAD_BUSY_LO(c); a <= ctx::counters::RETIRED_HI(c); a += 4) {
      out.push_back({a, 0, 0});
    }
    out.push_back({ctx::CTRL(c), 0, 1});
    out.push_back({ctx::DOORBELL(c), 0, ~0u});
  }
  return out;
}

/// The bench configures contexts; a chip just out of reset has not.
void chip_reset(Bench& bench) { bench.dut.reset(); }

TEST(CtrlCsr, ResetValues) {
  Bench bench(1);
  chip_reset(bench);
  for (const Register& r : registers()) {
    EXPECT_EQ(bench.host.read32(r.address), r.reset) << std::hex << r.address;
  }
}

TEST(CtrlCsr, WhatIsWritableReadsBackAndNothingElseMoves) {
  Bench bench(2);
  chip_reset(bench);
  std::map<std::uint32_t, std::uint32_t> expected;
  for (const Register& r : registers()) expected[r.address] = r.reset;
  for (int round = 0; round < 2; ++round) {
    for (const Register& r : registers()) {
      // Doorbell and enable are left alone here: they would start a fetch.
      bool starts = false;
      for (unsigned c = 0; c < Bench::contexts(); ++c)
        starts |= r.address == ctx::CTRL(c) || r.address == ctx::DOORBELL(c);
      if (starts) continue;
      const std::uint32_t value = bench.rng();
      bench.host.write32(r.address, value);
      expected[r.address] = (value & r.writable) | (expected[r.address] & ~r.writable);
    }
    for (const auto& [address, value] : expected) {
      EXPECT_EQ(bench.host.read32(address), value) << std::hex << address;
    }
  }
}

TEST(CtrlCsr, ByteStrobesWriteTheirBytesOnly) {
  Bench bench(3);
  chip_reset(bench);
  for (const Register& r : registers()) {
    if (r.writable < 2) continue;  // nothing; or CTRL, which would start a fetch
    std::uint32_t expected = r.reset;
    for (unsigned i = 0; i < 20; ++i) {
      const std::uint32_t value = bench.rng();
      const unsigned strobe = i < 4 ? 1u << i : bench.rng() % 16;
      for (unsigned byte = 0; byte < 4; ++byte) {
        const std::uint32_t written = (strobe >> byte & 1) * 0xffu << 8 * byte & r.writable;
        expected = (value & written) | (expected & ~written);
      }
      bench.host.try_write32(r.address, value, strobe);
      EXPECT_EQ(bench.host.response(), 0u);
      EXPECT_EQ(bench.host.read32(r.address), expected) << std::hex << r.address << ", strobes " << strobe;
    }
  }
}

TEST(CtrlCsr, UnmappedAddressesAnswerSlverrAndChangeNothing) {
  Bench bench(4);
  chip_reset(bench);
  std::set<std::uint32_t> mapped;
  for (const Register& r : registers()) mapped.insert(r.address);
  const std::uint32_t end = 1u << 20;
  unsigned unmapped = 0;
  for (std::uint32_t a = 0; a < end; a += 4) {
    // All of the used parts of pages, and a sample of the rest.
    const std::uint32_t in_page = a & 0xffff;
    if (in_page >= 0x200 && (in_page < 0x1000 || in_page >= 0x1900) && bench.rng() % 64) continue;
    if (mapped.count(a)) continue;
    ++unmapped;
    bench.host.try_read32(a);
    EXPECT_EQ(bench.host.response(), 2u) << "read " << std::hex << a;
    bench.host.try_write32(a, 0xffffffff);
    EXPECT_EQ(bench.host.response(), 2u) << "write " << std::hex << a;
  }
  EXPECT_GT(unmapped, 1000u);
  for (const Register& r : registers()) {
    EXPECT_EQ(bench.host.read32(r.address), r.reset) << std::hex << r.address;
  }
}

TEST(CtrlCsr, TheLowWordLatchesTheHighWord) {
  Bench bench(5);
  // Bytes read: 2^32 - 4000 is not reached in a test; 4095 bytes a cycle for 2^20 + cycles is.
  bench.dut->load_bytes_i = 4095;
  bench.run((1u << 20) + 100);
  const std::uint32_t lo = ctx::counters::BYTES_READ_LO(0);
  const std::uint64_t first = bench.host.read32(lo);
  bench.run(300);  // the low word wraps meanwhile
  const std::uint64_t high = bench.host.read32(lo + 4);
  const std::uint64_t second = bench.host.read64(lo);
  EXPECT_EQ(high, 0u);
  EXPECT_GT(first, 0xff000000u);
  EXPECT_EQ(second >> 32, 1u);
  EXPECT_GT(second, first);
  bench.dut->load_bytes_i = 0;
}

/// A driver that does not wait for one answer before it asks again; BYTES_READ grows by one a cycle.
TEST(CtrlCsr, CounterReadsMayFollowOneAnother) {
  Dut<GIRIH_MODEL> dut(8);
  for (auto* port : {&dut->s_axil_awvalid_i, &dut->s_axil_wvalid_i, &dut->s_axil_arvalid_i,
                     &dut->overflow_valid_i, &dut->done_valid_i, &dut->m_axi_rvalid_i, &dut->m_axi_bvalid_i})
    *port = 0;
  dut->s_axil_rready_i = dut->s_axil_bready_i = 1;
  dut->load_bytes_i = dut->store_bytes_i = dut->busy_i = 0;
  dut.reset();
  dut->load_bytes_i = 1;
  const std::uint32_t low = ctx::counters::BYTES_READ_LO(0);
  const std::vector<std::uint32_t> addresses = {low, low, low, low + 4, low, admin::ID, low, low};
  std::vector<std::int64_t> late;  // answer's cycle less the counter
  std::size_t asked = 0, answered = 0;
  unsigned cycles = 0;
  for (; answered < 400; ++cycles) {
    ASSERT_LT(cycles, 3200u);
    dut->s_axil_arvalid_i = 1;
    dut->s_axil_araddr_i = addresses[asked % addresses.size()];
    dut->clk_i = 0;
    dut->eval();
    const bool taken = dut->s_axil_arready_o;
    if (dut->s_axil_rvalid_o) {
      EXPECT_EQ(dut->s_axil_rresp_o, 0);
      const std::uint32_t address = addresses[answered++ % addresses.size()];
      const std::uint32_t value = dut->s_axil_rdata_o;
      if (address == low) {
        late.push_back(std::int64_t{cycles} - value);
      } else {
        EXPECT_EQ(value, address == admin::ID ? 0x48524947u : 0u);
      }
    }
    dut.tick();
    asked += taken;
  }
  ASSERT_EQ(late.size(), 300u);
  for (const std::int64_t cycle : late) EXPECT_EQ(cycle, late.front());
  EXPECT_GT(cycles, 7 * answered);     // a low word every eighth cycle
  EXPECT_LT(cycles, 8 * answered);
}

TEST(CtrlCsr, InterruptsAreLevelMaskedAndWriteOneToClear) {
  Bench bench(6);
  for (unsigned c = 0; c < Bench::contexts(); ++c) {
    bench.host.write32(ctx::IRQ_ENABLE(c), 0);
    bench.start(c, {fence(7, false, true), isa::Instruction{}});  // then opcode 0
    bench.run(300);
    EXPECT_EQ(bench.host.read32(ctx::IRQ_STATUS(c)), 3u);
    EXPECT_EQ(bench.dut->irq_o >> c & 1, 0);
    bench.host.write32(ctx::IRQ_ENABLE(c), 1);
    bench.run(2);
    EXPECT_EQ(bench.dut->irq_o >> c & 1, 1);
    bench.host.write32(ctx::IRQ_STATUS(c), 1);
    bench.run(2);
    EXPECT_EQ(bench.dut->irq_o >> c & 1, 0);
    EXPECT_EQ(bench.host.read32(ctx::IRQ_STATUS(c)), 2u);
    bench.host.write32(ctx::IRQ_ENABLE(c), 2);
    bench.run(2);
    EXPECT_EQ(bench.dut->irq_o, 1u << c);
    bench.host.write32(ctx::IRQ_STATUS(c), 0);
    EXPECT_EQ(bench.host.read32(ctx::IRQ_STATUS(c)), 2u);
    bench.host.write32(ctx::IRQ_STATUS(c), 2);
    bench.run(2);
    EXPECT_EQ(bench.dut->irq_o, 0);
  }
}

TEST(CtrlCsr, CountersCountTheirContextAndEngine) {
  Bench bench(7);
  bench.enable(1);
  bench.run(5);
  const std::uint64_t before = bench.host.read64(ctx::counters::CYCLES_LO(1));
  EXPECT_EQ(before, 0u);  // idle
  bench.dut->overflow_valid_i = 1;
  bench.dut->overflow_ctx_i = 1;
  bench.tick();
  bench.dut->overflow_valid_i = 0;
  EXPECT_EQ(bench.host.read32(ctx::STATUS(1)), 8u);
  EXPECT_EQ(bench.host.read32(ctx::STATUS(0)), 0u);
  bench.engines.options().least = 100;
  bench.engines.options().spread = 0;
  bench.dut->stall_mem_i = 0b1000;
  bench.dut->stall_bus_i = 0b0001;
  bench.start(1, {simple(0), simple(2), simple(3, {.wait = 1}), simple(2, {.give = 1}), fence(1)});
  ASSERT_TRUE(bench.wait_irq(1));
  bench.run(5);
  const auto count = [&](std::uint32_t address) { return bench.host.read64(address); };
  EXPECT_EQ(count(ctx::counters::LOAD_BUSY_LO(1)), 100u);
  EXPECT_EQ(count(ctx::counters::LOAD_STALL_BUS_LO(1)), 100u);
  EXPECT_EQ(count(ctx::counters::LOAD_STALL_MEM_LO(1)), 0u);
  EXPECT_EQ(count(ctx::counters::STORE_BUSY_LO(1)), 0u);
  EXPECT_EQ(count(ctx::counters::MATRIX_BUSY_LO(1)), 200u);
  EXPECT_EQ(count(ctx::counters::VECTOR_BUSY_LO(1)), 100u);
  EXPECT_EQ(count(ctx::counters::VECTOR_STALL_MEM_LO(1)), 100u);
  EXPECT_GT(count(ctx::counters::VECTOR_STALL_TOKEN_LO(1)), 50u);
  EXPECT_EQ(count(ctx::counters::MACS_LO(1)), 2u * 3 * 5 * 7);
  EXPECT_EQ(count(ctx::counters::BYTES_READ_LO(1)), 5u * 128);
  EXPECT_EQ(count(ctx::counters::BYTES_WRITTEN_LO(1)), 8u);
  EXPECT_EQ(count(ctx::counters::RETIRED_LO(1)), 5u);
  EXPECT_GT(count(ctx::counters::CYCLES_LO(1)), 300u);
  for (std::uint32_t a = ctx::counters::LOAD_BUSY_LO(0); a <= ctx::counters::RETIRED_HI(0); a += 4) {
    EXPECT_EQ(bench.host.read32(a), 0u) << std::hex << a;
  }
  bench.reset_context(1);
  for (std::uint32_t a = ctx::counters::LOAD_BUSY_LO(1); a <= ctx::counters::RETIRED_HI(1); a += 4) {
    EXPECT_EQ(bench.host.read32(a), 0u) << std::hex << a;
  }
  EXPECT_EQ(bench.host.read32(ctx::STATUS(1)), 0u);
}

}  // namespace
}  // namespace girih::tb
