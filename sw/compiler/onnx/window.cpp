// SPDX-License-Identifier: Apache-2.0
#include "compiler/onnx/window.h"

#include <algorithm>
#include <string>
#include <vector>

#include "common/error.h"
#include "common/text.h"

namespace girih::onnx {
namespace {

/// Keeps every sum and product of window arithmetic far inside 64 bits.
constexpr std::int64_t kLargest = std::int64_t{1} << 20;

/// The `n` integers of an attribute, each within [least, kLargest].
std::optional<std::vector<std::int64_t>> list(Attributes& attributes, const char* name,
                                              std::size_t n, std::int64_t least) {
  auto values = attributes.integers(name);
  if (!values) return std::nullopt;
  if (values->size() != n) {
    throw Error("attribute '{}' has {} values, {} expected (two spatial dimensions)", name,
                values->size(), n);
  }
  for (const std::int64_t v : *values) {
    if (v < least || v > kLargest) {
      throw Error("attribute '{}': {} is outside {} to {}", name, v, least, kLargest);
    }
  }
  return values;
}

std::array<std::int64_t, 2> pair(Attributes& attributes, const char* name,
                                 std::array<std::int64_t, 2> otherwise) {
  const auto values = list(attributes, name, 2, 1);
  return values ? std::array{(*values)[0], (*values)[1]} : otherwise;
}

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

}  // namespace

ResolvedWindow resolve_window(Attributes& attributes, const graph::Shape& input,
                              std::optional<std::array<std::int64_t, 2>> kernel, bool pooling) {
  ResolvedWindow resolved;
  graph::Window& w = resolved.window;
  const auto kernel_shape = list(attributes, "kernel_shape", 2, 1);
  if (!kernel && !kernel_shape) throw Error("attribute 'kernel_shape' is missing");
  w.kernel = kernel ? *kernel : std::array{(*kernel_shape)[0], (*kernel_shape)[1]};
  if (kernel_shape && std::array{(*kernel_shape)[0], (*kernel_shape)[1]} != w.kernel) {
    throw Error("attribute 'kernel_shape' differs from the weights' shape");
  }
  w.stride = pair(attributes, "strides", {1, 1});
  w.dilation = pair(attributes, "dilations", {1, 1});
  const auto pads = list(attributes, "pads", 4, 0);
  const std::string auto_pad = attributes.text("auto_pad", "NOTSET");
  const bool ceil_mode = pooling && attributes.integer("ceil_mode", 0) != 0;
  const bool same = auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER";
  if (!same && auto_pad != "VALID" && auto_pad != "NOTSET") {
    throw Error("attribute auto_pad='{}' is not supported; NOTSET, VALID, SAME_UPPER and "
                "SAME_LOWER are accepted",
                printable(auto_pad));
  }
  const bool padded =
      pads && std::any_of(pads->begin(), pads->end(), [](std::int64_t p) { return p != 0; });
  if (auto_pad != "NOTSET" && padded) {
    throw Error("attributes 'pads' and auto_pad='{}' exclude each other", auto_pad);
  }
  for (std::size_t i = 0; i < 2; ++i) {
    const std::int64_t size = input[i + 2];
    const std::int64_t reach = graph::extent(w.kernel[i], w.dilation[i]);
    if (same) {
      const std::int64_t total =
          std::max<std::int64_t>((ceil_div(size, w.stride[i]) - 1) * w.stride[i] + reach - size, 0);
      const std::int64_t small = total / 2;
      w.pad_begin[i] = auto_pad == "SAME_UPPER" ? small : total - small;
      w.pad_end[i] = total - w.pad_begin[i];
    } else if (auto_pad == "NOTSET" && pads) {
      w.pad_begin[i] = (*pads)[i];
      w.pad_end[i] = (*pads)[i + 2];
    }
    const std::int64_t span = size + w.pad_begin[i] + w.pad_end[i] - reach;
    if (span < 0) {
      throw Error("the window (extent {}) is larger than the padded input ({})", reach,
                  span + reach);
    }
    std::int64_t steps = span / w.stride[i];
    if (ceil_mode && !same) {
      steps = ceil_div(span, w.stride[i]);
      // A window that would begin in the padding behind the input is dropped (ONNX, opset 19 on).
      if (steps * w.stride[i] >= size + w.pad_begin[i]) --steps;
    }
    resolved.out[i] = steps + 1;
  }
  return resolved;
}

void require_every_window_inside(const ResolvedWindow& resolved, const graph::Shape& input) {
  const graph::Window& w = resolved.window;
  for (std::size_t i = 0; i < 2; ++i) {
    const std::int64_t size = input[i + 2];
    for (std::int64_t o = 0; o < resolved.out[i]; ++o) {
      // The first tap at or behind the input's begin is the first inside, if any is.
      const std::int64_t start = o * w.stride[i] - w.pad_begin[i];
      const std::int64_t tap = start >= 0 ? 0 : ceil_div(-start, w.dilation[i]);
      if (tap >= w.kernel[i] || start + tap * w.dilation[i] >= size) {
        throw Error("attribute 'pads' puts a whole window into the padding; pads smaller than the "
                    "kernel are accepted");
      }
    }
  }
}

}  // namespace girih::onnx
