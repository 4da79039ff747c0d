// SPDX-License-Identifier: Apache-2.0
//
// The golden model's arithmetic against integer arithmetic written apart, on corners and at random.
#include "golden/numerics.h"

#include <gtest/gtest.h>

#include <bit>
#include <random>
#include <vector>

#include "slow_float.h"

namespace girih::golden {
namespace {

constexpr unsigned kSeed = 7;
constexpr slow::Bits kPlusZero = 0, kMinusZero = 0x80000000, kMinusInf = 0xFF800000;

float f(slow::Bits x) { return std::bit_cast<float>(x); }
slow::Bits b(float x) { return std::bit_cast<slow::Bits>(x); }

void compare_pair(slow::Bits x, slow::Bits y) {
  const auto where = [&] { return ::testing::Message() << std::hex << "x=" << x << " y=" << y; };
  ASSERT_EQ(b(fp::mul(f(x), f(y))), slow::mul(x, y)) << where();
  ASSERT_EQ(b(fp::add(f(x), f(y))), slow::add(x, y)) << where();
  ASSERT_EQ(b(fp::sub(f(x), f(y))), slow::sub(x, y)) << where();
  ASSERT_EQ(b(fp::max(f(x), f(y))), slow::max(x, y)) << where();
  ASSERT_EQ(b(fp::min(f(x), f(y))), slow::min(x, y)) << where();
  ASSERT_EQ(b(fp::less(f(x), f(y))), slow::less(x, y)) << where();
  ASSERT_EQ(b(fp::less_equal(f(x), f(y))), slow::less_equal(x, y)) << where();
  ASSERT_EQ(b(fp::equal(f(x), f(y))), slow::equal(x, y)) << where();
  ASSERT_EQ(b(fp::select(f(x), f(y), f(x ^ y))), slow::select(x, y, x ^ y)) << where();
}

void compare_one(slow::Bits x) {
  ASSERT_EQ(b(fp::canonical(f(x))), slow::flush(x)) << std::hex << x;
  ASSERT_EQ(b(fp::abs(f(x))), slow::abs(x)) << std::hex << x;
  ASSERT_EQ(fp::rne(f(x)), slow::rne(x)) << std::hex << x;
  ASSERT_EQ(fp::to_bf16(f(x)), slow::to_bf16(x)) << std::hex << x;
  const auto integer = static_cast<std::int32_t>(x);
  ASSERT_EQ(b(fp::from_integer(integer)), slow::from_integer(integer)) << integer;
}

std::vector<slow::Bits> corners() {
  std::vector<slow::Bits> out;
  for (const slow::Bits exponent : {0,   1,   2,   62,  63,  64,  65,  104, 125, 126, 127, 128,
                                    149, 150, 151, 157, 158, 159, 190, 191, 192, 253, 254, 255}) {
    for (const slow::Bits fraction :
         {0, 1, 2, 3, 0x3FFFFF, 0x400000, 0x400001, 0x7FFFFE, 0x7FFFFF, 0x2AAAAA, 0x555555}) {
      for (const slow::Bits sign : {0U, 1U})
        out.push_back((sign << 31) | (exponent << 23) | fraction);
    }
  }
  return out;
}

TEST(Numerics, Corners) {
  const auto all = corners();
  for (const slow::Bits x : all) {
    compare_one(x);
    for (const slow::Bits y : all) {
      compare_pair(x, y);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(Numerics, RandomBits) {
  RecordProperty("seed", kSeed);
  std::mt19937 rng(kSeed);
  for (int i = 0; i < 1'000'000; ++i) {
    const slow::Bits x = rng(), y = rng();
    compare_one(x);
    compare_pair(x, y);
    if (HasFatalFailure()) return;
  }
}

// Products around 2^-126, where rounding decides between a number and zero, and sums that cancel.
TEST(Numerics, RandomNearUnderflowAndCancellation) {
  RecordProperty("seed", kSeed);
  std::mt19937 rng(kSeed);
  int kept = 0, lost = 0;
  for (int i = 0; i < 2'000'000; ++i) {
    const slow::Bits exponent = 1 + rng() % 126;
    const slow::Bits x = (rng() & 0x807FFFFF) | (exponent << 23);
    const slow::Bits other = 126 - exponent + rng() % 3;
    const slow::Bits y = (rng() & 0x807FFFFF) | (other << 23);
    compare_pair(x, y);
    compare_pair(x, x ^ 0x80000000 ^ (rng() % 8));
    // Mantissas whose product is just below a power of two.
    const slow::Bits m = 0x800001 + rng() % 0x7FFFFE;
    const slow::Bits n = static_cast<slow::Bits>(((std::uint64_t{1} << 47) - 1) / m);
    if (n < 0x1000000) {
      const slow::Bits p = (m & 0x7FFFFF) | (exponent << 23);
      const slow::Bits q = (n & 0x7FFFFF) | ((127 - exponent) << 23);
      compare_pair(p, q);
      kept += slow::mul(p, q) == 0x00800000;
      lost += slow::mul(p, q) == 0;
    }
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(kept, 0) << "no product rounded up to 2^-126";
  EXPECT_GT(lost, 0) << "no product just below 2^-126 became zero";
}

TEST(Numerics, EveryBf16) {
  for (slow::Bits x = 0; x < 0x10000; ++x) {
    const auto half = static_cast<std::uint16_t>(x);
    const slow::Bits wide = b(fp::from_bf16(half));
    ASSERT_EQ(wide, slow::from_bf16(half)) << std::hex << x;
    ASSERT_EQ(fp::to_bf16(f(wide)), wide >> 16) << std::hex << x;
    for (const slow::Bits rest : {0x7FFFU, 0x8000U, 0x8001U}) {
      const slow::Bits y = (x << 16) | rest;
      ASSERT_EQ(fp::to_bf16(f(y)), slow::to_bf16(y)) << std::hex << y;
    }
  }
}

TEST(Numerics, LeastProductKept) {
  // (1 - 2^-24) * 2^-63 * 2^-63: stays below 2^-126 with 24 bits, would round up with 23.
  EXPECT_EQ(b(fp::mul(f(0x1FFFFFFF), f(0x20000000))), kPlusZero);
  EXPECT_EQ(b(fp::mul(f(0x9FFFFFFF), f(0x20000000))), kMinusZero);
  EXPECT_EQ(b(fp::mul(f(0x20000000), f(0x20000000))), 0x00800000U);
}

// The table of docs/numerics.md, as printed there.
TEST(Numerics, Table) {
  constexpr slow::Bits kNan = slow::kNan, kInf = slow::kInf;
  struct Row {
    slow::Bits x, y, mul, add, max, min, less;
  };
  const Row rows[] = {
      {kPlusZero, kMinusZero, kMinusZero, kPlusZero, kPlusZero, kMinusZero, 0},
      {kInf, kMinusInf, kMinusInf, kNan, kInf, kMinusInf, 0},
      {kInf, kPlusZero, kNan, kInf, kInf, kPlusZero, 0},
      {0x7F800001, kPlusZero, kNan, kNan, kNan, kNan, 0},
      {0xFFC12345, slow::kOne, kNan, kNan, kNan, kNan, 0},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(b(fp::mul(f(row.x), f(row.y))), row.mul);
    EXPECT_EQ(b(fp::add(f(row.x), f(row.y))), row.add);
    EXPECT_EQ(b(fp::max(f(row.x), f(row.y))), row.max);
    EXPECT_EQ(b(fp::min(f(row.x), f(row.y))), row.min);
    EXPECT_EQ(b(fp::less(f(row.x), f(row.y))), row.less);
  }
  EXPECT_EQ(b(fp::sub(f(kPlusZero), f(kPlusZero))), kPlusZero);
  EXPECT_EQ(b(fp::add(f(kMinusZero), f(kMinusZero))), kMinusZero);
  EXPECT_EQ(b(fp::equal(f(kMinusZero), f(1))), slow::kOne) << "a subnormal is zero";
}

TEST(Numerics, ConversionToInteger) {
  EXPECT_EQ(fp::to_integer(0.5F, 0, -128, 127), 0);
  EXPECT_EQ(fp::to_integer(1.5F, 0, -128, 127), 2);
  EXPECT_EQ(fp::to_integer(-2.5F, 0, -128, 127), -2);
  EXPECT_EQ(fp::to_integer(1e30F, 10, -128, 127), 127);
  EXPECT_EQ(fp::to_integer(1e30F, -128, INT32_MIN, INT32_MAX), INT32_MAX - 128);
  EXPECT_EQ(fp::to_integer(-1e30F, 255, INT32_MIN, INT32_MAX), INT32_MIN + 255);
  EXPECT_EQ(fp::to_integer(1e30F, 255, INT32_MIN, INT32_MAX), INT32_MAX);
  EXPECT_EQ(fp::to_integer(f(slow::kNan), 3, -128, 127), 3);
  EXPECT_EQ(fp::to_integer(f(slow::kNan), 3, 5, 127), 5);
}

}  // namespace
}  // namespace girih::golden
