// SPDX-License-Identifier: Apache-2.0
//
// What a step needs, and its instructions: the three kinds of problem behind one face.
#include <utility>
#include <variant>

#include "compiler/lower/conv.h"
#include "compiler/lower/conv_tiling.h"
#include "compiler/lower/problems.h"

namespace girih::compiler {
namespace {

using graph::Graph;
using graph::Node;
using graph::TensorId;

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};

Map moved(const Map& map, const Place& place) {
  return map_at(place, map.height, map.width, map.channels);
}

}  // namespace

std::vector<TensorId> activations(const Graph& graph, const Step& step) {
  std::vector<TensorId> result;
  for (const TensorId input : step.node->inputs) {
    if (!graph.tensors[input].constant) result.push_back(input);
  }
  return result;
}

void locate(Step& step, const Graph& graph, const Layout& layout,
            const std::vector<Place>& places) {
  const Node& node = *step.node;
  const auto place = [&](TensorId tensor) -> const Place& { return places[layout.root(tensor)]; };
  std::visit(Overloaded{[&](ElementwiseProblem& p) {
                          const auto put = [&](FlatOperand& x, TensorId id) {
                            if (!graph.tensors[id].constant) x.map = moved(x.map, place(id));
                          };
                          put(p.a, node.inputs[0]);
                          if (p.b) put(*p.b, node.inputs[1]);
                          p.output = moved(p.output, place(node.output));
                        },
                        [&](auto& p) {
                          p.input = moved(p.input, place(node.inputs[0]));
                          p.output = moved(p.output, place(node.output));
                        }},
             step.problem);
}

std::optional<Demand> demand(const Problem& problem, const Target& target) {
  const double bus = target.preset.bus_bytes;
  constexpr double kLatency = 150;  // of a load that everything waits for
  const auto moved_bytes = [](bool moved, std::int64_t bytes) {
    return moved ? static_cast<double>(bytes) : 0;
  };
  using Result = std::optional<Demand>;
  return std::visit(
      Overloaded{[&](const ConvProblem& p) -> Result {
                   const auto best = find_tiling(p, target);
                   if (!best) return std::nullopt;
                   return Demand{ConvSizes(p, best->tiling, target).area(p, best->tiling, target),
                                 best->cycles};
                 },
                 [&](const PoolProblem& p) -> Result {
                   const auto tiling = find_pool_tiling(p, target);
                   if (!tiling) return std::nullopt;
                   const double tiles =
                       static_cast<double>(ceil_div(p.output.height, tiling->rows) *
                                           ceil_div(p.output.channels, tiling->depth));
                   const double bytes = moved_bytes(!p.input.kept, p.batch * p.input.bytes()) +
                                        moved_bytes(p.output.stored, p.batch * p.output.bytes());
                   return Demand{pool_area(p, *tiling, target),
                                 bytes / bus + 100 * tiles + (p.input.kept ? 0 : kLatency)};
                 },
                 [&](const ElementwiseProblem& p) -> Result {
                   const auto tiling = find_elementwise_tiling(p, target);
                   if (!tiling) return std::nullopt;
                   const std::int64_t elements = p.elements();
                   double bytes = moved_bytes(p.output.stored, elements);
                   double cycles = 0;
                   for (const FlatOperand* x : {&p.a, p.b ? &*p.b : nullptr}) {
                     if (x == nullptr || (x->data.empty() && x->map.kept)) continue;
                     bytes += static_cast<double>(x->period);
                     cycles += kLatency;
                   }
                   cycles += bytes / bus +
                             40 * static_cast<double>(ceil_div(elements, tiling->elements()));
                   return Demand{elementwise_area(p, *tiling, target), cycles};
                 }},
      problem);
}

void lower_step(Builder& builder, const Problem& problem, const Area& area) {
  std::visit(Overloaded{[&](const ConvProblem& p) { lower_conv(builder, p, area); },
                        [&](const PoolProblem& p) { lower_pool(builder, p, area); },
                        [&](const ElementwiseProblem& p) { lower_elementwise(builder, p, area); }},
             problem);
}

}  // namespace girih::compiler
