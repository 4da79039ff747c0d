// SPDX-License-Identifier: Apache-2.0
//
// The netlist device itself: instructions that overlap, and netlists with one wrong entry in one lookup
// table, which must be found. What programs do on a netlist: system_test.cpp and fault_test.cpp.
//
//   GIRIH_SEED=7 netlist_netlist_tiny_test --gtest_filter=...       one seed alone
//   GIRIH_BREAK=12 GIRIH_SEED=1 netlist_netlist_tiny_test           one broken table alone
//
// GIRIH_BREAKS is the list of tables that can be broken (scripts/silicon/netlist_model.py).
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "generator.h"
#include "tenant.h"

namespace girih::rtl {
namespace {

std::optional<std::uint32_t> from_environment(const char* name) {
  const char* const text = std::getenv(name);
  if (text == nullptr) return std::nullopt;
  return static_cast<std::uint32_t>(std::strtoul(text, nullptr, 10));
}

std::vector<std::uint32_t> seeds() {
  const auto one = from_environment("GIRIH_SEED");
  return one ? std::vector{*one} : std::vector<std::uint32_t>{1, 2};
}

/// `broken`: the table that is broken; 0: none.
DeviceOptions options(std::uint32_t seed, unsigned broken = 0) {
  DeviceOptions out;
  out.chip.seed = seed;
  out.chip.memory.stalls = 0.1;
  out.hang_cycles = 20000;
  const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
  const std::string suite = test.test_suite_name(), name = test.name();
  out.reproduce = fmt::format(
      "GIRIH_SEED={} {}{} --gtest_filter={}.{}*", seed,
      broken == 0 ? "" : fmt::format("GIRIH_BREAK={} ", broken),
      testing::internal::GetArgvs().front(), suite, name.substr(0, name.find('/')));
  return out;
}

random::Program random_program(random::Draw& draw, TestDevice& device, Tenant& tenant,
                               unsigned instructions) {
  const random::Slice slice{tenant.sizes().spm, tenant.sizes().acc,
                            static_cast<std::uint32_t>(tenant.sizes().constants),
                            static_cast<std::uint32_t>(tenant.sizes().workspace)};
  random::Program program = random::generate(draw, device.preset(), slice, instructions);
  tenant.write(Tenant::kConstants, 0, program.constants);
  for (unsigned i = 0; i < 32; ++i) device.set_param(tenant.context(), i, program.params[i]);
  return program;
}

TenantSizes long_ring() {
  TenantSizes sizes;
  sizes.ring = 256;
  return sizes;
}

class Random : public testing::TestWithParam<std::uint32_t> {
 protected:
  /// Random legal programs in all contexts at once.
  void run(NetlistDevice::Mode mode) {
    random::Draw draw(GetParam());
    NetlistDevice device(options(GetParam()), mode);
    std::vector<Tenant> tenants;
    std::vector<random::Program> programs;
    for (unsigned c = 0; c < device.preset().contexts; ++c) {
      tenants.emplace_back(device, c, long_ring());
      tenants.back().fill(draw.rng());
      programs.push_back(random_program(draw, device, tenants.back(), 60));
    }
    for (unsigned c = 0; c < tenants.size(); ++c) tenants[c].submit(programs[c].instructions);
    device.run_all();
    ASSERT_EQ(device.checked().first_mismatch, "");
    try {
      device.finish();
    } catch (const Mismatch& mismatch) {
      FAIL() << mismatch.what();
    }
    for (unsigned c = 0; c < tenants.size(); ++c) {
      EXPECT_FALSE(device.halted(c));
      EXPECT_EQ(device.counters(c).retired, programs[c].instructions.size());
    }
    EXPECT_TRUE(device.chip().bus_failures().empty()) << device.chip().bus_failures().front();
  }
};

TEST_P(Random, ProgramsOverlap) { run(NetlistDevice::Mode::kEnd); }
TEST_P(Random, ProgramsInstructionByInstruction) { run(NetlistDevice::Mode::kTiles); }
INSTANTIATE_TEST_SUITE_P(Seeds, Random, testing::ValuesIn(seeds()));

TEST(NetlistDevice, KeepsItsWindows) {
  NetlistDevice device(options(1));
  EXPECT_THROW(device.set_window(0, NetlistDevice::kDumpWindow, {0, 4096, true, true}), Error);
  EXPECT_THROW(device.set_ring(0, {0, 0, 24}), Error);
}

// --- broken netlists
// -----------------------------------------------------------------------------------

struct Verdict {
  std::string engine, report;  ///< engine "": nothing found
};

/// A random program in one context of a netlist with table `number` broken.
Verdict round_with(unsigned number, std::uint32_t seed) {
  random::Draw draw(seed);
  NetlistDevice device(options(seed, number));
  Tenant tenant(device, 0, long_ring());
  tenant.fill(draw.rng());
  const random::Program program = random_program(draw, device, tenant, 40);
  device.chip().break_table(number);
  try {
    tenant.submit(program.instructions);
    device.run_all();
    if (device.mismatch() != nullptr) return {device.mismatch()->engine, device.mismatch()->what()};
    if (device.halted(0)) return {"fault", "a legal program stopped with an error"};
    device.finish();
  } catch (const Mismatch& mismatch) {
    return {mismatch.engine, mismatch.what()};
  } catch (const Error& hang) {
    return {"hang", hang.what()};
  }
  return {};
}

/// Engines whose instructions a block's defect may spoil.
bool names(const std::string& block, const std::string& engine) {
  if (block == "u_load") return engine == "LOAD";
  if (block == "u_store") return engine == "STORE" || engine == "none";
  if (block == "u_matrix") return engine == "MATRIX";
  if (block == "u_vector") return engine == "VECTOR";
  return true;  // frontend, memories, bus: whatever they serve
}

/// A report of a wrong element says where it is and how to see it again.
void expect_complete(const std::string& report, unsigned broken) {
  for (const char* const part : {"mismatch: context 0, instruction ", "element ", "expected ",
                                 "got ", "reproduce GIRIH_SEED="})
    EXPECT_NE(report.find(part), std::string::npos) << part << "is not in\n" << report;
  EXPECT_NE(report.find(fmt::format("GIRIH_BREAK={} ", broken)), std::string::npos) << report;
}

nlohmann::json all_breaks() {
  std::ifstream file(GIRIH_BREAKS);
  return nlohmann::json::parse(file);
}

/// The quick one: the first table of an engine whose wrong entry comes up.
TEST(BrokenNetlist, OneIsReported) {
  const auto only = from_environment("GIRIH_BREAK");
  for (const nlohmann::json& b : all_breaks()) {
    if (b["block"] != "u_matrix" && b["block"] != "u_vector") continue;
    const auto number = b["break"].get<unsigned>();
    if (only.value_or(number) != number) continue;
    const Verdict verdict = round_with(number, seeds().front());
    std::cout << fmt::format("table {}, {}, entry {}: {}\n{}", number, b["cell"].get<std::string>(),
                             b["entry"].get<unsigned>(),
                             verdict.engine.empty() ? "not found" : "found in " + verdict.engine,
                             verdict.report)
              << std::flush;
    if (verdict.report.find("element ") == std::string::npos) continue;
    expect_complete(verdict.report, number);
    EXPECT_TRUE(names(b["block"], verdict.engine)) << b["block"];
    return;
  }
  FAIL() << "no broken table spoiled an element";
}

TEST(BrokenNetlist, IsFoundAndNamed) {
  const nlohmann::json breaks = all_breaks();
  ASSERT_GT(breaks.size(), 10U);
  const auto only = from_environment("GIRIH_BREAK");
  std::map<std::string, std::array<unsigned, 3>> blocks;  // tried, found, engine named
  unsigned reports = 0;
  for (const nlohmann::json& b : breaks) {
    const auto number = b["break"].get<unsigned>();
    if (only.value_or(number) != number) continue;
    const auto block = b["block"].get<std::string>();
    Verdict verdict;
    for (const std::uint32_t seed : seeds())
      if (verdict.engine.empty()) verdict = round_with(number, seed);
    auto& [tried, found, named] = blocks[block];
    ++tried;
    found += !verdict.engine.empty();
    named += !verdict.engine.empty() && names(block, verdict.engine);
    std::cout << fmt::format("{:12} {} entry {}: {}\n", block, b["cell"].get<std::string>(),
                             b["entry"].get<unsigned>(),
                             verdict.engine.empty() ? "not found" : "found in " + verdict.engine);
    if (!verdict.engine.empty() && (found == 1 || only)) std::cout << verdict.report;
    std::cout << std::flush;
    if (verdict.report.find("element ") != std::string::npos) {
      expect_complete(verdict.report, number);
      ++reports;
    }
  }
  if (only) return;
  unsigned all = 0;
  for (const auto& [block, counts] : blocks) {
    const auto& [tried, found, named] = counts;
    std::cout << fmt::format("{}: {} of {} found, {} named\n", block, found, tried, named);
    all += found;
    if (block == "u_matrix" || block == "u_vector" || block == "u_load" || block == "u_store") {
      EXPECT_GT(named, 0U) << block;
    }
  }
  EXPECT_GT(reports, 5U);
  // An entry may be one that never comes up; most do.
  EXPECT_GE(2 * all, breaks.size());
  EXPECT_EQ(round_with(0, 1).engine, "") << "without a break nothing is found";
}

}  // namespace
}  // namespace girih::rtl
