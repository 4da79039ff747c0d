// SPDX-License-Identifier: Apache-2.0
#include "llm/lower/ends.h"

#include "compiler/schedule/tokens.h"
#include "llm/lower/linear.h"
#include "llm/lower/norm.h"
#include "llm/quantise/mask_strip.h"
#include "llm/quantise/position_table.h"

namespace girih::llm {
namespace {

using isa::Reduce;
using isa::Vop;

/// Rows of `row_bytes` bytes, `stride` apart in memory, that a list of the step block names.
void gather(Lowering& l, std::uint32_t window, std::uint32_t offset, std::int64_t list,
            std::int64_t count, std::int64_t limit, std::int64_t stride, std::int64_t row_bytes,
            std::int64_t local) {
  isa::Load load;
  load.window = static_cast<std::uint8_t>(window);
  load.gather = true;
  load.offset = offset;
  load.local = static_cast<std::uint32_t>(local);
  load.n0 = static_cast<std::uint32_t>(row_bytes);
  load.n1 = static_cast<std::uint16_t>(count);
  load.s1 = static_cast<std::int32_t>(stride);
  load.t1 = static_cast<std::int32_t>(row_bytes);
  load.index = static_cast<std::uint32_t>(l.plan.lists + list);
  load.index_limit = static_cast<std::uint32_t>(limit);
  l.builder.emit(load);
}

void embed(Lowering& l) {
  const std::int64_t bytes = l.image.embedding_row_bytes(), rows = l.shape.rows();
  const bool bf16 = l.image.embedding_bf16;
  gather(l, kTableWindow, l.image.embedding, l.block.tokens, rows, l.d.vocabulary, bytes, bytes,
         bf16 ? l.plan.embedding : l.plan.hidden);
  if (!bf16) return;
  l.emit(VectorOp(l.d.hidden, rows)
             .of({.base = l.plan.embedding, .s1 = bytes, .type = isa::Type::kBf16})
             .to({.base = l.plan.hidden, .s1 = 4 * l.d.hidden}));
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

std::vector<Block> head_blocks(const Lowering& l) {
  return blocks_of(l.image.head, l.plan.logit_columns / l.d.n_dim, l.d.n_dim);
}

}  // namespace

void begin_step(Lowering& l) {
  isa::Load lists;
  lists.window = kStepWindow;
  lists.local = static_cast<std::uint32_t>(l.plan.lists);
  lists.n0 = static_cast<std::uint32_t>(l.block.fixed_bytes);
  l.builder.emit(lists);
  embed(l);
  const std::int64_t position = 4 * position_row_floats(l.d.head_dim);
  gather(l, kTableWindow, l.image.positions, l.block.positions, l.shape.rows(),
         l.image.position_count, position, position, l.plan.position_rows);
  const std::int64_t mask = l.shape.tokens - 1 + l.d.keys;
  gather(l, compiler::kConstantWindow, l.image.mask_strip, l.block.masks, l.block.mask_count,
         kMaskFloats - mask + 1, 4, 4 * mask, l.plan.masks);
}

void expect_head(Lowering& l) {
  if (l.shape.logits() == 0) return;
  const std::uint32_t tag = head_tag(l.d.layers);
  l.norms.expect(l.image.norm, 4 * l.d.hidden, tag);
  for (const Block& block : head_blocks(l)) expect_block(l, l.image.head, block, tag);
}

void head(Lowering& l, const Workspace& to) {
  const std::int64_t rows = l.shape.logits(), tokens = l.shape.tokens, row = 4 * l.d.hidden;
  if (rows == 0) return;
  normalise_rows(l,
                 {.base = l.plan.hidden + (tokens - l.shape.logit_rows) * row,
                  .depth = l.d.hidden,
                  .n1 = l.shape.logit_rows,
                  .s1 = row,
                  .n2 = l.shape.sequences(),
                  .s2 = tokens * row},
                 l.plan.head_input);
  const std::vector<Block> blocks = head_blocks(l);
  Argmax argmax(l, std::ssize(blocks));
  for (std::int64_t i = 0; i < std::ssize(blocks); ++i) {
    const Block& block = blocks[static_cast<std::size_t>(i)];
    const std::int64_t acc = i % 2 * l.d.acc_bytes / 2;
    multiply(l, l.image.head, block, l.plan.head_input, rows, acc);
    const View logits{.base = l.plan.logits.base + i % 2 * l.plan.logits.bytes,
                      .s1 = 4 * l.plan.logit_columns,
                      .s2 = l.d.row_bytes()};
    dequantise(l, l.image.head, block, rows, acc, logits);
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
