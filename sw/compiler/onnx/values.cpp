// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "common/text.h"
#include "compiler/onnx/builder.h"

namespace girih::onnx {
namespace {

void require_known(const Unknown& unknown, const std::string& shown) {
  if (!unknown.reason.empty()) throw Error(unknown.reason);
  throw BlockedError("not examined further: its input '{}' comes from '{}', which is not supported",
                     shown, unknown.source);
}

}  // namespace

const Value& Builder::value(const Step& step, int input) const {
  const std::string& name = step.proto.input(input);
  const auto found = values_.find(name);
  if (found == values_.end()) throw Error("its input '{}' is not in the model", printable(name));
  if (const auto* unknown = std::get_if<Unknown>(&found->second)) {
    require_known(*unknown, printable(name));
  }
  return found->second;
}

void Builder::define(const Step& step, Value value) {
  values_.insert_or_assign(step.proto.output(0), std::move(value));
}

graph::TensorId Builder::real(const Step& step, int input) const {
  const Value& v = value(step, input);
  if (const auto* activation = std::get_if<Real>(&v)) return activation->tensor;
  const std::string shown = printable(step.proto.input(input));
  if (std::holds_alternative<HostResult>(v)) {
    throw Error("its input '{}' is computed on the host; only the last node of the network may be "
                "Softmax or Sigmoid", shown);
  }
  if (std::holds_alternative<Codes>(v)) {
    throw Error("its input '{}' is quantised integers; the output of a DequantizeLinear is "
                "accepted", shown);
  }
  throw Error("its input '{}' is a constant; a dequantised activation is accepted", shown);
}

graph::TensorId Builder::operand(const Step& step, int input) {
  const Value& v = value(step, input);
  const std::string shown = printable(step.proto.input(input));
  if (const auto* plain = std::get_if<ConstantPtr>(&v)) {
    throw Error("its input '{}' is a {} constant; one behind a DequantizeLinear is accepted", shown,
                name((*plain)->type));
  }
  const auto* source = std::get_if<DequantisedConstant>(&v);
  if (!source) return real(step, input);
  const graph::Encoding e = encoding(source->parameters);
  graph::Tensor constant{shown, source->codes->shape, e.dtype, e.quant, true, source->codes->bytes,
                         graph::kNoNode};
  graph::elements(constant.shape);
  return graph_.add_tensor(std::move(constant));
}

ConstantPtr Builder::constant(const Step& step, int input) const {
  const Value& v = value(step, input);
  if (const auto* plain = std::get_if<ConstantPtr>(&v)) return *plain;
  throw Error("its input '{}' is computed; a constant is accepted",
              printable(step.proto.input(input)));
}

std::optional<float> Builder::scalar(const Step& step, int input) const {
  if (!step.has_input(input)) return std::nullopt;
  const Value& v = value(step, input);
  const std::string shown = printable(step.proto.input(input));
  std::optional<float> number;
  if (const auto* source = std::get_if<DequantisedConstant>(&v)) {
    if (source->codes->count() == 1) {
      const std::int64_t code = source->codes->integer(0) - source->parameters.zero[0];
      number = static_cast<float>(code) * source->parameters.scale[0];
    }
  } else if (const ConstantPtr plain = constant(step, input); !plain->is_integer()) {
    if (plain->count() == 1) number = plain->real(0);
  }
  if (!number || std::isnan(*number)) {
    throw Error("its input '{}' is not one FLOAT number", shown);
  }
  return number;
}

ConstantPtr Builder::find_constant(const std::string& name) const {
  const auto found = values_.find(name);
  if (found != values_.end()) {
    if (const auto* unknown = std::get_if<Unknown>(&found->second)) {
      require_known(*unknown, printable(name));
    }
    if (const auto* plain = std::get_if<ConstantPtr>(&found->second)) return *plain;
  }
  throw Error("its input '{}' is not a constant; an initialiser or Constant is accepted",
              printable(name));
}

graph::TensorId Builder::emit(Step& step, graph::Operation operation,
                              std::vector<graph::TensorId> inputs, graph::Shape shape,
                              const graph::Encoding& encoding) {
  graph::elements(shape);
  graph::Tensor y{printable(step.proto.output(0)), shape, encoding.dtype, encoding.quant, false, {},
                  graph::kNoNode};
  const graph::TensorId id = graph_.add_tensor(std::move(y));
  step.report.becomes = graph::kind(operation);
  step.report.output_shape = std::move(shape);
  const graph::NodeId node =
      graph_.add_node({step.name, {step.name}, std::move(operation), std::move(inputs), id,
                       graph::lowest(encoding.dtype), graph::highest(encoding.dtype)});
  step.report.macs = graph::macs(graph_, graph_.nodes[node]);
  step.report.weight_bytes = graph::weight_bytes(graph_, graph_.nodes[node]);
  return id;
}

float Builder::factor(const Step& step, float value, const char* what) const {
  // The vector engine flushes subnormal numbers, so only normal ones mean the same everywhere.
  if (std::isnormal(value)) return value;
  throw Error("{} is {} for the result '{}': the quantisation scales do not fit float32", what,
              value, printable(step.proto.output(0)));
}

}  // namespace girih::onnx
