// SPDX-License-Identifier: Apache-2.0
//
// Nodes that compute each element alone: Add, Mul, Requantise.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "compiler/lower/builder.h"

namespace girih::compiler {

/// An operand as it lies in DRAM: `period` bytes that repeat along the output (1: one value for
/// all; the number of elements: no broadcast).
struct FlatOperand {
  std::uint32_t window = 0;
  std::int64_t offset = 0;
  std::int64_t period = 1;
  bool is_unsigned = false;
  std::uint8_t zero = 0;
};

struct ElementwiseProblem {
  std::string node;
  std::int64_t elements = 1;
  FlatOperand a;
  std::optional<FlatOperand> b;  ///< Add: added; Mul: factor
  bool multiply = false;         ///< b is a factor
  std::optional<float> factor;   ///< immediate factor of a (Add, Requantise)
  std::optional<float> scale;    ///< multiplies the result
  std::int64_t output = 0;       ///< offset in the workspace
  bool y_unsigned = false;
  std::uint8_t zy = 0, lo = 0, hi = 0;
};

void lower_elementwise(Builder& builder, const ElementwiseProblem& problem);

}  // namespace girih::compiler
