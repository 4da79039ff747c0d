// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/scratchpad.h"

#include <algorithm>

namespace girih::compiler {
namespace {

/// Calls visit(base, bytes) for every free stretch, lowest first, until it returns true.
template <class Visit>
void gaps(const std::vector<Block>& blocks, std::int64_t size, std::int64_t from, std::int64_t to,
          Visit visit) {
  std::vector<const Block*> taken;
  for (const Block& block : blocks) {
    if (block.taken(from, to)) taken.push_back(&block);
  }
  std::sort(taken.begin(), taken.end(),
            [](const Block* a, const Block* b) { return a->base < b->base; });
  std::int64_t at = 0;
  for (const Block* block : taken) {
    if (block->base > at && visit(at, block->base - at)) return;
    const std::int64_t end = block->base + block->bytes;
    at = std::max(at, (end + kBlockAlignment - 1) / kBlockAlignment * kBlockAlignment);
  }
  if (size > at) visit(at, size - at);
}

}  // namespace

std::optional<std::int64_t> first_fit(const std::vector<Block>& blocks, std::int64_t size,
                                      std::int64_t bytes, std::int64_t from, std::int64_t to) {
  std::optional<std::int64_t> result;
  gaps(blocks, size, from, to, [&](std::int64_t base, std::int64_t free) {
    if (free < bytes) return false;
    result = base;
    return true;
  });
  return result;
}

std::int64_t largest_gap(const std::vector<Block>& blocks, std::int64_t size, std::int64_t from,
                         std::int64_t to) {
  std::int64_t largest = 0;
  gaps(blocks, size, from, to, [&](std::int64_t, std::int64_t free) {
    largest = std::max(largest, free);
    return false;
  });
  return largest;
}

}  // namespace girih::compiler
