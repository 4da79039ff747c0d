// SPDX-License-Identifier: Apache-2.0
//
// Random programs of which one context's holds an instruction with some bits flipped that make it
// illegal: chip and golden model must report the same first error, what retired must be right, the
// other contexts' programs must end right, and after a context reset a legal program must run in
// the same context.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <map>

#include "generator.h"
#include "golden/validate.h"
#include "tenant.h"

namespace girih::random {
namespace {

golden::Fault verdict(const isa::Instruction& instruction, const isa::Preset& preset,
                      const rtl::Tenant& tenant) {
  const auto window = [&](unsigned w, std::uint64_t bytes, bool write) {
    return golden::Window{static_cast<std::uint32_t>(tenant.address(w) / 4096),
                          static_cast<std::uint32_t>(bytes / 4096), true, write};
  };
  golden::Windows windows{};
  windows[0] = window(0, std::uint64_t{tenant.sizes().ring} * isa::kBytes, false);
  windows[1] = window(1, tenant.sizes().constants, false);
  windows[2] = window(2, tenant.sizes().workspace, true);
  const golden::Partition partition{0, tenant.sizes().spm, 0, tenant.sizes().acc};
  return golden::check(instruction, {}, {preset, partition, windows, 1U << 24}).fault;
}

/// Flips bits until the instruction is illegal.
isa::Instruction spoil(Draw& draw, const isa::Instruction& from, const isa::Preset& preset,
                       const rtl::Tenant& tenant) {
  for (;;) {
    isa::Instruction out = from;
    out.words[3] = out.words[4] = 0;  // no patches: what is checked is what stands there
    const unsigned flips = 1 + draw.below(3);
    for (unsigned i = 0; i < flips; ++i) {
      const unsigned word = draw.chance(0.2) ? draw.below(32) : 5 + draw.below(23);
      out.words[word] ^= draw.chance(0.5) ? 1U << draw.below(32) : draw.bits();
    }
    const golden::Fault fault = verdict(out, preset, tenant);
    if (fault.code == isa::ErrorCode::kReserved && !draw.chance(0.05))
      continue;  // there are so many
    if (fault) return out;
  }
}

void round(std::uint32_t seed, std::map<std::string, unsigned>& codes) {
  Draw draw(seed);
  rtl::DeviceOptions options;
  options.chip.seed = seed;
  options.chip.memory.stalls = draw.one_of({0.0, 0.1, 0.4});
  options.chip.memory.read_spread = 40;
  options.chip.memory.reorder = draw.chance(0.5);
  options.hang_cycles = 100'000;
  options.reproduce =
      fmt::format("GIRIH_SEED={} GIRIH_PROGRAMS=1 {}", seed, testing::internal::GetArgvs().front());
  rtl::RtlDevice device(options);
  const isa::Preset& preset = device.preset();
  rtl::TenantSizes sizes;
  sizes.ring = 128;
  std::vector<rtl::Tenant> tenants;
  const unsigned victim = draw.below(preset.contexts);
  std::vector<std::size_t> expected;
  const auto submit = [&](rtl::Tenant& tenant, bool broken) {
    const Slice slice{tenant.sizes().spm, tenant.sizes().acc,
                      static_cast<std::uint32_t>(tenant.sizes().constants),
                      static_cast<std::uint32_t>(tenant.sizes().workspace)};
    Program program = generate(draw, preset, slice, 15 + draw.below(20));
    if (broken) {
      isa::Instruction& at =
          program.instructions[draw.below(static_cast<std::uint32_t>(program.instructions.size()))];
      at = spoil(draw, at, preset, tenant);
    }
    tenant.write(rtl::Tenant::kConstants, 0, program.constants);
    for (unsigned i = 0; i < 32; ++i) device.set_param(tenant.context(), i, program.params[i]);
    tenant.submit(program.instructions);
    return program.instructions.size();
  };
  for (unsigned c = 0; c < preset.contexts; ++c) {
    tenants.emplace_back(device, c, sizes).fill(draw.rng());
  }
  for (rtl::Tenant& tenant : tenants)
    expected.push_back(submit(tenant, tenant.context() == victim));
  device.run_all();
  device.finish();
  const runtime::Fault fault = device.fault(victim);
  ++codes[std::string(isa::to_string(fault.code))];
  ASSERT_TRUE(device.halted(victim)) << options.reproduce;
  for (unsigned c = 0; c < preset.contexts; ++c) {
    if (c == victim) continue;
    ASSERT_EQ(device.counters(c).retired, expected[c])
        << "context " << c << "; " << options.reproduce;
  }
  device.reset(victim);
  tenants[victim].restart();
  const std::size_t again = submit(tenants[victim], false);
  device.run_all();
  device.finish();
  ASSERT_EQ(device.counters(victim).retired, again) << options.reproduce;
  ASSERT_TRUE(device.chip().bus_failures().empty())
      << device.chip().bus_failures().front() << "; " << options.reproduce;
}

TEST(RandomFault, IsReportedAsGoldenSays) {
  const auto number = [](const char* name, std::uint32_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : static_cast<std::uint32_t>(std::strtoul(text, nullptr, 0));
  };
  const std::uint32_t first = number("GIRIH_SEED", 1),
                      count = number("GIRIH_PROGRAMS", GIRIH_PROGRAMS);
  std::map<std::string, unsigned> codes;
  for (std::uint32_t seed = first; seed < first + count && !HasFatalFailure(); ++seed) {
    try {
      round(seed, codes);
    } catch (const Error& error) {
      FAIL() << error.what() << "\nreproduce: GIRIH_SEED=" << seed << " GIRIH_PROGRAMS=1 "
             << testing::internal::GetArgvs().front();
    }
  }
  std::cout << "seeds " << first << " to " << first + count - 1 << ":";
  for (const auto& [code, rounds] : codes) std::cout << " " << code << " " << rounds;
  std::cout << "\n";
}

}  // namespace
}  // namespace girih::random
