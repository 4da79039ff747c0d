// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/problems.h"

#include <algorithm>
#include <utility>

namespace girih::compiler {
namespace {

using graph::Graph;
using graph::Node;
using graph::Tensor;
using graph::TensorId;

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};

bool is_unsigned(const Tensor& tensor) { return tensor.dtype == graph::DType::kUint8; }
std::uint8_t byte(std::int32_t value) { return static_cast<std::uint8_t>(value); }

class Maker {
 public:
  Maker(const Graph& graph, const Layout& layout, const Target& target)
      : graph_(graph), layout_(layout), target_(target) {}

  std::optional<Problem> make(const Node& node) const {
    using Result = std::optional<Problem>;
    return std::visit(
        Overloaded{
            [&](const graph::Conv& op) -> Result { return joined(conv(node, op)); },
            [&](const graph::FullyConnected& op) -> Result {
              return joined(fully_connected(node, op));
            },
            [&](const graph::Add& op) -> Result {
              return elementwise(node, op.first_scale, op.out_scale, false);
            },
            [&](const graph::Mul& op) -> Result {
              return elementwise(node, std::nullopt, op.out_scale, true);
            },
            [&](const graph::Requantise& op) -> Result {
              return elementwise(node, op.scale, std::nullopt, false);
            },
            [&](const graph::MaxPool& op) -> Result { return pool(node, op.window, std::nullopt); },
            [&](const graph::AveragePool& op) -> Result { return pool(node, op.window, op); },
            [](const graph::Reshape&) -> Result { return std::nullopt; },
            [](const graph::Transpose&) -> Result { return std::nullopt; },
            [](const graph::HostSoftmax&) -> Result { return std::nullopt; },
            [](const graph::HostSigmoid&) -> Result { return std::nullopt; }},
        node.operation);
  }

 private:
  const Tensor& tensor(TensorId id) const { return graph_.tensors[id]; }

  ConvProblem joined(ConvProblem problem) const {
    return join_groups(std::move(problem), target_.preset.k_dim, target_.preset.n_dim);
  }

  /// [N, C, H, W] stored channels-last.
  Map map(TensorId id) const {
    const graph::Shape& shape = tensor(id).shape;
    return {.height = shape[2], .width = shape[3], .channels = shape[1]};
  }

  /// What Conv and FullyConnected share.
  ConvProblem problem(const Node& node, const std::vector<std::int32_t>& bias,
                      const std::vector<float>& multiplier) const {
    const Tensor& x = tensor(node.inputs[0]);
    const Tensor& w = tensor(node.inputs[1]);
    const Tensor& y = tensor(node.output);
    ConvProblem p;
    p.node = node.name;
    p.x_unsigned = is_unsigned(x);
    p.w_unsigned = is_unsigned(w);
    p.y_unsigned = is_unsigned(y);
    p.zx = byte(x.quant.zero);
    p.zw = byte(w.quant.zero);
    p.zy = byte(y.quant.zero);
    p.lo = byte(node.lo);
    p.hi = byte(node.hi);
    p.bias = bias;
    p.multiplier = multiplier;
    return p;
  }

  ConvProblem conv(const Node& node, const graph::Conv& op) const {
    ConvProblem p = problem(node, op.bias, op.multiplier);
    const Tensor& w = tensor(node.inputs[1]);
    p.window = op.window;
    p.batch = tensor(node.output).shape[0];
    p.input = map(node.inputs[0]);
    p.output = map(node.output);
    p.groups = op.groups;
    p.depth = p.input.channels / op.groups;
    p.columns = p.output.channels / op.groups;
    p.weight = [&w, columns = p.columns](std::int64_t g, std::int64_t n, std::int64_t ky,
                                         std::int64_t kx, std::int64_t c) {
      const std::int64_t row = g * columns + n;
      return w.data[static_cast<std::size_t>(
          ((row * w.shape[1] + c) * w.shape[2] + ky) * w.shape[3] + kx)];
    };
    return p;
  }

  ConvProblem fully_connected(const Node& node, const graph::FullyConnected& op) const {
    ConvProblem p = problem(node, op.bias, op.multiplier);
    const Tensor& w = tensor(node.inputs[1]);
    p.input = {.height = 1, .width = op.rows, .channels = op.depth};
    p.output = {.height = 1, .width = op.rows, .channels = op.columns};
    p.depth = op.depth;
    p.columns = op.columns;
    // Memory may hold the depth in another order: element i of a row is logical element
    // `logical[i]`.
    const std::vector<std::uint32_t> place =
        depth_order(layout_.storage(node.inputs[0]), op.rows, op.depth, node.name);
    std::vector<std::uint32_t> logical(place.size());
    for (std::size_t i = 0; i < place.size(); ++i)
      logical[place[i]] = static_cast<std::uint32_t>(i);
    p.weight = [&w, depth = op.depth, logical = std::move(logical)](
                   std::int64_t, std::int64_t n, std::int64_t, std::int64_t, std::int64_t c) {
      return w.data[static_cast<std::size_t>(n * depth + logical[static_cast<std::size_t>(c)])];
    };
    return p;
  }

  PoolProblem pool(const Node& node, const graph::Window& window,
                   const std::optional<graph::AveragePool>& average) const {
    const Tensor& x = tensor(node.inputs[0]);
    const Tensor& y = tensor(node.output);
    PoolProblem p;
    p.node = node.name;
    p.window = window;
    p.batch = y.shape[0];
    p.input = map(node.inputs[0]);
    p.output = map(node.output);
    p.x_unsigned = is_unsigned(x);
    p.y_unsigned = is_unsigned(y);
    p.lo = byte(node.lo);
    p.hi = byte(node.hi);
    p.pad = byte(graph::lowest(x.dtype));
    if (average) {
      p.average = true;
      p.count_padding = average->count_padding;
      p.scale = average->scale;
      p.zx = p.pad = byte(x.quant.zero);
      p.zy = byte(y.quant.zero);
    }
    return p;
  }

  /// Bytes of an operand in the output's order, and how they repeat along the output.
  FlatOperand operand(const Node& node, TensorId id) const {
    const Tensor& x = tensor(id);
    const graph::Shape& shape = tensor(node.output).shape;
    const std::int64_t elements = graph::elements(shape);
    FlatOperand flat{
        .data = {}, .map = {}, .is_unsigned = is_unsigned(x), .zero = byte(x.quant.zero)};
    // source[p]: where (constant: row-major index; activation: place in memory) output position p
    // reads.
    const std::vector<std::uint32_t> output_place = positions(layout_.storage(node.output));
    const std::vector<std::uint32_t> own_place =
        x.constant ? positions(row_major(x.shape)) : positions(layout_.storage(id));
    std::vector<std::uint32_t> source(static_cast<std::size_t>(elements));
    for (std::int64_t i = 0; i < elements; ++i) {
      std::int64_t rest = i;
      std::int64_t index = 0;
      std::int64_t step = 1;
      for (std::size_t d = 0; d < shape.size(); ++d) {
        const std::size_t from_end = shape.size() - 1 - d;
        const std::int64_t digit = rest % shape[from_end];
        rest /= shape[from_end];
        if (d < x.shape.size()) {
          const std::int64_t size = x.shape[x.shape.size() - 1 - d];
          if (size != 1) index += digit * step;
          step *= size;
        }
      }
      source[output_place[static_cast<std::size_t>(i)]] =
          own_place[static_cast<std::size_t>(index)];
    }
    flat.period = period(source);
    if (x.constant) {
      flat.data.resize(static_cast<std::size_t>(flat.period));
      for (std::size_t i = 0; i < flat.data.size(); ++i) flat.data[i] = x.data[source[i]];
      return flat;
    }
    for (std::size_t i = 0; i < static_cast<std::size_t>(flat.period); ++i) {
      if (source[i] != i) {
        throw Error(
            "node \"{}\": input \"{}\" {} would have to be rearranged to meet {}; make both inputs "
            "of one shape, or the "
            "smaller one a vector over the channels",
            node.name, x.name, graph::to_string(x.shape), graph::to_string(shape));
      }
    }
    return flat;
  }

  /// The shortest period of `source` that divides its length: 1, the innermost run of distinct
  /// places, or all.
  static std::int64_t period(const std::vector<std::uint32_t>& source) {
    const auto repeats = [&](std::size_t p) {
      if (source.size() % p != 0) return false;
      for (std::size_t i = p; i < source.size(); ++i) {
        if (source[i] != source[i - p]) return false;
      }
      return true;
    };
    for (std::size_t p = 1; p < source.size(); ++p) {
      if (source[p] == source[0] && repeats(p)) return static_cast<std::int64_t>(p);
    }
    return std::ssize(source);
  }

  ElementwiseProblem elementwise(const Node& node, std::optional<float> factor,
                                 std::optional<float> scale, bool multiply) const {
    const Tensor& y = tensor(node.output);
    ElementwiseProblem p;
    p.node = node.name;
    p.output.channels = graph::elements(y.shape);
    if (y.shape.size() == 4 && same_order(layout_.storage(node.output), channels_last(y.shape))) {
      p.batch = y.shape[0];
      p.output = map(node.output);
    }
    const auto with_map = [&](TensorId id) {
      FlatOperand x = operand(node, id);
      x.map = {.channels = x.period};
      if (x.period == p.elements())
        x.map = {.height = p.output.height, .width = p.output.width, .channels = p.output.channels};
      return x;
    };
    p.a = with_map(node.inputs[0]);
    if (node.inputs.size() > 1) p.b = with_map(node.inputs[1]);
    p.multiply = multiply;
    p.factor = factor;
    p.scale = scale;
    p.y_unsigned = is_unsigned(y);
    p.zy = byte(y.quant.zero);
    p.lo = byte(node.lo);
    p.hi = byte(node.hi);
    return p;
  }

  const Graph& graph_;
  const Layout& layout_;
  const Target& target_;
};

}  // namespace

std::vector<Step> make_steps(const Graph& graph, const Layout& layout, const Target& target) {
  std::vector<Step> steps;
  const Maker maker(graph, layout, target);
  for (const Node& node : graph.nodes) {
    if (std::optional<Problem> problem = maker.make(node))
      steps.push_back({&node, std::move(*problem)});
  }
  return steps;
}

}  // namespace girih::compiler
