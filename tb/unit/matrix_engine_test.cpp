// SPDX-License-Identifier: Apache-2.0
#include <tuple>

#include GIRIH_MODEL_HEADER
#include "matrix_bench.h"

namespace girih::tb {
namespace {

using Bench = MatrixBench<GIRIH_MODEL>;

/// Places a stream of `count[d]` steps of `step[d]` bytes, plus `tail` bytes, at random inside `size`
/// bytes; false when it does not fit.
bool place(Bench& b, std::int64_t size, std::int64_t grain, std::initializer_list<std::int64_t> count,
           std::initializer_list<std::int64_t> step, std::int64_t tail, std::int64_t& base) {
  std::int64_t low = 0, high = tail;
  for (auto c = count.begin(), s = step.begin(); c != count.end(); ++c, ++s) {
    const std::int64_t reach = (*c - 1) * *s;
    (reach < 0 ? low : high) += reach;
  }
  if (high - low > size) return false;
  const std::int64_t room = (size - (high - low)) / grain;
  base = -low + grain * static_cast<std::int64_t>(b.below(static_cast<unsigned>(room + 1)));
  return true;
}

/// A random legal instruction. Sizes are often one, one over or one under the array's.
MatrixInstruction random_instruction(Bench& b) {
  const auto& p = b.preset;
  const std::int64_t kd = p.k_dim, nd = p.n_dim, rb = b.row_bytes(), word = p.spm_word_bytes;
  const auto pick = [&](std::int64_t around, std::int64_t most) -> std::int64_t {
    switch (b.below(6)) {
      case 0: return 1;
      case 1: return std::max<std::int64_t>(1, std::min(most, around - 1 + b.below(3)));
      case 2: return std::min<std::int64_t>(most, std::array{2, 3, 5, 7, 11, 13, 17, 19, 23}[b.below(9)]);
      default: return 1 + b.below(static_cast<unsigned>(most));
    }
  };
  const auto sign = [&](std::int64_t v) { return b.below(4) ? v : -v; };
  for (;;) {
    MatrixInstruction i;
    i.ctx = b.below(2);
    i.a_signed = b.below(2), i.b_signed = b.below(2), i.columns = b.below(2);
    i.shift = b.below(3) == 0;
    i.start = static_cast<isa::Start>(b.below(3));
    i.za = b.below(4) ? b.rng() : 0, i.zb = b.below(4) ? b.rng() : 0;
    i.n = pick(nd, 2 * nd + 3), i.k0 = pick(kd, 2 * kd + 3), i.k1 = 1 + b.below(3), i.k2 = 1 + b.below(2);
    i.m0 = pick(8, 20), i.m1 = 1 + b.below(3), i.m2 = 1 + b.below(2);
    const std::int64_t m = i.rows(), tiles = (i.n + nd - 1) / nd, k_tiles = (i.k0 + kd - 1) / kd;

    i.a_m0 = sign(b.below(2) ? i.k0 : b.below(70)), i.a_m1 = sign(b.below(300)), i.a_m2 = sign(b.below(300));
    i.a_k1 = sign(b.below(100)), i.a_k2 = sign(b.below(100));
    if (b.below(2)) {  // packed
      i.b_row = i.columns ? nd : kd;
      const std::int64_t tile = kd * nd;
      i.b_k0 = sign(tile), i.b_k1 = sign(tile * k_tiles), i.b_k2 = sign(tile * k_tiles * i.k1);
      i.b_n = sign(b.below(2) ? word * b.below(20) : tile * k_tiles * i.k1 * i.k2);
    } else {
      i.b_row = sign(b.below(90)), i.b_k0 = sign(b.below(2) ? kd : b.below(200));
      i.b_k1 = sign(b.below(200)), i.b_k2 = sign(b.below(200)), i.b_n = sign(b.below(500));
    }
    const bool packed = i.b_row == (i.columns ? nd : kd) && i.b_k0 % word == 0;
    i.acc_n = sign((m + b.below(3)) * rb), i.bias_n = sign(b.below(3) * rb);

    // The extent of what is used only: one k tile and one row tile at a time would be exact; this is safe.
    const std::int64_t tile_rows = i.columns ? std::min(i.k0, kd) : std::min(i.n, nd);
    const std::int64_t tile_cols = i.columns ? std::min(i.n, nd) : std::min(i.k0, kd);
    if (!place(b, b.spm_part(), 1, {i.m0, i.m1, i.m2, i.k1, i.k2}, {i.a_m0, i.a_m1, i.a_m2, i.a_k1, i.a_k2}, i.k0,
               i.a_base))
      continue;
    if (!place(b, b.spm_part() - word, packed ? word : 1, {tile_rows, k_tiles, i.k1, i.k2, tiles},
               {i.b_row, i.b_k0, i.b_k1, i.b_k2, i.b_n}, tile_cols, i.b_base))
      continue;
    if (packed) i.b_base = (i.b_base + word - 1) / word * word;
    if (!place(b, b.acc_part(), rb, {m, tiles}, {rb, i.acc_n}, rb, i.acc_base)) continue;
    if (!place(b, b.acc_part(), rb, {tiles}, {i.bias_n}, rb, i.bias_base)) continue;
    if (i.start == isa::Start::kBias) {  // bias rows are not destination rows
      bool overlap = false;
      for (std::int64_t t = 0; t < tiles; ++t)
        for (std::int64_t u = 0; u < tiles; ++u) {
          const std::int64_t at = i.bias_base + t * i.bias_n, from = i.acc_base + u * i.acc_n;
          overlap = overlap || (at >= from && at < from + m * rb);
        }
      if (overlap) continue;
    }
    return i;
  }
}

/// (probability that another port asks, probability of a command's delay, seed)
using MatrixEngineRandom = testing::TestWithParam<std::tuple<double, double, std::uint32_t>>;

TEST_P(MatrixEngineRandom, EqualsTheReference) {
  const auto [busy, stall, seed] = GetParam();
  Bench b(seed, GIRIH_PRESET_NAME);
  b.others.busy = busy;
  b.command_stall = stall;
  for (int batch = 0; batch < 40 && !HasFailure(); ++batch) {
    std::vector<MatrixInstruction> program;
    for (int k = 0; k < 12; ++k) program.push_back(random_instruction(b));
    SCOPED_TRACE("batch " + std::to_string(batch));
    b.run(program);
  }
}

INSTANTIATE_TEST_SUITE_P(, MatrixEngineRandom,
                         testing::Combine(testing::Values(0.0, 0.3, 1.0), testing::Values(0.0, 0.9),
                                          testing::Values(1u, 2u)));

TEST(MatrixEngine, HandlesEverySizeAroundTheArray) {
  Bench b(3, GIRIH_PRESET_NAME);
  const std::int64_t kd = b.preset.k_dim, nd = b.preset.n_dim;
  for (const std::int64_t k : {std::int64_t{1}, kd - 1, kd, kd + 1}) {
    std::vector<MatrixInstruction> program;
    for (const std::int64_t n : {std::int64_t{1}, nd - 1, nd, nd + 1})
      for (const std::int64_t m : {1, 2, 17}) program.push_back(dense(b, m, n, k));
    b.run(program);
  }
}

// Without `order`: each reads what the one before it wrote, however short they are.
TEST(MatrixEngine, PassesAccumulatorsOnInOrder) {
  Bench b(4, GIRIH_PRESET_NAME);
  for (const std::int64_t m : {1, 2, 3, 4, 5, 6, 9}) {
    std::vector<MatrixInstruction> program;
    for (int step = 0; step < 24; ++step) {
      auto i = dense(b, m, 1 + b.below(b.preset.n_dim), 1 + b.below(3 * b.preset.k_dim));
      i.start = step % 8 ? isa::Start::kAcc : isa::Start::kZero;
      i.acc_base = static_cast<std::int64_t>(b.below(2)) * b.row_bytes();
      program.push_back(i);
    }
    b.run(program);
  }
}

TEST(MatrixEngine, ReadsABiasRowThatItHasJustWritten) {
  Bench b(5, GIRIH_PRESET_NAME);
  std::vector<MatrixInstruction> program;
  for (int step = 0; step < 20; ++step) {
    auto i = dense(b, 1 + b.below(3), b.preset.n_dim, b.preset.k_dim);
    i.start = isa::Start::kBias;
    i.acc_base = step % 2 ? 0 : 8 * b.row_bytes();
    i.bias_base = step % 2 ? 8 * b.row_bytes() : 0;
    program.push_back(i);
  }
  b.run(program);
}

// A sixteenth of the accumulators lies at the ends of INT32. Lanes beyond N must not report.
TEST(MatrixEngine, WrapsAndSaysSo) {
  Bench b(6, GIRIH_PRESET_NAME);
  int overflows = 0, runs = 0;
  for (const std::int64_t n : {std::int64_t{b.preset.n_dim}, std::int64_t{1}}) {
    for (std::int64_t row = 0; row < 48; ++row) {
      auto i = dense(b, 1, n, 1 + b.below(b.preset.k_dim));
      i.shift = row % 2;
      i.start = isa::Start::kAcc;
      i.acc_base = row * b.row_bytes();
      i.ctx = b.below(2);
      overflows += b.run({i}) != 0;
      ++runs;
    }
  }
  EXPECT_GT(overflows, 0);
  EXPECT_LT(overflows, runs);
}

// Whole k tiles of the largest products of each sign, times 256, from zero and from what is there: what an
// operand of 8 bits can do at most, and the accumulators' ends passed in the middle of an instruction.
TEST(MatrixEngine, ShiftsTheLargestProducts) {
  Bench b(11, GIRIH_PRESET_NAME);
  const std::int64_t kd = b.preset.k_dim, nd = b.preset.n_dim;
  for (const bool negative : {false, true}) {
    for (const std::int64_t k_tiles : {std::int64_t{1}, std::int64_t{300}}) {
      auto i = dense(b, 2, nd, kd);
      i.shift = true, i.a_signed = false, i.b_signed = false;
      i.za = 255, i.zb = negative ? 0 : 255;
      i.k1 = k_tiles, i.a_m0 = i.a_k1 = 0, i.b_k1 = 0;
      b.put(0, i.a_base, kd, 0);
      b.put(0, i.b_base, kd * nd, negative ? 255 : 0);
      const std::int64_t largest = 256 * 255 * 255 * kd * k_tiles;
      EXPECT_EQ(b.run({i}) != 0, largest > 0x7fffffff);
      EXPECT_EQ(b.memory.acc[0], static_cast<std::uint32_t>(negative ? -largest : largest));
    }
  }
}

// Upper halves with `shift`, then lower halves on top: the dot products of 16-bit activations.
TEST(MatrixEngine, MultipliesSixteenBitsInTwoPasses) {
  Bench b(12, GIRIH_PRESET_NAME);
  const std::int64_t nd = b.preset.n_dim, m = 5, n = nd + 1, k = 2 * b.preset.k_dim + 3;
  auto high = dense(b, m, n, k);
  high.shift = true;
  auto low = high;
  low.shift = false, low.a_signed = false, low.start = isa::Start::kAcc;
  low.a_base = b.spm_part() - m * k;
  EXPECT_EQ(b.run({high, low}), 0u);
  const auto& spm = b.memory.spm;
  for (std::int64_t row = 0; row < m; ++row)
    for (std::int64_t j = 0; j < n; ++j) {
      std::int64_t sum = 0;
      for (std::int64_t q = 0; q < k; ++q) {
        const std::int64_t kt = q / high.b_row, weight_at = high.b_base + j / nd * high.b_n + kt * high.b_k0 +
                                                            j % nd * high.b_row + q % high.b_row;
        const int value = 256 * static_cast<std::int8_t>(spm[row * k + q]) + spm[low.a_base + row * k + q];
        sum += value * static_cast<std::int8_t>(spm[weight_at]);
      }
      EXPECT_EQ(static_cast<std::int32_t>(b.memory.acc[(j / nd * m + row) * nd + j % nd]), sum);
    }
}

/// Rows of the array are busy in every cycle from the first to the last.
void expect_no_bubble(Bench& b, const std::vector<MatrixInstruction>& program) {
  b.run(program);
  EXPECT_EQ(b.bubbles, 0u) << b.rows << " rows";
}

TEST(MatrixEngine, HasNoBubbleBetweenPassesAndInstructions) {
  Bench b(7, GIRIH_PRESET_NAME);
  const std::int64_t kd = b.preset.k_dim, nd = b.preset.n_dim;
  for (const std::int64_t m : {16, 17, 49, 128}) {
    if (m * b.row_bytes() > b.acc_part()) continue;
    auto one = dense(b, m, nd, 4 * kd);
    auto again = one;
    again.start = isa::Start::kAcc;
    expect_no_bubble(b, {one, again, again});
    auto single = dense(b, m, nd, kd);  // a pass an instruction
    auto bias = single;
    bias.start = isa::Start::kBias, bias.bias_base = b.acc_part() - b.row_bytes();
    if (bias.bias_base >= m * b.row_bytes()) expect_no_bubble(b, {single, bias, single, bias, single, bias});
  }
}

TEST(MatrixEngine, StaysBusyWhileOthersReadTheScratchpad) {
  for (const std::int64_t m : {49, 128}) {
    Bench b(8, GIRIH_PRESET_NAME);
    b.others.busy = 1;
    const std::int64_t rows = std::min(m, b.acc_part() / b.row_bytes());
    b.run(std::vector<MatrixInstruction>(4, dense(b, rows, b.preset.n_dim, 8 * b.preset.k_dim)));
    const double busy = static_cast<double>(b.rows) / static_cast<double>(b.last_row - b.first_row + 1);
    EXPECT_GT(busy, 0.97) << "M = " << rows;
    RecordProperty("busy_percent_" + std::to_string(rows), std::to_string(100 * busy));
  }
}

// What docs/blocks/matrix.md promises for passes too short to hide their weights.
TEST(MatrixEngine, ShortPassesTakeTheWeightsTime) {
  Bench b(9, GIRIH_PRESET_NAME);
  const std::int64_t kd = b.preset.k_dim, nd = b.preset.n_dim;
  const std::uint64_t beats = static_cast<std::uint64_t>(kd * nd / b.preset.weight_port);
  const std::int64_t passes = 32;
  auto i = dense(b, 1, nd, passes * kd);
  i.b_base = (i.b_base + 8 * 64 - 1) / (8 * 64) * (8 * 64);
  ASSERT_LE(i.b_base + passes * kd * nd, b.spm_part());
  b.run({i});
  EXPECT_LE(b.last_row - b.first_row, (passes - 1) * std::max<std::uint64_t>(beats + 7, 5)) << "packed";
}

TEST(MatrixEngine, ReadsAccumulatorsInTheCycleOfDone) {
  Bench b(10, GIRIH_PRESET_NAME);
  const auto i = dense(b, 3, b.preset.n_dim, b.preset.k_dim);
  execute(i, b.preset, 0, 0, b.memory);
  const auto words = i.words();
  for (int w = 0; w < 32; ++w) b.dut->cmd_i[w] = words[w];
  b.dut->job_ctx_i = 0, b.dut->job_spm_base_i = 0, b.dut->job_acc_base_i = 0, b.dut->cmd_valid_i = 1;
  b.dut.tick();
  b.dut->cmd_valid_i = 0;
  ASSERT_TRUE(b.dut.run_until([&] { return b.dut->done_valid_o; }, 1000));
  b.others.bench_reads = true, b.dut->acc_rd_row_i[0] = 2;
  b.dut.tick();
  b.others.bench_reads = false;
  for (int i = 0; i < 3; ++i) b.dut.tick();
  for (unsigned lane = 0; lane < b.preset.n_dim; ++lane)
    EXPECT_EQ(b.dut->acc_rd_data_o[0][lane], b.memory.acc[2 * b.preset.n_dim + lane]);
}

}  // namespace
}  // namespace girih::tb
