// SPDX-License-Identifier: Apache-2.0
//
// FP32 as docs/numerics.md defines it, for the tests of the vector engine. Written with doubles, so
// that it shares nothing with the RTL: exact products, sums rounded to odd, then one rounding to 24
// bits.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace girih::tb::fp {

using Bits = std::uint32_t;

inline constexpr Bits kNan = 0x7fc00000, kOne = 0x3f800000;

inline bool is_nan(Bits x) { return (x & 0x7fffffff) > 0x7f800000; }
inline bool is_inf(Bits x) { return (x & 0x7fffffff) == 0x7f800000; }
inline bool negative(Bits x) { return x >> 31; }

/// Flushes subnormals, keeps one NaN.
inline Bits normal(Bits x) {
  if (is_nan(x)) return kNan;
  return (x & 0x7f800000) ? x : x & 0x80000000;
}

inline double value(Bits x) { return std::bit_cast<float>(normal(x)); }

/// Rounds a double to 24 bits as if exponents had no bounds, then applies the bounds.
inline Bits round24(double v, bool zero_negative) {
  if (v == 0) return zero_negative ? 0x80000000 : 0;
  const Bits sign = v < 0 ? 0x80000000 : 0;
  int exponent;
  double m = std::nearbyint(std::ldexp(std::frexp(std::fabs(v), &exponent), 24));  // nearest even
  if (m == 16777216.0) m /= 2, ++exponent;
  if (exponent - 1 < -126) return sign;
  if (exponent - 1 > 127) return sign | 0x7f800000;
  return sign | static_cast<Bits>(exponent - 1 + 127) << 23 | (static_cast<Bits>(m) & 0x7fffff);
}

inline Bits mul(Bits x, Bits y) {
  x = normal(x), y = normal(y);
  if (is_nan(x) || is_nan(y)) return kNan;
  const Bits sign = (x ^ y) & 0x80000000;
  if (is_inf(x) || is_inf(y)) return (value(x) == 0 || value(y) == 0) ? kNan : sign | 0x7f800000;
  return round24(value(x) * value(y), sign != 0);  // 48 bits fit a double
}

inline Bits add(Bits x, Bits y) {
  x = normal(x), y = normal(y);
  if (is_nan(x) || is_nan(y)) return kNan;
  if (is_inf(x) || is_inf(y)) {
    if (is_inf(x) && is_inf(y) && x != y) return kNan;
    return is_inf(x) ? x : y;
  }
  const double a = value(x), b = value(y);
  double sum = a + b;
  const double other = sum - a;
  const double error = (a - (sum - other)) + (b - other);  // exact (Knuth)
  if (error != 0 && !(std::bit_cast<std::uint64_t>(sum) & 1)) {
    const double inf = std::numeric_limits<double>::infinity();
    sum = std::nextafter(sum, error > 0 ? inf : -inf);  // round to odd: safe to round again
  }
  return round24(sum, negative(x) && negative(y));
}

inline Bits sub(Bits x, Bits y) { return add(x, y ^ 0x80000000); }

inline bool below(Bits x, Bits y) {  // -0 below +0
  if (value(x) != value(y)) return value(x) < value(y);
  return negative(x) && !negative(y);
}
inline Bits max(Bits x, Bits y) {
  if (is_nan(x) || is_nan(y)) return kNan;
  return normal(below(x, y) ? y : x);
}
inline Bits min(Bits x, Bits y) {
  if (is_nan(x) || is_nan(y)) return kNan;
  return normal(below(x, y) ? x : y);
}
inline Bits lt(Bits x, Bits y) { return value(x) < value(y) ? kOne : 0; }
inline Bits le(Bits x, Bits y) { return value(x) <= value(y) ? kOne : 0; }
inline Bits eq(Bits x, Bits y) { return value(x) == value(y) ? kOne : 0; }
inline Bits abs(Bits x) { return is_nan(x) ? kNan : normal(x) & 0x7fffffff; }

/// c where w is a zero of either sign, else b.
inline Bits select(Bits w, Bits b, Bits c) {
  return normal(!is_nan(w) && value(w) == 0 ? c : b);
}

/// The upper half, rounded to nearest, ties to even.
inline std::uint16_t to_bf16(Bits x) {
  x = normal(x);
  if (is_nan(x) || is_inf(x)) return static_cast<std::uint16_t>(x >> 16);
  const Bits below = x & 0xffff, above = x - below;
  const bool up = below > 0x8000 || (below == 0x8000 && (above & 0x10000));
  return static_cast<std::uint16_t>((up ? above + 0x10000 : above) >> 16);
}

inline Bits from_int(std::int32_t x) { return round24(x, false); }

/// Nearest even, saturated to INT32.
inline std::int32_t to_int(Bits x) {
  if (is_nan(x)) return 0;
  const double v = std::clamp(value(x), -2147483648.0, 2147483647.0);
  return static_cast<std::int32_t>(std::nearbyint(v));
}

}  // namespace girih::tb::fp
