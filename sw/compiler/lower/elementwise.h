// SPDX-License-Identifier: Apache-2.0
//
// Nodes that compute each element alone: Add, Mul, Requantise.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/lower/builder.h"
#include "compiler/lower/place.h"

namespace girih::compiler {

/// An operand: `period` bytes that repeat along the output (1: one value for all; the number of
/// elements: no broadcast), in a constant or an activation.
struct FlatOperand {
  std::vector<std::uint8_t> data;  ///< of a constant, one period; empty: an activation at `map`
  Map map;                         ///< without broadcast it has the output's extents
  std::int64_t period = 1;
  bool is_unsigned = false;
  std::uint8_t zero = 0;
};

struct ElementwiseProblem {
  std::string node;
  std::int64_t batch = 1;
  Map output;  ///< anything but a channels-last map: one row of as many channels as elements
  FlatOperand a;
  std::optional<FlatOperand> b;  ///< Add: added; Mul: factor
  bool multiply = false;         ///< b is a factor
  std::optional<float> factor;   ///< immediate factor of a (Add, Requantise)
  std::optional<float> scale;    ///< multiplies the result
  bool y_unsigned = false;
  std::uint8_t zy = 0, lo = 0, hi = 0;

  std::int64_t elements() const { return batch * output.bytes(); }
};

/// A tile is `lines` lines of `line` elements: slices of one line (by_rows = false), or rows of the
/// map, because somebody has a border between them.
struct ElementwiseTiling {
  bool by_rows = false;
  std::int64_t line = 1, lines = 1;
  std::int64_t run = 1;  ///< the shortest period: elements of the innermost loop

  std::int64_t elements() const { return line * lines; }
};

/// Nothing when the broadcast operands and a tile do not fit target.spm_bytes, or a border falls
/// within a period.
std::optional<ElementwiseTiling> find_elementwise_tiling(const ElementwiseProblem& problem,
                                                         const Target& target);
/// Scratchpad bytes of all slots.
std::int64_t elementwise_area(const ElementwiseProblem& problem, const ElementwiseTiling& tiling,
                              const Target& target);

/// Throws girih::Error naming the node when nothing fits area.bytes.
void lower_elementwise(Builder& builder, const ElementwiseProblem& problem, const Area& area);

}  // namespace girih::compiler
