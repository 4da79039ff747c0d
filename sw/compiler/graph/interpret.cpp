// SPDX-License-Identifier: Apache-2.0
#include "compiler/graph/interpret.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "common/error.h"
#include "compiler/graph/arithmetic.h"
#include "compiler/graph/host.h"

namespace girih::graph {
namespace {

float to_float(std::int32_t x) { return static_cast<float>(x); }

std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }

/// Row-major position of [n, c, h, w].
std::size_t at(const Shape& s, std::int64_t n, std::int64_t c, std::int64_t h, std::int64_t w) {
  return index(((n * s[1] + c) * s[2] + h) * s[3] + w);
}

class Interpreter {
 public:
  Interpreter(const Graph& graph, Execution& run) : graph_(graph), run_(run) {}

  void run(const Node& node) {
    node_ = &node;
    result().assign(index(elements(y().shape)), 0);
    std::visit([this](const auto& operation) { run(operation); }, node.operation);
  }

 private:
  const Tensor& in(std::size_t i) const { return graph_.tensors[node_->inputs[i]]; }
  const Values& values(std::size_t i) const { return run_.values[node_->inputs[i]]; }
  const Tensor& y() const { return graph_.tensors[node_->output]; }
  Values& result() { return run_.values[node_->output]; }

  std::int32_t finish(float t) const {
    return round_clamp(t, y().quant.zero, node_->lo, node_->hi);
  }

  /// Calls f(result position, n, c, oh, ow) for every element of a four-dimensional result.
  template <typename F>
  void for_each_output(F f) {
    const Shape& s = y().shape;
    std::size_t position = 0;
    for (std::int64_t n = 0; n < s[0]; ++n)
      for (std::int64_t c = 0; c < s[1]; ++c)
        for (std::int64_t h = 0; h < s[2]; ++h)
          for (std::int64_t w = 0; w < s[3]; ++w) f(position++, n, c, h, w);
  }

  /// Calls f(kh, kw, h, w) for every tap of the window at (oh, ow) that lies inside the input.
  template <typename F>
  void for_each_tap(const Window& window, std::int64_t oh, std::int64_t ow, F f) const {
    const Shape& s = in(0).shape;
    for (std::int64_t kh = 0; kh < window.kernel[0]; ++kh) {
      const std::int64_t h = oh * window.stride[0] - window.pad_begin[0] + kh * window.dilation[0];
      if (h < 0 || h >= s[2]) continue;
      for (std::int64_t kw = 0; kw < window.kernel[1]; ++kw) {
        const std::int64_t w =
            ow * window.stride[1] - window.pad_begin[1] + kw * window.dilation[1];
        if (w >= 0 && w < s[3]) f(kh, kw, h, w);
      }
    }
  }

  void run(const Conv& conv) {
    const Shape& xs = in(0).shape;
    const Shape& ws = in(1).shape;
    const std::int32_t zx = in(0).quant.zero;
    const std::int32_t zw = in(1).quant.zero;
    const std::int64_t group_outputs = ws[0] / conv.groups;
    for_each_output([&](std::size_t p, std::int64_t n, std::int64_t c, std::int64_t oh,
                        std::int64_t ow) {
      const std::int64_t first = c / group_outputs * ws[1];
      std::int32_t acc = conv.bias[index(c)];
      for_each_tap(conv.window, oh, ow,
                   [&](std::int64_t kh, std::int64_t kw, std::int64_t h, std::int64_t w) {
                     for (std::int64_t i = 0; i < ws[1]; ++i) {
                       acc = wrapping_mac(acc, values(0)[at(xs, n, first + i, h, w)] - zx,
                                          values(1)[at(ws, c, i, kh, kw)] - zw);
                     }
                   });
      result()[p] = finish(to_float(acc) * conv.multiplier[index(c)]);
    });
  }

  void run(const FullyConnected& fc) {
    const std::int32_t zx = in(0).quant.zero;
    const std::int32_t zw = in(1).quant.zero;
    for (std::int64_t m = 0; m < fc.rows; ++m) {
      for (std::int64_t n = 0; n < fc.columns; ++n) {
        std::int32_t acc = fc.bias[index(n)];
        for (std::int64_t k = 0; k < fc.depth; ++k) {
          acc = wrapping_mac(acc, values(0)[index(m * fc.depth + k)] - zx,
                             values(1)[index(n * fc.depth + k)] - zw);
        }
        result()[index(m * fc.columns + n)] = finish(to_float(acc) * fc.multiplier[index(n)]);
      }
    }
  }

  /// The operand's position under NumPy's broadcasting, for a position of the result.
  std::size_t broadcast(std::size_t position, const Shape& operand) const {
    const Shape& out = y().shape;
    auto rest = static_cast<std::int64_t>(position);
    std::int64_t source = 0;
    std::int64_t stride = 1;
    for (std::size_t back = 1; back <= operand.size(); ++back) {
      const std::int64_t coordinate = rest % out[out.size() - back];
      rest /= out[out.size() - back];
      const std::int64_t dim = operand[operand.size() - back];
      if (dim != 1) source += coordinate * stride;
      stride *= dim;
    }
    return index(source);
  }

  template <typename F>
  void elementwise(F f) {
    for (std::size_t p = 0; p < result().size(); ++p) {
      const float a = to_float(values(0)[broadcast(p, in(0).shape)] - in(0).quant.zero);
      const float b = to_float(values(1)[broadcast(p, in(1).shape)] - in(1).quant.zero);
      result()[p] = finish(f(a, b));
    }
  }

  void run(const Add& add) {
    elementwise([&](float a, float b) {
      const float scaled = a * add.first_scale;
      const float sum = scaled + b;
      return sum * add.out_scale;
    });
  }

  void run(const Mul& mul) {
    elementwise([&](float a, float b) {
      const float product = a * b;
      return product * mul.out_scale;
    });
  }

  void run(const Requantise& requantise) {
    for (std::size_t p = 0; p < result().size(); ++p) {
      result()[p] = finish(to_float(values(0)[p] - in(0).quant.zero) * requantise.scale);
    }
  }

  void run(const MaxPool& pool) {
    for_each_output([&](std::size_t p, std::int64_t n, std::int64_t c, std::int64_t oh,
                        std::int64_t ow) {
      std::int32_t best = lowest(in(0).dtype);
      for_each_tap(pool.window, oh, ow,
                   [&](std::int64_t, std::int64_t, std::int64_t h, std::int64_t w) {
                     best = std::max(best, values(0)[at(in(0).shape, n, c, h, w)]);
                   });
      result()[p] = best;
    });
  }

  /// Taps of the window at output `o` along one axis (0 height, 1 width) that lie inside the input
  /// or its padding.
  std::int64_t taps_padded(const Window& window, std::size_t axis, std::int64_t o) const {
    const std::int64_t end = in(0).shape[axis + 2] + window.pad_end[axis];
    std::int64_t count = 0;
    for (std::int64_t k = 0; k < window.kernel[axis]; ++k) {
      const std::int64_t position =
          o * window.stride[axis] - window.pad_begin[axis] + k * window.dilation[axis];
      count += position < end;
    }
    return count;
  }

  void run(const AveragePool& pool) {
    for_each_output([&](std::size_t p, std::int64_t n, std::int64_t c, std::int64_t oh,
                        std::int64_t ow) {
      std::int32_t sum = 0;
      std::int64_t count = 0;
      for_each_tap(pool.window, oh, ow,
                   [&](std::int64_t, std::int64_t, std::int64_t h, std::int64_t w) {
                     sum = wrapping_mac(
                         sum, values(0)[at(in(0).shape, n, c, h, w)] - in(0).quant.zero, 1);
                     ++count;
                   });
      if (pool.count_padding) {
        count = taps_padded(pool.window, 0, oh) * taps_padded(pool.window, 1, ow);
      }
      const float inverse = 1.0F / static_cast<float>(count);
      const float scaled = to_float(sum) * pool.scale;
      result()[p] = finish(scaled * inverse);
    });
  }

  void run(const Reshape&) { result() = values(0); }

  void run(const Transpose& transpose) {
    const Shape& xs = in(0).shape;
    Shape stride(xs.size(), 1);
    for (std::size_t d = xs.size(); d-- > 1;) stride[d - 1] = stride[d] * xs[d];
    for (std::size_t p = 0; p < result().size(); ++p) {
      auto rest = static_cast<std::int64_t>(p);
      std::int64_t source = 0;
      for (std::size_t d = xs.size(); d-- > 0;) {
        source += rest % y().shape[d] * stride[transpose.permutation[d]];
        rest /= y().shape[d];
      }
      result()[p] = values(0)[index(source)];
    }
  }

  void run(const HostSoftmax&) { host(); }
  void run(const HostSigmoid&) { host(); }
  void host() {
    run_.floats[node_->output] = run_on_host(graph_, *node_, values(0));
    result().clear();
  }

  const Graph& graph_;
  Execution& run_;
  const Node* node_ = nullptr;
};

Floats dequantise(const Tensor& tensor, const Values& values) {
  const Encoding encoding = tensor.encoding();
  Floats x(values.size());
  std::transform(values.begin(), values.end(), x.begin(),
                 [&](std::int32_t q) { return dequantise(q, encoding); });
  return x;
}

}  // namespace

Execution interpret(const Graph& graph, const std::vector<Values>& inputs) {
  Execution run;
  run.values.resize(graph.tensors.size());
  run.floats.resize(graph.tensors.size());
  for (TensorId id = 0; id < graph.tensors.size(); ++id) {
    const Tensor& tensor = graph.tensors[id];
    if (!tensor.constant) continue;
    Values& values = run.values[id];
    values.resize(tensor.data.size());
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = tensor.constant_at(i);
  }
  if (inputs.size() != graph.inputs.size()) {
    throw Error(fmt::format("the network has {} inputs, {} were given", graph.inputs.size(),
                            inputs.size()));
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Tensor& tensor = graph.tensors[graph.inputs[i].tensor];
    const auto fits = [&](std::int32_t v) {
      return lowest(tensor.dtype) <= v && v <= highest(tensor.dtype);
    };
    if (std::ssize(inputs[i]) != elements(tensor.shape) ||
        !std::all_of(inputs[i].begin(), inputs[i].end(), fits)) {
      throw Error(fmt::format("input '{}' takes {} {} values, shape {}", graph.inputs[i].name,
                              elements(tensor.shape), name(tensor.dtype),
                              to_string(tensor.shape)));
    }
    run.values[graph.inputs[i].tensor] = inputs[i];
  }
  Interpreter interpreter(graph, run);
  for (const Node& node : graph.nodes) interpreter.run(node);
  return run;
}

Values quantise(const Graph& graph, const Port& port, std::span<const float> x) {
  const Tensor& tensor = graph.tensors[port.tensor];
  if (std::ssize(x) != elements(tensor.shape)) {
    throw Error(fmt::format("input '{}' takes {} values, shape {}; {} were given", port.name,
                            elements(tensor.shape), to_string(tensor.shape), x.size()));
  }
  const Encoding encoding = tensor.encoding();
  Values values(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (std::isnan(x[i])) throw Error(fmt::format("input '{}': element {} is NaN", port.name, i));
    values[i] = quantise(x[i], encoding);
  }
  return values;
}

Floats output(const Graph& graph, const Port& port, const Execution& execution) {
  const Tensor& tensor = graph.tensors[port.tensor];
  if (tensor.dtype == DType::kFloat32) return execution.floats[port.tensor];
  return dequantise(tensor, execution.values[port.tensor]);
}

Floats run_on_host(const Graph& graph, const Node& node, const Values& x) {
  const Tensor& tensor = graph.tensors[node.inputs[0]];
  Floats y = dequantise(tensor, x);
  std::optional<Encoding> rounding;
  if (const auto* op = std::get_if<HostSoftmax>(&node.operation)) {
    softmax(tensor.shape, op->axis, y);
    rounding = op->rounding;
  } else {
    sigmoid(y);
    rounding = std::get<HostSigmoid>(node.operation).rounding;
  }
  if (rounding) round_to(*rounding, y);
  return y;
}

}  // namespace girih::graph
