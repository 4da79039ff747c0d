// SPDX-License-Identifier: Apache-2.0
//
// RMSNorm and quantisation of rows (docs/language-models.md, Numbers).
#pragma once

#include "llm/lower/lowering.h"

namespace girih::llm {

/// Rows [first, first + count) of a buffer, quantised: row i of them at to.high + i * to.pitch,
/// from row `at` on; its scale at plan.row_scale + 4 * i.
void quantise_rows(Lowering& l, const RowBuffer& from, std::int64_t first, std::int64_t count,
                   const Quantised& to, std::int64_t at = 0);
/// The same of the rows' RMSNorm with weights (FP32) at `weights`.
void normalise_rows(Lowering& l, const RowBuffer& from, std::int64_t first, std::int64_t count,
                    std::int64_t weights, const Quantised& to, std::int64_t at = 0);

/// INT8 of `value` (an operation over whole rows, without scale and destination) times the factor
/// of its row; when `wide` INT16 and then its two bytes. `layout`: strides of the result.
void split_rows(Lowering& l, bool wide, VectorOp value, const View& factor, const Quantised& to,
                const View& layout);

/// Factor and scale of rows whose largest magnitudes are there: 127 / m and m / 127; when `wide`
/// with 32767.
void row_factors(Lowering& l, bool wide, std::int64_t count, std::int64_t maxima,
                 std::int64_t factors, std::int64_t scales);

}  // namespace girih::llm
