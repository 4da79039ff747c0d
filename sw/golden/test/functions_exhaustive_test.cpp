// SPDX-License-Identifier: Apache-2.0
//
// Every operand there is: largest error against double precision, and order.
#include <gtest/gtest.h>

#include <cstdio>

#include "functions_reference.h"

namespace girih::golden::fp::test {
namespace {

class Exhaustive : public testing::TestWithParam<Function> {};

/// Operands from -infinity to +infinity, as a number that counts them up in the order of their
/// values.
std::uint32_t in_order(std::uint32_t number) {
  constexpr std::uint32_t kInfinities = 0x7F800000;
  return number <= kInfinities ? kSign | (kInfinities - number) : number - kInfinities - 1;
}

TEST_P(Exhaustive, ErrorAndOrder) {
  const Function& function = GetParam();
  const std::string name = function.name;
  constexpr std::uint32_t kOperands = 2 * (0x7F800000U + 1);
  double largest = 0;
  std::uint32_t worst = 0;
  float last = from_bits(kCanonicalNan);
  for (std::uint32_t number = 0; number < kOperands; ++number) {
    const std::uint32_t operand = in_order(number);
    const float x = from_bits(operand), got = function.own(x);
    const double error = ulps(got, exact(function, x));
    if (error > largest) {
      largest = error;
      worst = operand;
    }
    // A pole between the two zeros is the one place where reciprocal and rsqrt go the other way.
    const bool pole = (operand & ~kSign) < 0x00800000;
    if (!is_nan(last) && !is_nan(got) && !pole) {
      const bool rising = name == "exp2" || name == "log2";
      ASSERT_TRUE(rising ? got >= last : got <= last)
          << name << ": 0x" << std::hex << operand << " gives 0x" << bits(got) << " after 0x"
          << bits(last);
    }
    last = got;
  }
  std::printf("%s: largest error %.4f ulp at 0x%08x\n", function.name, largest, worst);
  EXPECT_LT(largest, 1.0);
}

TEST_P(Exhaustive, NanIsCanonical) {
  for (std::uint32_t payload = 1; payload < 0x00800000; ++payload) {
    for (const std::uint32_t sign : {0U, kSign}) {
      ASSERT_EQ(bits(GetParam().own(from_bits(sign | kExponent | payload))), kCanonicalNan);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, Exhaustive, testing::ValuesIn(kFunctions),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace girih::golden::fp::test
