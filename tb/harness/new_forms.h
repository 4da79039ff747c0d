// SPDX-License-Identifier: Apache-2.0
//
// Whether random programs and random instructions for the RTL take what the RTL was taught last: each
// is on as soon as its part of the RTL knows it.
#pragma once

namespace girih::tb {

inline constexpr bool kNewMatrix = true;   ///< MATRIX with shift
/// The engine: special functions, BF16, SELECT, ARGMAX, a scale from stream c.
inline constexpr bool kNewVector = true;
inline constexpr bool kNewChecks = true;   ///< the validator: all of these

}  // namespace girih::tb
