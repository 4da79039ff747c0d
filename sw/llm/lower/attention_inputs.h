// SPDX-License-Identifier: Apache-2.0
//
// From a layer's rows to what attention reads: q, k and v of some heads at a time; head norms and
// rotation; quantised queries on the chip, quantised keys and values in the cache.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "llm/lower/linear.h"

namespace girih::llm {

/// kv heads [first, first + count) and the heads that share them.
struct HeadBlock {
  std::int64_t first, count;
};
std::vector<HeadBlock> head_blocks(const Lowering& l);

enum class Inputs : std::uint8_t { kAll, kKeysAndValues, kQueries };
void expect_attention_inputs(Lowering& l, std::int64_t layer, Inputs inputs = Inputs::kAll);

class AttentionInputs {
 public:
  AttentionInputs(Lowering& l, std::int64_t layer);

  /// The products alone, step by step, for a keys_and_values() or queries() that comes later (where
  /// plan.multiplied_ahead).
  using Steps = std::vector<std::function<void()>>;
  Steps multiply_keys_and_values(const HeadBlock& heads);
  Steps multiply_queries(const HeadBlock& heads);
  /// To the cache.
  void keys_and_values(const HeadBlock& heads);
  /// To plan.queries and plan.query_scale.
  void queries(const HeadBlock& heads);
  /// All queries have been prepared.
  void finish();

 private:
  /// Rows [first, first + count): tokens [token, token + tokens) of `sequences` sequences.
  struct Range {
    std::int64_t first, count, sequence, sequences, token, tokens;
  };
  /// FP32 [row][head][head_dim].
  struct Heads {
    std::int64_t base, count, rows;
  };
  using Use = std::function<void(const Range&, const Heads&)>;

  std::vector<Range> ranges() const;
  /// A projection's columns of heads [first, first + count), and where its products wait.
  struct Columns {
    const PackedLinear& w;
    std::int64_t first, count, acc;
  };
  Columns key_columns(const HeadBlock& heads) const {
    return {weights_.k, heads.first, heads.count, d_.acc_bytes / 2};
  }
  Columns value_columns(const HeadBlock& heads) const {
    return {weights_.v, heads.first, heads.count, d_.acc_bytes / 4 * 3};
  }
  Columns query_columns(const HeadBlock& heads) const {
    return {weights_.q, heads.first * d_.group, heads.count * d_.group, 0};
  }
  Steps steps(const Columns& columns);
  /// use() of a projection, range by range.
  void project(const Columns& columns, const Use& use);
  void key(const HeadBlock& heads, const Range& range, const Heads& x);
  void value(const HeadBlock& heads, const Range& range, const Heads& x);
  void query(const HeadBlock& heads, const Range& range, const Heads& x);
  void normalise(const Heads& x);
  void rotate(const Heads& x, const Range& range, std::optional<std::int64_t> weights);
  void row_maxima(const Heads& x);
  void quantise_appended(const Heads& x, std::int64_t values, std::int64_t scales);
  void append(const HeadBlock& heads, const Range& range, std::int64_t local, std::int64_t bytes,
              std::int64_t piece, std::int64_t stride, std::int64_t list, std::int64_t at);

  VectorOp over(const Heads& x) const { return VectorOp(d_.head_dim, x.count, x.rows); }
  View view(const Heads& x) const {
    return {.base = x.base, .s1 = 4 * d_.head_dim, .s2 = 4 * d_.head_dim * x.count};
  }
  View each(std::int64_t base, const Heads& x) const {
    return {.base = base, .s1 = 4, .s2 = 4 * x.count};
  }
  Lowering& l_;
  const Dimensions& d_;
  const Plan& p_;
  const PackedLayer& weights_;
  const std::int64_t layer_;
  compiler::Pool projected_, appended_;
  std::int64_t half_ = 0;                          ///< of the accumulators
  std::optional<std::int64_t> norm_weights_;       ///< of q, then of k
  std::int64_t norm_, maxima_, factors_, scales_;  ///< FP32 [row][head]
};

}  // namespace girih::llm
