// SPDX-License-Identifier: Apache-2.0
//
// MATRIX with `shift`: values by hand, and operands of 16 bits in two passes; and instructions that
// are too large for one block of the golden model.
#include <gtest/gtest.h>

#include "bench.h"

namespace girih::golden {
namespace {

constexpr unsigned kSeed = 17;
using isa::Start;
using isa::Type;

class MatrixShift : public ::testing::Test {
 protected:
  std::uint8_t* spm(std::uint32_t at) {
    return bench.golden->spm().data() + bench.partition.spm_base + at;
  }
  std::int32_t acc(std::uint32_t at) {
    std::int32_t out;
    std::memcpy(&out, bench.golden->acc().data() + bench.partition.acc_base + at, 4);
    return out;
  }
  void set_acc(std::uint32_t at, std::int32_t value) {
    std::memcpy(bench.golden->acc().data() + bench.partition.acc_base + at, &value, 4);
  }
  bool overflows(const isa::Matrix& x) {
    bench.push(x);
    const Status status = bench.run();
    EXPECT_EQ(status.error.code, isa::ErrorCode::kNone) << bench.golden->text(bench.context, 0);
    bench.golden->reset(bench.context);
    bench.tail = 0;
    return status.overflow;
  }

  Bench bench{kSeed, "base"};
};

TEST_F(MatrixShift, MultipliesTheSumAndNotTheStart) {
  spm(0)[0] = 3, spm(0)[1] = 0xFE;  // 3, -2
  spm(64)[0] = 5, spm(64)[1] = 7;
  isa::Matrix x;
  x.k0 = 2;
  x.b_base = 64;
  x.shift = true;
  EXPECT_FALSE(overflows(x));
  EXPECT_EQ(acc(0), 256);
  x.start = Start::kAcc;
  set_acc(0, -7);
  EXPECT_FALSE(overflows(x));
  EXPECT_EQ(acc(0), 249);
  x.start = Start::kBias;
  x.bias_base = 4 * bench.preset.n_dim * 8;
  set_acc(x.bias_base, 1000);
  x.za = 1, x.zb = 0xFF;  // (3 - 1) * (5 + 1) + (-2 - 1) * (7 + 1) = -12
  EXPECT_FALSE(overflows(x));
  EXPECT_EQ(acc(0), 1000 - 12 * 256);
}

TEST_F(MatrixShift, OverflowAtTheBorder) {
  // Sixteen products make one addition: 16 * 128 * 128 * 256 = 2^26.
  for (unsigned i = 0; i < 16; ++i) spm(0)[i] = spm(64)[i] = 0x80;
  isa::Matrix x;
  x.k0 = 16;
  x.b_base = 64;
  x.shift = true;
  x.start = Start::kAcc;
  constexpr std::int32_t kSum = 1 << 26;
  set_acc(0, INT32_MAX - kSum);
  EXPECT_FALSE(overflows(x));
  EXPECT_EQ(acc(0), INT32_MAX);
  set_acc(0, INT32_MAX - kSum + 1);
  EXPECT_TRUE(overflows(x));
  EXPECT_EQ(acc(0), INT32_MIN);
  for (unsigned i = 0; i < 16; ++i) spm(64)[i] = 0x7F;  // -16 * 128 * 127 * 256
  constexpr std::int32_t kLess = -16 * 128 * 127 * 256;
  set_acc(0, INT32_MIN - kLess);
  EXPECT_FALSE(overflows(x));
  EXPECT_EQ(acc(0), INT32_MIN);
  set_acc(0, INT32_MIN - kLess - 1);
  EXPECT_TRUE(overflows(x));
  EXPECT_EQ(acc(0), INT32_MAX);
}

TEST_F(MatrixShift, OverflowOfUnsignedOperands) {
  // 16 products of 255 * 255, times 256, are 266,342,400 an addition.
  for (unsigned i = 0; i < 160; ++i) spm(0)[i] = 255, spm(512)[i] = i < 144 ? 255 : 0;
  isa::Matrix x;
  x.a_type = x.b_type = Type::kUint8;
  x.k0 = 144;
  x.b_base = 512;
  x.b_k0 = 16;
  x.shift = true;
  EXPECT_TRUE(overflows(x));  // 9 * 266,342,400 = 2,397,081,600
  EXPECT_EQ(acc(0), static_cast<std::int32_t>(2397081600U));
  x.k0 = 128;
  EXPECT_FALSE(overflows(x));  // 2,130,739,200
  EXPECT_EQ(acc(0), 2130739200);
}

// v = 256 * hi + lo: hi with `shift`, then lo onto it. 512 deep, no sum leaves INT32.
TEST_F(MatrixShift, SixteenBitsInTwoPasses) {
  RecordProperty("seed", kSeed);
  constexpr int kDepth = 512, kRows = 3, kColumns = 21;
  constexpr std::uint32_t kHigh = 0, kLow = kRows * kDepth, kWeights = 8192;
  const auto row_bytes = static_cast<std::int32_t>(4 * bench.preset.n_dim);
  for (const bool columns : {false, true}) {
    for (const bool largest : {false, true}) {
      std::vector<std::int16_t> v(kRows * kDepth);
      std::vector<std::int8_t> w(kColumns * kDepth);
      for (auto& x : v) x = static_cast<std::int16_t>(bench.draw_signed(-32767, 32767));
      for (auto& x : w) x = static_cast<std::int8_t>(bench.draw_signed(-127, 127));
      if (largest) {
        for (int k = 0; k < kDepth; ++k) v[k] = 32767, v[kDepth + k] = -32767, w[k] = 127;
      }
      for (std::size_t i = 0; i < v.size(); ++i) {
        spm(kHigh)[i] = static_cast<std::uint8_t>(v[i] >> 8);
        spm(kLow)[i] = static_cast<std::uint8_t>(v[i]);
      }
      for (std::size_t n = 0; n < kColumns; ++n) {
        for (std::size_t k = 0; k < kDepth; ++k) {
          spm(kWeights)[columns ? k * 32 + n : n * kDepth + k] =
              static_cast<std::uint8_t>(w[n * kDepth + k]);
        }
      }
      isa::Matrix x;
      x.m0 = kRows, x.n = kColumns, x.k0 = kDepth;
      x.a_m0 = kDepth;
      x.b_base = kWeights;
      x.columns = columns;
      x.b_row = columns ? 32 : kDepth;
      x.b_k0 = columns ? 32 * 16 : 16;
      x.b_n = columns ? 16 : 16 * kDepth;
      x.acc_n = kRows * row_bytes;
      x.shift = true;
      EXPECT_FALSE(overflows(x));
      x.a_base = kLow, x.a_type = Type::kUint8;
      x.shift = false, x.start = Start::kAcc;
      EXPECT_FALSE(overflows(x));
      for (int m = 0; m < kRows; ++m) {
        for (int n = 0; n < kColumns; ++n) {
          std::int64_t exact = 0;
          for (int k = 0; k < kDepth; ++k) exact += v[m * kDepth + k] * w[n * kDepth + k];
          const int at = n / 16 * x.acc_n + m * row_bytes + n % 16 * 4;
          ASSERT_EQ(acc(static_cast<std::uint32_t>(at)), exact) << "m " << m << " n " << n;
        }
      }
    }
  }
}

// Several blocks of columns and of the reduction, rows and packed tiles: all the same product.
TEST_F(MatrixShift, LayoutsOfALargeProductAgree) {
  constexpr int kDepth = 400, kColumns = 250, kRows = 2;
  constexpr std::uint32_t kWeights = 1024;
  std::vector<std::int8_t> a(kRows * kDepth), w(kColumns * kDepth);
  for (auto& x : a) x = static_cast<std::int8_t>(bench.rng());
  for (auto& x : w) x = static_cast<std::int8_t>(bench.rng());
  std::memcpy(spm(0), a.data(), a.size());
  isa::Matrix x;
  x.m0 = kRows, x.n = kColumns;
  x.a_m0 = kDepth;
  x.b_base = kWeights;
  x.acc_n = 2 * 64;
  for (const char* layout : {"rows", "packed", "two groups"}) {
    const bool packed = std::string(layout) == "packed";
    for (int n = 0; n < kColumns; ++n) {
      for (int k = 0; k < kDepth; ++k) {
        const int tile = (n / 16 * (kDepth / 16) + k / 16) * 256 + n % 16 * 16 + k % 16;
        spm(kWeights)[packed ? tile : n * kDepth + k] =
            static_cast<std::uint8_t>(w[n * kDepth + k]);
      }
    }
    const bool groups = std::string(layout) == "two groups";
    x.k0 = groups ? kDepth / 2 : kDepth, x.k1 = groups ? 2 : 1;
    x.a_k1 = x.b_k1 = kDepth / 2;
    x.b_row = packed ? 16 : kDepth;
    x.b_k0 = packed ? 256 : 16;
    x.b_n = 16 * kDepth;
    EXPECT_FALSE(overflows(x));
    for (int m = 0; m < kRows; ++m) {
      for (int n = 0; n < kColumns; ++n) {
        std::int32_t exact = 0;
        for (int k = 0; k < kDepth; ++k) exact += a[m * kDepth + k] * w[n * kDepth + k];
        const int at = n / 16 * x.acc_n + m * 64 + n % 16 * 4;
        ASSERT_EQ(acc(static_cast<std::uint32_t>(at)), exact) << layout << " m " << m << " n " << n;
      }
    }
  }
}

}  // namespace
}  // namespace girih::golden
