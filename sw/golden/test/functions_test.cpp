// SPDX-License-Identifier: Apache-2.0
//
// exp2, reciprocal, rsqrt, log2 against double precision: corners, ends and middles of all segments
// with every exponent, random operands, order within binades.
#include <gtest/gtest.h>

#include <random>

#include "functions_reference.h"

namespace girih::golden::fp::test {
namespace {

constexpr double kLargestError = 1.0;  // ulp, docs/functions.md
constexpr float kInfinity = std::numeric_limits<float>::infinity();

class Functions : public testing::TestWithParam<Function> {
 protected:
  void check(std::uint32_t operand) const {
    const float x = from_bits(operand);
    const double want = exact(GetParam(), x);
    const float got = GetParam().own(x);
    ASSERT_LT(ulps(got, want), kLargestError)
        << GetParam().name << "(" << x << " = 0x" << std::hex << operand << ") is 0x" << bits(got)
        << " = " << got << ", exactly " << want;
  }
};

TEST_P(Functions, EndsAndMiddlesOfSegmentsWithEveryExponent) {
  for (std::uint32_t sign = 0; sign < 2; ++sign) {
    for (std::uint32_t exponent = 0; exponent < 256; ++exponent) {
      for (std::uint32_t half = 0; half < 256; ++half) {
        for (const std::uint32_t step : {0U, 1U, 0x7FFFU}) {
          check(sign << 31 | exponent << 23 | half << 15 | step);
        }
      }
    }
  }
}

TEST_P(Functions, RandomOperands) {
  std::mt19937 draw(1);
  for (int i = 0; i < 1 << 20; ++i) check(draw());
}

/// Operands where the fraction is not constant: a wide range of exp2's argument.
TEST_P(Functions, RandomOperandsOfModestSize) {
  std::mt19937 draw(2);
  for (int i = 0; i < 1 << 20; ++i) {
    const std::uint32_t r = draw();
    check((r & kSign) | (127 - 24 + (r >> 23) % 32) << 23 | (r & 0x7FFFFF));
  }
}

INSTANTIATE_TEST_SUITE_P(All, Functions, testing::ValuesIn(kFunctions),
                         [](const auto& info) { return std::string(info.param.name); });

/// The direction of the function over consecutive operands of [from, to).
void expect_order(float (*function)(float), std::uint32_t from, std::uint32_t to, bool rising) {
  float last = function(from_bits(from));
  for (std::uint32_t operand = from + 1; operand < to; ++operand) {
    const float now = function(from_bits(operand));
    ASSERT_TRUE(rising ? now >= last : now <= last)
        << "0x" << std::hex << operand << ": 0x" << bits(now) << " after 0x" << bits(last);
    last = now;
  }
}

TEST(FunctionsOrder, OneBinade) {
  expect_order(exp2, bits(0.5F), bits(2.0F), true);
  expect_order(exp2, bits(-0.5F), bits(-2.0F), false);
  expect_order(reciprocal, bits(1.0F), bits(2.0F) + 4, false);
  expect_order(rsqrt, bits(1.0F), bits(4.0F) + 4, false);
  expect_order(log2, bits(0.5F), bits(2.0F) + 4, true);
}

// Where a result is no corner case: the other tests look at it.
const float kAny = from_bits(0xFFFFFFFF);

struct Corner {
  float x, exp2, reciprocal, rsqrt, log2;
};

TEST(FunctionsCorners, SpecialOperands) {
  const float nan = from_bits(kCanonicalNan), tiny = from_bits(0x007FFFFF),
              least = from_bits(0x00800000);
  const Corner corners[] = {
      {0.0F, 1, kInfinity, kInfinity, -kInfinity},
      {-0.0F, 1, -kInfinity, -kInfinity, -kInfinity},
      {tiny, 1, kInfinity, kInfinity, -kInfinity},
      {-tiny, 1, -kInfinity, -kInfinity, -kInfinity},
      {kInfinity, kInfinity, 0, 0, kInfinity},
      {-kInfinity, 0, -0.0F, nan, nan},
      {from_bits(0xFFC12345), nan, nan, nan, nan},
      {from_bits(0x7F800001), nan, nan, nan, nan},
      {1.0F, 2, 1, 1, 0},
      {-1.0F, 0.5F, -1, nan, nan},
      {4.0F, 16, 0.25F, 0.5F, 2},
      {0.25F, kAny, 4, 2, -2},
      {128.0F, kInfinity, 0x1p-7F, kAny, 7},
      {-126.0F, 0x1p-126F, kAny, nan, nan},
      {-126.00001F, 0, kAny, nan, nan},
      {least, 1, 0x1p126F, 0x1p63F, -126},
      {0x1p126F, kInfinity, 0x1p-126F, 0x1p-63F, 126},
      {0x1.000002p126F, kInfinity, 0, kAny, 126},
      {0x1p127F, kInfinity, 0, kAny, 127},
  };
  for (const Corner& c : corners) {
    const auto expect = [&](float got, float want, const char* name) {
      if (bits(want) != bits(kAny)) {
        EXPECT_EQ(bits(got), bits(want)) << name << "(" << c.x << ")";
      }
    };
    expect(exp2(c.x), c.exp2, "exp2");
    expect(reciprocal(c.x), c.reciprocal, "reciprocal");
    expect(rsqrt(c.x), c.rsqrt, "rsqrt");
    expect(log2(c.x), c.log2, "log2");
  }
}

}  // namespace
}  // namespace girih::golden::fp::test
