// SPDX-License-Identifier: Apache-2.0
//
// QuantizeLinear and DequantizeLinear: they say how a tensor is encoded and compute nothing, except
// where an activation changes its encoding (Requantise).
#include <cmath>
#include <limits>

#include "common/text.h"
#include "compiler/graph/arithmetic.h"
#include "compiler/onnx/builder.h"

namespace girih::onnx {
namespace {

void check_scale(float scale, const std::string& shown) {
  if (!std::isnormal(scale) || scale < 0 ||
      scale > std::numeric_limits<float>::max() / 1024) {
    throw Error("scale '{}' is {}; a positive normal float32 number is accepted", shown, scale);
  }
}

graph::DType dtype(ElementType type) {
  if (type == ElementType::kInt8) return graph::DType::kInt8;
  if (type == ElementType::kUint8) return graph::DType::kUint8;
  throw Error("quantised type {} is not supported for activations; INT8 and UINT8 are accepted",
              name(type));
}

Constant quantise(const Constant& x, const QuantisationParameters& p) {
  if (p.per_axis) throw Error("a float constant is quantised per axis; one scale is accepted here");
  const auto type = p.type.value_or(ElementType::kUint8);
  const graph::DType target = dtype(type);
  Constant codes{x.name, x.shape, type, std::vector<std::uint8_t>(x.count())};
  for (std::size_t i = 0; i < x.count(); ++i) {
    if (std::isnan(x.real(i))) throw Error("constant '{}' contains NaN", printable(x.name));
    codes.bytes[i] = static_cast<std::uint8_t>(graph::round_clamp(
        x.real(i) / p.scale[0], p.zero[0], graph::lowest(target), graph::highest(target)));
  }
  return codes;
}

}  // namespace

QuantisationParameters Builder::parameters(const ::onnx::NodeProto& node,
                                           Attributes& attributes) const {
  if (node.input_size() < 2) throw Error("it has no scale");
  QuantisationParameters p;
  attributes.only("block_size", 0);
  attributes.integer("saturate", 1);  // concerns float8 only
  p.axis = attributes.integer("axis", 1);
  const std::int64_t type = attributes.integer("output_dtype", 0);
  const ConstantPtr scale = find_constant(node.input(1));
  const std::string shown = printable(node.input(1));
  if (scale->is_integer()) throw Error("scale '{}' is {}, not FLOAT", shown, name(scale->type));
  if (scale->shape.size() > 1 || scale->count() == 0) {
    throw Error("scale '{}' has shape {}; one number, or one per channel, is accepted", shown,
                graph::to_string(scale->shape));
  }
  for (std::size_t i = 0; i < scale->count(); ++i) {
    check_scale(scale->real(i), shown);
    p.scale.push_back(scale->real(i));
  }
  p.per_axis = p.scale.size() > 1;
  p.zero.assign(p.scale.size(), 0);
  if (node.input_size() > 2 && !node.input(2).empty()) {
    const ConstantPtr zero = find_constant(node.input(2));
    if (!zero->is_integer() || zero->type == ElementType::kInt64) {
      throw Error("zero point '{}' is {}; INT8, UINT8 and (for a bias) INT32 are accepted",
                  printable(node.input(2)), name(zero->type));
    }
    if (zero->count() != p.zero.size() || zero->shape.size() > 1) {
      throw Error("zero point '{}' has {} values for {} scales", printable(node.input(2)),
                  zero->count(), p.zero.size());
    }
    for (std::size_t i = 0; i < p.zero.size(); ++i) {
      p.zero[i] = static_cast<std::int32_t>(zero->integer(i));
    }
    p.type = zero->type;
  }
  if (node.op_type() == "QuantizeLinear") {
    const auto implied =
        type == ::onnx::TensorProto::INT8 ? ElementType::kInt8 : ElementType::kUint8;
    if (type != 0 && type != ::onnx::TensorProto::INT8 && type != ::onnx::TensorProto::UINT8) {
      throw Error("attribute output_dtype={} is not supported; INT8 and UINT8 are accepted", type);
    }
    if (type != 0 && p.type && *p.type != implied) {
      throw Error("attribute output_dtype={} contradicts the zero point's type {}", type,
                  name(*p.type));
    }
    if (!p.type) p.type = implied;
  }
  return p;
}

graph::Encoding Builder::encoding(const QuantisationParameters& p) {
  if (p.per_axis) {
    throw Error("{} scales: per-channel quantisation is accepted for weights and bias only",
                p.scale.size());
  }
  return {dtype(p.type.value_or(ElementType::kUint8)), {{p.scale[0]}, p.zero[0], -1}};
}

void Builder::quantize_linear(Step& step) {
  const QuantisationParameters p = parameters(step.proto, step.attributes);
  const Value x = value(step, 0);
  step.report.becomes = "encoding";
  if (const auto* plain = std::get_if<ConstantPtr>(&x)) {
    if ((*plain)->is_integer()) throw Error("it quantises an integer constant; FLOAT is accepted");
    step.report.becomes = "folded";
    step.report.output_shape = (*plain)->shape;
    define(step, std::make_shared<const Constant>(quantise(**plain, p)));
    return;
  }
  const graph::Encoding to = encoding(p);
  if (const auto* result = std::get_if<HostResult>(&x); result && !result->codes) {
    graph::Operation& op = graph_.nodes[tensor(result->tensor).producer].operation;
    auto& rounding = std::holds_alternative<graph::HostSoftmax>(op)
                         ? std::get<graph::HostSoftmax>(op).rounding
                         : std::get<graph::HostSigmoid>(op).rounding;
    if (rounding) throw Error("the host's result is quantised twice; once is accepted");
    rounding = to;
    step.report.becomes = "host";
    step.report.output_shape = tensor(result->tensor).shape;
    define(step, HostResult{result->tensor, true});
    return;
  }
  const graph::TensorId id = real(step, 0);
  step.report.output_shape = tensor(id).shape;
  if (tensor(id).encoding() == to) {
    define(step, Codes{id});
    return;
  }
  const float scale = factor(step, tensor(id).quant.scale[0] / to.quant.scale[0], "the multiplier");
  define(step, Codes{emit(step, graph::Requantise{scale}, {id}, tensor(id).shape, to)});
}

void Builder::dequantize_linear(Step& step) {
  QuantisationParameters p = parameters(step.proto, step.attributes);
  const Value x = value(step, 0);
  if (const auto* plain = std::get_if<ConstantPtr>(&x)) {
    const Constant& codes = **plain;
    if (!codes.is_integer() || codes.type == ElementType::kInt64) {
      throw Error("its input '{}' has type {}; INT8, UINT8 and INT32 are accepted",
                  printable(codes.name), name(codes.type));
    }
    if (p.type && *p.type != codes.type) {
      throw Error("its zero point is {}, its input {}; one type is accepted", name(*p.type),
                  name(codes.type));
    }
    p.type = codes.type;
    if (p.per_axis) {
      const auto rank = static_cast<std::int64_t>(codes.shape.size());
      const std::int64_t axis = p.axis < 0 ? p.axis + rank : p.axis;
      if (axis < 0 || axis >= rank ||
          codes.shape[static_cast<std::size_t>(axis)] != std::ssize(p.scale)) {
        throw Error("axis={} with {} scales does not fit its input's shape {}", p.axis,
                    p.scale.size(), graph::to_string(codes.shape));
      }
      p.axis = axis;
    }
    step.report.becomes = "constant";
    step.report.output_shape = codes.shape;
    define(step, DequantisedConstant{*plain, std::move(p)});
    return;
  }
  step.report.becomes = "encoding";
  if (const auto* result = std::get_if<HostResult>(&x); result && result->codes) {
    step.report.becomes = "host";
    step.report.output_shape = tensor(result->tensor).shape;
    define(step, HostResult{result->tensor, false});
    return;
  }
  const auto* codes = std::get_if<Codes>(&x);
  if (!codes) {
    throw Error("its input '{}' is float; quantised integers are accepted",
                printable(step.proto.input(0)));
  }
  const graph::Tensor& source = tensor(codes->tensor);
  graph::Encoding claimed{source.dtype, {{p.scale[0]}, p.zero[0], -1}};
  if (p.per_axis || (p.type && dtype(*p.type) != source.dtype) || claimed != source.encoding()) {
    throw Error("its scale or zero point is not the one that '{}' was quantised with (scale {}, "
                "zero point {}, {})",
                printable(step.proto.input(0)), source.quant.scale[0], source.quant.zero,
                graph::name(source.dtype));
  }
  step.report.output_shape = source.shape;
  define(step, Real{codes->tensor});
}

}  // namespace girih::onnx
