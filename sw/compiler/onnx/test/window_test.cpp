// SPDX-License-Identifier: Apache-2.0
//
// Window geometry against a count by hand: which start positions are legal.
#include <gtest/gtest.h>

#include "common/error.h"
#include "compiler/onnx/test/model_builder.h"
#include "compiler/onnx/window.h"

namespace girih::onnx {
namespace {

struct Axis {
  std::int64_t size, kernel, stride, dilation, begin, end;
};

::onnx::NodeProto pool(const Axis& a, bool ceil_mode) {
  ::onnx::NodeProto node;
  ModelBuilder::set(node, "kernel_shape", std::vector{a.kernel, a.kernel});
  ModelBuilder::set(node, "strides", std::vector{a.stride, a.stride});
  ModelBuilder::set(node, "dilations", std::vector{a.dilation, a.dilation});
  ModelBuilder::set(node, "pads", std::vector{a.begin, a.begin, a.end, a.end});
  ModelBuilder::set(node, "ceil_mode", std::int64_t{ceil_mode});
  return node;
}

/// Starts a window at every stride while it fits (floor), or while the one before left padded input
/// uncovered and it does not begin behind the input (ceil).
std::int64_t count(const Axis& a, bool ceil_mode) {
  const std::int64_t reach = (a.kernel - 1) * a.dilation + 1;
  const std::int64_t padded = a.begin + a.size + a.end;
  std::int64_t windows = 0;
  for (std::int64_t start = 0;; start += a.stride) {
    const bool fits = start + reach <= padded;
    const bool covers_more = start == 0 || start - a.stride + reach < padded;
    if (!(ceil_mode ? covers_more && start < a.begin + a.size : fits)) return windows;
    ++windows;
  }
}

TEST(Window, EverySmallGeometry) {
  int compared = 0;
  for (std::int64_t size = 1; size <= 7; ++size)
    for (std::int64_t kernel = 1; kernel <= 4; ++kernel)
      for (std::int64_t stride = 1; stride <= 4; ++stride)
        for (std::int64_t dilation = 1; dilation <= 2; ++dilation)
          for (std::int64_t begin = 0; begin <= 2; ++begin)
            for (std::int64_t end = 0; end <= 2; ++end)
              for (const bool ceil_mode : {false, true}) {
                const Axis a{size, kernel, stride, dilation, begin, end};
                const std::int64_t reach = (kernel - 1) * dilation + 1;
                // Padding as large as the window is refused elsewhere.
                if (reach > size + begin + end || begin >= reach || end >= reach) continue;
                const auto node = pool(a, ceil_mode);
                Attributes attributes(node);
                const auto w = resolve_window(attributes, {1, 1, size, size}, std::nullopt, true);
                ASSERT_EQ(w.out[0], count(a, ceil_mode))
                    << size << " k" << kernel << " s" << stride << " d" << dilation << " pads "
                    << begin << ' ' << end << " ceil " << ceil_mode;
                ASSERT_EQ(w.out[0], w.out[1]);
                ++compared;
              }
  EXPECT_GT(compared, 1000);
}

TEST(Window, SamePadding) {
  for (const bool upper : {true, false}) {
    ::onnx::NodeProto node;
    ModelBuilder::set(node, "kernel_shape", std::vector<std::int64_t>{3, 2});
    ModelBuilder::set(node, "strides", std::vector<std::int64_t>{2, 1});
    ModelBuilder::set(node, "auto_pad", std::string(upper ? "SAME_UPPER" : "SAME_LOWER"));
    Attributes attributes(node);
    const auto w = resolve_window(attributes, {1, 1, 6, 5}, std::nullopt, true);
    EXPECT_EQ(w.out, (std::array<std::int64_t, 2>{3, 5}));
    EXPECT_EQ(w.window.pad_begin, (std::array<std::int64_t, 2>{!upper, !upper}));
    EXPECT_EQ(w.window.pad_end, (std::array<std::int64_t, 2>{upper, upper}));
  }
}

TEST(Window, AWindowOfPaddingAlone) {
  const Axis a{2, 2, 1, 1, 2, 0};
  const auto node = pool(a, false);
  Attributes attributes(node);
  const auto w = resolve_window(attributes, {1, 1, 2, 2}, std::nullopt, true);
  EXPECT_THROW(require_every_window_inside(w, {1, 1, 2, 2}), Error);
}

TEST(Window, IllegalValues) {
  for (const Axis& a : {Axis{5, 0, 1, 1, 0, 0}, Axis{5, 2, 0, 1, 0, 0}, Axis{5, 2, 1, 0, 0, 0},
                        Axis{5, 2, 1, 1, -1, 0}, Axis{5, 6, 1, 1, 0, 0},
                        Axis{5, 1LL << 40, 1, 1, 0, 0}, Axis{5, 2, 1, 1LL << 62, 0, 0}}) {
    const auto node = pool(a, false);
    Attributes attributes(node);
    EXPECT_THROW(resolve_window(attributes, {1, 1, 5, 5}, std::nullopt, true), Error);
  }
}

}  // namespace
}  // namespace girih::onnx
