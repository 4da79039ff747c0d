// SPDX-License-Identifier: Apache-2.0
#include "golden/functions.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "girih/functions.h"
#include "golden/numerics.h"

namespace girih::golden::fp {
namespace {

constexpr int kFraction = 25;  // bits of F
constexpr int kSegment = 18;   // of which inside a segment
constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// An operand that is neither zero nor infinite nor NaN: (-1)^sign * 2^exponent * (1 + mantissa /
/// 2^23).
struct Parts {
  bool sign;
  int exponent;
  std::uint32_t mantissa;
};

Parts parts(float x) {
  const std::uint32_t b = bits(x);
  return {(b & kSign) != 0, static_cast<int>((b & kExponent) >> 23) - 127, b & 0x7FFFFF};
}

bool is_zero(float x) { return (bits(x) & kExponent) == 0; }
float nan() { return from_bits(kCanonicalNan); }
float with_sign(float magnitude, bool negative) { return negative ? -magnitude : magnitude; }

/// The table's polynomial at F: 28 fraction bits.
std::int64_t interpolate(const functions::Table& table, std::uint32_t f) {
  const functions::Coefficients& c = table[f >> kSegment];
  const std::int64_t d =
      static_cast<std::int64_t>(f & ((1U << kSegment) - 1)) - (1 << (kSegment - 1));
  const std::int64_t q = c.c1 + ((c.c2 * d + (1 << 18)) >> 19);
  return c.c0 + ((q * d + (1 << 14)) >> 15);
}

/// magnitude / 2^fraction * 2^exponent, rounded once to 24 bits, flushed, of the sign; magnitude >
/// 0.
float round(std::uint64_t magnitude, int fraction, int exponent, bool negative) {
  int top = std::bit_width(magnitude) - 1;
  const int drop = top - 23;
  if (drop > 0) {
    const std::uint64_t half = std::uint64_t{1} << (drop - 1);
    const std::uint64_t odd = (magnitude >> drop) & 1;
    magnitude = (magnitude + half - 1 + odd) >> drop;
    if (magnitude >> 24 != 0) {
      magnitude >>= 1;
      ++top;
    }
  } else {
    magnitude <<= -drop;
  }
  const int e = top - fraction + exponent;
  if (e > 127) return with_sign(kInfinity, negative);
  if (e < -126) return with_sign(0.0F, negative);
  return from_bits((negative ? kSign : 0) | static_cast<std::uint32_t>(e + 127) << 23 |
                   (static_cast<std::uint32_t>(magnitude) & 0x7FFFFF));
}

float round(std::int64_t g, int exponent, bool negative) {
  return round(static_cast<std::uint64_t>(g), 28, exponent, negative);
}

}  // namespace

float exp2(float x) {
  if (is_nan(x)) return nan();
  if (is_zero(x)) return 1.0F;
  if (x >= 128.0F) return kInfinity;  // n >= 128
  if (x < -127.0F) return 0.0F;
  // |x| < 129: x * 2^25 + 1/2 is exact in double down to 2^-27 of it, and below that the floor is
  // 0.
  const auto fixed =
      static_cast<std::int64_t>(std::floor(static_cast<double>(x) * (1 << kFraction) + 0.5));
  const auto n = static_cast<int>(fixed >> kFraction);
  if (n < -126) return 0.0F;
  const auto f = static_cast<std::uint32_t>(fixed & ((1 << kFraction) - 1));
  return round(interpolate(functions::kExp2, f), n, false);
}

float reciprocal(float x) {
  if (is_nan(x)) return nan();
  const bool negative = (bits(x) & kSign) != 0;
  if (is_zero(x)) return with_sign(kInfinity, negative);
  if (std::isinf(x)) return with_sign(0.0F, negative);
  const Parts p = parts(x);
  return round(interpolate(functions::kRecip, p.mantissa << 2), -p.exponent - 1, negative);
}

float rsqrt(float x) {
  if (is_nan(x)) return nan();
  const bool negative = (bits(x) & kSign) != 0;
  if (is_zero(x)) return with_sign(kInfinity, negative);
  if (negative) return nan();
  if (std::isinf(x)) return 0.0F;
  const Parts p = parts(x);
  const bool odd = (p.exponent & 1) != 0;
  const int half = (p.exponent - (odd ? 1 : 0)) / 2;
  const auto& table = odd ? functions::kRsqrt1 : functions::kRsqrt0;
  return round(interpolate(table, p.mantissa << 2), -half - 1, false);
}

float log2(float x) {
  if (is_nan(x)) return nan();
  if (is_zero(x)) return -kInfinity;
  if ((bits(x) & kSign) != 0) return nan();
  if (std::isinf(x)) return kInfinity;
  const Parts p = parts(x);
  const bool upper = (p.mantissa >> 22) != 0;
  const std::int64_t t =
      upper ? std::int64_t{p.mantissa} - (1 << 23) : std::int64_t{p.mantissa} * 2;
  const std::int64_t k = p.exponent + (upper ? 1 : 0);
  const std::int64_t v =
      k * (std::int64_t{1} << 52) + t * interpolate(functions::kLog2, p.mantissa << 2);
  if (v == 0) return 0.0F;
  return round(static_cast<std::uint64_t>(v < 0 ? -v : v), 52, 0, v < 0);
}

}  // namespace girih::golden::fp
