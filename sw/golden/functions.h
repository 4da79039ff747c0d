// SPDX-License-Identifier: Apache-2.0
//
// The special functions of docs/functions.md, operand by operand, to the last bit.
#pragma once

namespace girih::golden::fp {

float exp2(float x);
float reciprocal(float x);
float rsqrt(float x);
float log2(float x);

}  // namespace girih::golden::fp
