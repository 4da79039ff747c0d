// SPDX-License-Identifier: Apache-2.0
#include "llm/lower/layer_norm.h"

#include "llm/lower/row_buffer.h"

namespace girih::llm {

using isa::Reduce;
using isa::Vop;

void expect_layer_norm(Lowering& l, const PackedNorm& norm, std::uint32_t tag) {
  l.norms.expect(norm.weight, 4 * l.d.hidden, tag);
  l.norms.expect(norm.bias, 4 * l.d.hidden, tag);
}

void layer_norm(Lowering& l, const NormWeights& norm, std::int64_t base, std::int64_t at,
                std::int64_t count) {
  const std::int64_t depth = l.d.hidden;
  const float mean = 1.0F / static_cast<float>(depth);
  const std::int64_t means = l.plan.row_scratch + 4 * at, roots = means + 4 * l.shape.rows();
  const View x{.base = base, .s1 = 4 * depth};
  const auto over = [&] { return VectorOp(depth, count).of(x); };
  const auto one = [](std::int64_t to_each) { return View{.base = to_each, .s1 = 4}; };
  l.emit(over().row(Reduce::kSum).scaled(mean).to(one(means)));
  l.emit(over().with(Vop::kSub, per_row(means)).to(x));
  l.emit(over().by(x).row(Reduce::kSum).to(one(roots)));
  l.emit(VectorOp(count)
             .of({.base = roots})
             .by(mean)
             .with(Vop::kAdd, static_cast<float>(l.image.config.norm_epsilon))
             .sfu(isa::Sfu::kRsqrt)
             .to({.base = roots}));
  l.emit(over().by(per_row(roots)).to(x));
  l.emit(over().by(View{.base = norm.weight}).with(Vop::kAdd, View{.base = norm.bias}).to(x));
}

void layer_norm(Lowering& l) {
  const RowBuffer& h = l.plan.hidden;
  const NormWeights norm(l);
  read_rows(l, h, 0, l.shape.rows(), [&](std::int64_t base, std::int64_t row, std::int64_t rows) {
    layer_norm(l, norm, base, row, rows);
    if (!h.resident) store_rows(l, h, base, row, rows);
  });
}

}  // namespace girih::llm
