// SPDX-License-Identifier: Apache-2.0
//
// Add, Sub, Mul (with broadcasting), Relu and Clip.
#include <algorithm>

#include "compiler/graph/arithmetic.h"
#include "compiler/onnx/builder.h"

namespace girih::onnx {
namespace {

graph::Shape broadcast(const graph::Shape& a, const graph::Shape& b) {
  graph::Shape out(std::max(a.size(), b.size()), 1);
  for (const graph::Shape* shape : {&a, &b}) {
    for (std::size_t back = 1; back <= shape->size(); ++back) {
      const std::int64_t dim = (*shape)[shape->size() - back];
      std::int64_t& result = out[out.size() - back];
      if (dim != 1 && result != 1 && dim != result) {
        throw Error("its inputs have shapes {} and {}, which do not broadcast",
                    graph::to_string(a), graph::to_string(b));
      }
      if (dim != 1) result = dim;
    }
  }
  return out;
}

std::int32_t bound(float value, const graph::Encoding& e) {
  return graph::round_clamp(value / e.quant.scale[0], e.quant.zero, graph::lowest(e.dtype),
                            graph::highest(e.dtype));
}

}  // namespace

void Builder::add(Step& step) { add_or_sub(step, 1.0F); }
void Builder::sub(Step& step) { add_or_sub(step, -1.0F); }

void Builder::add_or_sub(Step& step, float sign) {
  step.attributes.finish();
  const graph::TensorId a = operand(step, 0);
  const graph::TensorId b = operand(step, 1);
  if (tensor(a).constant && tensor(b).constant) {
    throw Error("both inputs are constants; fold them in the model");
  }
  const graph::Shape shape = broadcast(tensor(a).shape, tensor(b).shape);
  const graph::Encoding to = wanted_encoding(step);
  const float sa = tensor(a).quant.scale[0];
  const float sb = tensor(b).quant.scale[0];
  const graph::Add op{factor(step, sign * (sa / sb), "the ratio of the input scales"),
                      factor(step, sign * (sb / to.quant.scale[0]), "the multiplier")};
  define(step, Real{emit(step, op, {a, b}, shape, to)});
}

void Builder::mul(Step& step) {
  step.attributes.finish();
  const graph::TensorId a = operand(step, 0);
  const graph::TensorId b = operand(step, 1);
  if (tensor(a).constant && tensor(b).constant) {
    throw Error("both inputs are constants; fold them in the model");
  }
  const graph::Shape shape = broadcast(tensor(a).shape, tensor(b).shape);
  const graph::Encoding to = wanted_encoding(step);
  const float product = tensor(a).quant.scale[0] * tensor(b).quant.scale[0];
  const graph::Mul op{factor(step, product / to.quant.scale[0], "the multiplier")};
  define(step, Real{emit(step, op, {a, b}, shape, to)});
}

void Builder::relu(Step& step) { bounded(step, 0.0F, std::nullopt); }

void Builder::clip(Step& step) { bounded(step, scalar(step, 1), scalar(step, 2)); }

void Builder::bounded(Step& step, std::optional<float> low, std::optional<float> high) {
  step.attributes.finish();
  const graph::TensorId x = real(step, 0);
  const graph::Encoding from = tensor(x).encoding();
  // Relu's bound is the zero point in any encoding, so that it needs no QuantizeLinear behind it.
  const bool exact_anywhere = (!low || *low == 0) && !high;
  const auto& wish = wanted_[step.proto.output(0)];
  const graph::Encoding to = exact_anywhere && !wish ? from : wanted_encoding(step);
  const float scale =
      from == to ? 1.0F : factor(step, from.quant.scale[0] / to.quant.scale[0], "the multiplier");
  define(step, Real{emit(step, graph::Requantise{scale}, {x}, tensor(x).shape, to)});
  graph::Node& node = graph_.nodes.back();
  if (high) node.hi = bound(*high, to);
  if (low) node.lo = std::min(bound(*low, to), node.hi);  // ONNX: the upper bound wins
}

}  // namespace girih::onnx
