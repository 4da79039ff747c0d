// SPDX-License-Identifier: Apache-2.0
//
// Every error code of instruction-set.md section 9: the faulting context stops with the right
// record, what it did before is right, the others finish their checked programs, and after a
// context reset the same context works again.
#include <gtest/gtest.h>

#include <functional>
#include <iostream>

#include "girih/registers.h"
#include "isa/forms.h"
#include "tenant.h"

namespace girih::rtl {
namespace {

using isa::ErrorCode;
using isa::Instruction;
using Program = std::vector<Instruction>;

constexpr unsigned kVictim = 1;

/// LOAD, VECTOR (INT8 plus 3), STORE with their tokens: `bytes` bytes from constants to workspace.
Program good(std::uint32_t bytes) {
  constexpr std::uint16_t kLoaded = 1 << 3, kDone = 1 << 13;
  isa::Load load;
  load.window = Tenant::kConstants;
  load.n0 = bytes;
  load.header.give = kLoaded;
  isa::Vector vector;
  vector.n0 = static_cast<std::uint16_t>(bytes);
  vector.c_mode = isa::Operand::kImmediate;
  vector.c_base = isa::fp32_bits(3);
  vector.vop = isa::Vop::kAdd;
  vector.d_base = 1024;
  vector.header.wait = kLoaded;
  vector.header.give = kDone;
  isa::Store store;
  store.window = Tenant::kWorkspace;
  store.local = 1024;
  store.n0 = bytes;
  store.header.wait = kDone;
  isa::Fence fence;
  return {load.encode(), vector.encode(), store.encode(), fence.encode()};
}

template <class Form>
Instruction with(const std::function<void(Form&)>& change) {
  Form x;
  if constexpr (requires { x.window; }) x.window = Tenant::kWorkspace;
  x.header.tag = 0xbad;
  change(x);
  return x.encode();
}
Instruction words(Instruction base,
                  std::initializer_list<std::pair<unsigned, std::uint32_t>> bits) {
  for (const auto& [word, mask] : bits) base.words[word] ^= mask;
  return base;
}

struct Case {
  std::string name;
  ErrorCode code;
  std::uint32_t detail;
  std::function<Program(TestDevice&, Tenant&)> bad;  ///< its last instruction is the faulty one
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

Case invalid(std::string name, ErrorCode code, std::uint32_t detail, Instruction instruction) {
  return {std::move(name), code, detail,
          [instruction](TestDevice&, Tenant&) { return Program{instruction}; }};
}

std::vector<Case> invalid_cases() {
  using isa::Load, isa::Store, isa::Matrix, isa::Vector, isa::SetParam, isa::Fence;
  const Instruction load = with<Load>([](auto&) {});
  return {
      invalid("OpcodeZero", ErrorCode::kOpcode, 0, Instruction{}),
      invalid("OpcodeUnknown", ErrorCode::kOpcode, 0, words(load, {{0, 0x20}})),
      invalid("PatchOfHeader", ErrorCode::kField, 4, words(load, {{4, 1U << 11 | 4U << 5}})),
      invalid("ReservedInHeader", ErrorCode::kReserved, 0, words(load, {{0, 1U << 31}})),
      invalid("ReservedLast", ErrorCode::kReserved, 31, words(load, {{31, 1}})),
      invalid("ReservedBeforeField", ErrorCode::kReserved, 22, words(load, {{22, 1}, {8, 1}})),
      invalid("LoadZeroCount", ErrorCode::kField, 8, with<Load>([](auto& x) { x.n0 = 0; })),
      invalid("LoadRowTooLong", ErrorCode::kField, 8,
              with<Load>([](auto& x) { x.n0 = (1 << 20) + 1; })),
      invalid("GatherPads", ErrorCode::kField, 18,
              with<Load>([](auto& x) { x.gather = true, x.index_limit = 1, x.before1 = 1; })),
      invalid("GatherNothing", ErrorCode::kField, 21, with<Load>([](auto& x) { x.gather = true; })),
      invalid("MatrixType", ErrorCode::kField, 5,
              with<Matrix>([](auto& x) { x.a_type = isa::Type::kInt16; })),
      invalid("MatrixRows", ErrorCode::kField, 13,
              with<Matrix>([](auto& x) { x.m0 = x.m1 = 256; })),
      invalid("VectorLimits", ErrorCode::kField, 8,
              with<Vector>([](auto& x) { x.lo = 1, x.hi = 0; })),
      invalid("VectorAccumulatorType", ErrorCode::kField, 5,
              with<Vector>([](auto& x) { x.a_space = isa::Space::kAcc; })),
      invalid("VectorWindowAndRow", ErrorCode::kField, 6, with<Vector>([](auto& x) {
                x.win_op = x.row_op = isa::Reduce::kMax, x.win_dims = 1;
              })),
      invalid("LoadAlign", ErrorCode::kAlign, 7,
              with<Load>([](auto& x) { x.space = isa::Space::kAcc, x.n0 = 4, x.local = 2; })),
      invalid("MatrixAlign", ErrorCode::kAlign, 9, with<Matrix>([](auto& x) { x.acc_base = 4; })),
      invalid("VectorAlign", ErrorCode::kAlign, 24,
              with<Vector>([](auto& x) { x.d_type = isa::Type::kFp32, x.d_base = 6; })),
      invalid("FenceAlign", ErrorCode::kAlign, 6,
              with<Fence>([](auto& x) { x.write = true, x.offset = 4; })),
      invalid("SetparamAlign", ErrorCode::kAlign, 7,
              with<SetParam>([](auto& x) { x.source = isa::Source::kSpm, x.local = 1; })),
      invalid("LoadPartition", ErrorCode::kPartition, 7,
              with<Load>([](auto& x) { x.local = 0x7fffffff; })),
      invalid("StorePartition", ErrorCode::kPartition, 7,
              with<Store>([](auto& x) { x.n1 = 2, x.t1 = -1; })),
      invalid("MatrixPartition", ErrorCode::kPartition, 8,
              with<Matrix>([](auto& x) { x.b_base = 0xffffff00; })),
      invalid("VectorPartition", ErrorCode::kPartition, 24,
              with<Vector>([](auto& x) { x.n1 = 9, x.d_s1 = 0x7fffffff; })),
      invalid("SetparamPartition", ErrorCode::kPartition, 7,
              with<SetParam>([](auto& x) { x.source = isa::Source::kSpm, x.local = 1U << 31; })),
      invalid("LoadWindow", ErrorCode::kWindow, 6,
              with<Load>([](auto& x) { x.offset = 0xffffffff; })),
      invalid("LoadNoWindow", ErrorCode::kWindow, 6, with<Load>([](auto& x) { x.window = 7; })),
      invalid("StoreReadOnly", ErrorCode::kWindow, 6,
              with<Store>([](auto& x) { x.window = Tenant::kConstants; })),
      invalid("FenceReadOnly", ErrorCode::kWindow, 6,
              with<Fence>([](auto& x) { x.window = Tenant::kRing, x.write = true; })),
      invalid("LoadTooLong", ErrorCode::kTooLong, 0,
              with<Load>([](auto& x) { x.n1 = x.n2 = 60000; })),
      invalid("MatrixTooLong", ErrorCode::kTooLong, 0,
              with<Matrix>([](auto& x) { x.m0 = 4, x.k1 = x.k2 = 2000; })),
      invalid("VectorTooLong", ErrorCode::kTooLong, 0, with<Vector>([](auto& x) {
                x.n1 = x.n2 = 2000, x.win_op = isa::Reduce::kMax, x.win_dims = 2;
              })),
  };
}

/// A copy of several bursts of which one fails; 1024 bytes are whole bursts on every preset.
Case bus(std::string name, ErrorCode code, Response response, bool store) {
  return {std::move(name), code, 4096 + 1024, [=](TestDevice& device, Tenant& tenant) {
            const std::uint64_t at = tenant.address(Tenant::kWorkspace) + 4096 + 1024;
            device.chip().fail_range(at + 3, at + 3, response);
            Instruction instruction;
            if (store) {
              instruction = with<isa::Store>([](auto& x) { x.offset = 4096, x.n0 = 1400; });
            } else {
              instruction = with<isa::Load>([](auto& x) { x.offset = 4096, x.n0 = 1400; });
            }
            return Program{instruction};
          }};
}

/// A list of which entry 5 is out of range.
Program bad_list(Tenant& tenant, Instruction move) {
  std::vector<std::uint8_t> list(32);
  for (unsigned i = 0; i < 8; ++i) list[4 * i] = static_cast<std::uint8_t>(i == 5 ? 8 : i);
  tenant.write(Tenant::kConstants, 8192, list);
  isa::Load load;
  load.window = Tenant::kConstants;
  load.offset = 8192;
  load.local = 512;
  load.n0 = 32;
  isa::Fence fence;
  return {load.encode(), fence.encode(), move};
}

/// A netlist takes seconds for each: there every sixth, what the validator does is one piece of logic.
std::vector<Case> invalid_cases_here() {
  std::vector<Case> cases = invalid_cases();
  using isa::Vector;
  cases.push_back(invalid("VectorScaleWithoutC", ErrorCode::kField, 5,
                          with<Vector>([](auto& x) { x.scale_mode = isa::Operand::kStream; })));
  cases.push_back(invalid("VectorSelectWithoutB", ErrorCode::kField, 6, with<Vector>([](auto& x) {
                            x.vop = isa::Vop::kSelect, x.c_mode = isa::Operand::kImmediate;
                          })));
  cases.push_back(invalid("VectorWindowArgmax", ErrorCode::kField, 6, with<Vector>([](auto& x) {
                            x.win_op = isa::Reduce::kArgmax, x.win_dims = 1;
                          })));
#ifdef GIRIH_NETLIST
  std::vector<Case> some;
  for (std::size_t i = 0; i < cases.size(); i += 6) some.push_back(cases[i]);
  return some;
#else
  return cases;
#endif
}

std::vector<Case> run_time_cases() {
  return {
      bus("ReadSlverr", ErrorCode::kReadSlverr, Response::kSlvErr, false),
      bus("ReadDecerr", ErrorCode::kReadDecerr, Response::kDecErr, false),
      bus("WriteSlverr", ErrorCode::kWriteSlverr, Response::kSlvErr, true),
      bus("WriteDecerr", ErrorCode::kWriteDecerr, Response::kDecErr, true),
      {"FenceSlverr", ErrorCode::kWriteSlverr, 4096,
       [](TestDevice& device, Tenant& tenant) {
         const std::uint64_t at = tenant.address(Tenant::kWorkspace) + 4096;
         device.chip().fail_range(at, at, Response::kSlvErr);
         return Program{with<isa::Fence>([](auto& x) { x.write = true, x.offset = 4096; })};
       }},
      {"GatherIndex", ErrorCode::kIndex, 5,
       [](TestDevice&, Tenant& tenant) {
         return bad_list(tenant, with<isa::Load>([](auto& x) {
                           x.gather = true, x.n0 = 5, x.n1 = 8, x.s1 = 40, x.t1 = 6, x.index = 512,
                           x.index_limit = 8;
                         }));
       }},
      {"ScatterIndex", ErrorCode::kIndex, 5,
       [](TestDevice&, Tenant& tenant) {
         return bad_list(tenant, with<isa::Store>([](auto& x) {
                           x.scatter = true, x.n0 = 5, x.n1 = 8, x.s1 = 40, x.t1 = 6, x.index = 512,
                           x.index_limit = 8;
                         }));
       }},
      {"TokenOverflow", ErrorCode::kTokenOverflow, 9,
       [](TestDevice&, Tenant&) {
         return Program(256,
                        with<isa::SetParam>([](auto& x) { x.header.give = 1U << 9 | 1U << 12; }));
       }},
      {"DeadlockOfLoad", ErrorCode::kDeadlock, 0x0028,
       [](TestDevice&, Tenant&) {
         return Program{with<isa::SetParam>([](auto& x) { x.header.give = 1; }),
                        with<isa::Load>([](auto& x) { x.header.wait = 0x0029; })};
       }},
      {"DeadlockOfFence", ErrorCode::kDeadlock, 0x8000,
       [](TestDevice&, Tenant&) {
         return Program{with<isa::Fence>([](auto& x) { x.header.wait = 0x8000; })};
       }},
  };
}

class Fault : public testing::TestWithParam<Case> {
 protected:
  static DeviceOptions options() {
    DeviceOptions out;
    out.chip.seed = 11;
    out.chip.memory.stalls = 0.2;
    out.chip.memory.reorder = true;
    out.hang_cycles = 30000;
    return out;
  }
  void run(const Case& test, bool more_behind) {
    TestDevice device(options());
    std::mt19937 rng(11);
    TenantSizes sizes;
    sizes.ring = 512;
    std::vector<Tenant> tenants;
    for (unsigned c = 0; c < 2; ++c) tenants.emplace_back(device, c, sizes).fill(rng);
    auto& chip = device.chip();
    chip.write32(regs::ctx::IRQ_ENABLE(kVictim), regs::ctx::IRQ_ENABLE_ERROR.put(1));

    Program program = good(100);
    const Program bad = test.bad(device, tenants[kVictim]);
    program.insert(program.end(), bad.begin(), bad.end());
    const auto index = static_cast<std::uint32_t>(program.size() - 1);
    if (more_behind) {
      const Program behind = good(300);
      program.insert(program.end(), behind.begin(), behind.end());
    }
    std::size_t others = 0;
    for (int i = 0; i < 5; ++i) {
      const Program bystander = good(1000);
      tenants[0].submit(bystander);
      others += bystander.size();
    }
    tenants[kVictim].submit(program);
    device.run_all();
    device.drain();
    ASSERT_EQ(device.checked().first_mismatch, "");
    ASSERT_TRUE(device.halted(kVictim));
    EXPECT_FALSE(device.halted(0));
    const runtime::Fault fault = device.fault(kVictim);
    EXPECT_EQ(isa::to_string(fault.code), isa::to_string(test.code));
    EXPECT_EQ(fault.index, index);
    EXPECT_EQ(fault.detail, test.detail);
    EXPECT_EQ(chip.irq(), 1U << kVictim);
    EXPECT_EQ(device.counters(0).retired, others);
    EXPECT_NO_THROW(device.finish());

    chip.clear_bus_errors();
    device.reset(kVictim);
    tenants[kVictim].restart();
    EXPECT_EQ(chip.irq(), 0U);
    const Program again = good(77);
    tenants[kVictim].submit(again);
    tenants[0].submit(again);
    device.run_all();
    EXPECT_EQ(device.counters(kVictim).retired, again.size());
    try {
      device.finish();
    } catch (const Mismatch& mismatch) {
      ADD_FAILURE() << mismatch.what();
    }
    EXPECT_TRUE(chip.bus_failures().empty()) << chip.bus_failures().front();
  }
};

TEST_P(Fault, StopsItsContextAlone) { run(GetParam(), false); }
INSTANTIATE_TEST_SUITE_P(Invalid, Fault, testing::ValuesIn(invalid_cases_here()),
                         [](const auto& info) { return info.param.name; });
INSTANTIATE_TEST_SUITE_P(RunTime, Fault, testing::ValuesIn(run_time_cases()),
                         [](const auto& info) { return info.param.name; });

/// The same with instructions behind the faulty one. Not for deadlocks, which what follows may
/// resolve.
class FaultInTheMiddle : public Fault {};
TEST_P(FaultInTheMiddle, DropsWhatStandsBehind) { run(GetParam(), true); }

std::vector<Case> without_deadlocks() {
  std::vector<Case> cases = run_time_cases();
  std::erase_if(cases, [](const Case& c) { return c.code == ErrorCode::kDeadlock; });
  return cases;
}
INSTANTIATE_TEST_SUITE_P(Invalid, FaultInTheMiddle, testing::ValuesIn(invalid_cases_here()),
                         [](const auto& info) { return info.param.name; });
INSTANTIATE_TEST_SUITE_P(RunTime, FaultInTheMiddle, testing::ValuesIn(without_deadlocks()),
                         [](const auto& info) { return info.param.name; });

#ifndef GIRIH_NETLIST  // compared instruction by instruction it has a ring of the bench's own
/// Errors of the ring itself: the first fetch fails.
class RingFault : public testing::Test {
 protected:
  void expect(const std::function<void(TestDevice&, Tenant&)>& spoil, ErrorCode code,
              std::uint32_t index, std::uint32_t detail) {
    DeviceOptions options;
    options.hang_cycles = 30000;
    TestDevice device(options);
    Tenant other(device, 0), tenant(device, 1);
    spoil(device, tenant);
    const Program program = good(64);
    other.submit(program);
    tenant.submit(program);
    device.run_all();
    device.drain();
    const runtime::Fault fault = device.fault(1);
    EXPECT_EQ(isa::to_string(fault.code), isa::to_string(code));
    EXPECT_EQ(fault.index, index);
    EXPECT_EQ(fault.tag, 0U);
    EXPECT_EQ(fault.detail, detail);
    EXPECT_EQ(device.counters(0).retired, program.size());
    try {
      device.finish();
    } catch (const Mismatch& mismatch) {
      ADD_FAILURE() << mismatch.what();
    }
  }
};

TEST_F(RingFault, SizeIsNoPowerOfTwo) {
  expect(
      [](TestDevice& device, Tenant&) {
        device.set_ring(1, {0, 0, 24});
      },
      ErrorCode::kField, 0, 0);
}
TEST_F(RingFault, OffsetIsNotAPage) {
  expect(
      [](TestDevice& device, Tenant&) {
        device.set_ring(1, {0, 128, 16});
      },
      ErrorCode::kField, 0, 0);
}
TEST_F(RingFault, LiesOutsideItsWindow) {
  expect(
      [](TestDevice& device, Tenant&) {
        device.set_ring(1, {0, 0, 128});
      },
      ErrorCode::kWindow, 0, 0);
}
TEST_F(RingFault, MayNotBeRead) {
  expect(
      [](TestDevice& device, Tenant& t) {
        device.set_window(1, 0, {t.address(0), 8192, false, true});
      },
      ErrorCode::kWindow, 0, 0);
}
TEST_F(RingFault, FetchFails) {
  expect(
      [](TestDevice& device, Tenant& t) {
        device.chip().fail_range(t.address(0) + 200, t.address(0) + 200, Response::kSlvErr);
      },
      ErrorCode::kFetch, 1, 128);
}
#endif

/// A queue that fills up with instructions that wait: the frontend cannot go on, nobody will give.
TEST(Deadlock, BehindAFullQueue) {
  DeviceOptions options;
  options.hang_cycles = 30000;
  TestDevice device(options);
  Tenant tenant(device, 0);
  Program program = good(40);
  const auto first = static_cast<std::uint32_t>(program.size());
  for (unsigned i = 0; i < device.preset().engine_queue + 3; ++i) {
    program.push_back(with<isa::Vector>([](auto& x) { x.header.wait = 1 << 7; }));
  }
  program.push_back(with<isa::Load>([](auto& x) { x.header.give = 1 << 7; }));
  tenant.submit(program);
  device.run_all();
  EXPECT_EQ(isa::to_string(device.fault(0).code), isa::to_string(ErrorCode::kDeadlock));
  EXPECT_EQ(device.fault(0).index, first);
  EXPECT_EQ(device.fault(0).detail, 1U << 7);
  EXPECT_NO_THROW(device.finish());
}

}  // namespace
}  // namespace girih::rtl
