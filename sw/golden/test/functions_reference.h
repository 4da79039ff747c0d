// SPDX-License-Identifier: Apache-2.0
//
// The special functions in double precision, and how far a FP32 value lies from them.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include "golden/functions.h"
#include "golden/numerics.h"

namespace girih::golden::fp::test {

struct Function {
  const char* name;
  float (*own)(float);
  double (*reference)(double);
};

inline double reference_exp2(double x) { return std::exp2(x); }
inline double reference_reciprocal(double x) { return 1.0 / x; }
inline double reference_rsqrt(double x) {
  return x == 0 ? std::copysign(std::numeric_limits<double>::infinity(), x) : 1.0 / std::sqrt(x);
}
inline double reference_log2(double x) { return std::log2(x); }

inline constexpr Function kFunctions[] = {{"exp2", exp2, reference_exp2},
                                          {"reciprocal", reciprocal, reference_reciprocal},
                                          {"rsqrt", rsqrt, reference_rsqrt},
                                          {"log2", log2, reference_log2}};

/// Distance in units of the last place of the exact value (of normal numbers); 0 where both are the
/// same zero, infinity or NaN; infinite where one is special and the other is not.
inline double ulps(float got, double exact) {
  const double far = std::numeric_limits<double>::infinity();
  if (std::isnan(exact)) return bits(got) == kCanonicalNan ? 0 : far;
  if (is_nan(got)) return far;
  if (std::isinf(exact)) return static_cast<double>(got) == exact ? 0 : far;
  constexpr double kLeast = 0x1p-126, kMost = 0x1.fffffep127;
  const double magnitude = std::abs(exact);
  if (magnitude == 0 || got == 0 || magnitude < kLeast) {
    // A zero stands for what is below 2^-126; the least normal number for what rounds up to it.
    if (got != 0) return std::abs(static_cast<double>(got) - exact) / 0x1p-149;
    return std::signbit(got) == std::signbit(exact) && magnitude < kLeast * (1 + 0x1p-23) ? 0 : far;
  }
  if (std::isinf(got)) return magnitude > kMost ? 0 : far;
  return std::abs(static_cast<double>(got) - exact) / std::ldexp(1.0, std::ilogb(magnitude) - 23);
}

/// What the function is asked for: subnormals are zeros.
inline double exact(const Function& function, float x) {
  return function.reference(static_cast<double>(canonical(x)));
}

}  // namespace girih::golden::fp::test
