// SPDX-License-Identifier: Apache-2.0
#include "llm/lower/page_lists.h"

#include <algorithm>

namespace girih::llm {

std::uint32_t PageLists::find(std::int64_t sequence, std::int64_t tile) {
  const std::int64_t tiles = l_.plan.page_list_tiles, stretch = tile / tiles;
  const std::int64_t tile_bytes = 4 * l_.d.tile_pages();
  const auto key = static_cast<std::uint64_t>(sequence) << 32 | static_cast<std::uint64_t>(stretch);
  const compiler::Pool::Slot slot = pool_.find(key);
  if (slot.fresh) {
    const auto i = static_cast<std::size_t>(sequence);
    isa::Load load;
    load.window = kStepWindow;
    load.offset = static_cast<std::uint32_t>(l_.block.pages[i] + stretch * tiles * tile_bytes);
    load.local = slot.address;
    const std::int64_t pages = l_.shape.keys[i] / l_.d.slots - stretch * tiles * l_.d.tile_pages();
    load.n0 = static_cast<std::uint32_t>(std::min(tiles * tile_bytes, 4 * pages));
    l_.builder.emit(load);
  }
  return slot.address + static_cast<std::uint32_t>(tile % tiles * tile_bytes);
}

}  // namespace girih::llm
