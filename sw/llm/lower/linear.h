// SPDX-License-Identifier: Apache-2.0
//
// y = W x of quantised rows: blocks of outputs, multiplied chunk by chunk of streamed weights into
// the accumulators, then dequantised (docs/language-models.md, Numbers).
#pragma once

#include <functional>
#include <vector>

#include "llm/lower/lowering.h"

namespace girih::llm {

/// Outputs that are dequantised together: row tiles [tile, tile + tiles), `count` outputs.
struct Block {
  std::int64_t tile, tiles, count;
};
/// Blocks of `tiles` row tiles each of the outputs [first, first + count); `first` begins a row
/// tile.
std::vector<Block> blocks_of(std::int64_t first, std::int64_t count, std::int64_t tiles,
                             std::int64_t n_dim);

/// Row tiles of a block of a layer whose blocks take a `share`-th of the accumulators each.
std::int64_t tiles_of(const Lowering& l, const PackedLinear& w, std::int64_t rows,
                      std::int64_t share, std::int64_t columns);

/// What follows is, for every block, first announced (in the same order as it is emitted later) ...
void expect_block(Lowering& l, const PackedLinear& w, const Block& block, std::uint32_t tag);

/// ... and then emitted: products of `rows` rows in accumulators from `acc` on.
void multiply(Lowering& l, const PackedLinear& w, const Block& block, const Quantised& x,
              std::int64_t rows, std::int64_t acc);
/// The same in steps, one for each slot of weights.
std::vector<std::function<void()>> multiply_steps(Lowering& l, const PackedLinear& w,
                                                  const Block& block, const Quantised& x,
                                                  std::int64_t rows, std::int64_t acc);

/// A multiplied block and where its scales and biases are.
struct Sums {
  std::int64_t rows, acc;
  std::int64_t scales, bias;
};
Sums take_scales(Lowering& l, const PackedLinear& w, std::int64_t rows, std::int64_t acc);
void release_scales(Lowering& l, const PackedLinear& w);

/// FP32 of rows from `first` on of a multiplied block, in place: s1 from row to row, s2 from tile
/// to tile.
View block_view(const Lowering& l, std::int64_t rows, std::int64_t acc, std::int64_t first = 0);
/// Dequantises rows [first, first + count) into `to`, whose first row is row `first`; `to` may be
/// their block_view.
void dequantise(Lowering& l, const PackedLinear& w, const Block& block, const Sums& sums,
                std::int64_t first, std::int64_t count, const View& to);

/// emit(n0, tiles, at): the block's whole row tiles, then its ragged last one; `at` tiles in.
template <class Emit>
void over_block(const Block& block, std::int64_t n_dim, Emit emit) {
  const std::int64_t whole = block.count / n_dim;
  if (whole > 0) emit(n_dim, whole, std::int64_t{0});
  if (block.count % n_dim > 0) emit(block.count % n_dim, std::int64_t{1}, whole);
}

/// The whole layer, added to the rows of `h`.
void expect_linear_onto(Lowering& l, const PackedLinear& w, std::uint32_t tag);
void linear_onto(Lowering& l, const PackedLinear& w, const Quantised& x, const RowBuffer& h);

}  // namespace girih::llm
