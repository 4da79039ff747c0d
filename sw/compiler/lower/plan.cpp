// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/plan.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "compiler/lower/residents.h"
#include "compiler/lower/scratchpad.h"
#include "compiler/lower/workspace.h"

namespace girih::compiler {
namespace {

using graph::TensorId;

constexpr double kImpossible = 1e15;    // cycles of a step that fits nowhere
constexpr std::int64_t kLookBack = 12;  // steps whose bytes a step's own loads should not wait for
constexpr std::int64_t kBudgetUnit = 256;

class Planner {
  /// kEarly: there from the step before on, so that it can be made along with that one's tiles.
  enum class Keep { kNo, kYes, kEarly };

 public:
  Planner(const graph::Graph& graph, const Layout& layout, const Target& target,
          std::vector<Step>& steps)
      : graph_(graph),
        layout_(layout),
        target_(target),
        steps_(steps),
        candidates_(find_residents(graph, layout, steps)),
        kept_(candidates_.size(), Keep::kNo) {}

  Plan run() {
    choose();
    Plan plan;
    plan.places = places(blocks_);
    areas(plan);
    plan.workspace_bytes = allocate_workspace(graph_, layout_, plan.places);
    for (Step& step : steps_) locate(step, graph_, layout_, plan.places);
    return plan;
  }

 private:
  /// One candidate after the other, those that are soon gone first: it stays when everything still
  /// fits and the whole is not dearer.
  void choose() {
    std::vector<std::size_t> order(candidates_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      const Resident& x = candidates_[a];
      const Resident& y = candidates_[b];
      return std::tuple(x.last - x.first, -x.bytes) < std::tuple(y.last - y.first, -y.bytes);
    });
    double best = cycles();
    for (const std::size_t i : order) {
      if (candidates_[i].follows && keep(i, Keep::kEarly, best)) continue;
      keep(i, Keep::kYes, best);
    }
  }

  bool keep(std::size_t candidate, Keep how, double& best) {
    kept_[candidate] = how;
    const std::vector<Block> before = std::exchange(blocks_, resident_blocks());
    const bool fits = std::all_of(blocks_.begin(), blocks_.end(), [&](const Block& block) {
      return block.base + block.bytes <= target_.spm_bytes;
    });
    const double now = fits ? cycles() : kImpossible;
    if (now < best) {
      best = now;
      return true;
    }
    kept_[candidate] = Keep::kNo;
    blocks_ = before;
    return false;
  }

  /// The kept candidates in the scratchpad, by their lifetimes.
  std::vector<Block> resident_blocks() const {
    std::vector<Lifetime> lifetimes(candidates_.size());
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      const Resident& x = candidates_[i];
      if (kept_[i] != Keep::kNo)
        lifetimes[i] = {x.bytes, x.first - (kept_[i] == Keep::kEarly ? 1 : 0), x.last};
    }
    const Placement placement = place(lifetimes);
    std::vector<Block> blocks;
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      blocks.push_back(
          {placement.offsets[i], lifetimes[i].bytes, lifetimes[i].first, lifetimes[i].last});
    }
    return blocks;
  }

  std::vector<Place> places(const std::vector<Block>& blocks) const {
    std::vector<Place> result(layout_.tensors());
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      const Resident& x = candidates_[i];
      if (kept_[i] == Keep::kNo) continue;
      result[x.root] = {.stored = x.stored,
                        .kept = true,
                        .address = blocks[i].base,
                        .border = x.border,
                        .border_value = x.border_value};
    }
    return result;
  }

  /// What residents leave to a step.
  std::int64_t budget(const std::vector<Block>& blocks, std::int64_t step) const {
    return largest_gap(blocks, target_.spm_bytes, step, step) / kBudgetUnit * kBudgetUnit;
  }

  /// Cycles of all steps, roughly, with what is kept now.
  double cycles() {
    const std::vector<Place> now = places(blocks_);
    double sum = 0;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      locate(steps_[i], graph_, layout_, now);
      const std::optional<Demand>& found =
          demand_of(i, now, budget(blocks_, static_cast<std::int64_t>(i)));
      sum += found ? found->cycles : kImpossible;
    }
    return sum;
  }

  /// A step's demand depends on what of its tensors is kept and stored, not on where.
  const std::optional<Demand>& demand_of(std::size_t step, const std::vector<Place>& now,
                                         std::int64_t budget) {
    std::uint32_t kept = 0;
    const auto note = [&](TensorId tensor) {
      const Place& place = now[layout_.root(tensor)];
      kept =
          kept * 8 + (place.kept ? 4 : 0) + (place.stored ? 2 : 0) + (place.border.any() ? 1 : 0);
    };
    for (const TensorId tensor : activations(graph_, steps_[step])) note(tensor);
    note(steps_[step].node->output);
    const auto key = std::tuple(step, kept, budget);
    const auto known = demands_.find(key);
    if (known != demands_.end()) return known->second;
    Target target = target_;
    target.spm_bytes = static_cast<std::uint32_t>(budget);
    return demands_.emplace(key, demand(steps_[step].problem, target)).first->second;
  }

  /// Each step's slots where no resident lies, and where possible not where the steps before it
  /// work: then its weights are loaded while those still compute.
  void areas(Plan& plan) {
    std::vector<Block> all = blocks_;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      const auto step = static_cast<std::int64_t>(i);
      locate(steps_[i], graph_, layout_, plan.places);
      Area area{0, budget(blocks_, step)};
      const std::optional<Demand>& found = demand_of(i, plan.places, area.bytes);
      const std::int64_t bytes = found ? found->spm_bytes : 0;
      for (std::int64_t back = std::min(kLookBack, step); back >= 0; --back) {
        // Steps before this one leave their areas; only residents that live on are in its way.
        const auto base = first_fit(all, target_.spm_bytes, bytes, step - back, step);
        if (!base) continue;
        area.base = *base;
        break;
      }
      plan.areas.push_back(area);
      all.push_back({area.base, bytes, step, step});
    }
  }

  const graph::Graph& graph_;
  const Layout& layout_;
  const Target target_;
  std::vector<Step>& steps_;
  const std::vector<Resident> candidates_;
  std::vector<Keep> kept_;
  std::vector<Block> blocks_;  ///< of the candidates; no bytes: not kept
  std::map<std::tuple<std::size_t, std::uint32_t, std::int64_t>, std::optional<Demand>> demands_;
};

/// An eighth of the accumulators at most, less where all layers' bias rows need less.
std::uint32_t bias_zone(const Target& target, const std::vector<Step>& steps) {
  const std::int64_t ndim = target.preset.n_dim;
  std::int64_t wanted = 0;
  for (const Step& step : steps) {
    const auto* conv = std::get_if<ConvProblem>(&step.problem);
    if (conv != nullptr && conv->has_bias())
      wanted += conv->groups * ceil_div(conv->columns, ndim) * 4 * ndim;
  }
  const std::int64_t most = target.acc_bytes / 8 / (4 * ndim) * (4 * ndim);
  return static_cast<std::uint32_t>(std::min(wanted, most));
}

}  // namespace

Plan make_plan(const graph::Graph& graph, const Layout& layout, Target target,
               std::vector<Step>& steps) {
  target.bias_zone = bias_zone(target, steps);
  Plan plan = Planner(graph, layout, target, steps).run();
  plan.bias_zone = target.bias_zone;
  return plan;
}

}  // namespace girih::compiler
