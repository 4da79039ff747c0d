// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/residents.h"

#include <algorithm>
#include <variant>

#include "compiler/lower/border.h"

namespace girih::compiler {
namespace {

using graph::TensorId;

/// How a step sees a tensor.
struct View {
  TensorId tensor = 0;
  std::int64_t batch = 1;
  const Map* map = nullptr;
  const graph::Window* window = nullptr;       ///< it reads beyond the edges
  std::int64_t last_row = 0, last_column = 0;  ///< of the outputs
  std::uint8_t pad = 0;
};

template <class P>
View windowed(const P& p, TensorId tensor, std::uint8_t pad) {
  return {tensor, p.batch, &p.input, &p.window, p.output.height - 1, p.output.width - 1, pad};
}

std::vector<View> reads(const Step& step) {
  const std::vector<TensorId>& inputs = step.node->inputs;
  if (const auto* conv = std::get_if<ConvProblem>(&step.problem))
    return {windowed(*conv, inputs[0], conv->zx)};
  if (const auto* pool = std::get_if<PoolProblem>(&step.problem))
    return {windowed(*pool, inputs[0], pool->pad)};
  const auto& p = std::get<ElementwiseProblem>(step.problem);
  std::vector<View> views;
  const auto add = [&](const FlatOperand& x, TensorId tensor) {
    if (x.data.empty()) views.push_back({.tensor = tensor, .batch = p.batch, .map = &x.map});
  };
  add(p.a, inputs[0]);
  if (p.b) add(*p.b, inputs[1]);
  return views;
}

View write(const Step& step) {
  return std::visit(
      [&](const auto& p) {
        return View{.tensor = step.node->output, .batch = p.batch, .map = &p.output};
      },
      step.problem);
}

/// Rows and columns outside the map that the reader looks at.
Border border_of(const View& view) {
  if (view.window == nullptr) return {};
  const auto beyond = [&](std::size_t axis, std::int64_t last, std::int64_t size) {
    const Reach reached = reach(*view.window, axis, last, 1);
    return std::max<std::int64_t>(0, reached.first + reached.extent - size);
  };
  return {.top = view.window->pad_begin[0],
          .left = view.window->pad_begin[1],
          .bottom = beyond(0, view.last_row, view.map->height),
          .right = beyond(1, view.last_column, view.map->width)};
}

/// VECTOR alone, on what the step before makes.
bool follows(const Step& step, const Step& before) {
  if (std::holds_alternative<ConvProblem>(step.problem)) return false;
  const std::vector<View> views = reads(step);
  return std::any_of(views.begin(), views.end(),
                     [&](const View& view) { return view.tensor == before.node->output; });
}

class Finder {
 public:
  Finder(const graph::Graph& graph, const Layout& layout, const std::vector<Step>& steps)
      : graph_(graph), layout_(layout), steps_(steps) {}

  std::vector<Resident> run() {
    std::vector<std::vector<std::pair<std::int64_t, View>>> readers(layout_.tensors());
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      for (const View& view : reads(steps_[i]))
        readers[layout_.root(view.tensor)].emplace_back(static_cast<std::int64_t>(i), view);
    }
    std::vector<bool> wanted(layout_.tensors(), false);  // outside the chip
    for (const graph::Port& port : graph_.outputs) wanted[layout_.root(port.tensor)] = true;
    for (const graph::Node& node : graph_.nodes) {
      if (!graph::on_host(node.operation)) continue;
      for (const TensorId input : node.inputs) wanted[layout_.root(input)] = true;
    }
    std::vector<Resident> result;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      const View made = write(steps_[i]);
      const auto& uses = readers[made.tensor];
      if (uses.empty()) continue;
      Resident resident{.root = made.tensor,
                        .first = static_cast<std::int64_t>(i),
                        .last = uses.back().first,
                        .follows = i > 0 && follows(steps_[i], steps_[i - 1]),
                        .stored = wanted[made.tensor],
                        .border = {}};
      if (fits_readers(made, uses, resident)) result.push_back(resident);
    }
    return result;
  }

 private:
  bool fits_readers(const View& made, const std::vector<std::pair<std::int64_t, View>>& uses,
                    Resident& resident) const {
    Border& border = resident.border;
    bool bordered = false;
    for (const auto& [step, view] : uses) {
      const Border own = border_of(view);
      if (!own.any()) continue;
      if (bordered && view.pad != resident.border_value) return false;
      bordered = true;
      resident.border_value = view.pad;
      border = {std::max(border.top, own.top), std::max(border.left, own.left),
                std::max(border.bottom, own.bottom), std::max(border.right, own.right)};
    }
    const Map& map = *made.map;
    resident.bytes = made.batch * (border.top + map.height + border.bottom) *
                     (border.left + map.width + border.right) * map.channels;
    if (!bordered) return true;
    // With a border everybody has to see the same map.
    return border_fits(border, made.batch, map) &&
           std::all_of(uses.begin(), uses.end(), [&](const auto& use) {
             const View& view = use.second;
             return view.tensor == made.tensor && view.batch == made.batch &&
                    view.map->height == map.height && view.map->width == map.width &&
                    view.map->channels == map.channels;
           });
  }

  const graph::Graph& graph_;
  const Layout& layout_;
  const std::vector<Step>& steps_;
};

}  // namespace

std::vector<Resident> find_residents(const graph::Graph& graph, const Layout& layout,
                                     const std::vector<Step>& steps) {
  return Finder(graph, layout, steps).run();
}

}  // namespace girih::compiler
