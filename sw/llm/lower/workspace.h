// SPDX-License-Identifier: Apache-2.0
//
// What a step leaves in the workspace, rows sequence by sequence, and where rows go that the
// scratchpad does not hold. An encoder leaves vectors alone, FP32 [sequence][hidden] from 0 on.
#pragma once

#include <cstdint>

#include "llm/lower/step_shape.h"

namespace girih::llm {

struct Workspace {
  Workspace(const StepShape& shape, const Dimensions& d)
      : argmax(0),
        logits(round_up(4 * shape.logits(), kAlignment)),
        rows(d.encoder ? round_up(4 * shape.sequences() * d.hidden, kAlignment)
                       : logits + round_up(4 * shape.logits() * d.vocabulary, kAlignment)),
        spilled(rows + (d.encoder ? round_up(4 * shape.keys.front() * d.hidden, kAlignment) : 0)) {}

  std::int64_t argmax;   ///< 32-bit token [logit row]
  std::int64_t logits;   ///< FP32 [logit row][vocabulary]
  std::int64_t rows;     ///< encoders: h of all rows, where a program takes some of them
  std::int64_t spilled;  ///< RowBuffers from here on
};

}  // namespace girih::llm
