// SPDX-License-Identifier: Apache-2.0
#include "llm/lower/attention.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "compiler/schedule/tokens.h"
#include "llm/lower/norm.h"

namespace girih::llm {
namespace {

using isa::Reduce;
using isa::Sfu;
using isa::Vop;

/// A tile of keys for some kv heads and new tokens of a sequence. Its rows are [kv
/// head][token][head of the group].
struct Unit {
  std::int64_t sequence, token, tokens, head, heads;
  std::int64_t tile, keys;
  bool first, last;   ///< of the sequence's tiles
  std::int64_t mask;  ///< its number among the masks, or -1
};

class Attention {
 public:
  Attention(Lowering& l, PageLists& pages, std::int64_t layer, const HeadBlock& heads)
      : l_(l), d_(l.d), p_(l.plan), pages_(pages), layer_(layer), heads_(heads) {
    const std::int64_t array = 4 * attention_rows(p_, d_);
    std::int64_t at = p_.attention_scratch;
    for (std::int64_t* to : {&maximum_, &maximum_before_, &tile_maximum_, &shrink_, &sum_,
                             &tile_sum_, &largest_, &factor_, &scale_, &inverse_}) {
      *to = std::exchange(at, at + array);
    }
  }

  void run(const AttentionInputs::Steps& beside) {
    list_units();
    std::int64_t all = 0, keys = 0;
    for (const Unit& unit : units_) all += unit.keys;
    std::size_t done = 0;
    for (std::size_t u = 0; u < std::min(units_.size(), slots()); ++u) load(u);
    if (heads_.first == 0) l_.weights.resume();
    multiply_keys(0);
    for (std::size_t u = 0; u < units_.size(); ++u) {
      const Unit& unit = units_[u];
      dequantise_scores(u);
      // The array has the next scores ready while the lanes work on these.
      if (u + 1 < units_.size()) multiply_keys(u + 1);
      keys += unit.keys;
      for (; static_cast<std::int64_t>(done) * all < std::ssize(beside) * keys; ++done)
        beside[done]();
      softmax(unit);
      multiply_values(u);
      if (u + slots() < units_.size()) load(u + slots());
      accumulate(unit);
      if (unit.last) finish(unit);
    }
  }

 private:
  void list_units() {
    std::int64_t masks = 0;
    for (std::int64_t b = 0; b < l_.shape.sequences(); ++b) {
      const std::int64_t tiles = l_.shape.tiles(b, d_), masked = l_.shape.first_masked(b, d_);
      for (std::int64_t token = 0; token < l_.shape.tokens; token += p_.token_block) {
        const std::int64_t tokens = std::min(p_.token_block, l_.shape.tokens - token);
        // What the last of these tokens may see, wherever the sequence is.
        const std::int64_t hidden = d_.encoder ? 0 : l_.shape.tokens - token - tokens;
        const std::int64_t keys =
            round_up(l_.shape.keys[static_cast<std::size_t>(b)] - hidden, d_.slots);
        const std::int64_t end = ceil_div(keys, d_.keys);
        const std::int64_t last = heads_.first + heads_.count;
        for (std::int64_t head = heads_.first; head < last; head += p_.head_group) {
          for (std::int64_t t = 0; t < end; ++t) {
            units_.push_back({.sequence = b,
                              .token = token,
                              .tokens = tokens,
                              .head = head,
                              .heads = std::min(p_.head_group, last - head),
                              .tile = t,
                              .keys = std::min(d_.keys, keys - t * d_.keys),
                              .first = t == 0,
                              .last = t + 1 == end,
                              .mask = t < masked ? -1 : masks + t - masked});
          }
        }
      }
      masks += tiles - masked;
    }
  }

  std::size_t slots() const { return static_cast<std::size_t>(p_.tiles.count); }
  std::int64_t slot(std::size_t u) const {
    return p_.tiles.base + static_cast<std::int64_t>(u % slots()) * p_.tiles.bytes;
  }
  std::int64_t head_rows(const Unit& unit) const { return unit.tokens * d_.group; }
  std::int64_t rows(const Unit& unit) const { return unit.heads * head_rows(unit); }
  /// Its first row among those of the step.
  std::int64_t first_row(const Unit& unit) const {
    return unit.sequence * l_.shape.tokens + unit.token;
  }
  std::int64_t score_sums(std::size_t u) const {
    return static_cast<std::int64_t>(u % 2) * 4 * attention_rows(p_, d_) * d_.keys;
  }
  std::int64_t output_sums() const { return 8 * attention_rows(p_, d_) * d_.keys; }

  void load(std::size_t u) {
    const Unit& unit = units_[u];
    const std::uint32_t list = pages_.find(unit.sequence, unit.tile);
    isa::Load load;
    load.window = kCacheWindow;
    load.gather = true;
    load.offset = static_cast<std::uint32_t>(l_.plane(layer_, unit.head));
    load.local = static_cast<std::uint32_t>(slot(u));
    load.n0 = static_cast<std::uint32_t>(d_.page_bytes);
    load.n1 = static_cast<std::uint16_t>(unit.keys / d_.slots);
    load.n2 = static_cast<std::uint16_t>(unit.heads);
    load.s1 = load.t1 = static_cast<std::int32_t>(d_.page_bytes);
    load.s2 = static_cast<std::int32_t>(l_.plane(0, 1));
    load.t2 = static_cast<std::int32_t>(d_.tile_bytes());
    load.index = list;
    load.index_limit = static_cast<std::uint32_t>(l_.shape.pages);
    l_.builder.emit(load);
  }

  /// Emits a product with 16-bit rows as two.
  void emit(isa::Matrix m, bool wide, std::int64_t high, std::int64_t low) {
    m.a_base = static_cast<std::uint32_t>(high);
    m.shift = wide;
    l_.builder.array_macs() += m.macs() * (wide ? 2 : 1);
    l_.builder.emit(m);
    if (!wide) return;
    m.shift = false;
    m.start = isa::Start::kAcc;
    m.a_type = isa::Type::kUint8;
    m.a_base = static_cast<std::uint32_t>(low);
    l_.builder.emit(m);
  }

  /// Scores: [row tile of keys][row][NDim] from score_sums(u) on.
  void multiply_keys(std::size_t u) {
    const Unit& unit = units_[u];
    const std::int64_t tile_rows = rows(unit) * d_.row_bytes(), tiles = d_.slots / d_.n_dim;
    for (std::int64_t j = 0; j < unit.heads; ++j) {
      const std::int64_t query = first_row(unit) * p_.queries.pitch +
                                 (unit.head - heads_.first + j) * d_.group * d_.head_dim;
      for (std::int64_t i = 0; i < tiles; ++i) {  // row tiles of a page
        isa::Matrix m;
        m.b_base =
            static_cast<std::uint32_t>(slot(u) + j * d_.tile_bytes() + i * d_.n_dim * d_.key_depth);
        m.acc_base = static_cast<std::uint32_t>(
            score_sums(u) + j * head_rows(unit) * d_.row_bytes() + i * tile_rows);
        m.n = static_cast<std::uint16_t>(unit.keys / tiles);
        m.k0 = static_cast<std::uint16_t>(d_.head_dim);
        m.m0 = static_cast<std::uint16_t>(d_.group);
        m.m1 = static_cast<std::uint16_t>(unit.tokens);
        m.a_m0 = static_cast<std::int32_t>(d_.head_dim);
        m.a_m1 = static_cast<std::int32_t>(p_.queries.pitch);
        m.b_row = static_cast<std::int32_t>(d_.k_dim);
        m.b_k0 = static_cast<std::int32_t>(d_.n_dim * d_.k_dim);
        m.b_n = static_cast<std::int32_t>(d_.page_bytes);
        m.acc_n = static_cast<std::int32_t>(tiles * tile_rows);
        emit(m, d_.wide, p_.queries.high + query, p_.queries.low + query);
      }
    }
  }

  void dequantise_scores(std::size_t u) {
    const Unit& unit = units_[u];
    const std::int64_t row = 4 * d_.keys, r = head_rows(unit);
    // The pages' scales side by side: [kv head][key, value][S].
    l_.emit(VectorOp(d_.slots, unit.keys / d_.slots, 2, unit.heads)
                .of({.base = slot(u) + d_.scales_at,
                     .s1 = d_.page_bytes,
                     .s2 = 4 * d_.slots,
                     .s3 = d_.tile_bytes()})
                .to({.base = p_.tile_scales, .s1 = 4 * d_.slots, .s2 = row, .s3 = 2 * row}));
    const std::int64_t tokens = l_.shape.tokens, head = 4 * tokens * d_.group;
    const std::int64_t query = (unit.sequence * heads_.count + unit.head - heads_.first) * head +
                               4 * unit.token * d_.group;
    l_.emit(VectorOp(d_.n_dim, r, unit.keys / d_.n_dim, unit.heads)
                .of({.base = score_sums(u),
                     .s1 = d_.row_bytes(),
                     .s2 = rows(unit) * d_.row_bytes(),
                     .s3 = r * d_.row_bytes(),
                     .type = isa::Type::kInt32,
                     .space = isa::Space::kAcc})
                .by(View{.base = p_.tile_scales, .s2 = d_.row_bytes(), .s3 = 2 * row})
                .scaled(per_row(p_.query_scale + query, 4, 0, head))
                .to({.base = p_.scores, .s1 = row, .s2 = d_.row_bytes(), .s3 = row * r}));
    if (unit.mask < 0) return;
    // Rows of later tokens begin earlier in the strip: mask_strip.h. Encoders have one for all.
    const std::int64_t mask = l_.mask(unit.mask) + (d_.encoder ? 0 : 4 * (tokens - 1 - unit.token));
    const View scores{.base = p_.scores, .s1 = row, .s2 = row * d_.group, .s3 = row * r};
    l_.emit(VectorOp(unit.keys, d_.group, unit.tokens, unit.heads)
                .of(scores)
                .with(Vop::kAdd, View{.base = mask, .s2 = d_.encoder ? 0 : -4})
                .to(scores));
  }

  void softmax(const Unit& unit) {
    const std::int64_t row = 4 * d_.keys, r = head_rows(unit), all = rows(unit);
    const auto each = [](std::int64_t base) { return View{.base = base, .s1 = 4}; };
    const auto flat = [&](std::int64_t a) { return VectorOp(all).of({.base = a}); };
    const View scores{.base = p_.scores, .s1 = row};
    const auto over = [&] { return VectorOp(unit.keys, all).of(scores); };
    if (!unit.first) std::swap(maximum_, maximum_before_);
    l_.emit(over().row(Reduce::kMax).to(each(unit.first ? maximum_ : tile_maximum_)));
    if (!unit.first) {
      l_.emit(flat(maximum_before_)
                  .with(Vop::kMax, View{.base = tile_maximum_})
                  .to({.base = maximum_}));
    }
    l_.emit(over().with(Vop::kSub, per_row(maximum_)).sfu(Sfu::kExp2).to(scores));
    if (!unit.first) {
      l_.emit(flat(maximum_before_)
                  .with(Vop::kSub, View{.base = maximum_})
                  .sfu(Sfu::kExp2)
                  .to({.base = shrink_}));
    }
    l_.emit(over().row(Reduce::kSum).to(each(unit.first ? sum_ : tile_sum_)));
    // p times the values' scales, quantised.
    const auto scaled = [&] {
      return VectorOp(unit.keys, r, unit.heads)
          .of({.base = p_.scores, .s1 = row, .s2 = row * r})
          .by(View{.base = p_.tile_scales + row, .s2 = 2 * row});
    };
    l_.emit(scaled().sfu(Sfu::kAbs).row(Reduce::kMax).to({.base = largest_, .s1 = 4, .s2 = 4 * r}));
    if (!unit.first) {
      l_.emit(flat(sum_)
                  .by(View{.base = shrink_})
                  .with(Vop::kAdd, View{.base = tile_sum_})
                  .to({.base = sum_}));
    }
    row_factors(l_, d_.wide, all, largest_, factor_, scale_);
    split_rows(l_, d_.wide, scaled(), per_row(factor_, 4, 4 * r), p_.probabilities,
               {.s1 = d_.keys, .s2 = d_.keys * r});
  }

  /// Outputs: [row tile of head_dim][row][NDim] from output_sums() on.
  void multiply_values(std::size_t u) {
    const Unit& unit = units_[u];
    for (std::int64_t j = 0; j < unit.heads; ++j) {
      isa::Matrix m;
      m.columns = true;
      m.b_base = static_cast<std::uint32_t>(slot(u) + j * d_.tile_bytes() + d_.values_at);
      m.acc_base = static_cast<std::uint32_t>(output_sums() + j * head_rows(unit) * d_.row_bytes());
      m.n = static_cast<std::uint16_t>(d_.head_dim);
      m.k0 = static_cast<std::uint16_t>(d_.k_dim);
      m.k1 = static_cast<std::uint16_t>(d_.slots / d_.k_dim);
      m.k2 = static_cast<std::uint16_t>(unit.keys / d_.slots);
      m.m0 = static_cast<std::uint16_t>(head_rows(unit));
      m.a_m0 = static_cast<std::int32_t>(d_.keys);
      m.a_k1 = static_cast<std::int32_t>(d_.k_dim);
      m.a_k2 = static_cast<std::int32_t>(d_.slots);
      m.b_row = static_cast<std::int32_t>(d_.n_dim);
      m.b_k1 = static_cast<std::int32_t>(d_.k_dim * d_.value_width);
      m.b_k2 = static_cast<std::int32_t>(d_.page_bytes);
      m.b_n = static_cast<std::int32_t>(d_.k_dim * d_.n_dim);
      m.acc_n = static_cast<std::int32_t>(rows(unit) * d_.row_bytes());
      const std::int64_t row = j * head_rows(unit) * d_.keys;
      emit(m, d_.wide, p_.probabilities.high + row, p_.probabilities.low + row);
    }
  }

  void accumulate(const Unit& unit) {
    const std::int64_t all = rows(unit);
    const View tile = block_view(l_, all, output_sums());
    const View output{.base = p_.output, .s1 = 4 * d_.head_dim, .s2 = d_.row_bytes()};
    const Block block{0, ceil_div(d_.head_dim, d_.n_dim), d_.head_dim};
    over_block(block, d_.n_dim, [&](std::int64_t n0, std::int64_t tiles, std::int64_t at) {
      const auto here = [&](const View& view) { return view.from(at * view.s2); };
      const auto over = [&] { return VectorOp(n0, all, tiles); };
      const View sums = here(tile).as(isa::Type::kInt32);
      l_.emit(over().of(sums).by(per_row(scale_)).to(here(unit.first ? output : tile)));
      if (unit.first) return;
      l_.emit(over()
                  .of(here(output))
                  .by(per_row(shrink_))
                  .with(Vop::kAdd, here(tile))
                  .to(here(output)));
    });
  }

  void finish(const Unit& unit) {
    const std::int64_t head = 4 * d_.head_dim, r = head_rows(unit), group = head * d_.group;
    const View output{.base = p_.output, .s1 = head, .s2 = group, .s3 = head * r};
    const std::int64_t to = p_.attended.at + 4 * first_row(unit) * d_.query() + unit.head * group;
    l_.emit(VectorOp(rows(unit)).of({.base = sum_}).sfu(Sfu::kRecip).to({.base = inverse_}));
    VectorOp divide(d_.head_dim, d_.group, unit.tokens, unit.heads);
    divide.of(output).by(per_row(inverse_, 4, 4 * d_.group, 4 * r));
    if (p_.attended.resident) {
      l_.emit(divide.to({.base = to, .s1 = head, .s2 = 4 * d_.query(), .s3 = group}));
      return;
    }
    l_.emit(divide.to(output));
    isa::Store store;
    store.window = compiler::kWorkspaceWindow;
    store.offset = static_cast<std::uint32_t>(to);
    store.local = static_cast<std::uint32_t>(p_.output);
    store.n0 = static_cast<std::uint32_t>(group);
    store.n1 = static_cast<std::uint16_t>(unit.tokens);
    store.n2 = static_cast<std::uint16_t>(unit.heads);
    store.s1 = static_cast<std::int32_t>(4 * d_.query());
    store.s2 = static_cast<std::int32_t>(group);
    store.t1 = static_cast<std::int32_t>(group);
    store.t2 = static_cast<std::int32_t>(head * r);
    l_.builder.emit(store);
  }

  Lowering& l_;
  const Dimensions& d_;
  const Plan& p_;
  PageLists& pages_;
  const std::int64_t layer_;
  const HeadBlock heads_;
  std::vector<Unit> units_;
  // FP32 [row] each.
  std::int64_t maximum_, maximum_before_, tile_maximum_, shrink_, sum_, tile_sum_, largest_,
      factor_, scale_, inverse_;
};

}  // namespace

void attend(Lowering& l, PageLists& pages, std::int64_t layer, const HeadBlock& heads,
            const AttentionInputs::Steps& beside) {
  Attention(l, pages, layer, heads).run(beside);
}

}  // namespace girih::llm
