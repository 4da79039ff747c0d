// SPDX-License-Identifier: Apache-2.0
//
// Conv, Gemm and MatMul with constant weights.
#include <algorithm>
#include <cmath>
#include <utility>

#include "common/text.h"
#include "compiler/onnx/builder.h"
#include "compiler/onnx/window.h"

namespace girih::onnx {

Builder::Weights Builder::weights(const Step& step, int input, std::size_t rank,
                                  std::int64_t channel_axis) const {
  const Value& v = value(step, input);
  const std::string shown = printable(step.proto.input(input));
  const auto* source = std::get_if<DequantisedConstant>(&v);
  if (!source) {
    throw Error("its weights '{}' are {}; an INT8 or UINT8 constant behind a DequantizeLinear is "
                "accepted",
                shown, std::holds_alternative<Real>(v) ? "an activation" : "not quantised");
  }
  if (source->codes->type != ElementType::kInt8 && source->codes->type != ElementType::kUint8) {
    throw Error("its weights '{}' are {}; INT8 and UINT8 are accepted", shown,
                name(source->codes->type));
  }
  const graph::Shape& shape = source->codes->shape;
  if (shape.size() != rank) {
    throw Error("its weights '{}' have shape {}; {} dimensions are accepted", shown,
                graph::to_string(shape), rank);
  }
  graph::elements(shape);
  const auto& zero = source->parameters.zero;
  if (std::any_of(zero.begin(), zero.end(), [&](auto z) { return z != zero[0]; })) {
    throw Error("its weights '{}' have a zero point per channel; one for all is accepted", shown);
  }
  const auto& p = source->parameters;
  if (p.per_axis && p.axis != channel_axis) {
    throw Error("its weights '{}' have a scale per index of axis {}; "
                "per output channel (axis {}) is accepted",
                shown, p.axis, channel_axis);
  }
  return {*source, shape[static_cast<std::size_t>(channel_axis)]};
}

graph::Tensor Builder::weight_tensor(const Weights& w, graph::Shape shape) {
  const auto& p = w.source.parameters;
  graph::Tensor tensor;
  tensor.name = printable(w.source.codes->name);
  tensor.shape = std::move(shape);
  tensor.dtype = w.source.codes->type == ElementType::kInt8 ? graph::DType::kInt8
                                                            : graph::DType::kUint8;
  tensor.quant = {p.scale, p.zero[0], p.per_axis ? 0 : -1};
  tensor.constant = true;
  return tensor;
}

std::vector<float> Builder::multipliers(const Step& step, const Weights& w, float input_scale,
                                        float output_scale) const {
  const auto& scale = w.source.parameters.scale;
  std::vector<float> m(static_cast<std::size_t>(w.channels));
  for (std::size_t c = 0; c < m.size(); ++c) {
    const float product = input_scale * scale[scale.size() == 1 ? 0 : c];
    m[c] = factor(step, product / output_scale, "the multiplier");
  }
  return m;
}

std::vector<std::int32_t> Builder::bias(const Step& step, int input, const Weights& w,
                                        float input_scale) const {
  std::vector<std::int32_t> values(static_cast<std::size_t>(w.channels));
  if (!step.has_input(input)) return values;
  const Value& v = value(step, input);
  const std::string shown = printable(step.proto.input(input));
  const auto* source = std::get_if<DequantisedConstant>(&v);
  if (!source || source->codes->type != ElementType::kInt32) {
    throw Error("its bias '{}' is not quantised to INT32; an INT32 constant behind a "
                "DequantizeLinear is accepted",
                shown);
  }
  const graph::Shape& shape = source->codes->shape;
  const bool fits = !shape.empty() && shape.back() == w.channels &&
                    source->codes->count() == values.size();
  if (!fits) {
    throw Error("its bias '{}' has shape {}; one value for each of the {} output channels is "
                "accepted",
                shown, graph::to_string(shape), w.channels);
  }
  const auto& p = source->parameters;
  const auto& sw = w.source.parameters.scale;
  for (std::size_t c = 0; c < values.size(); ++c) {
    const float expected = input_scale * sw[sw.size() == 1 ? 0 : c];
    const float scale = p.scale[p.scale.size() == 1 ? 0 : c];
    // The accumulator's unit. Quantisers compute it in float32 or float64: a few ulp are the same.
    if (!(std::abs(scale - expected) <= 0x1p-20F * expected)) {
      throw Error("its bias '{}' has scale {} in channel {}; input scale x weight scale = {} is "
                  "accepted",
                  shown, scale, c, expected);
    }
    if (p.zero[p.zero.size() == 1 ? 0 : c] != 0) {
      throw Error("its bias '{}' has a zero point; 0 is accepted", shown);
    }
    values[c] = static_cast<std::int32_t>(source->codes->integer(c));
  }
  return values;
}

void Builder::conv(Step& step) {
  const std::int64_t groups = step.attributes.integer("group", 1);
  const graph::TensorId x = real(step, 0);
  const graph::Shape in = tensor(x).shape;
  if (in.size() != 4) {
    throw Error("its input has shape {}; [N, C, H, W] is accepted", graph::to_string(in));
  }
  const Weights w = weights(step, 1, 4, 0);
  const graph::Shape& ws = w.source.codes->shape;
  const auto resolved =
      resolve_window(step.attributes, in, std::array{ws[2], ws[3]}, /*pooling=*/false);
  step.attributes.finish();
  if (groups < 1 || groups > in[1] || in[1] % groups != 0 || ws[0] % groups != 0 ||
      ws[1] != in[1] / groups) {
    throw Error("attribute group={} does not fit {} input channels and weights {}", groups, in[1],
                graph::to_string(ws));
  }
  const graph::Encoding to = wanted_encoding(step);
  const float sx = tensor(x).quant.scale[0];
  graph::Conv op{resolved.window, groups, bias(step, 2, w, sx),
                 multipliers(step, w, sx, to.quant.scale[0])};
  graph::Tensor constant = weight_tensor(w, ws);
  constant.data = w.source.codes->bytes;
  const graph::TensorId wid = graph_.add_tensor(std::move(constant));
  const graph::Shape out{in[0], ws[0], resolved.out[0], resolved.out[1]};
  define(step, Real{emit(step, std::move(op), {x, wid}, out, to)});
}

void Builder::fully_connected(Step& step, graph::TensorId x, const Weights& w, bool transposed,
                              float alpha, int bias_input) {
  const graph::Shape& ws = w.source.codes->shape;
  const std::int64_t columns = transposed ? ws[0] : ws[1];
  const std::int64_t depth = transposed ? ws[1] : ws[0];
  if (tensor(x).shape.back() != depth) {
    throw Error("its input {} and weights {} do not fit", graph::to_string(tensor(x).shape),
                graph::to_string(ws));
  }
  graph::Shape out_shape = tensor(x).shape;
  out_shape.back() = columns;
  graph::Tensor constant = weight_tensor(w, {columns, depth});
  constant.data = w.source.codes->bytes;
  if (!transposed) {  // the graph keeps [columns, depth]: a row of weights for each output
    for (std::int64_t n = 0; n < columns; ++n) {
      for (std::int64_t k = 0; k < depth; ++k) {
        constant.data[static_cast<std::size_t>(n * depth + k)] =
            w.source.codes->bytes[static_cast<std::size_t>(k * columns + n)];
      }
    }
  }
  const graph::Encoding to = wanted_encoding(step);
  const float sx = alpha * tensor(x).quant.scale[0];
  graph::FullyConnected op{graph::elements(tensor(x).shape) / depth, depth, columns,
                           bias_input < 0 ? std::vector<std::int32_t>(
                                                static_cast<std::size_t>(columns))
                                          : bias(step, bias_input, w, sx),
                           multipliers(step, w, sx, to.quant.scale[0])};
  const graph::TensorId wid = graph_.add_tensor(std::move(constant));
  define(step, Real{emit(step, std::move(op), {x, wid}, std::move(out_shape), to)});
}

void Builder::gemm(Step& step) {
  const bool swapped = step.attributes.integer("transA", 0) != 0;
  const bool transposed = step.attributes.integer("transB", 0) != 0;
  const float alpha = step.attributes.real("alpha", 1.0F);
  const float beta = step.attributes.real("beta", 1.0F);
  if (beta != 1.0F && step.has_input(2)) {
    throw Error("attribute beta={} is not supported; 1 is accepted", beta);
  }
  step.attributes.finish();
  graph::TensorId x = real(step, 0);
  graph::Shape shape = tensor(x).shape;
  if (shape.size() != 2) {
    throw Error("its input has shape {}; two dimensions are accepted", graph::to_string(shape));
  }
  if (swapped) {
    std::swap(shape[0], shape[1]);
    x = emit(step, graph::Transpose{{1, 0}}, {x}, shape, tensor(x).encoding());
  }
  fully_connected(step, x, weights(step, 1, 2, transposed ? 0 : 1), transposed, alpha, 2);
}

void Builder::matmul(Step& step) {
  step.attributes.finish();
  if (std::holds_alternative<Real>(value(step, 1))) {
    throw Error("both inputs are activations; a constant second input is accepted");
  }
  const graph::TensorId x = real(step, 0);
  if (tensor(x).shape.size() < 2) {
    throw Error("its input has shape {}; two dimensions or more are accepted",
                graph::to_string(tensor(x).shape));
  }
  fully_connected(step, x, weights(step, 1, 2, 1), /*transposed=*/false, /*alpha=*/1.0F, -1);
}

}  // namespace girih::onnx
