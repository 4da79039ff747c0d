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
  std::int64_t wide = 0;   ///< INT16 [row][depth], before they are split
};

/// Slots of one size, filled in turn.
struct Slots {
  std::int64_t base = 0, bytes = 0, count = 0;  ///< bytes of each
};

struct Plan {
  // From the beginning of the step to its end.
  std::int64_t hidden = 0;  ///< h, FP32 [row][hidden]
  std::int64_t lists = 0;   ///< the step block up to the masks
  Slots page_lists;         ///< of `page_list_tiles` tiles each
  std::int64_t page_list_tiles = 0;
  std::int64_t position_rows = 0;  ///< position_table.h
  std::int64_t masks = 0;          ///< FP32 [mask][tokens - 1 + S]
  std::int64_t row_scratch = 0;    ///< FP32 [kRowScratch][row]
  std::int64_t row_scale = 0;      ///< sx: FP32 [row]
  Slots norms;                     ///< a norm's weights
  Slots head_norms;                ///< those of q and k
  Slots scales;                    ///< of a block's columns, or their bias
  Slots weights;

  // From one part of a layer to another.
  Quantised attention_input, attention_output, mlp_input, mlp_output, head_input;
  std::int64_t embedding = 0;       ///< rows as they lie in memory
  std::int64_t query = 0;           ///< FP32 [row][head][head_dim]; then what attention gives
  std::int64_t key = 0, value = 0;  ///< FP32 [row][kv head][head_dim]
  std::int64_t turned = 0;          ///< of RoPE, FP32 [row][turn_heads][head_dim]
  std::int64_t turn_heads = 0;
  std::int64_t cosines = 0, sines = 0;  ///< times a head norm's weights, FP32 [row][head_dim]
  std::int64_t head_scratch = 0;        ///< FP32 [kHeadScratch][row][head]
  Quantised query8;
  std::int64_t key8 = 0, value8 = 0;            ///< INT8 [row][kv head][head_dim]
  std::int64_t query_scale = 0;                 ///< FP32 [sequence][kv head][token][group]
  std::int64_t key_scale = 0, value_scale = 0;  ///< FP32 [row][kv head]
  std::int64_t gated = 0;                       ///< FP32 [row][intermediate]

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

  std::int64_t block_columns = 0;  ///< of a linear layer at most, by the slots of scales

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

/// The most tokens of one sequence (a power of two up to kMostTokens) that fit a step. Throws
/// girih::Error when not one does.
std::int64_t largest_chunk(const Dimensions& d, bool any_bias);

}  // namespace girih::llm
