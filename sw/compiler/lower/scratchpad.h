// SPDX-License-Identifier: Apache-2.0
//
// Stretches of the scratchpad and the steps in which they are taken.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace girih::compiler {

struct Block {
  std::int64_t base = 0, bytes = 0;
  std::int64_t first = 0, last = 0;  ///< steps, both included

  bool taken(std::int64_t from, std::int64_t to) const {
    return bytes > 0 && first <= to && from <= last;
  }
};

inline constexpr std::int64_t kBlockAlignment = 64;  ///< of `base`; at least a scratchpad word

/// The lowest address of `bytes` that no block takes in the steps [from, to].
std::optional<std::int64_t> first_fit(const std::vector<Block>& blocks, std::int64_t size,
                                      std::int64_t bytes, std::int64_t from, std::int64_t to);

/// The most bytes that first_fit would find.
std::int64_t largest_gap(const std::vector<Block>& blocks, std::int64_t size, std::int64_t from,
                         std::int64_t to);

}  // namespace girih::compiler
