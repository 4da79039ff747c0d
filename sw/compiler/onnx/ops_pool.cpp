// SPDX-License-Identifier: Apache-2.0
//
// MaxPool, AveragePool and GlobalAveragePool over two spatial dimensions.
#include "compiler/onnx/builder.h"
#include "compiler/onnx/window.h"

namespace girih::onnx {
namespace {

void require_image(const graph::Shape& shape) {
  if (shape.size() != 4) {
    throw Error("its input has shape {}; [N, C, H, W] is accepted", graph::to_string(shape));
  }
}

}  // namespace

void Builder::max_pool(Step& step) {
  step.attributes.only("storage_order", 0);
  const graph::TensorId x = real(step, 0);
  const graph::Shape in = tensor(x).shape;
  require_image(in);
  const auto resolved = resolve_window(step.attributes, in, std::nullopt, /*pooling=*/true);
  step.attributes.finish();
  require_every_window_inside(resolved, in);
  const graph::Shape out{in[0], in[1], resolved.out[0], resolved.out[1]};
  define(step, Real{emit(step, graph::MaxPool{resolved.window}, {x}, out, tensor(x).encoding())});
}

void Builder::average_pool(Step& step) {
  const bool count_padding = step.attributes.integer("count_include_pad", 0) != 0;
  const graph::TensorId x = real(step, 0);
  const graph::Shape in = tensor(x).shape;
  require_image(in);
  const auto resolved = resolve_window(step.attributes, in, std::nullopt, /*pooling=*/true);
  step.attributes.finish();
  require_every_window_inside(resolved, in);
  const graph::Encoding to = wanted_encoding(step);
  const float scale = factor(step, tensor(x).quant.scale[0] / to.quant.scale[0], "the multiplier");
  const graph::Shape out{in[0], in[1], resolved.out[0], resolved.out[1]};
  define(step, Real{emit(step, graph::AveragePool{resolved.window, count_padding, scale}, {x}, out,
                         to)});
}

void Builder::global_average_pool(Step& step) {
  step.attributes.finish();
  const graph::TensorId x = real(step, 0);
  const graph::Shape in = tensor(x).shape;
  require_image(in);
  graph::AveragePool op;
  op.window.kernel = {in[2], in[3]};
  const graph::Encoding to = wanted_encoding(step);
  op.scale = factor(step, tensor(x).quant.scale[0] / to.quant.scale[0], "the multiplier");
  define(step, Real{emit(step, op, {x}, {in[0], in[1], 1, 1}, to)});
}

}  // namespace girih::onnx
