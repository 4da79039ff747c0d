// SPDX-License-Identifier: Apache-2.0
//
// Passes that keep every result bit for bit.
#pragma once

#include "compiler/graph/graph.h"

namespace girih::graph {

/// Moves clamps (Requantise with equal encodings: Relu, Clip) into the bounds of the node that
/// computes the value, also through MaxPool, Reshape and Transpose, where nobody else reads the
/// unclamped value; drops clamps that change nothing. The producer's `origins` grow by the clamp's.
void fuse_clamps(Graph& graph);

/// Removes nodes and tensors that no output needs and renumbers the rest. Inputs stay.
void prune(Graph& graph);

}  // namespace girih::graph
