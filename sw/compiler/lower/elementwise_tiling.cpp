// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "compiler/lower/elementwise.h"

namespace girih::compiler {
namespace {

constexpr std::int64_t kLongestRun = 32768;  // of n0, which has 16 bits
constexpr std::int64_t kLargestTile = 32768;
constexpr std::int64_t kSmallestPart = 2048;  // of a map that stays: a few hundred cycles
constexpr std::int64_t kParts = 4;            // so that the layer after it can begin

struct Operands {
  std::vector<const FlatOperand*> whole, repeated;
  Operands(const ElementwiseProblem& p) {
    for (const FlatOperand* x : {&p.a, p.b ? &*p.b : nullptr}) {
      if (x != nullptr) (x->period == p.elements() ? whole : repeated).push_back(x);
    }
  }
};

bool in_slots(const FlatOperand& x) { return !x.data.empty() || !x.map.kept; }

/// Streams that need two slots of a tile each.
std::int64_t streams(const ElementwiseProblem& p) {
  const Operands operands(p);
  return (p.output.kept ? 0 : 1) + std::count_if(operands.whole.begin(), operands.whole.end(),
                                                 [](const FlatOperand* x) { return in_slots(*x); });
}

std::int64_t repeated_bytes(const ElementwiseProblem& p, const Arena& arena) {
  std::int64_t bytes = 0;
  for (const FlatOperand* x : Operands(p).repeated) {
    if (in_slots(*x)) bytes += arena.round(x->period);
  }
  return bytes;
}

}  // namespace

std::optional<ElementwiseTiling> find_elementwise_tiling(const ElementwiseProblem& p,
                                                         const Target& target) {
  const Arena arena({}, target.preset.spm_word_bytes);
  const Operands operands(p);
  ElementwiseTiling t;
  t.by_rows = !p.output.dense();
  for (const FlatOperand* x : operands.whole) t.by_rows = t.by_rows || !x->map.dense();
  const std::int64_t elements = p.elements();
  const std::int64_t unit = t.by_rows ? p.output.row_bytes() : elements;
  t.run = unit;
  for (const FlatOperand* x : operands.repeated) {
    if (t.by_rows && unit % x->period != 0) return std::nullopt;
    if (x->period > 1) t.run = std::min(t.run, x->period);
  }
  const std::int64_t slots = 2 * streams(p);
  const std::int64_t left = target.spm_bytes - repeated_bytes(p, arena);
  std::int64_t budget = std::max(kSmallestPart, ceil_div(ceil_div(elements, kParts), 64) * 64);
  if (slots > 0) budget = std::min(kLargestTile, left / slots / 64 * 64);
  if (left < 0) return std::nullopt;
  if (t.by_rows) {
    t.line = unit;
    t.lines = std::min(p.output.height, budget / unit);
    if (slots == 0) t.lines = std::max<std::int64_t>(t.lines, 1);
    if (t.run > kLongestRun || t.lines < 1) return std::nullopt;
    return t;
  }
  if (t.run == elements) {
    t.line = t.run = std::min({t.run, budget, kLongestRun});
  } else {
    if (slots == 0) budget = std::max(budget, t.run);
    t.line = std::min({budget / t.run, std::int64_t{0xffff}, elements / t.run}) * t.run;
  }
  if (t.line < 1 || t.run > 0xffff) return std::nullopt;
  return t;
}

std::int64_t elementwise_area(const ElementwiseProblem& p, const ElementwiseTiling& t,
                              const Target& target) {
  const Arena arena({}, target.preset.spm_word_bytes);
  return 2 * streams(p) * arena.round(t.elements()) + repeated_bytes(p, arena);
}

}  // namespace girih::compiler
