// SPDX-License-Identifier: Apache-2.0
#include "llm/lower/norm.h"

#include <optional>

namespace girih::llm {
namespace {

using isa::Reduce;
using isa::Sfu;
using isa::Type;
using isa::Vop;

float largest(bool wide) { return wide ? 32767.0F : 127.0F; }

/// weights: FP32 [depth], and the rows' normalisation goes into the scales.
void quantise(Lowering& l, const Rows& rows, std::optional<std::int64_t> weights,
              const Quantised& to) {
  const std::int64_t count = rows.count();
  const std::int64_t norm = l.plan.row_scratch, maxima = norm + 4 * count,
                     factors = maxima + 4 * count;
  const View x{.base = rows.base, .s1 = rows.s1, .s2 = rows.s2};
  const auto over = [&] { return VectorOp(rows.depth, rows.n1, rows.n2); };
  const auto one = [&](std::int64_t base) {
    return View{.base = base, .s1 = 4, .s2 = 4 * rows.n1};
  };
  if (weights) l.emit(over().of(x).by(x).row(Reduce::kSum).to(one(norm)));
  VectorOp magnitude = over().of(x).sfu(Sfu::kAbs).row(Reduce::kMax).to(one(maxima));
  if (weights) magnitude.by(View{.base = *weights});
  l.emit(magnitude);
  row_factors(l, l.d.wide, count, maxima, factors, l.plan.row_scale);
  if (weights) {
    const float mean = 1.0F / static_cast<float>(rows.depth);
    l.emit(VectorOp(count)
               .of({.base = norm})
               .by(mean)
               .with(Vop::kAdd, static_cast<float>(l.image.config.norm_epsilon))
               .sfu(Sfu::kRsqrt)
               .to({.base = norm}));
  }
  VectorOp value = over().of(x);
  if (weights) value.by(View{.base = *weights});
  split_rows(l, l.d.wide, value, per_row(factors, 4, 4 * rows.n1), to);
  if (weights) {
    l.emit(VectorOp(count)
               .of({.base = l.plan.row_scale})
               .by(View{.base = norm})
               .to({.base = l.plan.row_scale}));
  }
}

}  // namespace

void row_factors(Lowering& l, bool wide, std::int64_t count, std::int64_t maxima,
                 std::int64_t factors, std::int64_t scales) {
  const auto bounded = [&] {
    return VectorOp(count).of({.base = maxima}).with(Vop::kMax, kTinyMaximum);
  };
  l.emit(bounded().sfu(Sfu::kRecip).scaled(largest(wide)).to({.base = factors}));
  l.emit(bounded().scaled(1.0F / largest(wide)).to({.base = scales}));
}

void split_rows(Lowering& l, bool wide, VectorOp value, const View& factor, const Quantised& to) {
  const isa::Vector& n = value.get();
  const auto dense = [&](std::int64_t base, Type type) {
    const std::int64_t row = n.n0 * std::int64_t{isa::size_of(type)};
    return View{.base = base, .s1 = row, .s2 = row * n.n1, .s3 = row * n.n1 * n.n2, .type = type};
  };
  const std::int64_t n0 = n.n0, n1 = n.n1, n2 = n.n2, n3 = n.n3;
  value.scaled(factor);
  if (!wide) return l.emit(value.to(dense(to.high, Type::kInt8)));
  const View both = dense(to.wide, Type::kInt16), high = dense(to.high, Type::kInt8);
  l.emit(value.to(both));
  // high = floor(v / 256): half a unit less than the middle, so that no tie is met
  l.emit(VectorOp(n0, n1, n2, n3).of(both).with(Vop::kAdd, -127.5F).scaled(0x1p-8F).to(high));
  l.emit(VectorOp(n0, n1, n2, n3)
             .of(high)
             .by(-256.0F)
             .with(Vop::kAdd, both)
             .to(dense(to.low, Type::kUint8)));
}

void quantise_rows(Lowering& l, const Rows& rows, const Quantised& to) {
  quantise(l, rows, std::nullopt, to);
}

void normalise_rows(Lowering& l, const Rows& rows, const Quantised& to) {
  quantise(l, rows, l.norms.take(), to);
  l.norms.release();
}

}  // namespace girih::llm
