// SPDX-License-Identifier: Apache-2.0
//
// The comparison with the loops of the specification sees the seeded bugs of MATRIX (30, 31).
#include <gtest/gtest-spi.h>

#include GIRIH_MODEL_HEADER
#include GIRIH_BUG_HEADER

#include "matrix_bench.h"
#include "seeded_bug.h"

namespace girih::tb {
namespace {

using Bench = MatrixBench<GIRIH_MODEL>;

/// `k` beyond a tile, rows at any byte.
bool is_right(int bug, std::int64_t k, bool shift) {
  Bench bench(1, GIRIH_PRESET_NAME);
  select_bug(*bench.dut.operator->(), bug);
  MatrixInstruction instruction = dense(bench, 20, bench.preset.n_dim, k);
  instruction.shift = shift;
  testing::TestPartResultArray failures;
  testing::ScopedFakeTestPartResultReporter intercept(
      testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &failures);
  bench.run({instruction});
  return failures.size() == 0;
}

TEST(MatrixBug, IsSeen) {
  const std::int64_t tile = isa::kPresets[0].k_dim;
  EXPECT_TRUE(is_right(0, tile + 3, true));
  EXPECT_FALSE(is_right(30, tile + 3, false));
  EXPECT_FALSE(is_right(31, tile + 3, true));
  EXPECT_TRUE(is_right(31, tile, true)) << "only later k tiles are wrong";
}

}  // namespace
}  // namespace girih::tb
