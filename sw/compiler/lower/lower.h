// SPDX-License-Identifier: Apache-2.0
//
// A graph becomes a program.
#pragma once

#include "compiler/graph/graph.h"
#include "compiler/lower/builder.h"
#include "compiler/program/program.h"

namespace girih::compiler {

/// Compiles, assigns tokens and proves them. Throws girih::Error naming the node that cannot be
/// done.
Program compile(const graph::Graph& graph, const Target& target);

}  // namespace girih::compiler
