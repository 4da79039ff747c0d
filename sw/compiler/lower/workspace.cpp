// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/workspace.h"

#include <algorithm>
#include <numeric>

namespace girih::compiler {

Placement place(const std::vector<Lifetime>& lifetimes) {
  constexpr std::int64_t kAlignment = 64;
  std::vector<std::size_t> by_size(lifetimes.size());
  std::iota(by_size.begin(), by_size.end(), std::size_t{0});
  std::stable_sort(by_size.begin(), by_size.end(), [&](std::size_t a, std::size_t b) {
    return lifetimes[a].bytes > lifetimes[b].bytes;
  });
  Placement result;
  result.offsets.resize(lifetimes.size(), 0);
  std::vector<std::size_t> placed;  // by offset
  for (const std::size_t i : by_size) {
    const Lifetime& own = lifetimes[i];
    if (own.bytes == 0) continue;
    std::int64_t at = 0;
    for (const std::size_t other : placed) {
      const bool together =
          lifetimes[other].first <= own.last && own.first <= lifetimes[other].last;
      if (!together) continue;
      if (at + own.bytes <= result.offsets[other]) break;  // fits into the gap before it
      const std::int64_t end = result.offsets[other] + lifetimes[other].bytes;
      at = std::max(at, (end + kAlignment - 1) / kAlignment * kAlignment);
    }
    result.offsets[i] = at;
    result.bytes = std::max(result.bytes, at + own.bytes);
    placed.insert(std::upper_bound(placed.begin(), placed.end(), i,
                                   [&](std::size_t a, std::size_t b) {
                                     return result.offsets[a] < result.offsets[b];
                                   }),
                  i);
  }
  return result;
}

}  // namespace girih::compiler
