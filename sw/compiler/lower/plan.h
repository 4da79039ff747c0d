// SPDX-License-Identifier: Apache-2.0
//
// Which activations stay in the scratchpad, where they lie, and what is left for each step to work
// in (docs/compiler.md, "What stays on the chip").
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/lower/problems.h"

namespace girih::compiler {

struct Plan {
  std::vector<Place> places;  ///< by root tensor
  std::vector<Area> areas;    ///< by step
  std::uint64_t workspace_bytes = 0;
  std::uint32_t bias_zone = 0;  ///< of the accumulators
};

/// Locates every step. Throws girih::Error when the activations exceed a window.
Plan make_plan(const graph::Graph& graph, const Layout& layout, Target target,
               std::vector<Step>& steps);

}  // namespace girih::compiler
