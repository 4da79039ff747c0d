// SPDX-License-Identifier: Apache-2.0
#include "llm/lower/row_buffer.h"

#include <algorithm>

#include "compiler/schedule/tokens.h"

namespace girih::llm {
namespace {

/// A LOAD or STORE of a block's columns at `local`.
template <class Copy>
void copy(Lowering& l, const RowBuffer& buffer, const Block& block, std::int64_t local) {
  Copy x;
  x.window = compiler::kWorkspaceWindow;
  x.offset = static_cast<std::uint32_t>(buffer.at + block.tile * l.d.row_bytes());
  x.local = static_cast<std::uint32_t>(local);
  x.n0 = static_cast<std::uint32_t>(4 * block.count);
  x.n1 = static_cast<std::uint16_t>(l.shape.rows());
  x.s1 = static_cast<std::int32_t>(4 * buffer.width);
  x.t1 = static_cast<std::int32_t>(4 * block.count);
  l.builder.emit(x);
}

}  // namespace

void read_rows(Lowering& l, const RowBuffer& buffer, std::int64_t first, std::int64_t count,
               const std::function<void(std::int64_t, std::int64_t, std::int64_t)>& use) {
  const std::int64_t row = 4 * buffer.width;
  if (buffer.resident) return use(buffer.at + first * row, first, count);
  const std::int64_t most = l.plan.bounce.bytes / row;
  for (std::int64_t i = 0; i < count; i += most) {
    const std::int64_t now = std::min(most, count - i);
    const std::uint32_t slot = l.next_bounce();
    isa::Load load;
    load.window = compiler::kWorkspaceWindow;
    load.offset = static_cast<std::uint32_t>(buffer.at + (first + i) * row);
    load.local = slot;
    load.n0 = static_cast<std::uint32_t>(now * row);
    l.builder.emit(load);
    use(slot, first + i, now);
  }
}

void store_rows(Lowering& l, const RowBuffer& to, std::int64_t local, std::int64_t at,
                std::int64_t count) {
  isa::Store store;
  store.window = compiler::kWorkspaceWindow;
  store.offset = static_cast<std::uint32_t>(to.at + at * 4 * to.width);
  store.local = static_cast<std::uint32_t>(local);
  store.n0 = static_cast<std::uint32_t>(count * 4 * to.width);
  l.builder.emit(store);
}

std::int64_t rows_at_a_time(const Lowering& l) {
  const Plan& p = l.plan;
  return p.bounce.bytes / (4 * std::max({p.hidden.width, p.attended.width, p.gated.width}));
}

View open_block(Lowering& l, const RowBuffer& buffer, const Block& block, bool load) {
  const std::int64_t tile = l.d.row_bytes();
  if (buffer.resident)
    return {.base = buffer.at + block.tile * tile, .s1 = 4 * buffer.width, .s2 = tile};
  const View view{.base = l.next_bounce(), .s1 = 4 * block.count, .s2 = tile};
  if (load) copy<isa::Load>(l, buffer, block, view.base);
  return view;
}

void close_block(Lowering& l, const RowBuffer& buffer, const Block& block, const View& view) {
  if (!buffer.resident) copy<isa::Store>(l, buffer, block, view.base);
}

}  // namespace girih::llm
