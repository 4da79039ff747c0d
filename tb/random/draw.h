// SPDX-License-Identifier: Apache-2.0
//
// Random draws of the shapes that tests like: mostly small, often one off a boundary. Raw mt19937,
// so that a seed means the same everywhere.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <random>

namespace girih::random {

class Draw {
 public:
  explicit Draw(std::uint32_t seed) : rng_(seed) {}

  std::mt19937& rng() { return rng_; }
  std::uint32_t bits() { return rng_(); }
  /// 0 .. count - 1
  std::uint32_t below(std::uint32_t count) {
    return static_cast<std::uint32_t>(std::uint64_t{rng_()} * count >> 32);
  }
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(below(static_cast<std::uint32_t>(high - low + 1)));
  }
  bool chance(double p) { return rng_() < p * 4294967296.0; }
  template <class T>
  T one_of(std::initializer_list<T> values) {
    return values.begin()[below(static_cast<std::uint32_t>(values.size()))];
  }

  /// 1 .. most; often 1, `unit`, one off a multiple of it, or the most.
  std::uint32_t count(std::uint32_t most, std::uint32_t unit) {
    std::uint32_t value = 1;
    switch (below(6)) {
      case 0:
        value = 1;
        break;
      case 1:
        value = unit * (1 + below(3));
        break;
      case 2:
        value = unit * (1 + below(3)) + 1;
        break;
      case 3:
        value = unit * (1 + below(3)) - 1;
        break;
      case 4:
        value = 1 + below(most);
        break;
      case 5:
        value = 1 + below(most < 5 ? most : 5);
        break;
    }
    return value < 1 ? 1 : value > most ? most : value;
  }

 private:
  std::mt19937 rng_;
};

}  // namespace girih::random
