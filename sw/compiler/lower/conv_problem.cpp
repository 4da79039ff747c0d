// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/conv_problem.h"

#include <algorithm>

namespace girih::compiler {

bool ConvProblem::has_bias() const {
  return std::any_of(bias.begin(), bias.end(), [](std::int32_t b) { return b != 0; });
}

bool ConvProblem::one_multiplier() const {
  return std::all_of(multiplier.begin(), multiplier.end(),
                     [&](float m) { return m == multiplier.front(); });
}

ConvProblem join_groups(ConvProblem problem, std::int64_t k_dim, std::int64_t n_dim) {
  std::int64_t joined = 1;
  for (std::int64_t g = 2; g <= problem.groups; ++g) {
    if (problem.groups % g == 0 && g * problem.depth <= k_dim && g * problem.columns <= n_dim)
      joined = g;
  }
  if (joined == 1) return problem;
  const std::int64_t depth = problem.depth;
  const std::int64_t columns = problem.columns;
  problem.weight = [inner = problem.weight, zero = problem.zw, joined, depth, columns](
                       std::int64_t g, std::int64_t n, std::int64_t ky, std::int64_t kx,
                       std::int64_t c) {
    return n / columns == c / depth
               ? inner(g * joined + n / columns, n % columns, ky, kx, c % depth)
               : zero;
  };
  problem.groups /= joined;
  problem.depth *= joined;
  problem.columns *= joined;
  return problem;
}

}  // namespace girih::compiler
