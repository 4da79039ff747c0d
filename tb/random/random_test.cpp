// SPDX-License-Identifier: Apache-2.0
//
// Random programs in several contexts at once, every destination compared with the golden model,
// under random AXI latency, order and stalls.
//
//   GIRIH_SEED=7 GIRIH_PROGRAMS=1 random_tiny_test      one round with a given seed
//   GIRIH_STALLS=0.5                                    a given stall probability
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "generator.h"
#include "tenant.h"

namespace girih::random {
namespace {

std::uint32_t from_environment(const char* name, std::uint32_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : static_cast<std::uint32_t>(std::strtoul(text, nullptr, 0));
}

struct Totals {
  std::uint64_t programs = 0, instructions = 0, bytes = 0, cycles = 0;
  std::array<rtl::Tally, 7> by_opcode{};
};

/// One chip, some contexts with a program each.
void round(std::uint32_t seed, Totals& totals) {
  Draw draw(seed);
  rtl::DeviceOptions options;
  options.chip.seed = seed;
  options.hang_cycles = 100'000;
  rtl::MemoryTiming& memory = options.chip.memory;
  memory.stalls = draw.one_of({0.0, 0.05, 0.3, 0.6});
  if (const char* text = std::getenv("GIRIH_STALLS")) memory.stalls = std::strtod(text, nullptr);
  memory.read_latency = draw.one_of({1U, 10U, 60U});
  memory.read_spread = draw.one_of({0U, 50U});
  memory.write_latency = 1 + draw.below(20);
  memory.write_spread = draw.below(30);
  memory.reorder = draw.chance(0.5);
  memory.interleave = draw.chance(0.5);
  options.reproduce =
      fmt::format("GIRIH_SEED={} GIRIH_PROGRAMS=1 {}", seed, testing::internal::GetArgvs().front());
  const std::string context =
      fmt::format("seed {}, stalls {}; reproduce: {}", seed, memory.stalls, options.reproduce);
  SCOPED_TRACE(context);

  rtl::RtlDevice device(options);
  const isa::Preset& preset = device.preset();
  std::vector<rtl::Tenant> tenants;
  std::vector<Program> programs;
  rtl::TenantSizes sizes;
  sizes.ring = 128;
  std::uint64_t instructions = 0;
  for (unsigned c = 0; c < preset.contexts; ++c) {
    if (c > 0 && draw.chance(0.3)) continue;
    rtl::Tenant& tenant = tenants.emplace_back(device, c, sizes);
    tenant.fill(draw.rng());
    const Slice slice{tenant.sizes().spm, tenant.sizes().acc,
                      static_cast<std::uint32_t>(tenant.sizes().constants),
                      static_cast<std::uint32_t>(tenant.sizes().workspace)};
    const Program& program =
        programs.emplace_back(generate(draw, preset, slice, 20 + draw.below(40)));
    tenant.write(rtl::Tenant::kConstants, 0, program.constants);
    for (unsigned i = 0; i < 32; ++i) device.set_param(c, i, program.params[i]);
    instructions += program.instructions.size();
  }
  for (std::size_t i = 0; i < tenants.size(); ++i) {
    tenants[i].submit(programs[i].instructions);
    device.chip().step(draw.below(200));
  }
  try {
    device.run_all();
    device.finish();
  } catch (const Error& error) {
    FAIL() << error.what() << "\n" << context;
  }
  ASSERT_EQ(device.checked().first_mismatch, "") << context;
  ASSERT_TRUE(device.chip().bus_failures().empty()) << device.chip().bus_failures().front() << "\n"
                                                    << context;
  ASSERT_EQ(device.checked().instructions, instructions) << "instructions compared; " << context;
  for (std::size_t i = 0; i < tenants.size(); ++i) {
    ASSERT_EQ(device.counters(tenants[i].context()).macs, programs[i].macs) << context;
  }
  ++totals.programs;
  totals.instructions += instructions;
  totals.bytes += device.checked().bytes;
  totals.cycles += device.chip().cycle();
  for (std::size_t o = 0; o < totals.by_opcode.size(); ++o)
    totals.by_opcode[o].instructions += device.lockstep()->tallies()[o].instructions;
}

TEST(Random, ProgramsInAllContexts) {
  const std::uint32_t first = from_environment("GIRIH_SEED", 1),
                      count = from_environment("GIRIH_PROGRAMS", GIRIH_PROGRAMS);
  Totals totals;
  for (std::uint32_t seed = first; seed < first + count && !HasFatalFailure(); ++seed)
    round(seed, totals);
  std::cout << fmt::format(
      "seeds {} to {}: {} rounds, {} instructions, {} bytes compared, {} cycles\n", first,
      first + count - 1, totals.programs, totals.instructions, totals.bytes, totals.cycles);
  if (count < 10) return;
  for (std::size_t o = 1; o < totals.by_opcode.size(); ++o)
    EXPECT_GT(totals.by_opcode[o].instructions, count) << "opcode " << o;
}

}  // namespace
}  // namespace girih::random
