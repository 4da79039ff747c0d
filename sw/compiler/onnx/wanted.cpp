// SPDX-License-Identifier: Apache-2.0
//
// How a float tensor will be quantised: asked backwards, from the QuantizeLinear nodes to the
// nodes that compute. See builder.h.
#include <unordered_set>

#include "common/text.h"
#include "compiler/onnx/builder.h"

namespace girih::onnx {
namespace {

/// y = f(x) with f monotone or a rearrangement: quantising y is f of quantising x.
bool commutes_with_quantisation(const std::string& op) {
  static const std::unordered_set<std::string> kOperators{
      "Relu", "Clip", "Identity", "MaxPool", "Reshape", "Flatten", "Transpose"};
  return kOperators.contains(op);
}

}  // namespace

std::optional<graph::Encoding> Builder::wanted_by(std::size_t node, const std::string& tensor,
                                                  std::string& why) {
  const auto& proto = model_.node(static_cast<int>(node));
  const bool first = proto.input_size() > 0 && proto.input(0) == tensor;
  if (first && proto.op_type() == "QuantizeLinear") {
    try {
      Attributes attributes(proto);
      return encoding(parameters(proto, attributes));
    } catch (const Error& error) {
      why = fmt::format("QuantizeLinear '{}' cannot be read ({})", Topology::label(model_, node),
                        error.what());
      return std::nullopt;
    }
  }
  if (first && commutes_with_quantisation(proto.op_type()) && proto.output_size() > 0) {
    const std::string& output = proto.output(0);
    why = wanted_why_[output];
    return wanted_[output];
  }
  why = fmt::format("'{}' ({}) reads '{}' as float", Topology::label(model_, node),
                    printable(proto.op_type()), printable(tensor));
  return std::nullopt;
}

void Builder::find_wanted() {
  const auto decide = [this](const std::string& tensor) {
    std::optional<graph::Encoding> encoding;
    std::string why = "nobody reads '" + printable(tensor) + "'";
    if (topology_.is_graph_output(tensor)) {
      why = "'" + printable(tensor) + "' leaves the network as float32";
    } else {
      for (const std::size_t reader : topology_.readers(tensor)) {
        const auto wish = wanted_by(reader, tensor, why);
        if (wish && encoding && *wish != *encoding) {
          why = "its readers quantise '" + printable(tensor) + "' in different ways";
        }
        const bool agreed = wish && (!encoding || *wish == *encoding);
        encoding = agreed ? wish : std::nullopt;
        if (!agreed) break;
      }
    }
    wanted_[tensor] = encoding;
    wanted_why_[tensor] = encoding ? "" : why;
  };
  const auto& order = topology_.order();
  for (auto node = order.rbegin(); node != order.rend(); ++node) {
    if (!topology_.needed(*node)) continue;
    for (const std::string& output : model_.node(static_cast<int>(*node)).output()) {
      if (!output.empty()) decide(output);
    }
  }
  for (const auto& input : model_.input()) {
    if (!values_.contains(input.name())) decide(input.name());
  }
}

graph::Encoding Builder::wanted_encoding(const Step& step) {
  const std::string& output = step.proto.output(0);
  if (const auto& wish = wanted_[output]) return *wish;
  throw Error("its result is not quantised: {}; a QuantizeLinear with one scale is accepted there",
              wanted_why_[output]);
}

}  // namespace girih::onnx
