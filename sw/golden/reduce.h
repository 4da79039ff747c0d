// SPDX-License-Identifier: Apache-2.0
//
// Row reductions of VECTOR (instruction-set.md section 7).
#pragma once

#include <cstddef>

#include "isa/forms.h"

namespace girih::golden {

/// `op` (not NONE) over `row`, which has at least one value, each canonical.
float reduce_row(isa::Reduce op, const float* row, std::ptrdiff_t count);

}  // namespace girih::golden
