// SPDX-License-Identifier: Apache-2.0
//
// Where everything of a step lies in the scratchpad (docs/language-models.md, Lowering).
#pragma once

#include <cstdint>

#include "llm/lower/step_shape.h"

namespace girih::llm {

/// Quantised rows: INT8, or the high and low bytes of 16 bits.
struct Quantised {
  std::int64_t high = 0, low = 0;
  std::int64_t pitch = 0;  ///< bytes from row to row
  std::int64_t wide = 0;   ///< INT16 of some rows, before they are split
};

/// Slots of one size, filled in turn.
struct Slots {
  std::int64_t base = 0, bytes = 0, count = 0;  ///< bytes of each
};

/// FP32 [row][width] in the scratchpad, or in the workspace.
struct RowBuffer {
  bool resident = true;
  std::int64_t at = 0;
  std::int64_t width = 0;
};

struct Plan {
  // From the beginning of the step to its end.
  RowBuffer hidden;        ///< h
  std::int64_t lists = 0;  ///< the step block up to the masks
  Slots page_lists;        ///< of `page_list_tiles` tiles each
  std::int64_t page_list_tiles = 0;
  Slots masks;                   ///< FP32 [tokens - 1 + S], encoders [S]: all of a step, or two
  std::int64_t row_scratch = 0;  ///< FP32 [kRowScratch][row]
  std::int64_t row_scale = 0;    ///< sx: FP32 [row]
  Slots norms;                   ///< a norm's weights
  Slots head_norms;              ///< those of q and k
  Slots scales;                  ///< of a block's columns, or their bias
  Slots weights;
  Slots first_bounce;  ///< rows on their way, up to the attention norm
  Slots bounce;        ///< rows or columns on their way to and from the workspace

  // From one part of a layer to another.
  Quantised attention_input, attention_output, mlp_input, mlp_output, head_input;
  std::int64_t embedding = 0;  ///< rows as they lie in memory
  RowBuffer attended;          ///< what attention gives, [row][head][head_dim]
  RowBuffer gated;             ///< [row][intermediate]

  // Queries, keys, values: of `head_block` kv heads at a time, prepared `row_block` rows at a time.
  std::int64_t head_block = 0, row_block = 0;
  bool multiplied_ahead = false;   ///< step.cpp, attention()
  std::int64_t position_rows = 0;  ///< position_table.h, of all rows
  Slots projected;                 ///< FP32 [row][head][head_dim]
  Slots appended;                  ///< INT8 [row][kv head][head_dim], then FP32 [row][kv head]
  std::int64_t turned = 0;         ///< of RoPE, FP32 [row][turn_heads][head_dim]
  std::int64_t turn_heads = 0;
  std::int64_t cosines = 0, sines = 0;  ///< times a head norm's weights, FP32 [row][head_dim]
  std::int64_t head_scratch = 0;        ///< FP32 [kHeadScratch][row][head]
  Quantised queries;                    ///< [row][head][head_dim], of a head block
  std::int64_t query_scale = 0;         ///< FP32 [sequence][kv head][token][group], likewise

  // Attention of `head_group` kv heads and `token_block` tokens of a sequence at a time; a row is a
  // kv head's token and head of the group.
  std::int64_t head_group = 0, token_block = 0;
  Slots tiles;                   ///< of the cache: [kv head][page]
  std::int64_t tile_scales = 0;  ///< FP32 [kv head][key, value][S]
  std::int64_t scores = 0;       ///< FP32 [row][S]
  Quantised probabilities;
  std::int64_t output = 0;             ///< FP32 [row][head_dim]
  std::int64_t attention_scratch = 0;  ///< FP32 [kAttentionScratch][row]

  // The head.
  Slots logits;  ///< FP32 [logit row][logit_columns]
  std::int64_t logit_columns = 0;
  std::int64_t maxima = 0;  ///< FP32 [3][logit row][block], then [2][logit row]

  // Pooling of encoders.
  std::int64_t sentences = 0;       ///< FP32 [sequence][hidden]
  std::int64_t sentence_norms = 0;  ///< FP32 [sequence]

  std::int64_t block_columns = 0;   ///< of a linear layer at most, by the slots of scales
  std::int64_t bounce_columns = 0;  ///< where they go through `bounce`
  std::int64_t workspace_bytes = 0;

  static constexpr std::int64_t kRowScratch = 3, kHeadScratch = 4, kAttentionScratch = 10;
};

/// Row tiles of a linear layer that are multiplied into a `share`-th of the accumulators, at most
/// `columns` outputs; 0 when not even one fits.
std::int64_t block_tiles(const Dimensions& d, std::int64_t rows, std::int64_t depth,
                         std::int64_t share, std::int64_t columns);
inline constexpr std::int64_t kLinearShare = 2, kGateShare = 4;

/// Rows of attention at a time, at most.
inline std::int64_t attention_rows(const Plan& plan, const Dimensions& d) {
  return plan.head_group * plan.token_block * d.group;
}

/// Throws girih::Error saying what does not fit.
Plan make_plan(const StepShape& shape, const Dimensions& d, bool any_bias);

/// How many tokens of one sequence (a power of two up to kMostTokens) a step should take: the most
/// with which all rows stay on the chip if they are enough to keep the array busy, else the most
/// that fit; weights have an eighth of the scratchpad where possible. Throws girih::Error when not
/// one fits.
std::int64_t largest_chunk(const Dimensions& d, bool any_bias);

}  // namespace girih::llm
