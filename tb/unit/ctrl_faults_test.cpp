// SPDX-License-Identifier: Apache-2.0
//
// What stops a context: errors at run time, bad rings, deadlock; and that it stops nobody else.
#include "ctrl_bench.h"

namespace girih::tb {
namespace {

using Record = std::array<std::uint32_t, 4>;  // code, index, tag, detail
using isa::ErrorCode;
constexpr std::uint32_t code(ErrorCode c) { return static_cast<std::uint32_t>(c); }

/// Context 1 works while context 0 fails; then context 0 works again after its reset.
void others_and_restart(Bench& bench) {
  std::vector<isa::Instruction> program(10, simple(0));
  program.push_back(fence(5));
  bench.start(1, program);
  ASSERT_TRUE(bench.wait_irq(1));
  EXPECT_EQ(bench.retired(1), 11u);
  EXPECT_EQ(bench.host.read32(regs::ctx::ERR_CODE(1)), 0u);
  bench.memory.clear_errors();
  bench.engines.errors.clear();
  bench.engines.hold = {};
  bench.reset_context(0);
  bench.configure(0);
  bench.start(0, program);
  ASSERT_TRUE(bench.wait_irq(0));
  EXPECT_EQ(bench.retired(0), 11u);
  EXPECT_FALSE(bench.halted(0));
}

Record fails_with(Bench& bench, const std::vector<isa::Instruction>& program) {
  bench.start(0, program);
  EXPECT_TRUE(bench.wait_irq(0)) << "no error";
  EXPECT_TRUE(bench.halted(0));
  EXPECT_EQ(bench.host.read32(regs::ctx::IRQ_STATUS(0)) & 2, 2u);
  return bench.error(0);
}

TEST(CtrlFaults, AFailedFetchIsReportedInRingOrder) {
  Bench bench(1);
  bench.memory.fail_range(bench.windows(0)[0].address() + Bench::kRingOffset + 3 * 128 + 64,
                          bench.windows(0)[0].address() + Bench::kRingOffset + 3 * 128 + 64,
                          AxiResponse::kSlvErr);
  const Record record = fails_with(bench, {simple(0), simple(1), simple(2), simple(3), simple(0)});
  EXPECT_EQ(record[0], code(ErrorCode::kFetch));
  EXPECT_EQ(record[1], 3u);
  EXPECT_EQ(record[3], 3u * 128);
  others_and_restart(bench);
}

TEST(CtrlFaults, AnEarlierBadInstructionComesBeforeAFailedFetch) {
  Bench bench(1);
  bench.memory.fail_range(bench.windows(0)[0].address() + Bench::kRingOffset + 128,
                          bench.windows(0)[0].address() + Bench::kRingOffset + 255, AxiResponse::kDecErr);
  isa::Instruction bad = simple(0);
  bad.words[2] = 77;
  bad.words[31] = 1;
  EXPECT_EQ(fails_with(bench, {bad, simple(0)}), (Record{code(ErrorCode::kReserved), 0, 77, 31}));
}

TEST(CtrlFaults, BadRings) {
  struct Case {
    std::uint32_t window, offset, size;
    ErrorCode expected;
  };
  for (const Case& x : {Case{0, 0, 0, ErrorCode::kField}, Case{0, 0, 1, ErrorCode::kField},
                        Case{0, 0, 3, ErrorCode::kField}, Case{0, 0, 131072, ErrorCode::kField},
                        Case{0, 128, 4, ErrorCode::kField}, Case{0, 0x80000000, 6, ErrorCode::kField},
                        Case{7, 0, 4, ErrorCode::kWindow}, Case{0, 0xff000, 64, ErrorCode::kWindow},
                        Case{0, 0xfffff000, 32, ErrorCode::kWindow}, Case{0, 0, 16384, ErrorCode::kWindow}}) {
    Bench bench(2);
    bench.host.write32(regs::ctx::RING_WINDOW(0), x.window);
    bench.host.write32(regs::ctx::RING_OFFSET(0), x.offset);
    bench.host.write32(regs::ctx::RING_SIZE(0), x.size);
    bench.enable(0);
    bench.doorbell(0, 1);
    ASSERT_TRUE(bench.wait_irq(0)) << x.size;
    EXPECT_EQ(bench.error(0), (Record{code(x.expected), 0, 0, 0}))
        << x.window << " " << x.offset << " " << x.size;
    others_and_restart(bench);
  }
  // The last ring that fits, and the largest.
  Bench bench(2);
  bench.host.write32(regs::ctx::RING_OFFSET(0), 0xff000);
  bench.host.write32(regs::ctx::RING_SIZE(0), 32);
  bench.enable(0);
  const auto bytes = fence(1).bytes();
  bench.dram.write(bench.windows(0)[0].address() + 0xff000, bytes.data(), bytes.size());
  bench.doorbell(0, 1);
  ASSERT_TRUE(bench.wait_irq(0));
  EXPECT_FALSE(bench.halted(0));
}

TEST(CtrlFaults, EngineErrors) {
  Bench bench(3);
  bench.engines.errors[{0, 2}] = {code(ErrorCode::kIndex), 4711};
  isa::Header header;
  header.tag = 99;
  EXPECT_EQ(fails_with(bench, {simple(1), simple(2), simple(3, header), simple(0)}),
            (Record{code(ErrorCode::kIndex), 2, 99, 4711}));
  others_and_restart(bench);
}

TEST(CtrlFaults, FenceWriteErrors) {
  for (const AxiResponse response : {AxiResponse::kSlvErr, AxiResponse::kDecErr}) {
    Bench bench(4);
    bench.memory.fail_write(0, response);
    const Record expected = {
        code(response == AxiResponse::kSlvErr ? ErrorCode::kWriteSlverr : ErrorCode::kWriteDecerr), 1, 0,
        56u & ~(bench_preset().bus_bytes - 1)};
    EXPECT_EQ(fails_with(bench, {simple(0), fence(1, true, true, {}, 56)}), expected);
    EXPECT_EQ(bench.host.read32(regs::ctx::IRQ_STATUS(0)), 2u);
    others_and_restart(bench);
  }
}

TEST(CtrlFaults, TokenOverflowNamesTheGivingInstructionAndTheLowestCounter) {
  Bench bench(5, 0, 2, {.least = 1, .spread = 0});
  bench.set_ring_size(0, 512);
  std::vector<isa::Instruction> program(255, simple(0, {.give = 0x0500}));
  program.push_back(simple(0, {.wait = 0x100, .give = 0x100}));  // 255 stays 255
  program.push_back(simple(0, {.give = 0x0501, .tag = 5}));
  const Record record = fails_with(bench, program);
  EXPECT_EQ(record, (Record{code(ErrorCode::kTokenOverflow), 256, 5, 8}));
  others_and_restart(bench);
}

struct Stuck {
  const char* name;
  std::vector<isa::Instruction> program;
  std::uint32_t index, tag, missing;
};

std::vector<Stuck> stuck_programs() {
  std::vector<Stuck> out;
  out.push_back({"empty ring", {simple(0), simple(2, {.wait = 0x12, .give = 2, .tag = 7})}, 1, 7, 0x12});
  out.push_back(
      {"one of two tokens", {simple(0, {.give = 2}), simple(2, {.wait = 0x12, .tag = 8})}, 1, 8, 0x10});
  out.push_back(
      {"the oldest of several",
       {simple(3, {.wait = 4, .tag = 1}), simple(0, {.wait = 2, .tag = 2}), simple(2, {.wait = 1, .tag = 3})},
       0,
       1,
       4});
  isa::SetParam set;
  set.header.wait = 0x80;
  set.header.tag = 33;
  out.push_back({"SETPARAM", {simple(0), set.encode(), simple(0)}, 1, 33, 0x80});
  out.push_back({"FENCE", {simple(0), fence(1, true, true, {.wait = 9, .tag = 44}), simple(1)}, 1, 44, 9});
  out.push_back(
      {"FENCE behind a blocked engine", {simple(1, {.wait = 1, .tag = 6}), fence(1), simple(1)}, 0, 6, 1});
  std::vector<isa::Instruction> full(bench_preset().engine_queue + 4, simple(2, {.tag = 2}));
  full[0] = simple(2, {.wait = 0x4000, .tag = 70});
  full.push_back(simple(0, {.give = 0x4000}));  // too late: behind a full queue
  out.push_back({"full queue", full, 0, 70, 0x4000});
  return out;
}

TEST(CtrlFaults, DeadlocksAreFound) {
  for (const Stuck& x : stuck_programs()) {
    for (std::uint32_t seed = 1; seed <= 3; ++seed) {
      SCOPED_TRACE(x.name);
      Bench bench(seed, 0.2 * seed, 30);
      EXPECT_EQ(fails_with(bench, x.program),
                (Record{code(ErrorCode::kDeadlock), x.index, x.tag, x.missing}));
      others_and_restart(bench);
    }
  }
}

TEST(CtrlFaults, WaitingIsNoDeadlock) {
  // In flight for long; a slow memory; a disabled context with a waiting ring.
  Bench bench(6, 0, 800, {.least = 5000, .spread = 0});
  bench.start(0,
              {simple(0, {.give = 1}), simple(2, {.wait = 1, .give = 2}), simple(1, {.wait = 2}), fence(2)});
  ASSERT_TRUE(bench.wait_irq(0, 60000));
  EXPECT_FALSE(bench.halted(0));
  // More in the ring than is enabled: not empty, so not stuck.
  bench.reset_context(0);
  bench.put(0, 0, simple(2, {.wait = 1}));
  bench.put(0, 1, simple(0, {.give = 1}));
  bench.enable(0);
  bench.doorbell(0, 2);
  bench.host.write32(regs::ctx::CTRL(0), 0);
  bench.run(6000);
  const std::uint32_t head = bench.host.read32(regs::ctx::HEAD(0));
  if (head < 2) {
    EXPECT_FALSE(bench.halted(0));
  }
  bench.enable(0);
  ASSERT_TRUE(bench.dut.run_until([&] { return bench.retired(0) == 2; }, 20000));
}

TEST(CtrlFaults, AHaltedContextStartsNothingMore) {
  Bench bench(7, 0, 5, {.least = 100, .spread = 0, .depth = 1});
  bench.engines.errors[{0, 0}] = {code(ErrorCode::kReadSlverr), 1};
  std::vector<isa::Instruction> program(30, simple(0));
  fails_with(bench, program);
  const std::size_t started = bench.engines.started.size();
  EXPECT_LE(started, 3u);
  bench.run(2000);
  EXPECT_LE(bench.engines.started.size(), started + 1);  // what had started finishes
  EXPECT_EQ(bench.error(0)[1], 0u);
  others_and_restart(bench);
}

}  // namespace
}  // namespace girih::tb
