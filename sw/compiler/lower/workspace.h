// SPDX-License-Identifier: Apache-2.0
//
// Where activations lie in the workspace: tensors that are never alive together share bytes.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/lower/layout.h"
#include "compiler/lower/place.h"

namespace girih::compiler {

/// Bytes wanted from step `first` to step `last`, both included.
struct Lifetime {
  std::int64_t bytes = 0;
  std::int64_t first = 0, last = 0;
};

struct Placement {
  std::vector<std::int64_t> offsets;
  std::int64_t bytes = 0;
};

/// First fit, largest first, at multiples of 64.
Placement place(const std::vector<Lifetime>& lifetimes);

/// Sets the offsets of what is stored (`places` by root tensor); returns the workspace's bytes.
/// Throws girih::Error when they exceed a window.
std::uint64_t allocate_workspace(const graph::Graph& graph, const Layout& layout,
                                 std::vector<Place>& places);

}  // namespace girih::compiler
