// SPDX-License-Identifier: Apache-2.0
#include "llm/lower/ends.h"

#include <algorithm>

#include "compiler/schedule/tokens.h"
#include "llm/lower/linear.h"
#include "llm/lower/norm.h"
#include "llm/lower/row_buffer.h"

namespace girih::llm {
namespace {

using isa::Reduce;
using isa::Vop;

/// Rows of the embedding table, widened, to the hidden rows.
void embed(Lowering& l) {
  const std::int64_t bytes = l.image.embedding_row_bytes(), row = 4 * l.d.hidden;
  const RowBuffer& h = l.plan.hidden;
  const auto rows = [&](std::int64_t first, std::int64_t count, std::int64_t to) {
    const bool bf16 = l.image.embedding_bf16;
    l.gather(kTableWindow, l.image.embedding, l.block.tokens, first, count, l.d.vocabulary, bytes,
             bytes, bf16 ? l.plan.embedding : to);
    if (!bf16) return;
    l.emit(VectorOp(l.d.hidden, count)
               .of({.base = l.plan.embedding, .s1 = bytes, .type = isa::Type::kBf16})
               .to({.base = to, .s1 = row}));
  };
  if (h.resident) return rows(0, l.shape.rows(), h.at);
  const std::int64_t most = rows_at_a_time(l);
  for (std::int64_t i = 0; i < l.shape.rows(); i += most) {
    const std::int64_t count = std::min(most, l.shape.rows() - i);
    const std::uint32_t slot = l.next_bounce();
    rows(i, count, slot);
    store_rows(l, h, slot, i, count);
  }
}

/// The largest logit of each row and where it is, from the blocks' own.
class Argmax {
 public:
  Argmax(Lowering& l, std::int64_t blocks)
      : l_(l), rows_(l.shape.logits()), blocks_(blocks), row_(4 * blocks) {
    maxima_ = l.plan.maxima, places_ = maxima_ + rows_ * row_, equal_ = places_ + rows_ * row_,
    largest_ = equal_ + rows_ * row_, result_ = largest_ + 4 * rows_;
  }

  void block(std::int64_t i, const Block& block, const View& logits) {
    const auto at = [&](std::int64_t base) { return View{.base = base + 4 * i, .s1 = row_}; };
    const auto over = [&] { return VectorOp(block.count, rows_).of(logits); };
    l_.emit(over().row(Reduce::kMax).to(at(maxima_)));
    l_.emit(over().row(Reduce::kArgmax).to(at(places_)));
    const auto first = static_cast<float>(block.tile * l_.d.n_dim);
    if (first == 0) return;
    l_.emit(VectorOp(1, rows_).of(at(places_)).with(Vop::kAdd, first).to(at(places_)));
  }

  void finish(std::uint32_t offset) {
    constexpr float kNone = 0x1p25F;  // behind every vocabulary
    const auto over = [&] { return VectorOp(blocks_, rows_); };
    const View maxima{.base = maxima_, .s1 = row_}, equal{.base = equal_, .s1 = row_};
    l_.emit(over().of(maxima).row(Reduce::kMax).to({.base = largest_, .s1 = 4}));
    l_.emit(over().of(maxima).with(Vop::kEq, per_row(largest_)).to(equal));
    l_.emit(over()
                .of(equal)
                .by(View{.base = places_, .s1 = row_})
                .with(Vop::kSelect, kNone)
                .row(Reduce::kMin)
                .to({.base = result_, .s1 = 4, .type = isa::Type::kInt32}));
    isa::Store store;
    store.window = compiler::kWorkspaceWindow;
    store.offset = offset;
    store.local = static_cast<std::uint32_t>(result_);
    store.n0 = static_cast<std::uint32_t>(4 * rows_);
    l_.builder.emit(store);
  }

 private:
  Lowering& l_;
  const std::int64_t rows_, blocks_, row_;
  std::int64_t maxima_, places_, equal_;  ///< FP32 [row][block]
  std::int64_t largest_, result_;         ///< [row]
};

std::vector<Block> logit_blocks(const Lowering& l) {
  return blocks_of(0, l.image.head.outputs, l.plan.logit_columns / l.d.n_dim, l.d.n_dim);
}

}  // namespace

void load_lists(Lowering& l) {
  isa::Load lists;
  lists.window = kStepWindow;
  lists.local = static_cast<std::uint32_t>(l.plan.lists);
  lists.n0 = static_cast<std::uint32_t>(l.block.fixed_bytes);
  l.builder.emit(lists);
}

void begin_step(Lowering& l) {
  load_lists(l);
  embed(l);
  if (l.plan.hidden.resident) l.load_positions();
  l.load_masks();
}

void expect_head(Lowering& l) {
  if (l.shape.logits() == 0) return;
  const std::uint32_t tag = head_tag(l.d.layers);
  l.norms.expect(l.image.norm, 4 * l.d.hidden, tag);
  for (const Block& block : logit_blocks(l)) expect_block(l, l.image.head, block, tag);
}

void head(Lowering& l, const Workspace& to) {
  const std::int64_t rows = l.shape.logits(), tokens = l.shape.tokens;
  if (rows == 0) return;
  // The last rows of each sequence; all of them are one stretch.
  const std::int64_t last = l.shape.logit_rows;
  const std::int64_t together = last == tokens ? rows : last;
  const std::int64_t norm = l.norms.take();
  for (std::int64_t at = 0; at < rows; at += together) {
    const std::int64_t first = at / last * tokens + tokens - last;
    normalise_rows(l, l.plan.hidden, first, together, norm, l.plan.head_input, at);
  }
  l.norms.release();
  const std::vector<Block> blocks = logit_blocks(l);
  Argmax argmax(l, std::ssize(blocks));
  for (std::int64_t i = 0; i < std::ssize(blocks); ++i) {
    const Block& block = blocks[static_cast<std::size_t>(i)];
    const std::int64_t acc = i % 2 * l.d.acc_bytes / 2;
    multiply(l, l.image.head, block, l.plan.head_input, rows, acc);
    const View logits{.base = l.plan.logits.base + i % 2 * l.plan.logits.bytes,
                      .s1 = 4 * l.plan.logit_columns,
                      .s2 = l.d.row_bytes()};
    dequantise(l, l.image.head, block, take_scales(l, l.image.head, rows, acc), 0, rows, logits);
    release_scales(l, l.image.head);
    isa::Store store;
    store.window = compiler::kWorkspaceWindow;
    store.offset = static_cast<std::uint32_t>(to.logits + block.tile * l.d.row_bytes());
    store.local = static_cast<std::uint32_t>(logits.base);
    store.n0 = static_cast<std::uint32_t>(4 * block.count);
    store.n1 = static_cast<std::uint16_t>(rows);
    store.s1 = static_cast<std::int32_t>(4 * l.d.vocabulary);
    store.t1 = static_cast<std::int32_t>(logits.s1);
    l.builder.emit(store);
    argmax.block(i, block, {.base = logits.base, .s1 = logits.s1});
  }
  argmax.finish(static_cast<std::uint32_t>(to.argmax));
}

}  // namespace girih::llm
