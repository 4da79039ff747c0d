// SPDX-License-Identifier: Apache-2.0
//
// Reference arithmetic for the tests: FP32 as integers (sign, mantissa, exponent), rounded by hand.
// It shares nothing with golden/numerics.h and uses no floating point.
#pragma once

#include <cstdint>
#include <utility>

namespace girih::golden::slow {

using Bits = std::uint32_t;
using Wide = __int128;

inline constexpr Bits kNan = 0x7FC00000, kInf = 0x7F800000, kOne = 0x3F800000;

struct Value {
  enum Kind { kZero, kFinite, kInfinite, kNotANumber } kind;
  bool negative;
  std::int64_t mantissa;  ///< 24 bits
  int exponent;           ///< value = mantissa * 2^exponent
};

inline Value unpack(Bits x) {
  const bool negative = x >> 31;
  const int exponent = (x >> 23) & 255;
  const std::int64_t fraction = x & 0x7FFFFF;
  if (exponent == 255) return {fraction ? Value::kNotANumber : Value::kInfinite, negative, 0, 0};
  if (exponent == 0) return {Value::kZero, negative, 0, 0};  // subnormals are zero
  return {Value::kFinite, negative, fraction | 0x800000, exponent - 150};
}

inline Bits zero(bool negative) { return negative ? 0x80000000U : 0U; }
inline Bits infinity(bool negative) { return zero(negative) | kInf; }

/// Rounds mantissa * 2^exponent (mantissa > 0) to 24 bits, to nearest even, the exponent unbounded;
/// then what is too large becomes infinity, what is too small zero.
inline Bits round(bool negative, Wide mantissa, int exponent) {
  while (mantissa < (Wide{1} << 23)) {
    mantissa *= 2;
    --exponent;
  }
  int dropped = 0;
  while ((mantissa >> dropped) >= (Wide{1} << 24)) ++dropped;
  if (dropped > 0) {
    const Wide rest = mantissa & ((Wide{1} << dropped) - 1), half = Wide{1} << (dropped - 1);
    mantissa >>= dropped;
    exponent += dropped;
    if (rest > half || (rest == half && (mantissa & 1))) ++mantissa;
    if (mantissa == (Wide{1} << 24)) {
      mantissa /= 2;
      ++exponent;
    }
  }
  const int biased = exponent + 150;
  if (biased >= 255) return infinity(negative);
  if (biased <= 0) return zero(negative);
  return zero(negative) | (static_cast<Bits>(biased) << 23) |
         (static_cast<Bits>(mantissa) & 0x7FFFFF);
}

inline Bits mul(Bits a, Bits b) {
  const Value x = unpack(a), y = unpack(b);
  const bool negative = x.negative != y.negative;
  if (x.kind == Value::kNotANumber || y.kind == Value::kNotANumber) return kNan;
  if (x.kind == Value::kInfinite || y.kind == Value::kInfinite) {
    return x.kind == Value::kZero || y.kind == Value::kZero ? kNan : infinity(negative);
  }
  if (x.kind == Value::kZero || y.kind == Value::kZero) return zero(negative);
  return round(negative, Wide{x.mantissa} * y.mantissa, x.exponent + y.exponent);
}

inline Bits add(Bits a, Bits b) {
  Value x = unpack(a), y = unpack(b);
  if (x.kind == Value::kNotANumber || y.kind == Value::kNotANumber) return kNan;
  if (x.kind == Value::kInfinite && y.kind == Value::kInfinite) {
    return x.negative == y.negative ? infinity(x.negative) : kNan;
  }
  if (x.kind == Value::kInfinite) return infinity(x.negative);
  if (y.kind == Value::kInfinite) return infinity(y.negative);
  if (x.kind == Value::kZero && y.kind == Value::kZero) return zero(x.negative && y.negative);
  if (x.kind == Value::kZero) return round(y.negative, y.mantissa, y.exponent);
  if (y.kind == Value::kZero) return round(x.negative, x.mantissa, x.exponent);
  if (x.exponent < y.exponent) std::swap(x, y);
  // What lies more than 60 bits below only decides ties: any value that small does as well.
  const int shift = x.exponent - y.exponent;
  const Wide high = Wide{x.mantissa} << (shift > 60 ? 60 : shift);
  const Wide low = shift > 60 ? 1 : y.mantissa;
  const int exponent = shift > 60 ? x.exponent - 60 : y.exponent;
  const Wide sum = (x.negative ? -high : high) + (y.negative ? -low : low);
  if (sum == 0) return zero(false);
  return round(sum < 0, sum < 0 ? -sum : sum, exponent);
}

inline Bits sub(Bits a, Bits b) { return add(a, b ^ 0x80000000U); }

/// -1, 0, 1: order of two numbers (zeros equal).
inline int compare(Bits a, Bits b) {
  const auto key = [](Bits x) -> std::int64_t {
    if (((x >> 23) & 255) == 0) return 0;
    const std::int64_t magnitude = x & 0x7FFFFFFF;
    return x >> 31 ? -magnitude : magnitude;
  };
  return key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0;
}
inline bool is_nan(Bits a) { return unpack(a).kind == Value::kNotANumber; }
inline Bits flush(Bits a) {
  if (is_nan(a)) return kNan;
  return unpack(a).kind == Value::kZero ? a & 0x80000000U : a;
}
inline Bits max(Bits a, Bits b) {
  if (is_nan(a) || is_nan(b)) return kNan;
  const int order = compare(a, b);
  if (order == 0 && unpack(a).kind == Value::kZero) return zero(a >> 31 && b >> 31);
  return flush(order >= 0 ? a : b);
}
inline Bits min(Bits a, Bits b) {
  if (is_nan(a) || is_nan(b)) return kNan;
  const int order = compare(a, b);
  if (order == 0 && unpack(a).kind == Value::kZero) return zero(a >> 31 || b >> 31);
  return flush(order <= 0 ? a : b);
}
inline Bits truth(bool x) { return x ? kOne : 0; }
inline Bits less(Bits a, Bits b) { return truth(!is_nan(a) && !is_nan(b) && compare(a, b) < 0); }
inline Bits less_equal(Bits a, Bits b) {
  return truth(!is_nan(a) && !is_nan(b) && compare(a, b) <= 0);
}
inline Bits equal(Bits a, Bits b) { return truth(!is_nan(a) && !is_nan(b) && compare(a, b) == 0); }
inline Bits abs(Bits a) { return is_nan(a) ? kNan : flush(a) & 0x7FFFFFFF; }

/// Both as pass-throughs.
inline Bits select(Bits w, Bits b, Bits c) { return flush(unpack(w).kind == Value::kZero ? c : b); }

/// 8 bits of mantissa, to nearest even.
inline std::uint16_t to_bf16(Bits a) {
  const Value x = unpack(a);
  Bits out = kNan;
  if (x.kind == Value::kZero) out = zero(x.negative);
  if (x.kind == Value::kInfinite) out = infinity(x.negative);
  if (x.kind == Value::kFinite) {
    const std::int64_t rest = x.mantissa & 0xFFFF, half = 0x8000;
    std::int64_t mantissa = x.mantissa >> 16;
    if (rest > half || (rest == half && (mantissa & 1))) ++mantissa;
    out = round(x.negative, mantissa, x.exponent + 16);
  }
  return static_cast<std::uint16_t>(out >> 16);
}
inline Bits from_bf16(std::uint16_t x) { return flush(static_cast<Bits>(x) << 16); }

inline Bits from_integer(std::int64_t x) { return x == 0 ? 0 : round(x < 0, x < 0 ? -x : x, 0); }

/// Nearest even integer, saturated to INT32; NaN gives 0.
inline std::int64_t rne(Bits a) {
  const Value x = unpack(a);
  if (x.kind == Value::kNotANumber || x.kind == Value::kZero) return 0;
  Wide magnitude = Wide{1} << 62;
  if (x.kind == Value::kFinite && x.exponent < 16) {
    magnitude = x.mantissa;
    if (x.exponent >= 0) {
      magnitude <<= x.exponent;
    } else if (x.exponent < -26) {
      magnitude = 0;  // below a quarter
    } else {
      const int shift = -x.exponent;
      const Wide rest = magnitude & ((Wide{1} << shift) - 1), half = Wide{1} << (shift - 1);
      magnitude >>= shift;
      if (rest > half || (rest == half && (magnitude & 1))) ++magnitude;
    }
  }
  const Wide value = x.negative ? -magnitude : magnitude;
  if (value > INT32_MAX) return INT32_MAX;
  if (value < INT32_MIN) return INT32_MIN;
  return static_cast<std::int64_t>(value);
}

}  // namespace girih::golden::slow
