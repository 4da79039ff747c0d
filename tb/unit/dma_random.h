// SPDX-License-Identifier: Apache-2.0
//
// Random shapes that the validation would let pass: extents inside, destination bytes distinct.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>

#include "isa/forms.h"
#include "stream.h"

namespace girih::tb {

/// A room of bytes: what an instruction may touch on one side.
struct Room {
  std::int64_t bytes;
  std::int64_t align = 1;
};

class DmaShapes {
 public:
  explicit DmaShapes(std::mt19937& rng) : rng_(rng) {}

  std::uint32_t below(std::uint32_t n) { return rng_() % n; }
  bool often(double p) { return chance(rng_, p); }

  /// Strides that keep blocks of `size` bytes apart, in a random nesting of the three dimensions.
  /// Returns false when the whole does not fit. `low` is the lowest byte relative to the base.
  bool distinct(std::int64_t size, const std::array<std::int64_t, 3>& counts, Room room,
                std::array<std::int32_t, 3>& strides, std::int64_t& base) {
    std::array<int, 3> order{0, 1, 2};
    if (often(0.3)) std::shuffle(order.begin(), order.end(), rng_);
    std::int64_t low = 0, high = size - 1;
    for (int d : order) {
      std::int64_t stride = high - low + 1;
      if (!often(0.6)) stride += below(40);
      stride = (stride + room.align - 1) / room.align * room.align;
      if (often(0.2)) stride = -stride;
      strides[d] = std::int32_t(stride);
      (stride < 0 ? low : high) += stride * (counts[d] - 1);
    }
    return place(low, high, room, base);
  }

  /// Strides for a side that is only read: anything, often contiguous.
  bool any(std::int64_t size, const std::array<std::int64_t, 3>& counts, Room room,
           std::array<std::int32_t, 3>& strides, std::int64_t& base) {
    std::int64_t low = 0, high = size - 1, next = size;
    for (int d = 0; d < 3; ++d) {
      std::int64_t stride = next;
      const auto kind = below(10);
      if (kind >= 6) stride = next + below(70);
      if (kind == 8) stride = std::int64_t(below(600)) - 300;
      if (kind == 9) stride = 0;
      stride = stride / room.align * room.align;
      strides[d] = std::int32_t(stride);
      (stride < 0 ? low : high) += stride * (counts[d] - 1);
      next = std::max<std::int64_t>(next, stride * counts[d]);
    }
    return place(low, high, room, base);
  }

 private:
  bool place(std::int64_t low, std::int64_t high, Room room, std::int64_t& base) {
    const std::int64_t slack = room.bytes - (high - low + 1);
    if (slack < 0) return false;
    std::int64_t at = below(std::uint32_t(slack) + 1);
    if (often(0.3)) at = 0;
    if (often(0.2)) at = slack;
    base = at / room.align * room.align - low;
    return (base % room.align) == 0 && base + high < room.bytes && base + low >= 0;
  }

  std::mt19937& rng_;
};

}  // namespace girih::tb
