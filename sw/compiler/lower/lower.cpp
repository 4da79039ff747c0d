// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/lower.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "compiler/lower/border.h"
#include "compiler/lower/interleave.h"
#include "compiler/lower/plan.h"
#include "compiler/lower/problems.h"
#include "compiler/schedule/access.h"
#include "compiler/schedule/cost.h"
#include "compiler/schedule/happens_before.h"
#include "compiler/schedule/tokens.h"

namespace girih::compiler {
namespace {

using graph::Graph;
using graph::Node;
using graph::Tensor;
using graph::TensorId;

Target with_zone(Target target, const Plan& plan) {
  target.bias_zone = plan.bias_zone;
  return target;
}

class Lowering {
 public:
  Lowering(const Graph& graph, const Target& target)
      : graph_(graph),
        layout_(graph),
        steps_(make_steps(graph, layout_, target)),
        plan_(make_plan(graph, layout_, target, steps_)),
        builder_(with_zone(target, plan_)) {}

  Program run() {
    for (std::size_t i = 0; i < steps_.size(); ++i) lower(steps_[i], plan_.areas[i]);
    isa::Fence done;
    done.irq = true;
    builder_.emit(done);
    return finish();
  }

 private:
  const Tensor& tensor(TensorId id) const { return graph_.tensors[id]; }

  void lower(const Step& step, const Area& area) {
    const auto first = static_cast<std::uint32_t>(builder_.instructions().size());
    const std::uint64_t macs_before = builder_.array_macs();
    builder_.begin_layer(static_cast<std::uint32_t>(program_.layers.size()));
    lower_step(builder_, step.problem, area);
    write_border(step, first);
    const auto count = static_cast<std::uint32_t>(builder_.instructions().size()) - first;
    const Node& node = *step.node;
    Layer layer{.node = node.name,
                .kind = std::string(graph::kind(node.operation)),
                .first = first,
                .last = first + count - 1,
                .count = count,
                .macs = static_cast<std::uint64_t>(graph::macs(graph_, node)),
                .array_macs = builder_.array_macs() - macs_before};
    follow(layer);
    const isa::Preset& preset = builder_.target().preset;
    layer.limit_cycles = static_cast<std::uint64_t>(std::max(
        ceil_div(static_cast<std::int64_t>(layer.macs), std::int64_t{preset.k_dim} * preset.n_dim),
        ceil_div(compulsory_bytes(node), preset.bus_bytes)));
    program_.layers.push_back(std::move(layer));
  }

  /// A layer of VECTOR instructions alone goes along with the tiles of the layer before.
  void follow(Layer& layer) {
    std::vector<isa::Instruction>& all = builder_.instructions();
    const auto begin = all.begin() + layer.first;
    if (program_.layers.empty() || !std::all_of(begin, all.end(), [](const auto& x) {
          return engine_of(x) == Engine::kVector;
        }))
      return;
    const Layer& before = program_.layers.back();
    const std::uint32_t top = before.first;
    interleave(all, layer.first, top, before.last + 1, builder_.target().preset);
    program_.layers.push_back(layer);
    number_from(top);
    layer = program_.layers.back();
    program_.layers.pop_back();
  }

  /// First and last instruction of the layers that have some from `top` on, after these have moved.
  void number_from(std::uint32_t top) {
    const std::vector<isa::Instruction>& all = builder_.instructions();
    const auto of = [&](std::uint32_t i) -> Layer& {
      return program_.layers[isa::decode_header(all[i]).tag];
    };
    const auto end = static_cast<std::uint32_t>(all.size());
    for (std::uint32_t i = end; i-- > top;) {
      if (of(i).first >= top) of(i).first = i;
    }
    for (std::uint32_t i = top; i < end; ++i) of(i).last = i;
  }

  /// What has to cross the bus however large the chip: constants, the model's inputs and outputs.
  std::int64_t compulsory_bytes(const Node& node) const {
    const auto port = [&](const std::vector<graph::Port>& ports, TensorId id) {
      return std::any_of(ports.begin(), ports.end(), [&](const graph::Port& p) {
        TensorId outside = p.tensor;
        const graph::NodeId producer = tensor(outside).producer;
        if (producer != graph::kNoNode && graph::on_host(graph_.nodes[producer].operation))
          outside = graph_.nodes[producer].inputs.front();
        return layout_.root(outside) == layout_.root(id);
      });
    };
    std::int64_t bytes =
        port(graph_.outputs, node.output) ? graph::elements(tensor(node.output).shape) : 0;
    for (const TensorId input : node.inputs) {
      if (tensor(input).constant || port(graph_.inputs, input))
        bytes += graph::elements(tensor(input).shape);
    }
    return bytes;
  }

  /// The border of what a step makes, before its first VECTOR instruction: the loads and the first
  /// passes are under way by then.
  void write_border(const Step& step, std::size_t first) {
    const Place& place = plan_.places[layout_.root(step.node->output)];
    if (!place.kept || !place.border.any()) return;
    std::size_t at = first;
    while (engine_of(builder_.instructions()[at]) != Engine::kVector) ++at;
    std::visit(
        [&](const auto& p) {
          for (const isa::Vector& v : border_instructions(place, p.batch, p.output))
            builder_.insert(at++, v);
        },
        step.problem);
  }

  Port port(const graph::Port& from, TensorId id) const {
    const Tensor& x = tensor(id);
    return {.name = from.name,
            .shape = x.shape,
            .storage = layout_.storage(id),
            .encoding = x.encoding(),
            .offset = static_cast<std::uint64_t>(plan_.places[layout_.root(id)].offset),
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
    program_.workspace_bytes = plan_.workspace_bytes;
    program_.array_macs = builder_.array_macs();
    for (const graph::Port& from : graph_.inputs)
      program_.inputs.push_back(port(from, from.tensor));
    for (const graph::Port& from : graph_.outputs) program_.outputs.push_back(output_port(from));
    program_.instructions = std::move(builder_.instructions());
    program_.constants = builder_.constants();
    const Extents extents{target.spm_bytes, target.acc_bytes, program_.workspace_bytes};
    assign_tokens(program_.instructions, target.preset, extents);
    prove_ordered(program_.instructions, target.preset, extents);
    check_costs(program_.instructions, target.preset, kMaxInstrCycles, [&](std::uint32_t i) {
      const Layer* layer = program_.layer_of(i);
      return layer == nullptr ? std::string() : layer->node;
    });
    return std::move(program_);
  }

  const Graph& graph_;
  const Layout layout_;
  std::vector<Step> steps_;
  const Plan plan_;
  Builder builder_;
  Program program_;
};

}  // namespace

Program compile(const Graph& graph, const Target& target) { return Lowering(graph, target).run(); }

}  // namespace girih::compiler
