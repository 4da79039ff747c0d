// SPDX-License-Identifier: Apache-2.0
//
// The design broken on purpose, one bug at a time (rtl/prim/prim_bug.svh): random programs in
// lockstep must find each, and name an instruction of the broken engine. Without a bug the same
// programs pass.
//
//   10 LOAD      padding bytes inverted
//   11 LOAD      rest of a word that a beat straddles
//   20 STORE     top bit of a beat that straddles words
//   30 MATRIX    high word of a straddling row segment
//   31 MATRIX    shift in the first pass of a row tile alone
//   40 VECTOR    lower clamp gives zero
//   43 VECTOR    c is not the second factor
//   46 VECTOR    ARGMAX takes the last of equal ones
//   50 frontend  patches replace instead of adding
//   51 frontend  `order` ignored
#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <optional>

#include "generator.h"
#include "tenant.h"

namespace girih::rtl {
namespace {

struct Bug {
  int id;
  std::vector<std::string> engines;  ///< of which an instruction must be named
};
void PrintTo(const Bug& bug, std::ostream* out) { *out << bug.id; }

/// What the first failure says; nothing when the round passes.
struct Verdict {
  bool found = false;
  std::string engine, report;
};

/// The block in whose assertion a run ended.
std::string engine_of_assertion(const std::string& printed) {
  for (const auto& [block, engine] : {std::pair{"girih_top.u_load", "LOAD"},
                                      {"girih_top.u_store", "STORE"},
                                      {"girih_top.u_matrix", "MATRIX"},
                                      {"girih_top.u_vector", "VECTOR"},
                                      {"girih_top.u_frontend", "frontend"}}) {
    if (printed.find(block) != std::string::npos) return engine;
  }
  return "elsewhere";
}

Verdict round(int bug, std::uint32_t seed) {
  random::Draw draw(seed);
  DeviceOptions options;
  options.chip.seed = seed;
  options.chip.memory.stalls = 0.1;
  options.hang_cycles = 20000;
  options.reproduce = fmt::format("seeded_bug_test with seed {}", seed);
  RtlDevice device(options);
  device.chip().select_bug(bug);
  TenantSizes sizes;
  sizes.ring = 128;
  Tenant tenant(device, 0, sizes);
  tenant.fill(draw.rng());
  const random::Slice slice{tenant.sizes().spm, tenant.sizes().acc,
                            static_cast<std::uint32_t>(tenant.sizes().constants),
                            static_cast<std::uint32_t>(tenant.sizes().workspace)};
  const random::Program program = random::generate(draw, device.preset(), slice, 40);
  tenant.write(Tenant::kConstants, 0, program.constants);
  for (unsigned i = 0; i < 32; ++i) device.set_param(0, i, program.params[i]);
  testing::internal::CaptureStdout();  // where Verilator names a failing assertion
  std::string printed, failure;
  const Mismatch* mismatch = nullptr;
  std::optional<Mismatch> at_end;
  try {
    tenant.submit(program.instructions);
    device.run_all();
    // The first mismatch stands, whatever register accesses let the chip do after it.
    const std::string first = device.checked().first_mismatch;
    device.fault(0);
    device.counters(0);
    EXPECT_EQ(device.checked().first_mismatch, first);
    if ((mismatch = device.mismatch()) == nullptr) device.finish();
  } catch (const AssertionFailed& failed) {
    failure = failed.what();
  } catch (const Mismatch& caught) {
    mismatch = &at_end.emplace(caught);
  }
  printed = testing::internal::GetCapturedStdout();
  if (!failure.empty()) return {true, engine_of_assertion(printed), printed + failure};
  if (mismatch != nullptr) return {true, mismatch->engine, mismatch->what()};
  return {};
}

class SeededBug : public testing::TestWithParam<Bug> {};

TEST_P(SeededBug, IsFoundAndNamed) {
  const Bug& bug = GetParam();
  std::map<std::string, unsigned> named;
  std::string example;
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    const Verdict verdict = round(bug.id, seed);
    if (!verdict.found) continue;
    if (named[verdict.engine]++ == 0) example += verdict.report + "\n";
  }
  unsigned right = 0, all = 0;
  for (const auto& [engine, count] : named) {
    all += count;
    if (std::find(bug.engines.begin(), bug.engines.end(), engine) != bug.engines.end())
      right += count;
  }
  std::cout << "bug " << bug.id << ": found by " << all << " of 40 programs, " << right
            << " name the engine\n"
            << example;
  EXPECT_GT(all, 0U) << "not found";
  EXPECT_EQ(right, all) << example;
}

INSTANTIATE_TEST_SUITE_P(Each, SeededBug,
                         testing::Values(Bug{10, {"LOAD"}}, Bug{11, {"LOAD"}}, Bug{20, {"STORE"}},
                                         Bug{30, {"MATRIX"}}, Bug{31, {"MATRIX"}},
                                         Bug{40, {"VECTOR"}}, Bug{43, {"VECTOR"}},
                                         Bug{46, {"VECTOR"}}));
/// A wrong patch or order shows in whatever instruction it hits.
INSTANTIATE_TEST_SUITE_P(
    Frontend, SeededBug,
    testing::Values(Bug{50, {"LOAD", "STORE", "MATRIX", "VECTOR", "FENCE", "SETPARAM"}},
                    Bug{51, {"LOAD", "STORE", "MATRIX", "VECTOR", "FENCE", "frontend"}}));

TEST(NoSeededBug, NothingIsFound) {
  for (std::uint32_t seed = 1; seed <= 10; ++seed) {
    const Verdict verdict = round(0, seed);
    EXPECT_FALSE(verdict.found) << verdict.report;
  }
}

}  // namespace
}  // namespace girih::rtl
