// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/lower.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "compiler/lower/conv.h"
#include "compiler/lower/elementwise.h"
#include "compiler/lower/layout.h"
#include "compiler/lower/pool.h"
#include "compiler/schedule/happens_before.h"
#include "compiler/schedule/tokens.h"

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

class Lowering {
 public:
  Lowering(const Graph& graph, const Target& target)
      : graph_(graph), layout_(graph), builder_(target) {}

  Program run() {
    for (const Node& node : graph_.nodes) {
      if (!graph::on_host(node.operation)) lower(node);
    }
    isa::Fence done;
    done.irq = true;
    builder_.emit(done);
    return finish();
  }

 private:
  const Tensor& tensor(TensorId id) const { return graph_.tensors[id]; }

  void lower(const Node& node) {
    const auto first = static_cast<std::uint32_t>(builder_.instructions().size());
    const std::uint64_t macs_before = builder_.array_macs();
    builder_.begin_layer(static_cast<std::uint32_t>(program_.layers.size()));
    std::visit(
        Overloaded{
            [&](const graph::Conv& op) { conv(node, op); },
            [&](const graph::FullyConnected& op) { fully_connected(node, op); },
            [&](const graph::Add& op) { elementwise(node, op.first_scale, op.out_scale, false); },
            [&](const graph::Mul& op) { elementwise(node, std::nullopt, op.out_scale, true); },
            [&](const graph::Requantise& op) { elementwise(node, op.scale, std::nullopt, false); },
            [&](const graph::MaxPool& op) { pool(node, op.window, std::nullopt); },
            [&](const graph::AveragePool& op) { pool(node, op.window, op); },
            [&](const graph::Reshape&) {}, [&](const graph::Transpose&) {},
            [&](const graph::HostSoftmax&) {}, [&](const graph::HostSigmoid&) {}},
        node.operation);
    const auto count = static_cast<std::uint32_t>(builder_.instructions().size()) - first;
    if (count == 0) return;
    Layer layer{.node = node.name,
                .kind = std::string(graph::kind(node.operation)),
                .first = first,
                .count = count,
                .macs = static_cast<std::uint64_t>(graph::macs(graph_, node)),
                .array_macs = builder_.array_macs() - macs_before};
    std::int64_t bytes = graph::elements(tensor(node.output).shape);
    for (const TensorId input : node.inputs) bytes += graph::elements(tensor(input).shape);
    const isa::Preset& preset = builder_.target().preset;
    layer.limit_cycles = static_cast<std::uint64_t>(std::max(
        ceil_div(static_cast<std::int64_t>(layer.macs), std::int64_t{preset.k_dim} * preset.n_dim),
        ceil_div(bytes, preset.bus_bytes)));
    program_.layers.push_back(std::move(layer));
  }

  /// [N, C, H, W] stored channels-last.
  Map map(TensorId id) const {
    const graph::Shape& shape = tensor(id).shape;
    return {layout_.offset(id), shape[2], shape[3], shape[1]};
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

  void conv(const Node& node, const graph::Conv& op) {
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
    lower_conv(builder_, std::move(p));
  }

  void fully_connected(const Node& node, const graph::FullyConnected& op) {
    ConvProblem p = problem(node, op.bias, op.multiplier);
    const Tensor& w = tensor(node.inputs[1]);
    p.input = {layout_.offset(node.inputs[0]), 1, op.rows, op.depth};
    p.output = {layout_.offset(node.output), 1, op.rows, op.columns};
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
    lower_conv(builder_, std::move(p));
  }

  void pool(const Node& node, const graph::Window& window,
            const std::optional<graph::AveragePool>& average) {
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
    lower_pool(builder_, p);
  }

  /// Bytes of an operand in the output's order, and how they repeat along the output.
  FlatOperand operand(const Node& node, TensorId id) {
    const Tensor& x = tensor(id);
    const graph::Shape& shape = tensor(node.output).shape;
    const std::int64_t elements = graph::elements(shape);
    FlatOperand flat{.is_unsigned = is_unsigned(x), .zero = byte(x.quant.zero)};
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
      flat.window = kConstantWindow;
      std::vector<std::uint8_t> bytes(static_cast<std::size_t>(flat.period));
      for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = x.data[source[i]];
      flat.offset = builder_.constant(bytes);
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
    flat.window = kWorkspaceWindow;
    flat.offset = layout_.offset(id);
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

  void elementwise(const Node& node, std::optional<float> factor, std::optional<float> scale,
                   bool multiply) {
    const Tensor& y = tensor(node.output);
    ElementwiseProblem p;
    p.node = node.name;
    p.elements = graph::elements(y.shape);
    p.a = operand(node, node.inputs[0]);
    if (node.inputs.size() > 1) p.b = operand(node, node.inputs[1]);
    p.multiply = multiply;
    p.factor = factor;
    p.scale = scale;
    p.output = layout_.offset(node.output);
    p.y_unsigned = is_unsigned(y);
    p.zy = byte(y.quant.zero);
    p.lo = byte(node.lo);
    p.hi = byte(node.hi);
    lower_elementwise(builder_, p);
  }

  Port port(const graph::Port& from, TensorId id) const {
    const Tensor& x = tensor(id);
    return {.name = from.name,
            .shape = x.shape,
            .storage = layout_.storage(id),
            .encoding = x.encoding(),
            .offset = static_cast<std::uint64_t>(layout_.offset(id)),
            .as_float = from.as_float,
            .tail = {}};
  }

  Port output_port(const graph::Port& from) const {
    const Tensor& y = tensor(from.tensor);
    if (y.producer == graph::kNoNode || !graph::on_host(graph_.nodes[y.producer].operation))
      return port(from, from.tensor);
    const Node& node = graph_.nodes[y.producer];
    Port result = port(from, node.inputs.front());
    result.tail.node = node.name;
    if (const auto* softmax = std::get_if<graph::HostSoftmax>(&node.operation)) {
      result.tail.kind = HostTail::Kind::kSoftmax;
      result.tail.axis = softmax->axis;
      result.tail.rounding = softmax->rounding;
    } else {
      result.tail.kind = HostTail::Kind::kSigmoid;
      result.tail.rounding = std::get<graph::HostSigmoid>(node.operation).rounding;
    }
    return result;
  }

  Program finish() {
    const Target& target = builder_.target();
    program_.model = graph_.name;
    program_.preset = std::string(target.preset.name);
    program_.spm_bytes = target.spm_bytes;
    program_.acc_bytes = target.acc_bytes;
    program_.workspace_bytes = layout_.workspace_bytes();
    program_.array_macs = builder_.array_macs();
    for (const graph::Port& from : graph_.inputs)
      program_.inputs.push_back(port(from, from.tensor));
    for (const graph::Port& from : graph_.outputs) program_.outputs.push_back(output_port(from));
    program_.instructions = std::move(builder_.instructions());
    program_.constants = builder_.constants();
    const Extents extents{target.spm_bytes, target.acc_bytes, program_.workspace_bytes};
    assign_tokens(program_.instructions, target.preset, extents);
    prove_ordered(program_.instructions, target.preset, extents);
    return std::move(program_);
  }

  const Graph& graph_;
  const Layout layout_;
  Builder builder_;
  Program program_;
};

}  // namespace

Program compile(const Graph& graph, const Target& target) { return Lowering(graph, target).run(); }

}  // namespace girih::compiler
