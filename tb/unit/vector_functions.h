// SPDX-License-Identifier: Apache-2.0
//
// The special functions of docs/functions.md, for the tests of the vector engine: doubles where they are
// exact, and the rounding of vector_float.h.
#pragma once

#include <cstdlib>

#include "girih/functions.h"
#include "vector_float.h"

namespace girih::tb::fp {

/// g at the fraction f = F / 2^25, as a number.
inline double polynomial(const functions::Table& table, std::int64_t fraction) {
  const functions::Coefficients& c = table.at(static_cast<std::size_t>(fraction / (1 << 18)));
  const double d = static_cast<double>(fraction % (1 << 18)) - 131072;
  const double q = c.c1 + std::floor(c.c2 * d / 524288 + 0.5);
  return (c.c0 + std::floor(q * d / 32768 + 0.5)) * 0x1p-28;
}

/// The power of two below a finite number that is not 0, and F of its mantissa.
struct Binade {
  int exponent;
  std::int64_t fraction;
};
inline Binade binade(Bits x) {
  return {static_cast<int>(x >> 23 & 255) - 127, std::int64_t{x & 0x7fffff} * 4};
}

inline Bits exp2(Bits x) {
  if (is_nan(x)) return kNan;
  const double fixed = std::floor(value(x) * 0x1p25 + 0.5);
  const double n = std::floor(fixed * 0x1p-25);
  if (n >= 128) return 0x7f800000;
  if (n < -126) return 0;
  const double g = polynomial(functions::kExp2, static_cast<std::int64_t>(fixed - n * 0x1p25));
  return round24(std::ldexp(g, static_cast<int>(n)), false);
}

inline Bits recip(Bits x) {
  if (is_nan(x)) return kNan;
  const Bits sign = x & 0x80000000;
  if (value(x) == 0) return sign | 0x7f800000;
  if (is_inf(x)) return sign;
  const Binade b = binade(x);
  const double g = std::ldexp(polynomial(functions::kRecip, b.fraction), -b.exponent - 1);
  return round24(sign ? -g : g, false);
}

inline Bits rsqrt(Bits x) {
  if (is_nan(x)) return kNan;
  if (value(x) == 0) return (x & 0x80000000) | 0x7f800000;
  if (negative(x)) return kNan;
  if (is_inf(x)) return 0;
  const Binade b = binade(x);
  const bool odd = b.exponent % 2 != 0;
  const int even = odd ? b.exponent - 1 : b.exponent;
  const double g = polynomial(odd ? functions::kRsqrt1 : functions::kRsqrt0, b.fraction);
  return round24(std::ldexp(g, -even / 2 - 1), false);
}

inline Bits log2(Bits x) {
  if (is_nan(x)) return kNan;
  if (value(x) == 0) return 0xff800000;
  if (negative(x)) return kNan;
  if (is_inf(x)) return x;
  const Binade b = binade(x);
  // k + (m - 1) * g, m in [3/4, 3/2), exact in 59 bits: the lowest bit stands for all below it.
  const bool upper = b.fraction >= 1 << 24;
  const std::int64_t k = upper ? b.exponent + 1 : b.exponent;
  const std::int64_t t = upper ? b.fraction / 4 - (1 << 23) : b.fraction / 2;
  const auto g = static_cast<std::int64_t>(polynomial(functions::kLog2, b.fraction) * 0x1p28);
  const std::int64_t v = k * (std::int64_t{1} << 52) + t * g;
  std::int64_t magnitude = std::abs(v);
  const bool rest = magnitude % 256 != 0;
  int exponent = -52;
  if (magnitude >= std::int64_t{1} << 52) {
    magnitude = magnitude / 256 * 2 + rest;
    exponent += 7;
  }
  const double exact = std::ldexp(static_cast<double>(magnitude), exponent);
  return round24(v < 0 ? -exact : exact, false);
}

}  // namespace girih::tb::fp
