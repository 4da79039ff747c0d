// SPDX-License-Identifier: Apache-2.0
//
// Whether random programs and random instructions for the RTL take special functions, BF16, SELECT,
// ARGMAX, a scale from stream c, and MATRIX with shift: on as soon as the RTL knows them.
#pragma once

namespace girih::tb {

inline constexpr bool kNewForms = false;

}  // namespace girih::tb
