// SPDX-License-Identifier: Apache-2.0
#include "llm/runtime/step_block.h"

#include <algorithm>

#include "llm/quantise/mask_strip.h"

namespace girih::llm {

StepShape step_shape(std::span<const Feed> feeds, std::int64_t logit_rows, std::int64_t pool_pages,
                     const Dimensions& d) {
  StepShape shape{.tokens = std::ssize(feeds.front().tokens),
                  .keys = {},
                  .logit_rows = logit_rows,
                  .pages = pool_pages};
  for (const Feed& feed : feeds) {
    shape.keys.push_back(round_up(feed.sequence->length(), d.key_step));
  }
  return shape;
}

std::vector<std::uint32_t> step_lists(std::span<const Feed> feeds, const StepShape& shape,
                                      const Dimensions& d) {
  const StepBlock block(shape, d);
  std::vector<std::uint32_t> words(static_cast<std::size_t>(block.bytes / 4), 0);
  const auto put = [&](std::int64_t list, std::int64_t i, std::int64_t value) {
    words[static_cast<std::size_t>(list / 4 + i)] = static_cast<std::uint32_t>(value);
  };
  std::int64_t row = 0, mask = 0;
  for (std::size_t b = 0; b < feeds.size(); ++b) {
    const Sequence& sequence = *feeds[b].sequence;
    const std::int64_t first = sequence.length() - shape.tokens;
    for (std::int64_t t = 0; t < shape.tokens; ++t, ++row) {
      const std::int64_t slot = sequence.slot(first + t);
      put(block.tokens, row, feeds[b].tokens[static_cast<std::size_t>(t)]);
      put(block.positions, row, first + t);
      put(block.keys, row, d.key_offset(slot));
      put(block.values, row, d.value_offset(slot));
      put(block.scales, row, d.scale_offset(slot));
    }
    // The stretch begins with the row of the last token, which sees the most keys.
    const auto number = static_cast<std::int64_t>(b);
    for (std::int64_t j = shape.first_masked(number, d); j < shape.tiles(number, d); ++j) {
      put(block.masks, mask++, mask_start(sequence.length() - j * d.keys));
    }
    const std::vector<std::uint32_t>& pages = sequence.pages();
    for (std::int64_t i = 0; i < shape.keys[b] / d.slots; ++i) {
      put(block.pages[b], i, pages[static_cast<std::size_t>(std::min(i, std::ssize(pages) - 1))]);
    }
  }
  return words;
}

}  // namespace girih::llm
