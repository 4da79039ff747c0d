// SPDX-License-Identifier: Apache-2.0
//
// The host's side of a port: quantising inputs, permuting, dequantising outputs, softmax and
// sigmoid.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compiler/program/program.h"

namespace girih::compiler {

/// Float input to the bytes of the workspace: q = sat(rne(f32(x / scale)) + zero), stored as the
/// port says. Throws girih::Error when the count is wrong or an element is NaN.
std::vector<std::uint8_t> to_workspace(const Port& port, std::span<const float> values);

/// Quantised input (logical order) to the bytes of the workspace. Throws when an element does not
/// fit the type.
std::vector<std::uint8_t> to_workspace(const Port& port, std::span<const std::int32_t> values);

/// Bytes of the workspace to quantised values in logical order.
std::vector<std::int32_t> quantised(const Port& port, std::span<const std::uint8_t> bytes);

/// The output as the model states it: float32 after dequantisation and the host's tail; for ports
/// that are not float the quantised values as they are.
std::vector<float> to_model(const Port& port, std::span<const std::uint8_t> bytes);

}  // namespace girih::compiler
