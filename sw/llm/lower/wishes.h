// SPDX-License-Identifier: Apache-2.0
//
// Stretches of the scratchpad that parts of a layer want, and their places: first fit, long lives
// first.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "compiler/lower/scratchpad.h"
#include "llm/lower/plan.h"

namespace girih::llm {

/// What follows what in a layer; the head comes after all layers.
enum Phase : std::int64_t {
  kAttentionNorm,
  kPrepare,
  kAttend,
  kQuantiseAttended,
  kOutput,
  kMlpNorm,
  kGateUp,
  kQuantiseGated,
  kDown,
  kHeadNorm,
  kHead,
};

/// Wishes with their life times, then addresses.
class Wishes {
 public:
  void always(std::int64_t& to, std::int64_t bytes) { wish(to, bytes, kAttentionNorm, kHead); }
  void always(Slots& to) { always(to.base, to.bytes * to.count); }
  void wish(Slots& to, Phase first, Phase last) { wish(to.base, to.bytes * to.count, first, last); }
  void wish(std::int64_t& to, std::int64_t bytes, Phase first, Phase last) {
    wishes_.push_back({&to, {0, round_up(bytes, kAlignment), first, last}});
  }

  /// The bytes taken from the bottom on, if no more than `size`.
  std::optional<std::int64_t> place(std::int64_t size) {
    std::stable_sort(wishes_.begin(), wishes_.end(), [](const Wish& a, const Wish& b) {
      const auto order = [](const Wish& x) {
        return std::pair(x.block.first - x.block.last, -x.block.bytes);  // the longest lives first
      };
      return order(a) < order(b);
    });
    std::vector<compiler::Block> placed;
    std::int64_t top = 0;
    for (Wish& wish : wishes_) {
      compiler::Block& block = wish.block;
      if (block.bytes == 0) continue;
      const auto base = compiler::first_fit(placed, size, block.bytes, block.first, block.last);
      if (!base) return std::nullopt;
      block.base = *wish.to = *base;
      top = std::max(top, block.base + block.bytes);
      placed.push_back(block);
    }
    return top;
  }

 private:
  struct Wish {
    std::int64_t* to;
    compiler::Block block;
  };
  std::vector<Wish> wishes_;
};

}  // namespace girih::llm
