// SPDX-License-Identifier: Apache-2.0
//
// A node as its lowering wants to see it, and where its operands lie.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "compiler/graph/graph.h"
#include "compiler/lower/conv_problem.h"
#include "compiler/lower/elementwise.h"
#include "compiler/lower/layout.h"
#include "compiler/lower/pool.h"

namespace girih::compiler {

using Problem = std::variant<ConvProblem, PoolProblem, ElementwiseProblem>;

/// A node that becomes instructions.
struct Step {
  const graph::Node* node = nullptr;
  Problem problem;  ///< maps have extents; locate() says where they lie
};

/// The steps of a graph in its order. Throws girih::Error naming the node that cannot be done.
std::vector<Step> make_steps(const graph::Graph& graph, const Layout& layout, const Target& target);

/// Activations that a step reads: inputs that are no constants.
std::vector<graph::TensorId> activations(const graph::Graph& graph, const Step& step);

/// Puts the step's maps where their tensors lie; `places` by root (Layout::root).
void locate(Step& step, const graph::Graph& graph, const Layout& layout,
            const std::vector<Place>& places);

/// What a step takes in an area of target.spm_bytes.
struct Demand {
  std::int64_t spm_bytes = 0;
  double cycles = 0;  ///< roughly
};
std::optional<Demand> demand(const Problem& problem, const Target& target);

/// The instructions of a located problem, working in `area`.
void lower_step(Builder& builder, const Problem& problem, const Area& area);

}  // namespace girih::compiler
