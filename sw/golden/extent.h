// SPDX-License-Identifier: Apache-2.0
//
// The lowest and highest byte that an affine address sequence touches, in exact integers.
#pragma once

#include <algorithm>
#include <cstdint>

namespace girih::golden {

/// Wide enough for the sum of any base, counts and strides of an instruction: nothing wraps.
using Exact = __int128;

class Extent {
 public:
  explicit Extent(std::uint32_t base) : low_(base), high_(base) {}

  /// Indices 0 to count - 1 times `stride`.
  Extent& steps(std::uint64_t count, std::int64_t stride) {
    const Exact last = static_cast<Exact>(count - 1) * stride;
    return span(std::min<Exact>(0, last), std::max<Exact>(0, last));
  }
  /// Any value between low and high is added.
  Extent& span(Exact low, Exact high) {
    low_ += low;
    high_ += high;
    return *this;
  }
  /// Each address stands for `count` bytes.
  Extent& bytes(std::uint64_t count) { return span(0, static_cast<Exact>(count) - 1); }

  bool within(std::uint64_t size) const { return low_ >= 0 && high_ < static_cast<Exact>(size); }

 private:
  Exact low_, high_;
};

}  // namespace girih::golden
