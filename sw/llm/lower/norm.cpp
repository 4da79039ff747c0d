// SPDX-License-Identifier: Apache-2.0
#include "llm/lower/norm.h"

#include <optional>

#include "llm/lower/row_buffer.h"

namespace girih::llm {
namespace {

using isa::Reduce;
using isa::Sfu;
using isa::Type;
using isa::Vop;

float largest(bool wide) { return wide ? 32767.0F : 127.0F; }

/// `count` rows of `depth` values at `base` become rows `at` and so on of `to`. weights: FP32
/// [depth], and the rows' normalisation goes into the scales.
void quantise(Lowering& l, std::int64_t base, std::int64_t depth, std::int64_t count,
              std::optional<std::int64_t> weights, const Quantised& to, std::int64_t at) {
  const std::int64_t array = 4 * l.shape.rows();
  const std::int64_t norm = l.plan.row_scratch + 4 * at, maxima = norm + array,
                     factors = maxima + array, scales = l.plan.row_scale + 4 * at;
  const View x{.base = base, .s1 = 4 * depth};
  const auto over = [&] { return VectorOp(depth, count).of(x); };
  const auto one = [](std::int64_t to_each) { return View{.base = to_each, .s1 = 4}; };
  if (weights) l.emit(over().by(x).row(Reduce::kSum).to(one(norm)));
  VectorOp value = over();
  if (weights) value.by(View{.base = *weights});
  l.emit(VectorOp(value).sfu(Sfu::kAbs).row(Reduce::kMax).to(one(maxima)));
  row_factors(l, l.d.wide, count, maxima, factors, scales);
  if (weights) {
    const float mean = 1.0F / static_cast<float>(depth);
    l.emit(VectorOp(count)
               .of({.base = norm})
               .by(mean)
               .with(Vop::kAdd, static_cast<float>(l.image.config.norm_epsilon))
               .sfu(Sfu::kRsqrt)
               .to({.base = norm}));
  }
  const std::int64_t begin = at * to.pitch;
  split_rows(l, l.d.wide, value, per_row(factors),
             {.high = to.high + begin, .low = to.low + begin, .wide = to.wide}, {.s1 = to.pitch});
  if (weights) {
    l.emit(VectorOp(count).of({.base = scales}).by(View{.base = norm}).to({.base = scales}));
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

void split_rows(Lowering& l, bool wide, VectorOp value, const View& factor, const Quantised& to,
                const View& layout) {
  const isa::Vector& n = value.get();
  const auto over = [n0 = n.n0, n1 = n.n1, n2 = n.n2, n3 = n.n3] {
    return VectorOp(n0, n1, n2, n3);
  };
  const auto byte = [&](std::int64_t base, Type type) { return layout.from(base).as(type); };
  const View high = byte(to.high, Type::kInt8);
  const std::int64_t row = 2 * std::int64_t{n.n0};
  const View both{
      .base = to.wide, .s1 = row, .s2 = row * n.n1, .s3 = row * n.n1 * n.n2, .type = Type::kInt16};
  value.scaled(factor);
  if (!wide) return l.emit(value.to(high));
  l.emit(value.to(both));
  // high = floor(v / 256): half a unit less than the middle, so that no tie is met
  l.emit(over().of(both).with(Vop::kAdd, -127.5F).scaled(0x1p-8F).to(high));
  l.emit(over().of(high).by(-256.0F).with(Vop::kAdd, both).to(byte(to.low, Type::kUint8)));
}

void quantise_rows(Lowering& l, const RowBuffer& from, std::int64_t first, std::int64_t count,
                   const Quantised& to, std::int64_t at) {
  read_rows(l, from, first, count, [&](std::int64_t base, std::int64_t row, std::int64_t rows) {
    quantise(l, base, from.width, rows, std::nullopt, to, at + row - first);
  });
}

void normalise_rows(Lowering& l, const RowBuffer& from, std::int64_t first, std::int64_t count,
                    std::int64_t weights, const Quantised& to, std::int64_t at) {
  read_rows(l, from, first, count, [&](std::int64_t base, std::int64_t row, std::int64_t rows) {
    quantise(l, base, from.width, rows, weights, to, at + row - first);
  });
}

}  // namespace girih::llm
