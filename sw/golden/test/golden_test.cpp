// SPDX-License-Identifier: Apache-2.0
//
// Programs: ring order, parameters, tokens, errors at run time, deadlock, and lockstep with a
// pretended other implementation.
#include <gtest/gtest.h>

#include <chrono>

#include "bench.h"

namespace girih::golden {
namespace {

constexpr unsigned kSeed = 3;
using isa::ErrorCode;

/// One byte from `offset` of the data window to spm address `local`.
isa::Load load_byte(std::uint32_t offset, std::uint32_t local) {
  isa::Load x;
  x.window = 3;
  x.offset = offset;
  x.local = local;
  return x;
}

isa::Store store_byte(std::uint32_t local, std::uint32_t offset) {
  isa::Store x;
  x.window = 3;
  x.offset = offset;
  x.local = local;
  return x;
}

class Programs : public ::testing::Test {
 protected:
  std::uint8_t data(std::uint32_t offset) {
    std::uint8_t out = 0;
    bench.dram.read(Bench::kData + offset, {&out, 1});
    return out;
  }
  std::uint8_t& spm(std::uint32_t local) {
    return bench.golden->spm()[bench.partition.spm_base + local];
  }
  void set_word(std::uint32_t local, std::uint32_t value) { std::memcpy(&spm(local), &value, 4); }

  Bench bench{kSeed};
  Golden& golden = *bench.golden;
  const unsigned context = bench.context;
};

TEST_F(Programs, RingOrderAndWrapAround) {
  // 300 instructions in a ring of 256 slots: each moves one byte on, so order matters.
  const std::uint8_t first = data(0);
  for (std::uint32_t i = 0; i < 150; ++i) {
    bench.push(load_byte(i, 5));
    bench.push(store_byte(5, i + 1));
    if (i == 99) {
      EXPECT_EQ(bench.run().retired, 200U);
    }
  }
  const Status status = bench.run();
  EXPECT_EQ(status.retired, 300U);
  EXPECT_EQ(status.head, 300U);
  EXPECT_TRUE(status.idle);
  for (std::uint32_t i = 0; i <= 150; ++i) EXPECT_EQ(data(i), first);
}

TEST_F(Programs, LaterInstructionsSeeTheNewParameter) {
  isa::Store store = store_byte(0, 100);
  store.header.patch[0] = {.en = true, .add = false, .word = 7, .param = 9};
  golden.set_param(context, 9, 20);
  set_word(40, 60);
  isa::SetParam from_spm;
  from_spm.param = 9, from_spm.source = isa::Source::kSpm, from_spm.local = 40;
  isa::SetParam immediate;
  immediate.param = 9, immediate.value = 44;
  bench.push(store);
  bench.push(from_spm);
  store.offset = 101;
  bench.push(store);
  bench.push(immediate);
  store.offset = 102;
  bench.push(store);
  EXPECT_EQ(bench.run().error.code, ErrorCode::kNone);
  EXPECT_EQ(data(100), spm(20));
  EXPECT_EQ(data(101), spm(60));
  EXPECT_EQ(data(102), spm(44));
  EXPECT_EQ(golden.param(context, 9), 44U);
}

TEST_F(Programs, Fence) {
  isa::Fence fence;
  fence.window = 3, fence.offset = 64, fence.write = true;
  fence.seq_lo = 0x11223344, fence.seq_hi = 0x55667788;
  bench.push(fence);
  EXPECT_FALSE(bench.run().fence_irq);
  EXPECT_EQ(data(64), 0x44);
  EXPECT_EQ(data(71), 0x55);
  fence.irq = true;
  bench.push(fence);
  EXPECT_TRUE(bench.run().fence_irq);
  golden.clear_fence_irq(context);
  EXPECT_FALSE(golden.status(context).fence_irq);
}

TEST_F(Programs, TokensPassAndDeadlockIsExact) {
  isa::Load producer = load_byte(0, 0);
  producer.header.give = 0x0030;
  isa::Store consumer = store_byte(0, 9);
  consumer.header.wait = 0x0030;
  consumer.header.tag = 1234;
  bench.push(producer);
  bench.push(consumer);
  bench.push(producer);
  EXPECT_EQ(bench.run().error.code, ErrorCode::kNone);
  consumer.header.wait = 0x0070;  // counter 6 gets nothing
  bench.push(consumer);
  const Status status = bench.run();
  EXPECT_EQ(status.error, (ErrorRecord{ErrorCode::kDeadlock, 3, 1234, 0x0040}));
  golden.reset(context);
  EXPECT_EQ(golden.status(context).error.code, ErrorCode::kNone);
}

TEST_F(Programs, BlockedEngineLetsOthersGoOnUntilNothingCan) {
  isa::Store blocked = store_byte(0, 9);
  blocked.header.wait = 1;
  bench.push(blocked);
  for (int i = 0; i < 20; ++i) bench.push(load_byte(1, 0));
  const Status status = bench.run();
  EXPECT_EQ(status.error, (ErrorRecord{ErrorCode::kDeadlock, 0, 0, 1}));
  EXPECT_EQ(status.retired, 20U);
}

TEST_F(Programs, FullQueueStopsTheFrontend) {
  // tiny's queues hold 8: the ninth blocked STORE waits in the frontend, so the LOAD behind it is
  // not fetched.
  isa::Store blocked = store_byte(0, 9);
  blocked.header.wait = 1;
  for (int i = 0; i < 9; ++i) bench.push(blocked);
  bench.push(load_byte(1, 0));
  const Status status = bench.run();
  EXPECT_EQ(status.error, (ErrorRecord{ErrorCode::kDeadlock, 0, 0, 1}));
  EXPECT_EQ(status.retired, 0U);
}

TEST_F(Programs, QueueHoldsItsDepth) {
  isa::Store blocked = store_byte(0, 9);
  blocked.header.wait = 1;
  for (int i = 0; i < 8; ++i) bench.push(blocked);
  bench.push(load_byte(1, 0));
  EXPECT_EQ(bench.run().retired, 1U);
}

TEST_F(Programs, WaitingSetparamHoldsTheFrontend) {
  // The give stands later in the ring: an engine's instruction would get it, the frontend's does
  // not.
  isa::Load giver = load_byte(0, 0);
  giver.header.give = 1;
  isa::SetParam waiting;
  waiting.header.wait = 1;
  bench.push(waiting);
  bench.push(giver);
  EXPECT_EQ(bench.run().error, (ErrorRecord{ErrorCode::kDeadlock, 0, 0, 1}));
  golden.reset(context);
  bench.tail = 0;
  isa::Store engine = store_byte(0, 9);
  engine.header.wait = 1;
  bench.push(engine);
  bench.push(giver);
  EXPECT_EQ(bench.run().retired, 2U);
}

TEST_F(Programs, FenceWaitsForAllEarlier) {
  isa::Store blocked = store_byte(0, 9);
  blocked.header.wait = 1;
  bench.push(blocked);
  isa::Fence fence;
  fence.irq = true;
  bench.push(fence);
  const Status status = bench.run();
  EXPECT_EQ(status.error, (ErrorRecord{ErrorCode::kDeadlock, 0, 0, 1}));
  EXPECT_FALSE(status.fence_irq);
}

TEST_F(Programs, TokenOverflow) {
  isa::Load giver = load_byte(0, 0);
  giver.header.give = 0x8004;
  for (int i = 0; i < 255; ++i) bench.push(giver);
  EXPECT_EQ(bench.run().error.code, ErrorCode::kNone);
  giver.header.tag = 5;
  bench.push(giver);
  EXPECT_EQ(bench.run().error, (ErrorRecord{ErrorCode::kTokenOverflow, 255, 5, 2}));
}

TEST_F(Programs, IndexOutOfRange) {
  isa::Load gather = load_byte(0, 0);
  gather.gather = true, gather.index = 400, gather.index_limit = 10, gather.n1 = 4, gather.s1 = 1,
  gather.t1 = 1;
  const std::uint32_t list[] = {9, 0, 10, 11};
  std::memcpy(&spm(400), list, sizeof list);
  EXPECT_EQ(bench.fault(gather.encode()), (Fault{ErrorCode::kIndex, 2}));
  isa::Store scatter = store_byte(0, 0);
  scatter.scatter = true, scatter.index = 400, scatter.index_limit = 11, scatter.n1 = 4,
  scatter.s1 = 1, scatter.t1 = 1;
  EXPECT_EQ(bench.fault(scatter.encode()), (Fault{ErrorCode::kIndex, 3}));
}

TEST_F(Programs, AnErrorStopsTheContextAndTheFirstOneStays) {
  bench.push(load_byte(7, 0));
  isa::Instruction bad = load_byte(8, 1).encode();
  bad.words[2] = 99;
  bad.words[22] = 1;
  bench.push(bad);
  bench.push(isa::Instruction{});
  const std::uint8_t before = spm(2);
  bench.push(load_byte(data(9) == before ? 10 : 9, 2));
  Status status = bench.run();
  EXPECT_EQ(status.error, (ErrorRecord{ErrorCode::kReserved, 1, 99, 22}));
  EXPECT_EQ(status.retired, 1U);
  EXPECT_EQ(bench.run().error.index, 1U);
  EXPECT_EQ(spm(2), before);
  // The other context goes on.
  golden.set_window(0, 0, {.base = Bench::kRing / 4096, .pages = 16, .read = true, .write = true});
  golden.set_ring(0, {.window = 0, .offset = 0, .size = 2});
  bench.dram.write(Bench::kRing, isa::Fence{}.encode().bytes());
  golden.set_doorbell(0, 1);
  golden.run(0);
  EXPECT_EQ(golden.status(0).retired, 1U);
}

TEST_F(Programs, IllegalRing) {
  const auto said = [&](const Ring& ring) {
    golden.set_ring(context, ring);
    golden.set_doorbell(context, 1);
    golden.run(context);
    const ErrorRecord error = golden.status(context).error;
    golden.reset(context);
    return error;
  };
  EXPECT_EQ(said({0, 0, 3}), (ErrorRecord{ErrorCode::kField, 0, 0, 0}));
  EXPECT_EQ(said({0, 0, 1}).code, ErrorCode::kField);
  EXPECT_EQ(said({0, 0, 1 << 17}).code, ErrorCode::kField);
  EXPECT_EQ(said({0, 128, 2}).code, ErrorCode::kField);
  EXPECT_EQ(said({5, 0, 2}).code, ErrorCode::kWindow) << "not readable";
  EXPECT_EQ(said({0, 0, 512}).code, ErrorCode::kOpcode) << "fits exactly";
  EXPECT_EQ(said({0, 4096, 512}).code, ErrorCode::kWindow);
}

TEST_F(Programs, UserErrorsAreExceptions) {
  EXPECT_THROW(golden.set_partition(0, {.spm_base = 1024, .spm_size = 32768}), girih::Error);
  EXPECT_THROW(golden.set_window(0, 8, {}), girih::Error);
  EXPECT_THROW(golden.set_ring(2, {}), girih::Error) << "tiny has two contexts";
}

// --- lockstep
// ----------------------------------------------------------------------------------------

void expect_disagreement(const std::function<void()>& f, const std::string& text) {
  try {
    f();
    FAIL() << "expected: " << text;
  } catch (const Disagreement& error) {
    EXPECT_NE(std::string(error.what()).find(text), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("context 1, instruction"), std::string::npos);
  }
}

TEST_F(Programs, LockstepFollowsTheOthersOrder) {
  // LOAD 0, STORE 1, LOAD 2: engines may overtake each other, an engine not itself.
  bench.push(load_byte(50, 0));
  bench.push(store_byte(100, 60));
  bench.push(load_byte(60, 1));
  const std::uint8_t old = data(60);
  expect_disagreement([&] { golden.retired(context, 2); }, "before an earlier one of its engine");
  EXPECT_EQ(golden.retired(context, 0).bytes(), 1U);
  golden.retired(context, 2);
  EXPECT_EQ(spm(1), old) << "STORE 1 has not retired yet";
  const Destination destination = golden.retired(context, 1);
  EXPECT_EQ(data(60), spm(100));
  EXPECT_EQ(destination.place(), Place::kDram);
  EXPECT_EQ(destination.describe(Bench::kData + 60), "i3=0 i2=0 i1=0 i0=0, window 3[0x3c]");
  EXPECT_EQ(golden.view(Place::kDram, Bench::kData + 60, 1)[0], spm(100));
  expect_disagreement([&] { golden.retired(context, 1); }, "has retired twice");
  expect_disagreement([&] { golden.retired(context, 3); }, "beyond the doorbell (3)");
  EXPECT_EQ(golden.status(context).retired, 3U);
  EXPECT_TRUE(golden.status(context).idle);
}

TEST_F(Programs, LockstepHoldsTheFrontend) {
  isa::SetParam set;
  set.param = 1, set.value = 77;
  isa::Load patched = load_byte(0, 0);
  patched.header.patch[0] = {.en = true, .add = false, .word = 7, .param = 1};
  bench.push(load_byte(0, 3));
  bench.push(set);
  bench.push(patched);
  bench.push(isa::Fence{});
  bench.push(load_byte(0, 0));
  expect_disagreement([&] { golden.retired(context, 2); }, "while instruction 1 held the frontend");
  golden.retired(context, 1);
  golden.retired(context, 0);
  EXPECT_EQ(golden.retired(context, 2).describe(bench.partition.spm_base + 77),
            "i3=0 i2=0 i1=0 i0=0, spm[0x4d]");
  expect_disagreement([&] { golden.retired(context, 4); }, "while instruction 3 held the frontend");
  golden.retired(context, 3);
  golden.retired(context, 4);
}

TEST_F(Programs, LockstepLooksAtTokensAndFences) {
  isa::Load producer = load_byte(0, 0);
  producer.header.give = 2;
  isa::Store consumer = store_byte(0, 9);
  consumer.header.wait = 2;
  bench.push(producer);
  bench.push(consumer);
  bench.push(isa::Fence{});
  expect_disagreement([&] { golden.retired(context, 1); }, "without tokens of the counters 0x0002");
  golden.retired(context, 0);
  expect_disagreement([&] { golden.retired(context, 2); }, "before an earlier one");
  golden.retired(context, 1);
  golden.retired(context, 2);
}

TEST_F(Programs, LockstepChecksErrors) {
  bench.push(load_byte(0, 0));
  isa::Instruction bad = load_byte(0, 0).encode();
  bad.words[2] = 5;
  bad.words[25] = 8;
  bench.push(bad);
  expect_disagreement([&] { golden.retired(context, 1); },
                      "instruction 1 is in error: RESERVED (detail 25)");
  expect_disagreement([&] { golden.faulted(context, 1, ErrorCode::kReserved, 24); },
                      "expected RESERVED (detail 25)");
  expect_disagreement([&] { golden.faulted(context, 0, ErrorCode::kReserved, 25); },
                      "expected no error");
  golden.faulted(context, 1, ErrorCode::kReserved, 25);
  EXPECT_EQ(golden.status(context).error, (ErrorRecord{ErrorCode::kReserved, 1, 5, 25}));
  golden.retired(context, 0);  // had started
  EXPECT_EQ(golden.status(context).retired, 1U);
}

TEST_F(Programs, LockstepRunTimeErrors) {
  isa::Load gather = load_byte(0, 0);
  gather.gather = true, gather.index = 400, gather.index_limit = 10, gather.n1 = 2;
  const std::uint32_t list[] = {10, 12};
  std::memcpy(&spm(400), list, sizeof list);
  bench.push(gather);
  expect_disagreement([&] { golden.retired(context, 0); }, "is in error: INDEX (detail 0)");
  expect_disagreement([&] { golden.faulted(context, 0, ErrorCode::kWriteDecerr, 0); },
                      "expected no error");
  EXPECT_EQ(golden.faulted(context, 0, ErrorCode::kIndex, 1).bytes(), 2U)
      << "any bad entry may be the first seen";
  golden.reset(context);
  bench.tail = 0;
  isa::Load waiting = load_byte(0, 0);
  waiting.header.wait = 0x0C;
  isa::Fence fence;
  fence.header.give = 4;
  bench.push(fence);
  bench.push(waiting);
  golden.retired(context, 0);
  expect_disagreement([&] { golden.faulted(context, 1, ErrorCode::kDeadlock, 0x0C); },
                      "expected DEADLOCK (detail 8)");
  golden.faulted(context, 1, ErrorCode::kDeadlock, 8);
}

TEST_F(Programs, DestinationNamesMatrixElements) {
  isa::Matrix x;
  x.m0 = 3, x.m1 = 2, x.n = 13;
  x.acc_base = 64, x.acc_n = 512;
  bench.push(x);
  const Destination out = golden.retired(context, 0);
  EXPECT_EQ(out.elements(), 6U * 13);
  int runs = 0;
  out.for_each_run([&](std::uint64_t, std::uint64_t) { ++runs; });
  EXPECT_EQ(runs, 1 + 6) << "whole rows are one run, the ragged tile has one a row";
  const std::uint64_t base = bench.partition.acc_base + 64;
  EXPECT_EQ(out.describe(base + 512 + 4 * 32 + 4 * 2),
            "row m=4 (i2=0 i1=1 i0=1), column n=10 of tile nt=1, acc[0x2c8]");
  EXPECT_EQ(out.describe(base + 512 + 20), "acc[0x254], which this instruction does not write");
}

TEST(PagedMemory, CostsOnlyWhatIsTouched) {
  PagedMemory memory;
  const std::vector<std::uint8_t> bytes = {1, 2, 3, 4};
  memory.write((std::uint64_t{1} << 39) + PagedMemory::kPageBytes - 2, bytes);
  std::vector<std::uint8_t> back(6);
  memory.read((std::uint64_t{1} << 39) + PagedMemory::kPageBytes - 3, back);
  EXPECT_EQ(back, (std::vector<std::uint8_t>{0, 1, 2, 3, 4, 0}));
  EXPECT_EQ(memory.bytes_allocated(), 2 * PagedMemory::kPageBytes);
  EXPECT_EQ(memory.view(0, 1 << 20).size(), PagedMemory::kPageBytes);
}

// 512 x 512 x 512 in the tiles of the scratchpad; the time is printed, not judged.
TEST(Speed, Gemm512) {
  Bench bench(kSeed, "base");
  isa::Matrix x;
  x.m0 = 64, x.n = 128, x.k0 = 512;
  x.a_m0 = 512;
  x.b_base = 32768;
  x.b_row = 512, x.b_k0 = 16, x.b_n = 16 * 512;
  x.acc_n = 64 * 64;
  isa::Vector requantise;
  requantise.a_space = isa::Space::kAcc;
  requantise.a_type = isa::Type::kInt32;
  requantise.scale_mode = isa::Operand::kImmediate;
  requantise.n0 = 16, requantise.n1 = 64, requantise.n2 = 8;
  requantise.a_s1 = 64, requantise.a_s2 = 64 * 64;
  requantise.d_base = 110000;
  requantise.d_s1 = 128, requantise.d_s2 = 16;
  const auto start = std::chrono::steady_clock::now();
  std::chrono::duration<double> in_vector{};
  for (int tile = 0; tile < 32; ++tile) {
    bench.push(x);
    ASSERT_EQ(bench.run().error.code, ErrorCode::kNone);
    const auto now = std::chrono::steady_clock::now();
    bench.push(requantise);
    ASSERT_EQ(bench.run().error.code, ErrorCode::kNone);
    in_vector += std::chrono::steady_clock::now() - now;
  }
  const std::chrono::duration<double> all = std::chrono::steady_clock::now() - start;
  EXPECT_EQ(bench.golden->status(bench.context).macs, 512U * 512 * 512);
  std::printf("512x512x512: %.3f s, of which VECTOR %.3f s\n", all.count(), in_vector.count());
}

}  // namespace
}  // namespace girih::golden
