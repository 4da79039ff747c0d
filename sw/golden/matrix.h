// SPDX-License-Identifier: Apache-2.0
//
// What a MATRIX instruction means (instruction-set.md section 6).
#pragma once

#include "golden/machine.h"

namespace girih::golden {

/// Returns whether an exact sum left INT32 at any addition.
bool matrix(const isa::Matrix& x, const Machine& machine);

}  // namespace girih::golden
