// SPDX-License-Identifier: Apache-2.0
//
// Bringing a window of a channels-last map into the scratchpad, padded, and a tile back.
#pragma once

#include <cstdint>
#include <string>

#include "compiler/graph/graph.h"
#include "compiler/lower/builder.h"
#include "compiler/lower/place.h"

namespace girih::compiler {

/// Rows [y, y + rows), columns [x, x + columns), channels [c, c + depth) of a map; may lie partly
/// outside of it.
struct Region {
  std::int64_t image = 0;
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

/// A tile in the scratchpad: its first byte, and how far it is to the next pixel and row.
struct Tile {
  std::int64_t base = 0, pixel = 1, line = 1;
};
Tile dense_tile(std::int64_t base, const Region& region);
Tile tile_of(const Map& map, const Region& region);  ///< the map's own bytes, when it is kept

/// STORE of a tile to its place in the workspace.
void store_region(Builder& builder, const Map& map, const Region& region, const Tile& tile);

/// LOAD of contiguous bytes.
void load_bytes(Builder& builder, std::uint32_t window, std::int64_t offset, std::int64_t bytes,
                isa::Space space, std::uint32_t local);

}  // namespace girih::compiler
