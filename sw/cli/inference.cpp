// SPDX-License-Identifier: Apache-2.0
#include "cli/inference.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "common/error.h"
#include "compiler/graph/interpret.h"
#include "compiler/program/ports.h"

namespace girih::cli {
namespace {

/// Does `shape` stand for samples of `want`: the same, or the same but for its first dimension, or
/// a stack of whole ones?
bool stacks(const std::vector<std::int64_t>& shape, const graph::Shape& want) {
  if (shape.size() == want.size())
    return std::equal(shape.begin() + 1, shape.end(), want.begin() + 1);
  return shape.size() == want.size() + 1 && std::equal(want.begin(), want.end(), shape.begin() + 1);
}

/// An element of an input that takes integers.
std::int32_t integer(float x, const compiler::Port& port) {
  const graph::DType type = port.encoding.dtype;
  if (!(x >= static_cast<float>(graph::lowest(type)) &&
        x <= static_cast<float>(graph::highest(type)) && x == std::trunc(x))) {
    throw Error("input \"{}\": an element is {}; {} is expected", port.name, x, graph::name(type));
  }
  return static_cast<std::int32_t>(x);
}

}  // namespace

Samples samples_of(const Array& array, const compiler::Port& port, const std::string& file) {
  const auto elements = static_cast<std::size_t>(port.elements());
  if (array.shape.empty() || !stacks(array.shape, port.shape) || array.values.empty() ||
      array.values.size() % elements != 0) {
    throw Error(
        "{}: has shape {}; input \"{}\" takes {} (or several of them along the first dimension)",
        file, graph::to_string(array.shape), port.name, graph::to_string(port.shape));
  }
  Samples samples;
  samples.count = array.values.size() / elements;
  samples.quantised = !port.as_float;
  for (std::size_t s = 0; s < samples.count; ++s) {
    const auto first = array.values.begin() + static_cast<std::ptrdiff_t>(s * elements);
    samples.values.emplace_back(first, first + static_cast<std::ptrdiff_t>(elements));
  }
  return samples;
}

Samples random_samples(const compiler::Port& port, std::size_t count, std::uint32_t seed) {
  std::mt19937 rng(seed);
  Samples samples{count, !port.as_float, {}};
  const auto low = graph::lowest(port.encoding.dtype);
  for (std::size_t s = 0; s < count; ++s) {
    std::vector<float>& values =
        samples.values.emplace_back(static_cast<std::size_t>(port.elements()));
    for (float& x : values) {
      const std::int32_t q = low + static_cast<std::int32_t>(rng() >> 24);
      x = port.as_float
              ? static_cast<float>(q - port.encoding.quant.zero) * port.encoding.quant.scale.front()
              : static_cast<float>(q);
    }
  }
  return samples;
}

Inference::Inference(const graph::Graph& graph, const compiler::Program& program,
                     const ChipOptions& options, const std::string& reproduce)
    : graph_(graph),
      program_(program),
      options_(options),
      device_(make_device(options, reproduce)),
      runner_(std::make_unique<runtime::Runner>(*device_, program)) {}

Result Inference::run(const std::vector<Samples>& inputs, std::size_t i) {
  std::vector<std::vector<std::uint8_t>> bytes;
  for (std::size_t p = 0; p < inputs.size(); ++p) {
    const std::vector<float>& values = inputs[p].values.at(i);
    if (inputs[p].quantised) {
      std::vector<std::int32_t> integers(values.size());
      std::transform(values.begin(), values.end(), integers.begin(),
                     [&](float x) { return integer(x, program_.inputs[p]); });
      bytes.push_back(
          compiler::to_workspace(program_.inputs[p], std::span<const std::int32_t>(integers)));
    } else {
      bytes.push_back(compiler::to_workspace(program_.inputs[p], std::span<const float>(values)));
    }
    runner_->set_input(p, bytes.back());
  }
  runner_->run();
  Result result;
  if (device_->checked().mismatches != 0) return result;
  std::vector<std::vector<std::int32_t>> wanted;
  if (options_.check != "none") wanted = expected(bytes);
  for (std::size_t p = 0; p < program_.outputs.size(); ++p) {
    const std::vector<std::uint8_t> output = runner_->output(p);
    result.outputs.push_back(compiler::to_model(program_.outputs[p], output));
    if (wanted.empty()) continue;
    const std::vector<std::int32_t> got = compiler::quantised(program_.outputs[p], output);
    result.compared += got.size();
    for (std::size_t e = 0; e < got.size(); ++e) result.differing += got[e] != wanted[p][e] ? 1 : 0;
  }
  return result;
}

std::vector<std::vector<std::int32_t>> Inference::expected(
    const std::vector<std::vector<std::uint8_t>>& inputs) {
  std::vector<graph::Values> values;
  for (std::size_t p = 0; p < inputs.size(); ++p)
    values.push_back(compiler::quantised(program_.inputs[p], inputs[p]));
  graph::Execution execution = graph::interpret(graph_, values);
  std::vector<std::vector<std::int32_t>> outputs;
  for (const graph::Port& port : graph_.outputs) {
    graph::TensorId tensor = port.tensor;
    const graph::NodeId producer = graph_.tensors[tensor].producer;
    if (producer != graph::kNoNode && graph::on_host(graph_.nodes[producer].operation))
      tensor = graph_.nodes[producer].inputs[0];
    outputs.push_back(execution.values[tensor]);
  }
  return outputs;
}

}  // namespace girih::cli
