// SPDX-License-Identifier: Apache-2.0
//
// The sliding windows of Conv and the pools: kernel_shape, strides, dilations, pads, auto_pad and
// ceil_mode of ONNX become resolved padding and an output extent.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "compiler/graph/graph.h"
#include "compiler/onnx/attributes.h"

namespace girih::onnx {

struct ResolvedWindow {
  graph::Window window;
  std::array<std::int64_t, 2> out{1, 1};
};

/// `kernel`: the weights' for Conv (kernel_shape may repeat it), nothing for the pools
/// (kernel_shape needed). `input`: [N, C, H, W]. Throws girih::Error naming the attribute.
ResolvedWindow resolve_window(Attributes& attributes, const graph::Shape& input,
                              std::optional<std::array<std::int64_t, 2>> kernel, bool pooling);

/// Throws when some window lies wholly in the padding (a pool of nothing).
void require_every_window_inside(const ResolvedWindow& resolved, const graph::Shape& input);

}  // namespace girih::onnx
