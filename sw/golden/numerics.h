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
  const std::uint32_t flushed = (b & kExponent) == 0 ? b & kSign : b;
  return from_bits((b & ~kSign) > kExponent ? kCanonicalNan : flushed);
}

inline float mul(float x, float y) {
  // The product of two FP32 values is exact in double; the conversion rounds it once. Products that
  // 24 bits round up to 2^-126 start half an ulp of [2^-127, 2^-126) below it; smaller ones are
  // zero.
  constexpr double kLeastKept = 0x1p-126 - 0x1p-151;
  const double exact = static_cast<double>(canonical(x)) * static_cast<double>(canonical(y));
  const float rounded = canonical(static_cast<float>(exact));
  return std::abs(exact) < kLeastKept ? from_bits((bits(x) ^ bits(y)) & kSign) : rounded;
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

/// What SELECT gives for w: c where it is a zero, else b (also where it is a NaN).
inline float select(float w, float b, float c) { return canonical(canonical(w) == 0 ? c : b); }

inline float abs(float x) { return canonical(from_bits(bits(canonical(x)) & ~kSign)); }

/// clamp(rne(v) + zero, low, high), rne(v) being the nearest integer, ties to even, saturated to
/// INT32, and 0 for NaN. Doubles hold every INT32 and these sums exactly.
inline std::int32_t to_integer(float v, std::int32_t zero, std::int32_t low, std::int32_t high) {
  const double number = is_nan(v) ? 0.0 : static_cast<double>(v);
  const double saturated = std::min(std::max(number, -0x1p31), 0x1p31 - 1);
  const double sum = std::nearbyint(saturated) + zero;
  return static_cast<std::int32_t>(
      std::min(std::max(sum, static_cast<double>(low)), static_cast<double>(high)));
}
inline std::int32_t rne(float v) { return to_integer(v, 0, INT32_MIN, INT32_MAX); }

/// Rounded to nearest even; 0 gives +0.
inline float from_integer(std::int32_t x) { return static_cast<float>(x); }

/// BF16 is the upper half of FP32: to nearest, ties to even.
inline std::uint16_t to_bf16(float v) {
  const std::uint32_t b = bits(canonical(v));
  // What the addition carries into the exponent is right, up to infinity, which has nothing to add.
  return static_cast<std::uint16_t>((b + 0x7FFF + ((b >> 16) & 1)) >> 16);
}
inline float from_bf16(std::uint16_t x) {
  return canonical(from_bits(static_cast<std::uint32_t>(x) << 16));
}

}  // namespace girih::golden::fp
