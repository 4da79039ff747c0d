// SPDX-License-Identifier: Apache-2.0
//
// Activations that could stay in the scratchpad: from which step to which, and with what border.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/lower/problems.h"

namespace girih::compiler {

struct Resident {
  graph::TensorId root = 0;
  std::int64_t first = 0, last = 0;  ///< the step that makes it, the last one that reads it
  bool follows = false;              ///< made from what the step before makes, as that goes along
  std::int64_t bytes = 0;            ///< with its border
  bool stored = false;               ///< an output of the model as well
  Border border;
  std::uint8_t border_value = 0;
};

/// Every activation that a step makes and another reads, in the order of the graph, but those whose
/// readers contradict each other: two values for the border, or a border within what a reshape,
/// a transpose or a broadcast sees as contiguous.
std::vector<Resident> find_residents(const graph::Graph& graph, const Layout& layout,
                                     const std::vector<Step>& steps);

}  // namespace girih::compiler
