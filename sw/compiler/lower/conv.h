// SPDX-License-Identifier: Apache-2.0
//
// Instructions of a convolution (docs/compiler.md): LOAD, MATRIX per chunk, VECTOR, STORE for every
// tile; no LOAD of a kept input, no STORE of an output that stays.
#pragma once

#include "compiler/lower/builder.h"
#include "compiler/lower/conv_problem.h"

namespace girih::compiler {

/// `problem` after join_groups; tiles as choose_tiling finds them for area.bytes.
void lower_conv(Builder& builder, const ConvProblem& problem, const Area& area);

}  // namespace girih::compiler
