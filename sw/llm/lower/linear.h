// SPDX-License-Identifier: Apache-2.0
//
// y = W x of quantised rows: blocks of outputs, multiplied chunk by chunk of streamed weights into
// the accumulators, then dequantised (docs/language-models.md, Numbers).
#pragma once

#include <vector>

#include "llm/lower/lowering.h"

namespace girih::llm {

/// Outputs that are dequantised together: row tiles [tile, tile + tiles), `count` outputs.
struct Block {
  std::int64_t tile, tiles, count;
};
std::vector<Block> blocks_of(const PackedLinear& w, std::int64_t tiles, std::int64_t n_dim);

/// Row tiles of a block of a layer whose blocks take a `share`-th of the accumulators each.
std::int64_t tiles_of(const Lowering& l, const PackedLinear& w, std::int64_t rows,
                      std::int64_t share);

/// What follows is, for every block, first announced (in the same order as it is emitted later) ...
void expect_block(Lowering& l, const PackedLinear& w, const Block& block, std::uint32_t tag);

/// ... and then emitted: products of `rows` rows in accumulators from `acc` on.
void multiply(Lowering& l, const PackedLinear& w, const Block& block, const Quantised& x,
              std::int64_t rows, std::int64_t acc);

/// FP32 of a multiplied block, in place: row m of row tile i at acc + (i * rows + m) * RowBytes.
View block_view(const Lowering& l, std::int64_t rows, std::int64_t acc);
/// Dequantises (scales, biases) into `to`, whose s1 goes from row to row, s2 from tile to tile;
/// `to` may be block_view.
void dequantise(Lowering& l, const PackedLinear& w, const Block& block, std::int64_t rows,
                std::int64_t acc, const View& to);

/// emit(n0, tiles, at): the block's whole row tiles, then its ragged last one; `at` tiles in.
template <class Emit>
void over_block(const Block& block, std::int64_t n_dim, Emit emit) {
  const std::int64_t whole = block.count / n_dim;
  if (whole > 0) emit(n_dim, whole, std::int64_t{0});
  if (block.count % n_dim > 0) emit(block.count % n_dim, std::int64_t{1}, whole);
}

/// The whole layer: y to FP32 rows at `y`, `pitch` bytes apart.
void expect_linear(Lowering& l, const PackedLinear& w, std::uint32_t tag);
void linear(Lowering& l, const PackedLinear& w, const Quantised& x, std::int64_t y,
            std::int64_t pitch);
/// The whole layer, added to FP32 rows at `h`.
void linear_onto(Lowering& l, const PackedLinear& w, const Quantised& x, std::int64_t h,
                 std::int64_t pitch);

}  // namespace girih::llm
