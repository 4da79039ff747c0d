// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/map_tile.h"

#include <algorithm>

#include "compiler/schedule/tokens.h"

namespace girih::compiler {
namespace {

/// How a stretch of positions lies over [0, size).
struct Overlap {
  std::int64_t before, inside, after, first;
};
Overlap overlap(std::int64_t first, std::int64_t count, std::int64_t size,
                const std::string& node) {
  const std::int64_t from = std::max<std::int64_t>(first, 0);
  const std::int64_t to = std::min(first + count, size);
  if (from >= to) {
    throw Error(
        "node \"{}\": an output tile sees nothing but padding; pads must be smaller than the "
        "kernel",
        node);
  }
  return {from - first, to - from, first + count - to, from};
}

}  // namespace

Reach reach(const graph::Window& window, std::size_t axis, std::int64_t first, std::int64_t count) {
  return {first * window.stride[axis] - window.pad_begin[axis],
          (count - 1) * window.stride[axis] +
              graph::extent(window.kernel[axis], window.dilation[axis])};
}

void load_region(Builder& builder, const Map& map, const Region& region, std::uint8_t pad,
                 std::uint32_t local, const std::string& node) {
  const Overlap y = overlap(region.y, region.rows, map.height, node);
  const Overlap x = overlap(region.x, region.columns, map.width, node);
  isa::Load load;
  load.window = kWorkspaceWindow;
  load.space = isa::Space::kSpm;
  load.pad_value = pad;
  load.local = local;
  load.offset = static_cast<std::uint32_t>(map.workspace(region.image, y.first, x.first, region.c));
  load.n3 = 1;
  if (region.depth == map.channels) {
    // A row is one run: columns and channels together.
    load.n0 = static_cast<std::uint32_t>(x.inside * map.channels);
    load.before0 = static_cast<std::uint16_t>(x.before * map.channels);
    load.after0 = static_cast<std::uint16_t>(x.after * map.channels);
    load.n1 = static_cast<std::uint16_t>(y.inside);
    load.before1 = static_cast<std::uint16_t>(y.before);
    load.after1 = static_cast<std::uint16_t>(y.after);
    load.n2 = 1;
    load.s1 = static_cast<std::int32_t>(map.width * map.channels);
    load.t1 = static_cast<std::int32_t>(region.columns * region.depth);
  } else {
    load.n0 = static_cast<std::uint32_t>(region.depth);
    load.n1 = static_cast<std::uint16_t>(x.inside);
    load.before1 = static_cast<std::uint16_t>(x.before);
    load.after1 = static_cast<std::uint16_t>(x.after);
    load.n2 = static_cast<std::uint16_t>(y.inside);
    load.before2 = static_cast<std::uint16_t>(y.before);
    load.after2 = static_cast<std::uint16_t>(y.after);
    load.s1 = static_cast<std::int32_t>(map.channels);
    load.s2 = static_cast<std::int32_t>(map.width * map.channels);
    load.t1 = static_cast<std::int32_t>(region.depth);
    load.t2 = static_cast<std::int32_t>(region.columns * region.depth);
  }
  builder.emit(load);
}

Tile dense_tile(std::int64_t base, const Region& region) {
  return {base, region.depth, region.columns * region.depth};
}

Tile tile_of(const Map& map, const Region& region) {
  return {map.at(region.image, region.y, region.x, region.c), map.channels, map.line};
}

void store_region(Builder& builder, const Map& map, const Region& region, const Tile& tile) {
  isa::Store store;
  store.window = kWorkspaceWindow;
  store.space = isa::Space::kSpm;
  store.local = static_cast<std::uint32_t>(tile.base);
  store.offset =
      static_cast<std::uint32_t>(map.workspace(region.image, region.y, region.x, region.c));
  store.n3 = 1;
  if (region.depth == map.channels) {
    store.n0 = static_cast<std::uint32_t>(region.columns * region.depth);
    store.n1 = static_cast<std::uint16_t>(region.rows);
    store.n2 = 1;
    store.s1 = static_cast<std::int32_t>(map.row_bytes());
    store.t1 = static_cast<std::int32_t>(tile.line);
  } else {
    store.n0 = static_cast<std::uint32_t>(region.depth);
    store.n1 = static_cast<std::uint16_t>(region.columns);
    store.n2 = static_cast<std::uint16_t>(region.rows);
    store.s1 = static_cast<std::int32_t>(map.channels);
    store.s2 = static_cast<std::int32_t>(map.row_bytes());
    store.t1 = static_cast<std::int32_t>(tile.pixel);
    store.t2 = static_cast<std::int32_t>(tile.line);
  }
  builder.emit(store);
}

void load_bytes(Builder& builder, std::uint32_t window, std::int64_t offset, std::int64_t bytes,
                isa::Space space, std::uint32_t local) {
  isa::Load load;
  load.window = window;
  load.space = space;
  load.offset = static_cast<std::uint32_t>(offset);
  load.local = local;
  load.n0 = static_cast<std::uint32_t>(bytes);
  load.n1 = load.n2 = load.n3 = 1;
  builder.emit(load);
}

}  // namespace girih::compiler
