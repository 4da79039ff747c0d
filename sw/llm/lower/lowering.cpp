// SPDX-License-Identifier: Apache-2.0
#include "llm/lower/lowering.h"

#include "compiler/schedule/tokens.h"
#include "llm/quantise/mask_strip.h"
#include "llm/quantise/position_table.h"

namespace girih::llm {

void Lowering::gather(std::uint32_t window, std::uint32_t offset, std::int64_t list,
                      std::int64_t entry, std::int64_t count, std::int64_t limit,
                      std::int64_t stride, std::int64_t row_bytes, std::int64_t local) {
  isa::Load load;
  load.window = static_cast<std::uint8_t>(window);
  load.gather = true;
  load.offset = offset;
  load.local = static_cast<std::uint32_t>(local);
  load.n0 = static_cast<std::uint32_t>(row_bytes);
  load.n1 = static_cast<std::uint16_t>(count);
  load.s1 = static_cast<std::int32_t>(stride);
  load.t1 = static_cast<std::int32_t>(row_bytes);
  load.index = static_cast<std::uint32_t>(plan.lists + list + 4 * entry);
  load.index_limit = static_cast<std::uint32_t>(limit);
  builder.emit(load);
}

void Lowering::load_positions() {
  const std::int64_t row = 4 * position_row_floats(d.head_dim);
  gather(kTableWindow, image.positions, block.positions, 0, shape.rows(), image.position_count, row,
         row, plan.position_rows);
}

void Lowering::load_masks(std::int64_t first, std::int64_t count, std::int64_t local) {
  const std::int64_t bytes = plan.masks.bytes;
  gather(compiler::kConstantWindow, image.mask_strip, block.masks, first, count,
         kMaskFloats - bytes / 4 + 1, 4, bytes, local);
}

void Lowering::load_masks() {
  if (plan.masks.count == block.mask_count) load_masks(0, block.mask_count, plan.masks.base);
}

std::int64_t Lowering::mask(std::int64_t number) {
  if (plan.masks.count == block.mask_count) return plan.masks.base + number * plan.masks.bytes;
  const compiler::Pool::Slot slot = masks_.find(static_cast<std::uint64_t>(number));
  if (slot.fresh) load_masks(number, 1, slot.address);
  return slot.address;
}

}  // namespace girih::llm
