// SPDX-License-Identifier: Apache-2.0
//
// RMSNorm and quantisation of rows (docs/language-models.md, Numbers).
#pragma once

#include "llm/lower/lowering.h"

namespace girih::llm {

/// n2 x n1 rows of FP32 in the scratchpad, `depth` values each.
struct Rows {
  std::int64_t base = 0;
  std::int64_t depth = 0;
  std::int64_t n1 = 1, s1 = 0;
  std::int64_t n2 = 1, s2 = 0;

  std::int64_t count() const { return n1 * n2; }
};

/// Row t, quantised, lies at to.high + t * to.pitch, its scale at plan.row_scale + 4 * t.
void quantise_rows(Lowering& l, const Rows& rows, const Quantised& to);
/// The same of the rows' RMSNorm with the next weights of l.norms.
void normalise_rows(Lowering& l, const Rows& rows, const Quantised& to);

/// INT8 of `value` (an operation over whole rows, without scale and destination) times the factor
/// of its row; when `wide` INT16 and then its two bytes. Rows follow each other in `to`.
void split_rows(Lowering& l, bool wide, VectorOp value, const View& factor, const Quantised& to);

/// Factor and scale of rows whose largest magnitudes are there: 127 / m and m / 127; when `wide`
/// with 32767.
void row_factors(Lowering& l, bool wide, std::int64_t count, std::int64_t maxima,
                 std::int64_t factors, std::int64_t scales);

}  // namespace girih::llm
