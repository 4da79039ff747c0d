// SPDX-License-Identifier: Apache-2.0
//
// Rows of FP32 wherever the plan has put them: read by rows, written by blocks of columns.
#pragma once

#include <functional>

#include "llm/lower/linear.h"

namespace girih::llm {

/// use(base, first, count): rows [first, first + count) lie in the scratchpad from `base` on, one
/// after the other; called until all of [first, first + count) have been there.
void read_rows(Lowering& l, const RowBuffer& buffer, std::int64_t first, std::int64_t count,
               const std::function<void(std::int64_t, std::int64_t, std::int64_t)>& use);

/// `count` rows at `local` become rows `at` and so on of a buffer in the workspace.
void store_rows(Lowering& l, const RowBuffer& to, std::int64_t local, std::int64_t at,
                std::int64_t count);

/// Rows of any buffer that a slot on the way to the workspace holds.
std::int64_t rows_at_a_time(const Lowering& l);

/// A place for a block's columns of all rows (s1 from row to row, s2 from tile to tile), with what
/// they hold when `load`.
View open_block(Lowering& l, const RowBuffer& buffer, const Block& block, bool load);
/// The block has been written.
void close_block(Lowering& l, const RowBuffer& buffer, const Block& block, const View& view);

}  // namespace girih::llm
