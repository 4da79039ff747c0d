// SPDX-License-Identifier: Apache-2.0
//
// The importer at work: walks the ONNX nodes in order of execution, knows what every tensor name
// stands for, and appends to the graph. The operators are in ops_*.cpp, one handler each.
//
// ONNX computes in float between DequantizeLinear and QuantizeLinear; the graph has integers only.
// So a node that computes asks, before it is built, how its result will be quantised
// (`wanted`): the encoding of the QuantizeLinear reached through Relu, Clip, pools by maximum and
// moves of elements, all of which commute with quantisation because it is monotone.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

#include "common/error.h"
#include "compiler/graph/graph.h"
#include "compiler/onnx/attributes.h"
#include "compiler/onnx/constant.h"
#include "compiler/onnx/importer.h"
#include "compiler/onnx/model_file.h"
#include "compiler/onnx/topology.h"

namespace girih::onnx {

/// Scale and zero point of a QuantizeLinear or DequantizeLinear, checked.
struct QuantisationParameters {
  std::vector<float> scale;         ///< one, or one per index of `axis`
  std::vector<std::int32_t> zero;   ///< as many as scales
  std::optional<ElementType> type;  ///< of the zero point; nothing when it is absent
  bool per_axis = false;
  std::int64_t axis = 1;  ///< may be negative: from the end
};

// What an ONNX tensor stands for.
struct Unknown {
  std::string source;  ///< the node that is not supported
  std::string reason;  ///< a constant that cannot be read says why; else empty
};
struct Codes {  ///< integers, between QuantizeLinear and DequantizeLinear
  graph::TensorId tensor;
};
struct Real {  ///< float: what the graph's tensor means, (q - zero) * scale
  graph::TensorId tensor;
};
struct DequantisedConstant {
  ConstantPtr codes;
  QuantisationParameters parameters;
};
struct HostResult {  ///< of the final Softmax or Sigmoid
  graph::TensorId tensor;
  bool codes = false;
};
using Value = std::variant<Unknown, Codes, Real, ConstantPtr, DequantisedConstant, HostResult>;

/// A problem that only repeats another node's: its input is unknown.
class BlockedError : public Error {
 public:
  using Error::Error;
};

/// One ONNX node while it is imported.
struct Step {
  const ::onnx::NodeProto& proto;
  std::string name;  ///< printable, never empty
  Attributes attributes;
  NodeReport& report;

  int inputs() const { return proto.input_size(); }
  bool has_input(int i) const { return i < proto.input_size() && !proto.input(i).empty(); }
};

class Builder {
 public:
  /// `keep_going`: problems become rows of the report instead of exceptions.
  Builder(const ModelFile& file, const ImportOptions& options, bool keep_going);

  void run();
  graph::Graph take_graph() { return std::move(graph_); }
  ModelReport take_report() { return std::move(report_); }

 private:
  using Handler = void (Builder::*)(Step&);
  struct OperatorInfo {
    Handler handler;
    int least_inputs;
    int most_inputs;
  };
  static const std::unordered_map<std::string, OperatorInfo>& operators();

  // builder.cpp: the walk
  void read_initialisers();
  void add_inputs();
  void add_input(const ::onnx::ValueInfoProto& input);
  void visit(std::size_t node);
  void import_node(Step& step);
  void add_outputs();
  void finish_report();
  void problem(const std::string& text);

  // wanted.cpp: how a float tensor will be quantised
  void find_wanted();
  std::optional<graph::Encoding> wanted_by(std::size_t node, const std::string& tensor,
                                           std::string& why);
  graph::Encoding wanted_encoding(const Step& step);

  // values.cpp: what the names stand for
  const Value& value(const Step& step, int input) const;
  void define(const Step& step, Value value);
  graph::TensorId real(const Step& step, int input) const;   ///< must be a dequantised activation
  graph::TensorId operand(const Step& step, int input);      ///< the same, or a constant of it
  ConstantPtr constant(const Step& step, int input) const;   ///< must be a plain constant
  std::optional<float> scalar(const Step& step, int input) const;  ///< nothing when left out
  const graph::Tensor& tensor(graph::TensorId id) const { return graph_.tensors[id]; }
  ConstantPtr find_constant(const std::string& name) const;
  graph::TensorId emit(Step& step, graph::Operation operation, std::vector<graph::TensorId> inputs,
                       graph::Shape shape, const graph::Encoding& encoding);
  float factor(const Step& step, float value, const char* what) const;

  // ops_quantise.cpp
  QuantisationParameters parameters(const ::onnx::NodeProto& node, Attributes& attributes) const;
  static graph::Encoding encoding(const QuantisationParameters& parameters);
  void quantize_linear(Step& step);
  void dequantize_linear(Step& step);

  // ops_linear.cpp
  struct Weights {
    DequantisedConstant source;
    std::int64_t channels;  ///< outputs; there is one scale, or one for each
  };
  Weights weights(const Step& step, int input, std::size_t rank, std::int64_t channel_axis) const;
  static graph::Tensor weight_tensor(const Weights& weights, graph::Shape shape);
  std::vector<float> multipliers(const Step& step, const Weights& weights, float input_scale,
                                 float output_scale) const;
  std::vector<std::int32_t> bias(const Step& step, int input, const Weights& weights,
                                 float input_scale) const;
  void conv(Step& step);
  void gemm(Step& step);
  void matmul(Step& step);
  void fully_connected(Step& step, graph::TensorId x, const Weights& weights, bool transposed,
                       float alpha, int bias_input);

  // ops_elementwise.cpp
  void add(Step& step);
  void sub(Step& step);
  void add_or_sub(Step& step, float sign);
  void mul(Step& step);
  void relu(Step& step);
  void clip(Step& step);
  void bounded(Step& step, std::optional<float> low, std::optional<float> high);

  // ops_pool.cpp
  void max_pool(Step& step);
  void average_pool(Step& step);
  void global_average_pool(Step& step);

  // ops_shape.cpp
  void constant_node(Step& step);
  void identity(Step& step);
  void reshape(Step& step);
  void flatten(Step& step);
  void transpose(Step& step);
  void emit_reshape(Step& step, graph::TensorId x, graph::Shape shape);

  // ops_host.cpp
  void softmax(Step& step);
  void sigmoid(Step& step);
  void host(Step& step, graph::Operation operation);

  const ModelFile& file_;
  const ::onnx::GraphProto& model_;
  ImportOptions options_;
  bool keep_going_;
  Topology topology_;
  graph::Graph graph_;
  ModelReport report_;
  std::unordered_set<std::string> labels_;
  std::unordered_map<std::string, Value> values_;
  /// For each float tensor name that someone quantises: how, or why that is not clear.
  std::unordered_map<std::string, std::optional<graph::Encoding>> wanted_;
  std::unordered_map<std::string, std::string> wanted_why_;
};

}  // namespace girih::onnx
