// SPDX-License-Identifier: Apache-2.0
//
// Instructions of a convolution (docs/compiler.md): LOAD, MATRIX per chunk, VECTOR, STORE for every
// tile.
#pragma once

#include "compiler/lower/builder.h"
#include "compiler/lower/conv_problem.h"

namespace girih::compiler {

void lower_conv(Builder& builder, ConvProblem problem);

}  // namespace girih::compiler
