// SPDX-License-Identifier: Apache-2.0
#include "llm/lower/attention_inputs.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include "llm/lower/linear.h"
#include "llm/lower/norm.h"
#include "llm/quantise/position_table.h"

namespace girih::llm {
namespace {

using isa::Reduce;
using isa::Sfu;
using isa::Vop;

/// FP32 [row][head][head_dim].
struct Heads {
  std::int64_t base, count;
};

class Preparation {
 public:
  Preparation(Lowering& l, std::int64_t layer)
      : l_(l), d_(l.d), p_(l.plan), rows_(l.shape.rows()), layer_(layer) {
    const std::int64_t array = 4 * rows_ * d_.heads;
    norm_ = p_.head_scratch, maxima_ = norm_ + array, factors_ = maxima_ + array,
    scales_ = factors_ + array;
  }

  void run() {
    std::optional<std::int64_t> weights;
    if (d_.qk_norm) weights = l_.head_norms.take();
    key(weights ? std::optional(*weights + 4 * d_.head_dim) : std::nullopt);
    value();
    query(weights);
    if (weights) l_.head_norms.release();
  }

 private:
  VectorOp over(const Heads& x) const { return VectorOp(d_.head_dim, x.count, rows_); }
  View view(const Heads& x) const {
    return {.base = x.base, .s1 = 4 * d_.head_dim, .s2 = 4 * d_.head_dim * x.count};
  }
  View each(std::int64_t base, const Heads& x) const {
    return {.base = base, .s1 = 4, .s2 = 4 * x.count};
  }

  void key(std::optional<std::int64_t> weights) {
    const Heads x{p_.key, d_.kv_heads};
    if (weights) normalise(x);
    rotate(x, weights);
    quantise(x, false, {.high = p_.key8}, p_.key_scale);
    if (weights) {
      l_.emit(VectorOp(rows_ * x.count)
                  .of({.base = p_.key_scale})
                  .by(View{.base = norm_})
                  .to({.base = p_.key_scale}));
    }
    const std::int64_t piece = d_.n_dim * d_.k_dim;
    append(p_.key8, d_.head_dim, d_.k_dim, piece, l_.block.keys, 0);
    append(p_.key_scale, 4, 4, 0, l_.block.scales, 0);
  }

  void value() {
    const Heads x{p_.value, d_.kv_heads};
    quantise(x, false, {.high = p_.value8}, p_.value_scale);
    const std::int64_t piece = d_.n_dim * d_.k_dim;
    append(p_.value8, d_.head_dim, d_.n_dim, piece, l_.block.values, 0);
    append(p_.value_scale, 4, 4, 0, l_.block.scales, 4 * d_.slots);
  }

  void query(std::optional<std::int64_t> weights) {
    const Heads x{p_.query, d_.heads};
    if (weights) normalise(x);
    rotate(x, weights);
    quantise(x, d_.wide, p_.query8, scales_);
    // From [row][head] to [sequence][kv head][token][group], as attention takes its rows.
    const std::int64_t tokens = l_.shape.tokens, group = 4 * d_.group;
    const double unit = std::numbers::log2e / std::sqrt(static_cast<double>(d_.head_dim));
    const View from{.base = scales_, .s1 = group, .s2 = 4 * d_.heads, .s3 = 4 * d_.heads * tokens};
    VectorOp op(d_.group, d_.kv_heads, tokens, l_.shape.sequences());
    op.of(from).scaled(static_cast<float>(unit));
    if (weights) op.by(from.from(norm_ - scales_));
    l_.emit(op.to({.base = p_.query_scale,
                   .s1 = group * tokens,
                   .s2 = group,
                   .s3 = group * tokens * d_.kv_heads}));
  }

  /// r of every head.
  void normalise(const Heads& x) {
    l_.emit(over(x).of(view(x)).by(view(x)).row(Reduce::kSum).to(each(norm_, x)));
    l_.emit(VectorOp(rows_ * x.count)
                .of({.base = norm_})
                .by(1.0F / static_cast<float>(d_.head_dim))
                .with(Vop::kAdd, static_cast<float>(l_.image.config.norm_epsilon))
                .sfu(Sfu::kRsqrt)
                .to({.base = norm_}));
  }

  /// In place; `weights`: of the head norm.
  void rotate(const Heads& x, std::optional<std::int64_t> weights) {
    const std::int64_t head = 4 * d_.head_dim, half = head / 2;
    const std::int64_t pitch = 4 * position_row_floats(d_.head_dim);
    View sines{.base = p_.position_rows, .s1 = half, .s3 = pitch};
    View cosines{.base = p_.position_rows + head, .s3 = pitch};
    if (weights) {
      const auto table = [&](const View& from, const View& factors, std::int64_t to) {
        l_.emit(VectorOp(d_.head_dim / 2, 2, rows_)
                    .of({.base = from.base, .s1 = from.s1, .s2 = from.s3})
                    .by(factors)
                    .to({.base = to, .s1 = half, .s2 = head}));
        return View{.base = to, .s1 = half, .s3 = head};
      };
      sines = table(sines, {.base = *weights + half, .s1 = -half}, p_.sines);
      cosines = table(cosines, {.base = *weights, .s1 = half}, p_.cosines);
    }
    for (std::int64_t first = 0; first < x.count; first += p_.turn_heads) {
      const std::int64_t count = std::min(p_.turn_heads, x.count - first);
      const View here{.base = x.base + first * head, .s1 = half, .s2 = head, .s3 = head * x.count};
      const View swapped{.base = here.base + half, .s1 = -half, .s2 = head, .s3 = here.s3};
      const View turned{.base = p_.turned, .s1 = half, .s2 = head, .s3 = head * count};
      const VectorOp over(d_.head_dim / 2, 2, count, rows_);
      l_.emit(VectorOp(over).of(swapped).by(sines).to(turned));
      l_.emit(VectorOp(over).of(here).by(cosines).with(Vop::kAdd, turned).to(here));
    }
  }

  void quantise(const Heads& x, bool wide, const Quantised& to, std::int64_t scales) {
    l_.emit(over(x).of(view(x)).sfu(Sfu::kAbs).row(Reduce::kMax).to(each(maxima_, x)));
    row_factors(l_, wide, rows_ * x.count, maxima_, factors_, scales);
    split_rows(l_, wide, over(x).of(view(x)), per_row(factors_, 4, 4 * x.count), to);
  }

  /// Rows [row][kv head] of `bytes` bytes to the cache, in pieces of `piece` bytes `stride` apart;
  /// `list` says where each row's begin, less `at`.
  void append(std::int64_t local, std::int64_t bytes, std::int64_t piece, std::int64_t stride,
              std::int64_t list, std::int64_t at) {
    const std::int64_t plane = l_.plane(0, 1);
    const auto pieces = [&](std::int64_t first, std::int64_t count, std::int64_t size) {
      const std::int64_t begin = at + first * stride, end = (count - 1) * stride + size;
      isa::Store s;
      s.window = kCacheWindow;
      s.scatter = true;
      s.offset = static_cast<std::uint32_t>(l_.plane(layer_, 0) + begin);
      s.local = static_cast<std::uint32_t>(local + first * piece);
      s.n0 = static_cast<std::uint32_t>(size);
      s.n1 = static_cast<std::uint16_t>(rows_);
      s.n2 = static_cast<std::uint16_t>(count);
      s.n3 = static_cast<std::uint16_t>(d_.kv_heads);
      s.s1 = 1;
      s.s2 = static_cast<std::int32_t>(stride);
      s.s3 = static_cast<std::int32_t>(plane);
      s.t1 = static_cast<std::int32_t>(bytes * d_.kv_heads);
      s.t2 = static_cast<std::int32_t>(piece);
      s.t3 = static_cast<std::int32_t>(bytes);
      s.index = static_cast<std::uint32_t>(p_.lists + list);
      s.index_limit = static_cast<std::uint32_t>(plane - begin - end + 1);
      l_.builder.emit(s);
    };
    const std::int64_t whole = bytes / piece;
    if (whole > 0) pieces(0, whole, piece);
    if (bytes % piece > 0) pieces(whole, 1, bytes % piece);
  }

  Lowering& l_;
  const Dimensions& d_;
  const Plan& p_;
  const std::int64_t rows_, layer_;
  std::int64_t norm_, maxima_, factors_, scales_;  ///< FP32 [row][head]
};

}  // namespace

void expect_projections(Lowering& l, const PackedLayer& layer, std::uint32_t tag) {
  for (const PackedLinear* w : {&layer.k, &layer.v, &layer.q}) expect_linear(l, *w, tag);
}

void project(Lowering& l, const PackedLayer& layer) {
  const Plan& p = l.plan;
  linear(l, layer.k, p.attention_input, p.key, 4 * l.d.key());
  linear(l, layer.v, p.attention_input, p.value, 4 * l.d.key());
  linear(l, layer.q, p.attention_input, p.query, 4 * l.d.query());
}

void prepare_attention(Lowering& l, std::int64_t layer) { Preparation(l, layer).run(); }

}  // namespace girih::llm
