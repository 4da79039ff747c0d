// SPDX-License-Identifier: Apache-2.0
//
// Bringing a window of a channels-last map into the scratchpad, padded.
#pragma once

#include <cstdint>
#include <string>

#include "compiler/graph/graph.h"
#include "compiler/lower/builder.h"

namespace girih::compiler {

/// A map [height, width, channels] in the workspace.
struct Map {
  std::int64_t offset = 0;
  std::int64_t height = 1, width = 1, channels = 1;
};

/// Rows [y, y + rows), columns [x, x + columns), channels [c, c + depth) of a map; may lie partly
/// outside of it.
struct Region {
  std::int64_t y = 0, x = 0, c = 0;
  std::int64_t rows = 1, columns = 1, depth = 1;

  std::int64_t bytes() const { return rows * columns * depth; }
};

/// First input position and extent that `count` outputs from `first` on look at.
struct Reach {
  std::int64_t first, extent;
};
Reach reach(const graph::Window& window, std::size_t axis, std::int64_t first, std::int64_t count);

/// LOAD of a region to `local`, dense [rows][columns][depth], `pad` outside the map.
/// Throws girih::Error (naming `node`) when the region lies wholly in the padding.
void load_region(Builder& builder, const Map& map, const Region& region, std::uint8_t pad,
                 std::uint32_t local, const std::string& node);

/// STORE of a dense [rows][columns][depth] tile to its place in a map.
void store_region(Builder& builder, const Map& map, const Region& region, std::uint32_t local);

/// LOAD of contiguous bytes.
void load_bytes(Builder& builder, std::uint32_t window, std::int64_t offset, std::int64_t bytes,
                isa::Space space, std::uint32_t local);

}  // namespace girih::compiler
