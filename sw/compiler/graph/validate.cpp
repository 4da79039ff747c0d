// SPDX-License-Identifier: Apache-2.0
//
// What every graph satisfies. Written as one list of `require`s per node kind.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "common/error.h"
#include "compiler/graph/graph.h"

namespace girih::graph {
namespace {

class Checker {
 public:
  Checker(const Graph& graph, const Node& node) : graph_(graph), node_(node) {}

  void run() const {
    const std::size_t arity =
        std::holds_alternative<Conv>(node_.operation) ||
                std::holds_alternative<FullyConnected>(node_.operation) ||
                std::holds_alternative<Add>(node_.operation) ||
                std::holds_alternative<Mul>(node_.operation)
            ? 2
            : 1;
    require(node_.inputs.size() == arity, fmt::format("needs {} inputs", arity));
    if (has_bounds(node_.operation)) {
      require(lowest(y().dtype) <= node_.lo && node_.lo <= node_.hi &&
                  node_.hi <= highest(y().dtype),
              "clamp bounds leave the output's type");
    }
    std::visit([this](const auto& operation) { check(operation); }, node_.operation);
  }

 private:
  const Tensor& in(std::size_t i) const { return graph_.tensors[node_.inputs[i]]; }
  const Tensor& y() const { return graph_.tensors[node_.output]; }

  void require(bool condition, std::string_view what) const {
    if (!condition) throw Error(fmt::format("graph node '{}': {}", node_.name, what));
  }

  void require_factor(float factor) const {
    require(std::isnormal(factor), "a scale is not a normal float32 number");
  }

  void require_same_encoding() const {
    require(in(0).encoding() == y().encoding(), "input and output need one encoding");
  }

  void require_channels(const std::vector<std::int32_t>& bias,
                        const std::vector<float>& multiplier, std::int64_t channels) const {
    require(std::ssize(bias) == channels, "needs one bias per output channel");
    require(std::ssize(multiplier) == channels, "needs one multiplier per output channel");
    for (const float m : multiplier) require_factor(m);
  }

  void require_window(const Window& w) const {
    require(in(0).shape.size() == 4 && y().shape.size() == 4, "needs four dimensions");
    require(in(0).shape[0] == y().shape[0], "changes the batch");
    for (std::size_t i = 0; i < 2; ++i) {
      require(w.kernel[i] >= 1 && w.stride[i] >= 1 && w.dilation[i] >= 1 && w.pad_begin[i] >= 0 &&
                  w.pad_end[i] >= 0,
              "has an illegal window");
    }
  }

  void require_broadcast() const {
    const Shape& out = y().shape;
    for (std::size_t i = 0; i < 2; ++i) {
      const Shape& shape = in(i).shape;
      require(shape.size() <= out.size(), "has an operand of higher rank than its result");
      for (std::size_t d = 0; d < shape.size(); ++d) {
        const std::int64_t dim = shape[d];
        require(dim == 1 || dim == out[d + out.size() - shape.size()], "cannot broadcast");
      }
      require(in(i).quant.axis == -1, "has a per-axis operand");
    }
  }

  void check(const Conv& conv) const {
    require_window(conv.window);
    const Tensor& w = in(1);
    require(w.constant && w.shape.size() == 4, "needs constant weights of four dimensions");
    require(conv.groups >= 1 && in(0).shape[1] == w.shape[1] * conv.groups &&
                w.shape[0] % conv.groups == 0 && y().shape[1] == w.shape[0],
            "channels and groups do not fit");
    require(w.shape[2] == conv.window.kernel[0] && w.shape[3] == conv.window.kernel[1],
            "kernel and weights differ");
    require_channels(conv.bias, conv.multiplier, w.shape[0]);
  }

  void check(const FullyConnected& fc) const {
    require(in(1).constant && in(1).shape == Shape{fc.columns, fc.depth},
            "needs constant weights [columns, depth]");
    require(elements(in(0).shape) == fc.rows * fc.depth &&
                elements(y().shape) == fc.rows * fc.columns,
            "rows, depth and columns do not fit");
    require_channels(fc.bias, fc.multiplier, fc.columns);
  }

  void check(const Add& add) const {
    require_broadcast();
    require_factor(add.first_scale);
    require_factor(add.out_scale);
  }

  void check(const Mul& mul) const {
    require_broadcast();
    require_factor(mul.out_scale);
  }

  void check(const Requantise& requantise) const {
    require(in(0).shape == y().shape, "changes the shape");
    require_factor(requantise.scale);
  }

  void check(const MaxPool& pool) const {
    require_window(pool.window);
    require(in(0).shape[1] == y().shape[1], "changes the channels");
    require_same_encoding();
  }

  void check(const AveragePool& pool) const {
    require_window(pool.window);
    require(in(0).shape[1] == y().shape[1], "changes the channels");
    require_factor(pool.scale);
  }

  void check(const Reshape&) const {
    require(elements(in(0).shape) == elements(y().shape), "changes the number of elements");
    require_same_encoding();
  }

  void check(const Transpose& transpose) const {
    const auto& p = transpose.permutation;
    require(p.size() == in(0).shape.size() && p.size() == y().shape.size(), "has a wrong rank");
    std::vector<bool> seen(p.size());
    for (std::size_t i = 0; i < p.size(); ++i) {
      require(p[i] < p.size() && !seen[p[i]], "has no permutation");
      seen[p[i]] = true;
      require(y().shape[i] == in(0).shape[p[i]], "permutes to another shape");
    }
    require_same_encoding();
  }

  void check(const HostSoftmax& softmax) const {
    require(softmax.axis < in(0).shape.size(), "has no such axis");
    check_host();
  }

  void check(const HostSigmoid&) const { check_host(); }

  void check_host() const {
    require(in(0).shape == y().shape, "changes the shape");
    require(y().dtype == DType::kFloat32, "must give float32");
    for (const Node& other : graph_.nodes) {
      require(std::find(other.inputs.begin(), other.inputs.end(), node_.output) ==
                  other.inputs.end(),
              "runs on the host and must be the last node");
    }
  }

  const Graph& graph_;
  const Node& node_;
};

void check_tensor(const Tensor& tensor) {
  const auto fail = [&](std::string_view what) {
    throw Error(fmt::format("graph tensor '{}': {}", tensor.name, what));
  };
  const std::int64_t count = elements(tensor.shape);
  if (tensor.constant && std::ssize(tensor.data) != count) fail("constant data has a wrong size");
  if (tensor.dtype == DType::kFloat32) return;
  for (const float scale : tensor.quant.scale) {
    if (!(std::isfinite(scale) && scale > 0)) fail("a scale is not positive");
  }
  if (tensor.quant.zero < lowest(tensor.dtype) || tensor.quant.zero > highest(tensor.dtype)) {
    fail("the zero point leaves the type");
  }
  const int axis = tensor.quant.axis;
  if (axis < -1 || axis >= std::ssize(tensor.shape)) fail("no such axis");
  const std::int64_t scales = axis == -1 ? 1 : tensor.shape[static_cast<std::size_t>(axis)];
  if (std::ssize(tensor.quant.scale) != scales) fail("a wrong number of scales");
}

}  // namespace

void validate(const Graph& graph) {
  for (const Tensor& tensor : graph.tensors) check_tensor(tensor);
  const auto check_port = [&](const Port& port) {
    if (port.tensor >= graph.tensors.size()) {
      throw Error(fmt::format("graph port '{}': no such tensor", port.name));
    }
  };
  for (const Port& port : graph.inputs) check_port(port);
  for (const Port& port : graph.outputs) check_port(port);
  for (NodeId id = 0; id < graph.nodes.size(); ++id) {
    const Node& node = graph.nodes[id];
    for (const TensorId input : node.inputs) {
      if (input >= graph.tensors.size()) {
        throw Error(fmt::format("graph node '{}': no such input tensor", node.name));
      }
      const Tensor& tensor = graph.tensors[input];
      if (tensor.producer != kNoNode && tensor.producer >= id) {
        throw Error(fmt::format("graph node '{}': reads '{}' before it exists", node.name,
                                tensor.name));
      }
      if (tensor.dtype == DType::kFloat32) {
        throw Error(fmt::format("graph node '{}': input '{}' is float32", node.name, tensor.name));
      }
    }
    if (node.output >= graph.tensors.size() || graph.tensors[node.output].producer != id) {
      throw Error(fmt::format("graph node '{}': is not its output's producer", node.name));
    }
    Checker(graph, node).run();
  }
}

}  // namespace girih::graph
