// SPDX-License-Identifier: Apache-2.0
//
// Lists, writable windows and granules: what a program with a cache needs of tokens and proof.
#include <gtest/gtest.h>

#include "common/error.h"
#include "compiler/schedule/access.h"
#include "compiler/schedule/happens_before.h"
#include "compiler/schedule/header_bits.h"
#include "compiler/schedule/tokens.h"
#include "isa/forms.h"

namespace girih::compiler {
namespace {

constexpr std::uint32_t kCache = 3;
const isa::Preset& base() { return *isa::find_preset("base"); }

std::vector<Run> stretches(const isa::Instruction& instruction) {
  std::vector<Run> runs;
  visit_stretches(instruction, base(), [&](const Run& run) { runs.push_back(run); });
  return runs;
}

/// Four rows of 16 bytes somewhere in [plane, plane + 4096).
isa::Store scatter(std::uint32_t plane, std::uint32_t local) {
  isa::Store x;
  x.window = kCache;
  x.scatter = true;
  x.offset = plane;
  x.local = local;
  x.n0 = 16, x.n1 = 4, x.s1 = 1, x.t1 = 16;
  x.index = 0, x.index_limit = 4096 - 15;
  return x;
}
/// Two of its eight pages of 512 bytes.
isa::Load gather(std::uint32_t plane, std::uint32_t local) {
  isa::Load x;
  x.window = kCache;
  x.gather = true;
  x.offset = plane;
  x.local = local;
  x.n0 = 512, x.n1 = 2, x.s1 = 512, x.t1 = 512;
  x.index = 64, x.index_limit = 8;
  return x;
}
Extents extents(std::uint32_t granule) {
  return {8192, 8192, {{kWorkspaceWindow, 64, 1}, {kCache, 3 * 4096, granule}}, 16};
}

TEST(Stretches, AListIsOneRunOverAllLegalIndices) {
  const auto runs = stretches(scatter(4096, 1024).encode());
  ASSERT_EQ(runs.size(), 3U);
  EXPECT_EQ(runs[0].memory, Memory::kDram);
  EXPECT_TRUE(runs[0].write);
  EXPECT_EQ(runs[0].base, 4096);
  EXPECT_EQ(runs[0].length, 4096);
  EXPECT_EQ(runs[1].length, 16);  // the list itself
  EXPECT_EQ(runs[2].length, 64);

  isa::Load down = gather(4096, 1024);
  down.s1 = -512;
  down.offset = 4096 + 7 * 512;
  EXPECT_EQ(stretches(down.encode())[0].base, 4096);
  EXPECT_EQ(stretches(down.encode())[0].length, 4096);
}

TEST(Stretches, PackedWeightsAreOneRun) {
  isa::Matrix x;
  x.n = 64, x.k0 = 48, x.m0 = 2, x.a_m0 = 48;
  x.b_base = 1024, x.b_row = 16, x.b_k0 = 256, x.b_n = 768, x.acc_n = 128;
  const auto runs = stretches(x.encode());
  ASSERT_EQ(runs.size(), 3U);
  EXPECT_EQ(runs[0].length, 96);
  EXPECT_EQ(runs[1].length, 64 * 48);
  EXPECT_EQ(runs[2].length, 4 * 128);
}

/// The same bytes as visit_runs, where there is no list.
TEST(Stretches, CoverWhatRunsCover) {
  isa::Vector x;
  x.n0 = 5, x.n1 = 3, x.n2 = 2;
  x.a_type = x.d_type = isa::Type::kFp32;
  x.a_base = 400, x.a_s1 = -4, x.a_s2 = 20, x.d_base = 1000, x.d_s1 = 24, x.d_s2 = 100;
  std::vector<int> reads(2048), writes(2048);
  const auto mark = [&](int bit) {
    return [&reads, &writes, bit](const compiler::Run& run) {
      for (std::int64_t i = 0; i < run.length; ++i)
        (run.write ? writes : reads)[static_cast<std::size_t>(run.base + i)] |= bit;
    };
  };
  visit_runs(x.encode(), base(), mark(1));
  visit_stretches(x.encode(), base(), mark(2));
  for (std::size_t i = 0; i < reads.size(); ++i) {
    EXPECT_TRUE(reads[i] == 0 || reads[i] == 3) << i;
    EXPECT_TRUE(writes[i] == 0 || writes[i] == 3) << i;
  }
}

TEST(Tokens, OrderStoresAndLoadsOfTheCache) {
  std::vector<isa::Instruction> program{scatter(4096, 1024).encode(), gather(4096, 2048).encode(),
                                        gather(0, 4096).encode()};
  assign_tokens(program, base(), extents(4096));
  const unsigned token_bit = 1U << token(1, 0);
  EXPECT_EQ(give_mask(program[0]), token_bit);
  EXPECT_EQ(wait_mask(program[1]), token_bit);
  EXPECT_EQ(wait_mask(program[2]), 0U);
  EXPECT_GT(prove_ordered(program, base(), extents(4096)).conflicts, 0U);
  program[1].set(wait_field(), 0);
  EXPECT_THROW(prove_ordered(program, base(), extents(4096)), Error);
}

TEST(Tokens, ACoarseGranuleOrdersNeighbours) {
  std::vector<isa::Instruction> program{scatter(4096, 1024).encode(), gather(0, 4096).encode()};
  assign_tokens(program, base(), extents(8192));
  EXPECT_EQ(wait_mask(program[1]), 1U << token(1, 0));
  prove_ordered(program, base(), extents(8192));
}

/// Two planes that share a granule, written one after the other: the second forgets nothing.
TEST(Tokens, APartlyWrittenGranuleKeepsItsHistory) {
  isa::Load whole = gather(0, 4096);
  std::vector<isa::Instruction> program{scatter(0, 1024).encode(), scatter(4096, 1088).encode(),
                                        whole.encode()};
  assign_tokens(program, base(), extents(8192));
  prove_ordered(program, base(), extents(8192));
}

TEST(Tokens, WindowsThatAreNotListedAreReadOnly) {
  isa::Store store = scatter(0, 1024);
  store.window = 5;
  EXPECT_THROW(prove_ordered({store.encode()}, base(), extents(4096)), Error);
  std::vector<isa::Instruction> beyond{scatter(3 * 4096, 1024).encode()};
  EXPECT_THROW(assign_tokens(beyond, base(), extents(4096)), Error);
  EXPECT_THROW(prove_ordered(beyond, base(), extents(4096)), Error);
}

}  // namespace
}  // namespace girih::compiler
