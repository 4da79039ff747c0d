// SPDX-License-Identifier: Apache-2.0
#include "llm/lower/plan.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <vector>

#include "common/error.h"
#include "llm/lower/wishes.h"
#include "llm/lower/workspace.h"
#include "llm/quantise/mask_strip.h"
#include "llm/quantise/position_table.h"

namespace girih::llm {
namespace {

/// What an attempt is about.
struct Choice {
  bool resident;  ///< rows of FP32 stay on the chip
  std::int64_t tokens, heads, tile_slots, weight_bytes;
};

class Planner {
 public:
  Planner(const StepShape& shape, const Dimensions& d, bool any_bias)
      : shape_(shape), d_(d), rows_(shape.rows()), any_bias_(any_bias) {}

  Plan run() {
    check_accumulators();
    const std::int64_t least = 2 * least_slot();
    for (const bool resident : {true, false}) {
      for (const std::int64_t bytes : weight_bytes()) {
        if (const auto plan = search(resident, std::max(bytes, least))) return *plan;
      }
    }
    for (const bool resident : {true, false}) {
      if (const auto plan = search(resident, least)) return *plan;
    }
    throw Error(
        "a step of {} sequences with {} new tokens does not fit: activations of {} bits, hidden "
        "size {}, {} heads of {} and {} intermediate values need more than {} bytes of scratchpad "
        "or {} of accumulators; use a larger preset, or fewer tokens at a time",
        shape_.sequences(), shape_.tokens, d_.wide ? 16 : 8, d_.hidden, d_.heads, d_.head_dim,
        d_.intermediate, d_.spm_bytes, d_.acc_bytes);
  }

 private:
  void check_accumulators() const {
    for (const std::int64_t depth : {d_.hidden, d_.query(), d_.intermediate}) {
      if (depth > 65'535)
        throw Error("a row of {} values: VECTOR and MATRIX take 65535 at most", depth);
      const std::int64_t share = depth == d_.hidden ? kGateShare : kLinearShare;
      if (block_tiles(d_, rows_, depth, share, d_.n_dim) == 0) {
        throw Error(
            "{} rows of a linear layer over {} inputs do not fit {} bytes of accumulators; use "
            "fewer tokens at a time",
            rows_, depth, d_.acc_bytes);
      }
    }
  }

  std::int64_t widest() const { return std::max({d_.hidden, d_.query(), d_.intermediate}); }
  std::int64_t least_slot() const {
    return std::min(16 * d_.n_dim * d_.k_dim, d_.row_tile_bytes(widest()));
  }

  /// What weights should have. With one token LOAD is always behind, and uses all that it may run
  /// ahead; with many the array is.
  std::vector<std::int64_t> weight_bytes() const {
    const std::int64_t spm = d_.spm_bytes;
    if (shape_.tokens > 1) return {spm / 8};
    return {spm / 2, spm / 4, spm / 8};
  }

  /// Attention likes many tokens and heads at once, and three tiles of the cache, so that LOAD need
  /// not wait for a unit to end.
  std::optional<Plan> search(bool resident, std::int64_t weight_bytes) const {
    const std::int64_t most = resident ? d_.kv_heads : head_block();
    const bool roomy = shape_.tokens == 1 && weight_bytes > d_.spm_bytes / 4;
    for (std::int64_t tokens = shape_.tokens; tokens >= 1; tokens /= 2) {
      for (const std::int64_t slots : {3, 2}) {
        if (roomy && slots == 2) continue;  // less for weights first
        for (std::int64_t heads = most; heads >= 1; --heads) {
          if (auto plan = attempt({resident, tokens, heads, slots, weight_bytes})) return plan;
        }
      }
    }
    return std::nullopt;
  }

  std::optional<Plan> attempt(const Choice& choice) const {
    Plan plan;
    plan.head_group = choice.heads;
    plan.token_block = choice.tokens;
    Wishes spm;
    whole_step(plan, spm);
    rows(plan, spm, choice.resident);
    prepare(plan, spm, choice.resident);
    layer(plan, spm);
    const std::int64_t attention = attention_rows(plan, d_);
    const std::int64_t acc = plan.multiplied_ahead ? d_.acc_bytes / 2 : d_.acc_bytes;
    if (4 * attention * (2 * d_.keys + d_.value_width) > acc) return std::nullopt;
    attend(plan, spm, attention, choice.tile_slots);
    head(plan, spm);
    const auto top = spm.place(d_.spm_bytes - choice.weight_bytes);
    if (!top) return std::nullopt;
    give_weights(plan, *top);
    return plan;
  }

  void whole_step(Plan& plan, Wishes& spm) const {
    const StepBlock block(shape_, d_);
    spm.always(plan.lists, block.fixed_bytes);
    page_lists(plan, spm);
    const std::int64_t later = d_.encoder ? 0 : shape_.tokens - 1;  // rows have masks of their own
    plan.masks = {0, 4 * (later + d_.keys), block.mask_count};
    if (plan.masks.bytes * plan.masks.count > d_.spm_bytes / 16) plan.masks.count = 2;
    spm.always(plan.masks);
    spm.always(plan.row_scratch, 4 * Plan::kRowScratch * rows_);
    spm.always(plan.row_scale, 4 * rows_);
    plan.norms = {0, 4 * d_.hidden, 2};
    spm.always(plan.norms);
    plan.head_norms = {0, d_.qk_norm ? 8 * d_.head_dim : 0, 2};
    spm.always(plan.head_norms);
    plan.block_columns = std::clamp<std::int64_t>(d_.spm_bytes / 256, d_.n_dim, 512);
    plan.scales = {0, 4 * plan.block_columns, any_bias_ ? 8 : 4};
    spm.always(plan.scales);
  }

  /// All page lists where they fit a sixteenth of the scratchpad, else two slots of them.
  void page_lists(Plan& plan, Wishes& spm) const {
    const std::int64_t tile = 4 * d_.tile_pages();
    plan.page_list_tiles = ceil_div(*std::ranges::max_element(shape_.keys), d_.keys);
    plan.page_lists = {0, round_up(plan.page_list_tiles * tile, kAlignment), shape_.sequences()};
    const std::int64_t most = d_.spm_bytes / 16;
    if (plan.page_lists.bytes * plan.page_lists.count > most) {
      plan.page_list_tiles = std::max<std::int64_t>(1, most / 2 / tile);
      plan.page_lists = {0, round_up(plan.page_list_tiles * tile, kAlignment), 2};
    }
    spm.always(plan.page_lists);
  }

  /// The buffers of whole FP32 rows.
  void rows(Plan& plan, Wishes& spm, bool resident) const {
    plan.hidden.width = d_.hidden;
    plan.attended.width = d_.query();
    plan.gated.width = d_.intermediate;
    const Workspace workspace(shape_, d_);
    plan.workspace_bytes = workspace.spilled;
    if (resident) {
      spm.always(plan.hidden.at, 4 * rows_ * d_.hidden);
      spm.wish(plan.attended.at, 4 * rows_ * d_.query(), kAttend, kQuantiseAttended);
      spm.wish(plan.gated.at, 4 * rows_ * d_.intermediate, kGateUp, kQuantiseGated);
      plan.bounce_columns = plan.block_columns;
      return;
    }
    for (RowBuffer* buffer : {&plan.hidden, &plan.attended, &plan.gated}) {
      buffer->resident = false;
      buffer->at = plan.workspace_bytes;
      plan.workspace_bytes += round_up(4 * rows_ * buffer->width, kAlignment);
    }
    const std::int64_t row = 4 * rows_;
    plan.bounce_columns =
        std::clamp(d_.spm_bytes / 32 / row / d_.n_dim * d_.n_dim, d_.n_dim, plan.block_columns);
    plan.bounce = {0, round_up(std::max(row * plan.bounce_columns, 4 * widest()), kAlignment), 3};
    spm.wish(plan.bounce, kQuantiseAttended, kHead);
    plan.first_bounce = plan.bounce;
    spm.wish(plan.first_bounce, kAttentionNorm, kAttentionNorm);
  }

  void layer(Plan& plan, Wishes& spm) const {
    const std::int64_t r = rows_, some = std::min(r, bounce_rows(plan, widest()));
    spm.wish(plan.embedding, 4 * some * d_.hidden, kAttentionNorm, kAttentionNorm);
    quantised(plan.attention_input, spm, r, some, d_.hidden, kAttentionNorm,
              plan.head_block < d_.kv_heads ? kAttend : kPrepare);
    quantised(plan.attention_output, spm, r, some, d_.query(), kQuantiseAttended, kOutput);
    quantised(plan.mlp_input, spm, r, some, d_.hidden, kMlpNorm, kGateUp);
    quantised(plan.mlp_output, spm, r, some, d_.intermediate, kQuantiseGated, kDown);
  }
  /// Rows that are quantised at a time.
  std::int64_t bounce_rows(const Plan& plan, std::int64_t width) const {
    return plan.hidden.resident ? rows_ : plan.bounce.bytes / (4 * width);
  }

  /// The fewest kv heads whose columns are whole row tiles.
  std::int64_t head_block() const {
    for (std::int64_t heads = 1; heads < d_.kv_heads; ++heads) {
      if (heads * d_.head_dim % d_.n_dim == 0) return heads;
    }
    return d_.kv_heads;
  }

  void prepare(Plan& plan, Wishes& spm, bool resident) const {
    plan.head_block = resident ? d_.kv_heads : head_block();
    const std::int64_t heads = plan.head_block * d_.group, width = heads * d_.head_dim;
    // Rows are prepared in turn where their sums can wait for that in the accumulators.
    const bool one_block =
        block_tiles(d_, rows_, d_.hidden, kLinearShare, plan.block_columns) * d_.n_dim >= width;
    plan.row_block = rows_;
    if (!resident && one_block) {
      const auto fit =
          static_cast<std::uint64_t>(std::max<std::int64_t>(1, d_.spm_bytes / 8 / (2 * 4 * width)));
      plan.row_block = std::min(rows_, static_cast<std::int64_t>(std::bit_floor(fit)));
      // Keys and values wait in a quarter of the accumulators each.
      plan.multiplied_ahead =
          plan.head_block < d_.kv_heads &&
          block_tiles(d_, rows_, d_.hidden, kGateShare, plan.block_columns) * d_.n_dim >=
              plan.head_block * d_.head_dim;
    }
    const std::int64_t r = plan.row_block;
    const std::int64_t positions = d_.encoder ? 0 : 4 * rows_ * position_row_floats(d_.head_dim);
    if (resident)
      spm.always(plan.position_rows, positions);
    else
      spm.wish(plan.position_rows, positions, kPrepare, kAttend);
    plan.projected = {0, 4 * r * width, resident || r < rows_ ? 2 : 1};
    spm.wish(plan.projected, kPrepare, kPrepare);
    plan.appended = {0, round_up(r * plan.head_block * (d_.head_dim + 4) + 4, kAlignment), 2};
    spm.wish(plan.appended, kPrepare, kPrepare);
    plan.turn_heads = std::clamp<std::int64_t>(d_.spm_bytes / 16 / (4 * r * d_.head_dim), 1, heads);
    if (!d_.encoder)
      spm.wish(plan.turned, 4 * r * plan.turn_heads * d_.head_dim, kPrepare, kPrepare);
    if (d_.qk_norm) {
      spm.wish(plan.cosines, 4 * r * d_.head_dim, kPrepare, kPrepare);
      spm.wish(plan.sines, 4 * r * d_.head_dim, kPrepare, kPrepare);
    }
    spm.wish(plan.head_scratch, 4 * Plan::kHeadScratch * r * heads, kPrepare, kPrepare);
    quantised(plan.queries, spm, rows_, r, width, kPrepare, kAttend);
    spm.wish(plan.query_scale, 4 * rows_ * heads, kPrepare, kAttend);
  }

  void attend(Plan& plan, Wishes& spm, std::int64_t rows, std::int64_t slots) const {
    plan.tiles = {0, plan.head_group * d_.tile_bytes(), slots};
    spm.wish(plan.tiles, kAttend, kAttend);
    spm.wish(plan.tile_scales, 8 * plan.head_group * d_.keys, kAttend, kAttend);
    spm.wish(plan.scores, 4 * rows * d_.keys, kAttend, kAttend);
    quantised(plan.probabilities, spm, rows, rows, d_.keys, kAttend, kAttend);
    spm.wish(plan.output, 4 * rows * d_.head_dim, kAttend, kAttend);
    spm.wish(plan.attention_scratch, 4 * Plan::kAttentionScratch * rows, kAttend, kAttend);
  }

  void head(Plan& plan, Wishes& spm) const {
    if (d_.encoder) {
      spm.wish(plan.sentences, 4 * shape_.sequences() * d_.hidden, kHead, kHead);
      spm.wish(plan.sentence_norms, 4 * shape_.sequences(), kHead, kHead);
    }
    const std::int64_t rows = shape_.logits();
    if (rows == 0) return;
    const std::int64_t some = std::min(rows, bounce_rows(plan, d_.hidden));
    quantised(plan.head_input, spm, rows, some, d_.hidden, kHeadNorm, kHead);
    const std::int64_t columns = std::min(plan.block_columns, d_.spm_bytes / 128 / rows);
    plan.logit_columns =
        d_.n_dim * block_tiles(d_, rows, d_.hidden, kLinearShare, std::max(columns, d_.n_dim));
    plan.logits = {0, 4 * rows * plan.logit_columns, 2};
    spm.wish(plan.logits, kHead, kHead);
    spm.wish(plan.maxima, 4 * rows * (3 * ceil_div(d_.vocabulary, plan.logit_columns) + 2), kHead,
             kHead);
  }

  /// `some` rows are quantised at a time, in the phase `first`.
  void quantised(Quantised& to, Wishes& spm, std::int64_t rows, std::int64_t some,
                 std::int64_t depth, Phase first, Phase last) const {
    to.pitch = depth;
    spm.wish(to.high, rows * depth, first, last);
    if (!d_.wide) return;
    spm.wish(to.low, rows * depth, first, last);
    spm.wish(to.wide, 2 * some * depth, first, first);
  }

  void give_weights(Plan& plan, std::int64_t top) const {
    constexpr std::int64_t kMostSlot = 64 * 1024;
    const std::int64_t rest = d_.spm_bytes - top;
    // Whole row tiles of the layers over the hidden rows, if three slots hold some; else pieces.
    for (const std::int64_t least : {d_.row_tile_bytes(d_.hidden), least_slot(), std::int64_t{0}}) {
      for (const std::int64_t count : {4, 3, 2}) {
        const std::int64_t slot = std::min(rest / count / kAlignment * kAlignment, kMostSlot);
        if (slot < least || (count == 2 && least > 0)) continue;
        plan.weights = {top, slot, count};
        return;
      }
    }
  }

  const StepShape& shape_;
  const Dimensions& d_;
  const std::int64_t rows_;
  const bool any_bias_;
};

}  // namespace

std::int64_t block_tiles(const Dimensions& d, std::int64_t rows, std::int64_t depth,
                         std::int64_t share, std::int64_t columns) {
  return std::min(d.acc_bytes / share / (d.parts(depth) * rows * d.row_bytes()), columns / d.n_dim);
}

Plan make_plan(const StepShape& shape, const Dimensions& d, bool any_bias) {
  return Planner(shape, d, any_bias).run();
}

std::int64_t largest_chunk(const Dimensions& d, bool any_bias) {
  constexpr std::int64_t kLongContext = 1 << 20;  // its page lists take all that they may
  // With so many rows the array takes as long as the bus for the weights.
  const std::int64_t enough = d.k_dim * d.n_dim / d.bus_bytes;
  std::int64_t fits = 0, good = 0;
  for (std::int64_t tokens = kMostTokens; tokens >= 1; tokens /= 2) {
    try {
      const Plan plan = make_plan({.tokens = tokens, .keys = {kLongContext}}, d, any_bias);
      fits = std::max(fits, tokens);
      if (plan.weights.bytes * plan.weights.count < d.spm_bytes / 9) continue;
      good = std::max(good, tokens);
      if (plan.hidden.resident && tokens >= enough) return tokens;
    } catch (const Error&) {
      if (tokens == 1 && fits == 0) throw;
    }
  }
  return good > 0 ? good : fits;
}

}  // namespace girih::llm
