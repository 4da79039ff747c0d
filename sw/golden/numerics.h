// SPDX-License-Identifier: Apache-2.0
//
// The arithmetic of docs/numerics.md, element by element, written for any rounding-to-nearest
// environment, with or without the processor's own flushing of subnormals.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace girih::golden::fp {

inline constexpr std::uint32_t kCanonicalNan = 0x7FC00000;
inline constexpr std::uint32_t kSign = 0x80000000;
inline constexpr std::uint32_t kExponent = 0x7F800000;

inline std::uint32_t bits(float x) { return std::bit_cast<std::uint32_t>(x); }
inline float from_bits(std::uint32_t x) { return std::bit_cast<float>(x); }

inline bool is_nan(float x) { return (bits(x) & ~kSign) > kExponent; }

/// Subnormals become zero of their sign; NaN becomes canonical. What every operand passes through.
inline float canonical(float x) {
  const std::uint32_t b = bits(x);
  if ((b & kExponent) == 0) return from_bits(b & kSign);
  return (b & ~kSign) > kExponent ? from_bits(kCanonicalNan) : x;
}

inline float mul(float x, float y) {
  // The product of two FP32 values is exact in double; the conversion rounds it once. Products that
  // 24 bits round up to 2^-126 start half an ulp of [2^-127, 2^-126) below it; smaller ones are
  // zero.
  constexpr double kLeastKept = 0x1p-126 - 0x1p-151;
  const double exact = static_cast<double>(canonical(x)) * static_cast<double>(canonical(y));
  if (std::abs(exact) < kLeastKept) return from_bits((bits(x) ^ bits(y)) & kSign);
  return canonical(static_cast<float>(exact));
}

inline float add(float x, float y) {
  // Sums below 2^-126 are exact (both operands are multiples of 2^-149): flushing needs no
  // rounding.
  return canonical(canonical(x) + canonical(y));
}

/// -c; what x - c adds.
inline float neg(float c) { return from_bits(bits(c) ^ kSign); }
inline float sub(float x, float c) { return add(x, neg(c)); }

inline float max(float x, float y) {
  if (is_nan(x) || is_nan(y)) return from_bits(kCanonicalNan);
  const float a = canonical(x), b = canonical(y);
  if (a == b) return from_bits(bits(a) & bits(b));  // differs only for zeros: -0 < +0
  return a > b ? a : b;
}

inline float min(float x, float y) {
  if (is_nan(x) || is_nan(y)) return from_bits(kCanonicalNan);
  const float a = canonical(x), b = canonical(y);
  if (a == b) return from_bits(bits(a) | bits(b));
  return a < b ? a : b;
}

// Comparisons with NaN are false, which gives +0.
inline float less(float x, float y) { return canonical(x) < canonical(y) ? 1.0F : 0.0F; }
inline float less_equal(float x, float y) { return canonical(x) <= canonical(y) ? 1.0F : 0.0F; }
inline float equal(float x, float y) { return canonical(x) == canonical(y) ? 1.0F : 0.0F; }

inline float abs(float x) { return canonical(from_bits(bits(canonical(x)) & ~kSign)); }

/// Nearest integer, ties to even, saturated to INT32; NaN gives 0.
inline std::int32_t rne(float v) {
  if (is_nan(v)) return 0;
  if (v >= 0x1p31F) return INT32_MAX;
  if (v <= -0x1p31F) return INT32_MIN;
  return static_cast<std::int32_t>(std::nearbyint(static_cast<double>(v)));
}

/// clamp(rne(v) + zero, low, high), the sum being exact.
inline std::int32_t to_integer(float v, std::int32_t zero, std::int32_t low, std::int32_t high) {
  const std::int64_t sum = std::int64_t{rne(v)} + zero;
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(sum, low, high));
}

/// Rounded to nearest even; 0 gives +0.
inline float from_integer(std::int32_t x) { return static_cast<float>(x); }

}  // namespace girih::golden::fp
