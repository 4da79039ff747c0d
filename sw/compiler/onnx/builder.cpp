// SPDX-License-Identifier: Apache-2.0
#include "compiler/onnx/builder.h"

#include <algorithm>
#include <unordered_set>

#include "common/text.h"
#include "compiler/graph/passes.h"

namespace girih::onnx {
namespace {

/// All constants of a model together: external files may be named by many tensors.
constexpr std::size_t kMaxConstantBytes = std::size_t{1} << 31;

/// A Constant node's tensor. Throws girih::Error.
Constant node_constant(const ::onnx::NodeProto& node, const std::filesystem::path& folder) {
  Attributes attributes(node);
  const std::string name = node.output(0);
  if (node.attribute_size() != 1) throw Error("it needs one attribute, the value");
  const std::string& attribute = node.attribute(0).name();
  if (attribute == "value") {
    Constant constant = read_constant(*attributes.tensor("value"), folder);
    constant.name = name;
    return constant;
  }
  if (attribute == "value_float") {
    return make_constant(name, {}, std::vector{attributes.real("value_float", 0)});
  }
  if (attribute == "value_int") {
    return make_constant(name, {}, std::vector{attributes.integer("value_int", 0)});
  }
  if (attribute == "value_floats") {
    const auto values = *attributes.reals("value_floats");
    return make_constant(name, {std::ssize(values)}, values);
  }
  if (attribute == "value_ints") {
    const auto values = *attributes.integers("value_ints");
    return make_constant(name, {std::ssize(values)}, values);
  }
  throw Error("attribute '{}' is not supported; value, value_float, value_floats, value_int and "
              "value_ints are accepted",
              printable(attribute));
}

/// Operators that are not supported, but whose result has the shape of their first input: an
/// inspection can go on behind them.
bool keeps_shape(const std::string& op) {
  static const std::unordered_set<std::string> kOperators{
      "Abs", "BatchNormalization", "Cast", "Celu", "Div", "Dropout", "Elu", "Erf", "Exp", "Gelu",
      "HardSigmoid", "HardSwish", "InstanceNormalization", "LayerNormalization", "LeakyRelu", "Log",
      "LRN", "Mish", "Neg", "PRelu", "Pow", "Reciprocal", "Selu", "Sigmoid", "Softmax", "Softplus",
      "Sqrt", "Tanh"};
  return kOperators.contains(op);
}

}  // namespace

const std::unordered_map<std::string, Builder::OperatorInfo>& Builder::operators() {
  static const std::unordered_map<std::string, OperatorInfo> kOperators{
      {"Add", {&Builder::add, 2, 2}},
      {"AveragePool", {&Builder::average_pool, 1, 1}},
      {"Clip", {&Builder::clip, 1, 3}},
      {"Constant", {&Builder::constant_node, 0, 0}},
      {"Conv", {&Builder::conv, 2, 3}},
      {"DequantizeLinear", {&Builder::dequantize_linear, 2, 3}},
      {"Flatten", {&Builder::flatten, 1, 1}},
      {"Gemm", {&Builder::gemm, 2, 3}},
      {"GlobalAveragePool", {&Builder::global_average_pool, 1, 1}},
      {"Identity", {&Builder::identity, 1, 1}},
      {"MatMul", {&Builder::matmul, 2, 2}},
      {"MaxPool", {&Builder::max_pool, 1, 1}},
      {"Mul", {&Builder::mul, 2, 2}},
      {"QuantizeLinear", {&Builder::quantize_linear, 2, 3}},
      {"Relu", {&Builder::relu, 1, 1}},
      {"Reshape", {&Builder::reshape, 2, 2}},
      {"Sigmoid", {&Builder::sigmoid, 1, 1}},
      {"Softmax", {&Builder::softmax, 1, 1}},
      {"Sub", {&Builder::sub, 2, 2}},
      {"Transpose", {&Builder::transpose, 1, 1}},
  };
  return kOperators;
}

Builder::Builder(const ModelFile& file, const ImportOptions& options, bool keep_going)
    : file_(file),
      model_(file.model.graph()),
      options_(options),
      keep_going_(keep_going),
      topology_(model_) {
  if (options_.batch < 1) throw Error("batch {} is not positive", options_.batch);
  graph_.name = report_.model = printable(model_.name());
  report_.opset = file.opset;
}

void Builder::problem(const std::string& text) {
  if (!keep_going_) throw Error(text);
  report_.problems.push_back(text);
}

void Builder::run() {
  read_initialisers();
  find_wanted();
  add_inputs();
  report_.nodes.reserve(topology_.order().size());
  for (const std::size_t node : topology_.order()) visit(node);
  add_outputs();
  finish_report();
}

void Builder::read_initialisers() {
  std::size_t total = 0;
  const auto read = [&](const std::string& name, auto make) {
    try {
      Constant constant = make();
      total += constant.bytes.size();
      if (total > kMaxConstantBytes) throw Error("more than 2 GiB of constants");
      values_[name] = std::make_shared<const Constant>(std::move(constant));
    } catch (const Error& error) {
      values_[name] = Unknown{"tensor " + printable(name), error.what()};
    }
  };
  for (const auto& tensor : model_.initializer()) {
    // What nobody reads may be anything.
    if (topology_.readers(tensor.name()).empty()) continue;
    read(tensor.name(), [&] { return read_constant(tensor, file_.folder); });
  }
  for (const auto& tensor : model_.sparse_initializer()) {
    problem(fmt::format("sparse initialiser '{}' is not supported",
                        printable(tensor.values().name())));
  }
  for (const std::size_t node : topology_.order()) {
    const auto& proto = model_.node(static_cast<int>(node));
    const bool ours = proto.domain().empty() || proto.domain() == "ai.onnx";
    if (proto.op_type() != "Constant" || !ours || !topology_.needed(node)) continue;
    read(proto.output(0), [&] { return node_constant(proto, file_.folder); });
  }
}

void Builder::add_inputs() {
  for (const auto& input : model_.input()) {
    if (values_.contains(input.name()) || topology_.readers(input.name()).empty()) continue;
    try {
      add_input(input);
    } catch (const Error& error) {
      const std::string text =
          fmt::format("graph input '{}': {}", printable(input.name()), error.what());
      values_[input.name()] = Unknown{"the graph's input", ""};
      problem(text);
    }
  }
}

void Builder::add_input(const ::onnx::ValueInfoProto& input) {
  if (!input.type().has_tensor_type() || !input.type().tensor_type().has_shape()) {
    throw Error("it has no tensor type with a shape; a fixed shape is accepted");
  }
  const auto& type = input.type().tensor_type();
  graph::Tensor tensor;
  tensor.name = printable(input.name());
  for (int i = 0; i < type.shape().dim_size(); ++i) {
    const auto& dim = type.shape().dim(i);
    if (!dim.has_dim_value() && i != 0) {
      throw Error("dimension {} ('{}') is not fixed; only the first, the batch, may be open", i,
                  printable(dim.dim_param()));
    }
    tensor.shape.push_back(dim.has_dim_value() ? dim.dim_value() : options_.batch);
  }
  graph::elements(tensor.shape);
  graph::Encoding encoding;
  const bool as_float = type.elem_type() == ::onnx::TensorProto::FLOAT;
  if (as_float) {
    const auto& wish = wanted_[input.name()];
    if (!wish) throw Error("it is not quantised: {}", wanted_why_[input.name()]);
    encoding = *wish;
  } else if (type.elem_type() == ::onnx::TensorProto::INT8 ||
             type.elem_type() == ::onnx::TensorProto::UINT8) {
    const auto& reader = model_.node(static_cast<int>(topology_.readers(input.name())[0]));
    if (reader.op_type() != "DequantizeLinear") {
      throw Error("it is integer, but no DequantizeLinear reads it");
    }
    Attributes attributes(reader);
    QuantisationParameters p = parameters(reader, attributes);
    p.type = type.elem_type() == ::onnx::TensorProto::INT8 ? ElementType::kInt8
                                                           : ElementType::kUint8;
    encoding = Builder::encoding(p);
    // A zero point of the other type could lie outside; the DequantizeLinear node then says so.
    encoding.quant.zero = std::clamp(encoding.quant.zero, graph::lowest(encoding.dtype),
                                     graph::highest(encoding.dtype));
  } else {
    throw Error("element type {} is not supported; FLOAT, INT8 and UINT8 are accepted",
                type.elem_type());
  }
  tensor.dtype = encoding.dtype;
  tensor.quant = encoding.quant;
  const graph::TensorId id = graph_.add_tensor(std::move(tensor));
  graph_.inputs.push_back({printable(input.name()), id, as_float});
  if (as_float) {
    values_[input.name()] = Real{id};
  } else {
    values_[input.name()] = Codes{id};
  }
}

void Builder::visit(std::size_t node) {
  const auto& proto = model_.node(static_cast<int>(node));
  NodeReport& report = report_.nodes.emplace_back();
  report.name = Topology::label(model_, node);
  report.op = printable(proto.op_type());
  // Node names need not be unique in ONNX; in reports they are.
  if (!labels_.insert(report.name).second) report.name += "#" + std::to_string(node);
  if (!topology_.needed(node)) {
    report.supported = true;
    report.becomes = "nothing: no output needs it";
    return;
  }
  const std::string where = fmt::format("node '{}' ({}): ", report.name, report.op);
  std::string reason;
  try {
    Step step{proto, report.name, Attributes(proto), report};
    import_node(step);
    report.supported = true;
    return;
  } catch (const Error& error) {
    if (!keep_going_) throw Error(where + error.what());
    reason = error.what();
  }
  report.becomes.clear();
  report.reason = where + reason;
  for (const std::string& output : proto.output()) {
    if (!output.empty()) values_[output] = Unknown{report.name, ""};
  }
  // Go on behind an operator whose result's shape is clear.
  if (!keeps_shape(proto.op_type()) || proto.input_size() == 0 || proto.output_size() == 0) return;
  const auto x = values_.find(proto.input(0));
  if (x == values_.end() || !std::holds_alternative<Real>(x->second)) return;
  graph::Tensor guess = graph_.tensors[std::get<Real>(x->second).tensor];
  guess.producer = graph::kNoNode;
  if (const auto& wish = wanted_[proto.output(0)]) {
    guess.dtype = wish->dtype;
    guess.quant = wish->quant;
  }
  report.output_shape = guess.shape;
  values_[proto.output(0)] = Real{graph_.add_tensor(std::move(guess))};
}

void Builder::import_node(Step& step) {
  const auto& proto = step.proto;
  if (!proto.domain().empty() && proto.domain() != "ai.onnx") {
    throw Error("operators of the domain '{}' are not supported; the default domain's are accepted",
                printable(proto.domain()));
  }
  const auto found = operators().find(proto.op_type());
  if (found == operators().end()) {
    throw Error("the operator is not supported; accepted are Conv, Gemm, MatMul, Add, Sub, Mul, "
                "Relu, Clip, MaxPool, AveragePool, GlobalAveragePool, Flatten, Reshape, Transpose, "
                "Identity, Constant, QuantizeLinear, DequantizeLinear and a last Softmax or "
                "Sigmoid");
  }
  const OperatorInfo& op = found->second;
  if (proto.input_size() < op.least_inputs || proto.input_size() > op.most_inputs) {
    throw Error("{} inputs; {} to {} are accepted", proto.input_size(), op.least_inputs,
                op.most_inputs);
  }
  for (int i = 0; i < op.least_inputs; ++i) {
    if (!step.has_input(i)) throw Error("input {} is missing", i);
  }
  if (proto.output_size() == 0 || proto.output(0).empty()) throw Error("it has no output");
  for (int i = 1; i < proto.output_size(); ++i) {
    if (!proto.output(i).empty()) throw Error("output {} is not supported; one is accepted", i);
  }
  (this->*op.handler)(step);
  if (proto.op_type() != "Constant") step.attributes.finish();
}

void Builder::add_outputs() {
  if (model_.output().empty()) problem("the graph has no output");
  for (const auto& output : model_.output()) {
    const std::string shown = printable(output.name());
    const auto found = values_.find(output.name());
    if (found == values_.end()) {
      problem(fmt::format("graph output '{}' is made by no node", shown));
      continue;
    }
    const Value& v = found->second;
    if (const auto* x = std::get_if<Real>(&v)) {
      graph_.outputs.push_back({shown, x->tensor, true});
    } else if (const auto* codes = std::get_if<Codes>(&v)) {
      graph_.outputs.push_back({shown, codes->tensor, false});
    } else if (const auto* result = std::get_if<HostResult>(&v); result && !result->codes) {
      graph_.outputs.push_back({shown, result->tensor, true});
    } else if (!std::holds_alternative<Unknown>(v)) {
      problem(fmt::format("graph output '{}' is {}; a computed tensor, float or quantised, is "
                          "accepted",
                          shown, result ? "the host's quantised result" : "a constant"));
    }
  }
}

void Builder::finish_report() {
  for (const NodeReport& node : report_.nodes) {
    report_.macs += node.macs;
    report_.weight_bytes += node.weight_bytes;
  }
  graph::fuse_clamps(graph_);
  std::unordered_map<std::string, std::string> absorbed;
  for (const graph::Node& node : graph_.nodes) {
    for (std::size_t i = 1; i < node.origins.size(); ++i) {
      absorbed[node.origins[i]] = "bounds of '" + node.name + "'";
    }
  }
  for (NodeReport& node : report_.nodes) {
    const auto found = absorbed.find(node.name);
    if (found != absorbed.end()) node.becomes = found->second;
  }
}

}  // namespace girih::onnx
