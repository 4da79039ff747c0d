// SPDX-License-Identifier: Apache-2.0
//
// The lists that a step's program reads: tokens, positions, where rows go, masks, pages.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "llm/lower/step_shape.h"
#include "llm/runtime/cache.h"

namespace girih::llm {

/// New tokens of a sequence, which has been extended by as many.
struct Feed {
  const Sequence* sequence;
  std::span<const std::uint32_t> tokens;
};

/// The shape of a step with these feeds (all of the same length).
StepShape step_shape(std::span<const Feed> feeds, std::int64_t logit_rows, std::int64_t pool_pages,
                     const Dimensions& d);

/// Contents of the step block's window.
std::vector<std::uint32_t> step_lists(std::span<const Feed> feeds, const StepShape& shape,
                                      const Dimensions& d);

}  // namespace girih::llm
