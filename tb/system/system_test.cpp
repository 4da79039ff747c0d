// SPDX-License-Identifier: Apache-2.0
//
// The whole chip on simple programs: registers, one program, two at the same time, restart. The same on
// the RTL and on a netlist.
#include <gtest/gtest.h>

#include "girih/registers.h"
#include "isa/forms.h"
#include "tenant.h"

namespace girih::rtl {
namespace {

DeviceOptions options(std::uint32_t seed, double stalls) {
  DeviceOptions out;
  out.chip.seed = seed;
  out.chip.memory.stalls = stalls;
  out.chip.memory.reorder = out.chip.memory.interleave = stalls > 0;
  out.chip.memory.read_spread = stalls > 0 ? 30 : 0;
  out.hang_cycles = 20000;
  return out;
}

/// C = requantised A * B^T: two LOADs, MATRIX, VECTOR, STORE, FENCE, with their tokens.
std::vector<isa::Instruction> multiply(std::uint16_t m, std::uint16_t n, std::uint16_t k,
                                       std::uint32_t out_offset) {
  constexpr std::uint16_t kLoaded = 1 << 2, kSummed = 1 << 11, kScaled = 1 << 13;
  const std::uint32_t a = 0, b = 2048, c = 4096;
  isa::Load load_a, load_b;
  load_a.window = load_b.window = Tenant::kConstants;
  load_a.n0 = std::uint32_t{m} * k;
  load_b.offset = 4096;
  load_b.local = b;
  load_b.n0 = std::uint32_t{n} * k;
  load_b.header.give = kLoaded;
  load_b.header.tag = 0x101;
  isa::Matrix matrix;
  matrix.header.wait = kLoaded;
  matrix.header.give = kSummed;
  matrix.a_base = a;
  matrix.b_base = b;
  matrix.m0 = m;
  matrix.n = n;
  matrix.k0 = k;
  matrix.a_m0 = k;
  matrix.b_row = k;
  isa::Vector vector;
  vector.header.wait = kSummed;
  vector.header.give = kScaled;
  vector.a_type = isa::Type::kInt32;
  vector.a_space = isa::Space::kAcc;
  vector.n0 = n;
  vector.n1 = m;
  vector.scale_mode = isa::Operand::kImmediate;
  vector.scale = isa::fp32_bits(1.0F / 1024);
  vector.d_base = c;
  vector.d_s1 = n;
  isa::Store store;
  store.header.wait = kScaled;
  store.window = Tenant::kWorkspace;
  store.local = c;
  store.offset = out_offset;
  store.n0 = std::uint32_t{n} * m;
  isa::Fence fence;
  fence.irq = true;
  return {load_a.encode(), load_b.encode(), matrix.encode(),
          vector.encode(), store.encode(),  fence.encode()};
}

std::vector<isa::Instruction> multiply_for(const isa::Preset& preset, std::uint16_t m,
                                           std::uint16_t k, std::uint32_t out_offset) {
  auto program = multiply(m, static_cast<std::uint16_t>(preset.n_dim - 1), k, out_offset);
  isa::Matrix matrix = isa::Matrix::decode(program[2]);
  matrix.b_k0 = static_cast<std::int32_t>(preset.k_dim);
  matrix.b_n = static_cast<std::int32_t>(preset.n_dim * k);
  matrix.acc_n = static_cast<std::int32_t>(4 * preset.n_dim * m);
  program[2] = matrix.encode();
  isa::Vector vector = isa::Vector::decode(program[3]);
  vector.a_s1 = static_cast<std::int32_t>(4 * preset.n_dim);
  program[3] = vector.encode();
  return program;
}

void expect_clean(TestDevice& device) {
  EXPECT_NO_THROW(device.finish());
  const runtime::Checked checked = device.checked();
  EXPECT_EQ(checked.first_mismatch, "");
  EXPECT_TRUE(device.chip().bus_failures().empty()) << device.chip().bus_failures().front();
}

TEST(Registers, SayWhatChipItIs) {
  TestDevice device(options(1, 0));
  const isa::Preset& p = device.preset();
  auto& chip = device.chip();
  EXPECT_EQ(chip.read32(regs::admin::ID), 0x48524947U);
  EXPECT_EQ(chip.read32(regs::admin::K_DIM), p.k_dim);
  EXPECT_EQ(chip.read32(regs::admin::CONTEXTS), p.contexts);
  EXPECT_EQ(chip.read32(regs::admin::WRITES_IN_FLIGHT), p.writes_in_flight);
  EXPECT_EQ(chip.read32(regs::admin::MAX_INSTR_CYCLES), 1U << 24);
}

TEST(Registers, UnmappedAddressesAreRefused) {
  TestDevice device(options(1, 0));
  std::uint32_t value = 0;
  EXPECT_EQ(device.chip().try_read32(0xffc, value), Response::kSlvErr);
  EXPECT_EQ(device.chip().try_write32(regs::ctx::CTRL(device.preset().contexts), 1),
            Response::kSlvErr);
}

class Program : public testing::TestWithParam<double> {};

TEST_P(Program, RunsInLockstep) {
  TestDevice device(options(3, GetParam()));
  Tenant tenant(device, 0);
  std::mt19937 rng(3);
  tenant.fill(rng);
  const auto program = multiply_for(device.preset(), 13, 29, 100);
  tenant.submit(program);
  device.run_all();
  expect_clean(device);
  EXPECT_EQ(device.checked().instructions, program.size());
  EXPECT_EQ(device.counters(0).macs, 13U * (device.preset().n_dim - 1) * 29U);
  EXPECT_GT(device.checked().bytes, 1000U);
}

TEST_P(Program, RunsInAllContextsAtOnce) {
  TestDevice device(options(4, GetParam()));
  std::vector<Tenant> tenants;
  std::mt19937 rng(4);
  std::size_t instructions = 0;
  for (unsigned c = 0; c < device.preset().contexts; ++c) {
    tenants.emplace_back(device, c);
    tenants.back().fill(rng);
  }
  for (unsigned round = 0; round < 3; ++round) {
    for (unsigned c = 0; c < tenants.size(); ++c) {
      const auto program = multiply_for(device.preset(), static_cast<std::uint16_t>(5 + 3 * c),
                                        static_cast<std::uint16_t>(17 + c + round), 0);
      tenants[c].submit(program);
      instructions += program.size();
    }
  }
  device.run_all();
  expect_clean(device);
  EXPECT_EQ(device.checked().instructions, instructions);
}

#ifndef GIRIH_NETLIST  // a netlist for an FPGA has no clock gates
/// Stopped clocks save power, nothing else: every counter is the same when they never stop.
TEST_P(Program, TakesTheSameCyclesWithClocksAlwaysOn) {
  std::vector<runtime::Counters> seen;
  for (const bool always_on : {false, true}) {
    DeviceOptions chip = options(6, GetParam());
    chip.chip.clocks_always_on = always_on;
    TestDevice device(chip);
    Tenant tenant(device, 0);
    std::mt19937 rng(6);
    tenant.fill(rng);
    for (unsigned round = 0; round < 3; ++round) {
      tenant.submit(multiply_for(device.preset(), 9, 70, 64));
      device.chip().step(40);
    }
    device.run_all();
    expect_clean(device);
    seen.push_back(device.counters(0));
  }
  EXPECT_GT(seen[0].cycles, 0U);
  EXPECT_EQ(seen[0].cycles, seen[1].cycles);
  EXPECT_EQ(seen[0].load.busy, seen[1].load.busy);
  EXPECT_EQ(seen[0].store.busy, seen[1].store.busy);
  EXPECT_EQ(seen[0].matrix.busy, seen[1].matrix.busy);
  EXPECT_EQ(seen[0].vector.busy, seen[1].vector.busy);
  EXPECT_EQ(seen[0].bytes_written, seen[1].bytes_written);
}
#endif

TEST_P(Program, RunsAgainAfterContextReset) {
  TestDevice device(options(5, GetParam()));
  Tenant tenant(device, 1);
  std::mt19937 rng(5);
  tenant.fill(rng);
  for (unsigned round = 0; round < 3; ++round) {
    const auto program = multiply_for(device.preset(), 7, 40, 16);
    tenant.submit(program);
    device.chip().step(150 * round);  // in the middle of it, but for the last round
    if (round == 2) break;
    device.reset(1);
    tenant.restart();
    EXPECT_EQ(device.counters(1).cycles, 0U);
  }
  device.run_all();
  expect_clean(device);
  EXPECT_EQ(device.counters(1).retired, 6U);
}

INSTANTIATE_TEST_SUITE_P(Stalls, Program, testing::Values(0.0, 0.3));

}  // namespace
}  // namespace girih::rtl
