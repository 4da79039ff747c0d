// SPDX-License-Identifier: Apache-2.0
#include "llm/lower/encoder_ends.h"

#include <algorithm>
#include <bit>

#include "compiler/schedule/tokens.h"
#include "llm/lower/ends.h"
#include "llm/lower/layer_norm.h"
#include "llm/lower/row_buffer.h"

namespace girih::llm {
namespace {

using isa::Reduce;
using isa::Vop;

/// Mean or first row of each sequence. `rows`: s1 from row to row, s2 from tile to tile; `to`
/// likewise, without rows, s3 from sequence to sequence.
void pool(Lowering& l, Pooling pooling, std::int64_t n0, std::int64_t tiles, View rows,
          const View& to) {
  const std::int64_t tokens = l.shape.tokens, sequences = l.shape.sequences();
  rows.s3 = tokens * rows.s1;
  if (pooling == Pooling::kMean) {
    const View factors = per_row(l.plan.lists + l.block.pooling, 4, 0, 4 * tokens);
    l.emit(VectorOp(n0, tokens, tiles, sequences).of(rows).by(factors).to(rows));
    for (std::int64_t n = tokens; n > 1;) {
      const auto half =
          static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(n - 1)));
      l.emit(VectorOp(n0, n - half, tiles, sequences)
                 .of(rows)
                 .with(Vop::kAdd, rows.from(half * rows.s1))
                 .to(rows));
      n = half;
    }
  }
  l.emit(VectorOp(n0, 1, tiles, sequences).of(rows).to(to));
}

void unit_length(Lowering& l) {
  constexpr float kLeast = 0x1p-80F;
  const std::int64_t width = l.d.hidden, sequences = l.shape.sequences();
  const std::int64_t norms = l.plan.sentence_norms;
  const View p{.base = l.plan.sentences, .s1 = 4 * width};
  const auto over = [&] { return VectorOp(width, sequences).of(p); };
  l.emit(over().by(p).row(Reduce::kSum).to({.base = norms, .s1 = 4}));
  l.emit(VectorOp(sequences)
             .of({.base = norms})
             .with(Vop::kMax, kLeast)
             .sfu(isa::Sfu::kRsqrt)
             .to({.base = norms}));
  l.emit(over().by(per_row(norms)).to(p));
}

}  // namespace

void encoder_embed(Lowering& l) {
  load_lists(l);
  l.norms.start();
  const std::int64_t width = l.d.hidden, row = 4 * width;
  const std::int64_t bytes = l.image.embedding_row_bytes();
  const RowBuffer& h = l.plan.hidden;
  const NormWeights norm(l);
  const auto rows = [&](std::int64_t first, std::int64_t count, std::int64_t to) {
    const bool bf16 = l.image.embedding_bf16;
    const View x{.base = to, .s1 = row};
    l.gather(kTableWindow, l.image.embedding, l.block.tokens, first, count, l.d.vocabulary, bytes,
             bytes, bf16 ? l.plan.embedding : to);
    if (bf16) {
      const View words{.base = l.plan.embedding, .s1 = bytes, .type = isa::Type::kBf16};
      l.emit(VectorOp(width, count).of(words).to(x));
    }
    l.gather(kTableWindow, l.image.positions, l.block.positions, first, count,
             l.image.position_count, row, row, l.plan.embedding);
    l.emit(VectorOp(width, count)
               .of(x)
               .with(Vop::kAdd, View{.base = l.plan.embedding, .s1 = row})
               .to(x));
    layer_norm(l, norm, to, first, count);
  };
  const std::int64_t all = l.shape.rows(), most = h.resident ? all : rows_at_a_time(l);
  for (std::int64_t i = 0; i < all; i += most) {
    const std::int64_t count = std::min(most, all - i);
    const std::int64_t to = h.resident ? h.at : l.next_bounce();
    rows(i, count, to);
    if (!h.resident) store_rows(l, h, to, i, count);
  }
  l.load_masks();
}

void encoder_pool(Lowering& l, const EncoderConfig& config) {
  const RowBuffer& h = l.plan.hidden;
  const std::int64_t width = l.d.hidden, sequences = l.shape.sequences();
  const View to{.base = l.plan.sentences, .s2 = l.d.row_bytes(), .s3 = 4 * width};
  if (h.resident) {
    pool(l, config.pooling, width, 1, {.base = h.at, .s1 = 4 * width}, to);
  } else {
    for (const Block& block : blocks_of(0, width, l.plan.bounce_columns / l.d.n_dim, l.d.n_dim)) {
      const View rows = open_block(l, h, block, true);
      over_block(block, l.d.n_dim, [&](std::int64_t n0, std::int64_t tiles, std::int64_t at) {
        pool(l, config.pooling, n0, tiles, rows.from(at * rows.s2),
             to.from((block.tile + at) * to.s2));
      });
    }
  }
  if (config.normalised) unit_length(l);
  isa::Store store;
  store.window = compiler::kWorkspaceWindow;
  store.local = static_cast<std::uint32_t>(l.plan.sentences);
  store.n0 = static_cast<std::uint32_t>(4 * width);
  store.n1 = static_cast<std::uint16_t>(sequences);
  store.s1 = store.t1 = static_cast<std::int32_t>(4 * width);
  l.builder.emit(store);
}

}  // namespace girih::llm
