// SPDX-License-Identifier: Apache-2.0
//
// What a VECTOR instruction means (instruction-set.md section 7, numerics.md).
#pragma once

#include "golden/machine.h"

namespace girih::golden {

void vector(const isa::Vector& x, const Machine& machine);

}  // namespace girih::golden
