// SPDX-License-Identifier: Apache-2.0
//
// Sequences whose rows do not fit the chip at once: programs for some of their rows each, h of all
// of them in the workspace. A layer's keys and values are all there before its first queries.
#include <algorithm>
#include <optional>

#include "common/error.h"
#include "compiler/schedule/tokens.h"
#include "llm/lower/encoder_ends.h"
#include "llm/lower/encoder_layer.h"
#include "llm/lower/encoder_step.h"
#include "llm/lower/ends.h"
#include "llm/lower/finish.h"
#include "llm/lower/layer_attention.h"
#include "llm/lower/layer_norm.h"
#include "llm/lower/row_buffer.h"
#include "llm/quantise/mask_strip.h"

namespace girih::llm {
namespace {

/// Rows that stay in the workspace anyway are worked on where the block's lie.
Plan block_plan(Plan plan, const StepShape& shape, const Dimensions& d, std::int64_t first) {
  if (!plan.hidden.resident) plan.hidden.at = Workspace(shape, d).rows + 4 * first * d.hidden;
  return plan;
}

/// Rows [first, first + shape.tokens) through embedding or a layer, and their keys and values of
/// the next layer.
class BlockAssembly {
 public:
  BlockAssembly(const EncoderImage& image, const StepShape& shape, const Plan& plan,
                std::int64_t first)
      : image_(image),
        d_(encoder_dimensions(image)),
        plan_(block_plan(plan, shape, d_, first)),
        all_{.resident = false, .at = Workspace(shape, d_).rows, .width = d_.hidden},
        first_(first),
        l_(image.image, shape, d_, plan_) {}

  StepProgram embed() {
    l_.builder.begin_layer(kEmbeddingTag);
    expect_layer_norm(l_, image_.embedding_norm, kEmbeddingTag);
    expect_layer_keys(l_, 0);
    encoder_embed(l_);
    l_.start_streams();
    keys(0);
    return finish();
  }

  StepProgram layer(std::int64_t i) {
    const bool last = i + 1 == d_.layers;
    l_.builder.begin_layer(tag_of(i, Part::kAttentionNorm));
    expect_layer_queries(l_, i);
    expect_behind_attention(l_, image_, i);
    if (!last) expect_layer_keys(l_, i + 1);
    load_lists(l_);
    l_.load_masks();
    if (plan_.hidden.resident) load_rows();
    l_.start_streams();
    PageLists pages(l_);
    quantise_for_attention(l_, i);
    layer_queries(l_, pages, i);
    behind_attention(l_, image_, i);
    if (!last) keys(i + 1);
    return finish();
  }

 private:
  void keys(std::int64_t layer) {
    quantise_for_attention(l_, layer);
    layer_keys(l_, layer);
  }
  void load_rows() {
    isa::Load load;
    load.window = compiler::kWorkspaceWindow;
    load.offset = static_cast<std::uint32_t>(all_.at + 4 * first_ * d_.hidden);
    load.local = static_cast<std::uint32_t>(plan_.hidden.at);
    load.n0 = static_cast<std::uint32_t>(4 * l_.shape.tokens * d_.hidden);
    l_.builder.emit(load);
  }
  StepProgram finish() {
    if (plan_.hidden.resident) store_rows(l_, all_, plan_.hidden.at, first_, l_.shape.tokens);
    return finish_step(l_);
  }

  const EncoderImage& image_;
  const Dimensions d_;
  const Plan plan_;
  const RowBuffer all_;
  const std::int64_t first_;
  Lowering l_;
};

/// Pooling of rows in the workspace: their columns go through a slot, as many as it holds.
StepProgram pool_rows(const EncoderImage& image, const StepShape& shape) {
  const Dimensions d = encoder_dimensions(image);
  const Workspace workspace(shape, d);
  Plan plan;
  std::int64_t at = 0;
  const auto take = [&](std::int64_t bytes) {
    const std::int64_t base = at;
    at += round_up(bytes, kAlignment);
    return base;
  };
  plan.lists = take(StepBlock(shape, d).fixed_bytes);
  plan.sentences = take(4 * d.hidden);
  plan.sentence_norms = take(4);
  const std::int64_t column = 4 * shape.tokens;
  plan.bounce_columns = std::min((d.spm_bytes - at) / 2 / column, d.hidden) / d.n_dim * d.n_dim;
  if (plan.bounce_columns == 0)
    throw Error("{} columns of {} rows do not fit the scratchpad", d.n_dim, shape.tokens);
  plan.bounce = {at, column * plan.bounce_columns, 2};
  plan.hidden = {.resident = false, .at = workspace.rows, .width = d.hidden};
  plan.workspace_bytes = workspace.spilled;
  Lowering l(image.image, shape, d, plan);
  l.before_attention = false;
  l.builder.begin_layer(head_tag(d.layers));
  load_lists(l);
  encoder_pool(l, image.config);
  return finish_step(l);
}

}  // namespace

std::vector<EncoderPart> compile_encoder(const EncoderImage& image, std::int64_t tokens,
                                         std::int64_t pages) {
  const Dimensions d = encoder_dimensions(image);
  const StepShape whole = encoder_shape(1, encoder_rows(tokens, d), pages);
  std::optional<Plan> plan;
  try {
    plan = make_plan(whole, d, true);
  } catch (const Error&) {  // in blocks
  }
  std::vector<EncoderPart> parts;
  if (plan) {
    parts.push_back({compile_encoder_step(image, whole), 0});
    return parts;
  }
  StepShape shape = whole;
  for (shape.tokens = kMostTokens;; shape.tokens /= 2) {
    // Blocks of one size; the last may have rows beyond the sequence.
    shape.keys = {round_up(tokens, shape.tokens)};
    try {
      plan = make_plan(shape, d, true);
      break;
    } catch (const Error&) {
      if (shape.tokens <= d.slots) throw;
    }
  }
  const std::int64_t rows = shape.keys.front(), block = shape.tokens;
  const auto each_block = [&](const auto& compile) {
    for (std::int64_t i = 0; i < rows; i += block) {
      BlockAssembly assembly(image, shape, *plan, i);
      parts.push_back({compile(assembly), i});
    }
  };
  each_block([](BlockAssembly& a) { return a.embed(); });
  for (std::int64_t i = 0; i < d.layers; ++i)
    each_block([i](BlockAssembly& a) { return a.layer(i); });
  parts.push_back({pool_rows(image, encoder_shape(1, rows, pages)), 0});
  return parts;
}

}  // namespace girih::llm
