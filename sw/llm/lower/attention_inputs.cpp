// SPDX-License-Identifier: Apache-2.0
#include "llm/lower/attention_inputs.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "llm/lower/norm.h"
#include "llm/quantise/position_table.h"

namespace girih::llm {
namespace {

using isa::Reduce;
using isa::Sfu;
using isa::Vop;

std::vector<Block> column_blocks(const Lowering& l, const PackedLinear& w, std::int64_t first,
                                 std::int64_t heads) {
  const std::int64_t tiles = tiles_of(l, w, l.shape.rows(), kLinearShare, l.plan.block_columns);
  return blocks_of(first * l.d.head_dim, heads * l.d.head_dim, tiles, l.d.n_dim);
}

}  // namespace

std::vector<HeadBlock> head_blocks(const Lowering& l) {
  std::vector<HeadBlock> blocks;
  for (std::int64_t i = 0; i < l.d.kv_heads; i += l.plan.head_block) {
    blocks.push_back({i, std::min(l.plan.head_block, l.d.kv_heads - i)});
  }
  return blocks;
}

void expect_attention_inputs(Lowering& l, std::int64_t layer, Inputs inputs) {
  const PackedLayer& weights = l.image.layers[static_cast<std::size_t>(layer)];
  const std::uint32_t tag = tag_of(layer, Part::kProjections);
  const auto expect = [&](const PackedLinear& w, std::int64_t first, std::int64_t heads) {
    for (const Block& block : column_blocks(l, w, first, heads)) expect_block(l, w, block, tag);
  };
  if (l.d.qk_norm) {
    l.head_norms.expect(weights.head_norms, 8 * l.d.head_dim, tag_of(layer, Part::kRotary));
  }
  for (const HeadBlock& heads : head_blocks(l)) {
    if (inputs != Inputs::kQueries) {
      expect(weights.k, heads.first, heads.count);
      expect(weights.v, heads.first, heads.count);
    }
    if (inputs != Inputs::kKeysAndValues)
      expect(weights.q, heads.first * l.d.group, heads.count * l.d.group);
  }
}

AttentionInputs::AttentionInputs(Lowering& l, std::int64_t layer)
    : l_(l),
      d_(l.d),
      p_(l.plan),
      weights_(l.image.layers[static_cast<std::size_t>(layer)]),
      layer_(layer),
      projected_(p_.projected.bytes, p_.projected.count, p_.projected.base),
      appended_(p_.appended.bytes, p_.appended.count, p_.appended.base) {
  if (d_.qk_norm) norm_weights_ = l.head_norms.take();
  const std::int64_t array = 4 * p_.row_block * p_.head_block * d_.group;
  norm_ = p_.head_scratch, maxima_ = norm_ + array, factors_ = maxima_ + array,
  scales_ = factors_ + array;
}

AttentionInputs::Steps AttentionInputs::steps(const Columns& c) {
  const Block block = column_blocks(l_, c.w, c.first, c.count).front();
  return multiply_steps(l_, c.w, block, p_.attention_input, l_.shape.rows(), c.acc);
}

AttentionInputs::Steps AttentionInputs::multiply_keys_and_values(const HeadBlock& heads) {
  Steps all = steps(key_columns(heads));
  for (auto& step : steps(value_columns(heads))) all.push_back(std::move(step));
  return all;
}

AttentionInputs::Steps AttentionInputs::multiply_queries(const HeadBlock& heads) {
  return steps(query_columns(heads));
}

void AttentionInputs::keys_and_values(const HeadBlock& heads) {
  project(key_columns(heads), [&](const Range& r, const Heads& x) { key(heads, r, x); });
  project(value_columns(heads), [&](const Range& r, const Heads& x) { value(heads, r, x); });
}

void AttentionInputs::queries(const HeadBlock& heads) {
  project(query_columns(heads), [&](const Range& r, const Heads& x) { query(heads, r, x); });
}

void AttentionInputs::finish() {
  if (norm_weights_) l_.head_norms.release();
}

std::vector<AttentionInputs::Range> AttentionInputs::ranges() const {
  const std::int64_t tokens = l_.shape.tokens, all = l_.shape.sequences();
  std::vector<Range> ranges;
  if (p_.row_block >= tokens) {
    const std::int64_t most = p_.row_block / tokens;
    for (std::int64_t b = 0; b < all; b += most) {
      const std::int64_t count = std::min(most, all - b);
      ranges.push_back({b * tokens, count * tokens, b, count, 0, tokens});
    }
    return ranges;
  }
  for (std::int64_t b = 0; b < all; ++b) {
    for (std::int64_t t = 0; t < tokens; t += p_.row_block) {
      const std::int64_t count = std::min(p_.row_block, tokens - t);
      ranges.push_back({b * tokens + t, count, b, 1, t, count});
    }
  }
  return ranges;
}

void AttentionInputs::project(const Columns& c, const Use& use) {
  const std::int64_t rows = l_.shape.rows(), row = 4 * c.count * d_.head_dim;
  const auto part = [&](Part name) { l_.builder.begin_layer(tag_of(layer_, name)); };
  const std::vector<Block> blocks = column_blocks(l_, c.w, c.first, c.count);
  std::int64_t slot = projected_.next();
  const auto to = [&](const Block& block) {
    return View{.base = slot + 4 * (block.tile * d_.n_dim - c.first * d_.head_dim),
                .s1 = row,
                .s2 = d_.row_bytes()};
  };
  const auto product = [&](const Block& block) {
    half_ = 1 - half_;
    const std::int64_t acc = p_.multiplied_ahead ? c.acc : half_ * d_.acc_bytes / 2;
    if (!p_.multiplied_ahead) multiply(l_, c.w, block, p_.attention_input, rows, acc);
    return take_scales(l_, c.w, rows, acc);
  };
  part(Part::kProjections);
  if (blocks.size() == 1) {
    const Sums sums = product(blocks.front());
    for (const Range& range : ranges()) {
      part(Part::kProjections);
      dequantise(l_, c.w, blocks.front(), sums, range.first, range.count, to(blocks.front()));
      part(Part::kRotary);
      use(range, {slot, c.count, range.count});
      slot = projected_.next();
    }
    return release_scales(l_, c.w);
  }
  for (const Block& block : blocks) {
    dequantise(l_, c.w, block, product(block), 0, rows, to(block));
    release_scales(l_, c.w);
  }
  part(Part::kRotary);
  use(ranges().front(), {slot, c.count, rows});
}

void AttentionInputs::key(const HeadBlock& heads, const Range& range, const Heads& x) {
  const std::int64_t values = appended_.next();
  const std::int64_t scales = values + round_up(x.rows * x.count * d_.head_dim, 4);
  if (norm_weights_) normalise(x);
  rotate(x, range, norm_weights_ ? std::optional(*norm_weights_ + 4 * d_.head_dim) : std::nullopt);
  quantise_appended(x, values, scales);
  if (norm_weights_) {
    l_.emit(VectorOp(x.rows * x.count)
                .of({.base = scales})
                .by(View{.base = norm_})
                .to({.base = scales}));
  }
  append(heads, range, values, d_.head_dim, d_.k_dim, d_.n_dim * d_.k_dim, l_.block.keys, 0);
  append(heads, range, scales, 4, 4, 0, l_.block.scales, 0);
}

void AttentionInputs::value(const HeadBlock& heads, const Range& range, const Heads& x) {
  const std::int64_t values = appended_.next();
  const std::int64_t scales = values + round_up(x.rows * x.count * d_.head_dim, 4);
  quantise_appended(x, values, scales);
  append(heads, range, values, d_.head_dim, d_.n_dim, d_.n_dim * d_.k_dim, l_.block.values, 0);
  append(heads, range, scales, 4, 4, 0, l_.block.scales, 4 * d_.slots);
}

void AttentionInputs::query(const HeadBlock& heads, const Range& range, const Heads& x) {
  if (norm_weights_) normalise(x);
  rotate(x, range, norm_weights_);
  row_maxima(x);
  row_factors(l_, d_.wide, x.rows * x.count, maxima_, factors_, scales_);
  const std::int64_t begin = range.first * p_.queries.pitch;
  split_rows(
      l_, d_.wide, over(x).of(view(x)), per_row(factors_, 4, 4 * x.count),
      {.high = p_.queries.high + begin, .low = p_.queries.low + begin, .wide = p_.queries.wide},
      {.s1 = d_.head_dim, .s2 = p_.queries.pitch});
  // From [row][head] to [sequence][kv head][token][group], as attention takes its rows.
  const std::int64_t tokens = l_.shape.tokens, group = 4 * d_.group;
  const double unit = std::numbers::log2e / std::sqrt(static_cast<double>(d_.head_dim));
  const View from{
      .base = scales_, .s1 = group, .s2 = 4 * x.count, .s3 = 4 * x.count * range.tokens};
  VectorOp op(d_.group, heads.count, range.tokens, range.sequences);
  op.of(from).scaled(static_cast<float>(unit));
  if (norm_weights_) op.by(from.from(norm_ - scales_));
  l_.emit(
      op.to({.base = p_.query_scale + group * (range.sequence * heads.count * tokens + range.token),
             .s1 = group * tokens,
             .s2 = group,
             .s3 = group * tokens * heads.count}));
}

/// r of every head.
void AttentionInputs::normalise(const Heads& x) {
  l_.emit(over(x).of(view(x)).by(view(x)).row(Reduce::kSum).to(each(norm_, x)));
  l_.emit(VectorOp(x.rows * x.count)
              .of({.base = norm_})
              .by(1.0F / static_cast<float>(d_.head_dim))
              .with(Vop::kAdd, static_cast<float>(l_.image.config.norm_epsilon))
              .sfu(Sfu::kRsqrt)
              .to({.base = norm_}));
}

/// In place; `weights`: of the head norm.
void AttentionInputs::rotate(const Heads& x, const Range& range,
                             std::optional<std::int64_t> weights) {
  if (d_.encoder) return;
  const std::int64_t head = 4 * d_.head_dim, half = head / 2;
  const std::int64_t pitch = 4 * position_row_floats(d_.head_dim);
  const std::int64_t positions = p_.position_rows + range.first * pitch;
  View sines{.base = positions, .s1 = half, .s3 = pitch};
  View cosines{.base = positions + head, .s3 = pitch};
  if (weights) {
    const auto table = [&](const View& from, const View& factors, std::int64_t to) {
      l_.emit(VectorOp(d_.head_dim / 2, 2, x.rows)
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
    const VectorOp op(d_.head_dim / 2, 2, count, x.rows);
    l_.emit(VectorOp(op).of(swapped).by(sines).to(turned));
    l_.emit(VectorOp(op).of(here).by(cosines).with(Vop::kAdd, turned).to(here));
  }
}

void AttentionInputs::row_maxima(const Heads& x) {
  l_.emit(over(x).of(view(x)).sfu(Sfu::kAbs).row(Reduce::kMax).to(each(maxima_, x)));
}

void AttentionInputs::quantise_appended(const Heads& x, std::int64_t values, std::int64_t scales) {
  row_maxima(x);
  row_factors(l_, false, x.rows * x.count, maxima_, factors_, scales);
  split_rows(l_, false, over(x).of(view(x)), per_row(factors_, 4, 4 * x.count), {.high = values},
             {.s1 = d_.head_dim, .s2 = d_.head_dim * x.count});
}

/// Rows [row][kv head] of `bytes` bytes to the cache, in pieces of `piece` bytes `stride` apart;
/// `list` says where each row's begin, less `at`.
void AttentionInputs::append(const HeadBlock& heads, const Range& range, std::int64_t local,
                             std::int64_t bytes, std::int64_t piece, std::int64_t stride,
                             std::int64_t list, std::int64_t at) {
  const std::int64_t plane = l_.plane(0, 1);
  const auto pieces = [&](std::int64_t first, std::int64_t count, std::int64_t size) {
    const std::int64_t begin = at + first * stride, end = (count - 1) * stride + size;
    isa::Store s;
    s.window = kCacheWindow;
    s.scatter = true;
    s.offset = static_cast<std::uint32_t>(l_.plane(layer_, heads.first) + begin);
    s.local = static_cast<std::uint32_t>(local + first * piece);
    s.n0 = static_cast<std::uint32_t>(size);
    s.n1 = static_cast<std::uint16_t>(range.count);
    s.n2 = static_cast<std::uint16_t>(count);
    s.n3 = static_cast<std::uint16_t>(heads.count);
    s.s1 = 1;
    s.s2 = static_cast<std::int32_t>(stride);
    s.s3 = static_cast<std::int32_t>(plane);
    s.t1 = static_cast<std::int32_t>(bytes * heads.count);
    s.t2 = static_cast<std::int32_t>(piece);
    s.t3 = static_cast<std::int32_t>(bytes);
    s.index = static_cast<std::uint32_t>(l_.plan.lists + list + 4 * range.first);
    s.index_limit = static_cast<std::uint32_t>(plane - begin - end + 1);
    l_.builder.emit(s);
  };
  const std::int64_t whole = bytes / piece;
  if (whole > 0) pieces(0, whole, piece);
  if (bytes % piece > 0) pieces(whole, 1, bytes % piece);
}

}  // namespace girih::llm
