// SPDX-License-Identifier: Apache-2.0
//
// The float32 steps of quantised inference, each rounded once (build without contraction).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace girih::graph {

/// clamp(rne(value) + zero, lo, hi): round half to even, then exact integers.
/// `value` must not be NaN; infinities saturate.
inline std::int32_t round_clamp(float value, std::int32_t zero, std::int32_t lo, std::int32_t hi) {
  // std::nearbyint rounds half to even: nothing in Girih changes the rounding mode.
  const double rounded = static_cast<double>(std::nearbyint(value)) + zero;
  return static_cast<std::int32_t>(
      std::clamp(rounded, static_cast<double>(lo), static_cast<double>(hi)));
}

/// INT32 addition and multiplication modulo 2^32, as the accumulators do it.
inline std::int32_t wrapping_mac(std::int32_t acc, std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(acc) +
                                   static_cast<std::uint32_t>(a) * static_cast<std::uint32_t>(b));
}

}  // namespace girih::graph
