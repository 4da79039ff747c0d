// SPDX-License-Identifier: Apache-2.0
//
// Random networks of a few layers for tests: every operation the chip has, odd windows, activations
// with several readers, outputs that are read on, one or two inputs.
#pragma once

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "compiler/graph/graph.h"

namespace girih::compiler {

class RandomNetwork {
 public:
  explicit RandomNetwork(std::uint32_t seed) : rng_(seed) {}

  graph::Graph make(int layers, std::int64_t largest) {
    const std::int64_t batch = pick(4) == 0 ? 2 : 1;
    const graph::Shape shape{batch, 1 + pick(20), 1 + pick(largest), 1 + pick(largest)};
    for (std::int64_t i = 0; i < 1 + pick(2); ++i) {
      const graph::TensorId x = tensor(shape, encoding());
      g_.inputs.push_back({"x" + std::to_string(i), x, false});
      made_.push_back(x);
    }
    for (int i = 0; i < layers; ++i) layer();
    outputs();
    graph::validate(g_);
    return std::move(g_);
  }

 private:
  std::int64_t pick(std::int64_t below) {
    return static_cast<std::int64_t>(rng_() % static_cast<std::uint32_t>(below));
  }
  graph::Encoding encoding() {
    const auto type = pick(2) == 0 ? graph::DType::kInt8 : graph::DType::kUint8;
    const std::int32_t zero = graph::lowest(type) + static_cast<std::int32_t>(pick(256));
    return {type, {{0.05F}, zero, -1}};
  }
  graph::TensorId tensor(graph::Shape shape, const graph::Encoding& e) {
    return g_.add_tensor({.name = "t" + std::to_string(g_.tensors.size()),
                          .shape = std::move(shape),
                          .dtype = e.dtype,
                          .quant = e.quant,
                          .data = {}});
  }
  graph::TensorId constant(graph::Shape shape) {
    const graph::TensorId id = tensor(std::move(shape), encoding());
    graph::Tensor& t = g_.tensors[id];
    t.constant = true;
    t.data.resize(static_cast<std::size_t>(graph::elements(t.shape)));
    for (std::uint8_t& byte : t.data) byte = static_cast<std::uint8_t>(rng_() >> 24);
    return id;
  }
  void append(graph::Operation operation, std::vector<graph::TensorId> inputs, graph::Shape shape,
              const graph::Encoding& e) {
    graph::Node node{.name = "n" + std::to_string(g_.nodes.size()),
                     .origins = {},
                     .operation = std::move(operation),
                     .inputs = std::move(inputs),
                     .output = tensor(std::move(shape), e)};
    node.lo = graph::lowest(e.dtype);
    node.hi = graph::highest(e.dtype);
    made_.push_back(node.output);
    g_.add_node(std::move(node));
  }

  /// Often the latest activation, sometimes an older one: several readers, long lives.
  graph::TensorId any() {
    return pick(3) != 0 ? made_.back() : made_[static_cast<std::size_t>(pick(std::ssize(made_)))];
  }

  void layer() {
    const graph::TensorId x = any();
    const graph::Shape shape = g_.tensors[x].shape;
    if (shape.size() != 4) return pick(3) == 0 ? rescale(x) : fully_connected(x);
    switch (pick(8)) {
      case 0:
        return pool(x, true);
      case 1:
        return pool(x, false);
      case 2:
        return add(x);
      case 3:
        return pick(3) == 0 ? flatten(x) : multiply(x);
      case 4:
        return rescale(x);
      default:
        return conv(x);
    }
  }

  graph::Window window(const graph::Shape& x, bool pool) {
    graph::Window w;
    for (std::size_t axis = 0; axis < 2; ++axis) {
      const std::int64_t size = x[axis + 2];
      w.kernel[axis] = pick(3) == 0 ? 1 : 1 + pick(5);
      w.stride[axis] = 1 + pick(2);
      w.dilation[axis] = 1 + (pick(4) == 0 ? 1 : 0);
      std::int64_t reach = graph::extent(w.kernel[axis], w.dilation[axis]);
      if (reach > 2 * size) {
        w.kernel[axis] = reach = 1;
        w.dilation[axis] = 1;
      }
      // A kernel larger than the input needs its padding.
      const std::int64_t need = std::max<std::int64_t>(0, reach - size);
      const std::int64_t most = std::min(reach - 1, size);
      w.pad_begin[axis] = std::min(most, (need + 1) / 2 + pick(2));
      w.pad_end[axis] = std::min(most, need - std::min(need, w.pad_begin[axis]) + pick(2));
      if (pool) {  // pads stay below the kernel
        w.pad_begin[axis] = std::min(w.pad_begin[axis], w.kernel[axis] - 1);
        w.pad_end[axis] = std::min(w.pad_end[axis], w.kernel[axis] - 1);
      }
      if (size + w.pad_begin[axis] + w.pad_end[axis] < reach) {
        w.kernel[axis] = w.dilation[axis] = 1;
        w.pad_begin[axis] = w.pad_end[axis] = 0;
      }
    }
    return w;
  }
  static graph::Shape outcome(const graph::Shape& x, const graph::Window& w,
                              std::int64_t channels) {
    const auto out = [&](std::size_t axis) {
      return (x[axis + 2] + w.pad_begin[axis] + w.pad_end[axis] -
              graph::extent(w.kernel[axis], w.dilation[axis])) /
                 w.stride[axis] +
             1;
    };
    return {x[0], channels, out(0), out(1)};
  }

  std::vector<float> multipliers(std::int64_t columns, std::int64_t depth) {
    std::vector<float> values;
    const float one = static_cast<float>(0.01 / std::sqrt(static_cast<double>(depth)));
    const bool equal = pick(2) == 0;
    for (std::int64_t n = 0; n < columns; ++n)
      values.push_back(equal ? one : one * (1.0F + static_cast<float>(pick(100)) / 100));
    return values;
  }
  std::vector<std::int32_t> biases(std::int64_t columns) {
    std::vector<std::int32_t> values(static_cast<std::size_t>(columns), 0);
    if (pick(4) == 0) return values;
    for (std::int32_t& value : values) value = static_cast<std::int32_t>(pick(20000)) - 10000;
    return values;
  }

  void conv(graph::TensorId x) {
    const graph::Shape shape = g_.tensors[x].shape;
    const graph::Window w = window(shape, false);
    std::int64_t groups = 1;
    for (const std::int64_t g : {2, 3, 5}) {
      if (pick(3) == 0 && shape[1] % g == 0) groups = g;
    }
    if (pick(6) == 0) groups = shape[1];
    const std::int64_t columns = groups * (1 + pick(groups > 4 ? 2 : 20));
    const graph::TensorId weights =
        constant({columns, shape[1] / groups, w.kernel[0], w.kernel[1]});
    append(graph::Conv{.window = w,
                       .groups = groups,
                       .bias = biases(columns),
                       .multiplier =
                           multipliers(columns, w.kernel[0] * w.kernel[1] * shape[1] / groups)},
           {x, weights}, outcome(shape, w, columns), encoding());
  }

  void fully_connected(graph::TensorId x) {
    const graph::Shape shape = g_.tensors[x].shape;
    const std::int64_t columns = 1 + pick(40);
    append(graph::FullyConnected{.rows = shape[0],
                                 .depth = shape[1],
                                 .columns = columns,
                                 .bias = biases(columns),
                                 .multiplier = multipliers(columns, shape[1])},
           {x, constant({columns, shape[1]})}, {shape[0], columns}, encoding());
  }

  void pool(graph::TensorId x, bool maximum) {
    const graph::Shape shape = g_.tensors[x].shape;
    graph::Window w = window(shape, true);
    if (maximum)
      append(graph::MaxPool{w}, {x}, outcome(shape, w, shape[1]), g_.tensors[x].encoding());
    else
      append(graph::AveragePool{.window = w, .count_padding = pick(2) == 0, .scale = 1.1F}, {x},
             outcome(shape, w, shape[1]), encoding());
  }

  /// Of two activations of one shape, or of one and a constant vector over the channels.
  void add(graph::TensorId x) {
    const graph::Shape shape = g_.tensors[x].shape;
    graph::TensorId y = constant({1, shape[1], 1, 1});
    for (const graph::TensorId other : made_) {
      if (g_.tensors[other].shape == shape && pick(2) == 0) y = other;
    }
    append(graph::Add{.first_scale = 0.7F, .out_scale = 0.6F}, {x, y}, shape, encoding());
  }
  void multiply(graph::TensorId x) {
    const graph::Shape shape = g_.tensors[x].shape;
    append(graph::Mul{.out_scale = 0.01F}, {x, constant({1})}, shape, encoding());
  }
  void rescale(graph::TensorId x) {
    append(graph::Requantise{.scale = 0.9F}, {x}, g_.tensors[x].shape, encoding());
  }
  void flatten(graph::TensorId x) {
    const graph::Shape shape = g_.tensors[x].shape;
    append(graph::Reshape{}, {x}, {shape[0], shape[1] * shape[2] * shape[3]},
           g_.tensors[x].encoding());
  }

  /// What nobody reads, and now and then something that is read on.
  void outputs() {
    for (const graph::TensorId t : made_) {
      if (g_.tensors[t].producer == graph::kNoNode) continue;
      const bool read = std::any_of(g_.nodes.begin(), g_.nodes.end(), [&](const auto& node) {
        return std::find(node.inputs.begin(), node.inputs.end(), t) != node.inputs.end();
      });
      if (!read || pick(8) == 0) g_.outputs.push_back({"y" + std::to_string(t), t, false});
    }
  }

  std::mt19937 rng_;
  graph::Graph g_;
  std::vector<graph::TensorId> made_;
};

}  // namespace girih::compiler
