// SPDX-License-Identifier: Apache-2.0
#include "compiler/schedule/happens_before.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>

#include "common/error.h"
#include "compiler/schedule/access.h"
#include "compiler/schedule/header_bits.h"

namespace girih::compiler {
namespace {

constexpr std::int32_t kNobody = -1;
using Clock =
    std::array<std::int32_t, kEngines>;  ///< latest instruction of each engine known retired
constexpr Clock kNothing{kNobody, kNobody, kNobody, kNobody};

/// What every instruction knows when it starts, from wait, give and order bits alone.
class Clocks {
 public:
  explicit Clocks(const std::vector<isa::Instruction>& instructions)
      : start_(instructions.size(), kNothing) {
    Clock last = kNothing;
    std::array<Counter, 16> counters;
    for (std::size_t i = 0; i < instructions.size(); ++i) {
      const isa::Instruction& x = instructions[i];
      const Engine engine = engine_of(x);
      if (engine == Engine::kNone) {
        if (wait_mask(x) != 0 || give_mask(x) != 0) {
          throw Error("instruction {}: tokens of frontend instructions are not part of the proof",
                      i);
        }
        continue;
      }
      const auto e = static_cast<std::size_t>(engine);
      Clock known = last[e] == kNobody ? kNothing : start_[static_cast<std::size_t>(last[e])];
      if (x.get(order_field()) != 0) known[e] = std::max(known[e], last[e]);
      for (std::size_t c = 0; c < counters.size(); ++c) {
        if ((wait_mask(x) >> c & 1) != 0) counters[c].take(i, engine, c, start_, known);
      }
      start_[i] = known;
      last[e] = static_cast<std::int32_t>(i);
      for (std::size_t c = 0; c < counters.size(); ++c) {
        if ((give_mask(x) >> c & 1) != 0) counters[c].give(i, engine, c);
      }
    }
  }

  bool knows(std::int32_t later, std::int32_t earlier, Engine engine) const {
    return start_[static_cast<std::size_t>(later)][static_cast<std::size_t>(engine)] >= earlier;
  }

 private:
  /// The n-th token taken stands for the n-th given: true when one engine gives and one takes,
  /// because an engine retires, and starts, in ring order.
  struct Counter {
    Engine producer = Engine::kNone;
    Engine consumer = Engine::kNone;
    std::vector<std::int32_t> givers;
    std::size_t taken = 0;

    void give(std::size_t i, Engine engine, std::size_t c) {
      if (producer != Engine::kNone && producer != engine) {
        throw Error("instruction {}: counter {} is given by two engines", i, c);
      }
      producer = engine;
      givers.push_back(static_cast<std::int32_t>(i));
    }
    void take(std::size_t i, Engine engine, std::size_t c, const std::vector<Clock>& start,
              Clock& known) {
      if (consumer != Engine::kNone && consumer != engine) {
        throw Error("instruction {}: counter {} is taken by two engines", i, c);
      }
      consumer = engine;
      if (taken == givers.size()) {
        throw Error("instruction {}: waits for counter {}, which no earlier instruction gives", i,
                    c);
      }
      const std::int32_t giver = givers[taken++];
      const Clock& before = start[static_cast<std::size_t>(giver)];
      for (std::size_t e = 0; e < kEngines; ++e) known[e] = std::max(known[e], before[e]);
      auto& own = known[static_cast<std::size_t>(producer)];
      own = std::max(own, giver);
    }
  };

  std::vector<Clock> start_;
};

/// Who used a stretch of memory: its last writer and the readers since.
struct Segment {
  std::int64_t end = 0;
  std::int32_t writer = kNobody;
  Clock readers = kNothing;
};

/// Disjoint segments by start address; a gap was never touched.
class Territory {
 public:
  /// Calls visit(segment) for every segment within [base, base + length), creating untouched ones.
  template <class Visit>
  void within(std::int64_t base, std::int64_t length, Visit visit) {
    const std::int64_t end = base + length;
    split(base);
    split(end);
    for (std::int64_t at = base; at < end;) {
      auto it = segments_.lower_bound(at);
      if (it == segments_.end() || it->first > at) {
        const std::int64_t stop = it == segments_.end() ? end : std::min(end, it->first);
        it = segments_.emplace_hint(it, at, Segment{stop, kNobody, kNothing});
      }
      visit(it->second);
      at = it->second.end;
    }
  }

  /// [base, base + length) becomes one segment.
  void replace(std::int64_t base, std::int64_t length, const Segment& segment) {
    split(base);
    split(base + length);
    segments_.erase(segments_.lower_bound(base), segments_.lower_bound(base + length));
    segments_[base] = segment;
  }

 private:
  void split(std::int64_t at) {
    auto it = segments_.upper_bound(at);
    if (it == segments_.begin()) return;
    --it;
    if (it->first == at || it->second.end <= at) return;
    Segment tail = it->second;
    it->second.end = at;
    segments_.emplace(at, tail);
  }

  std::map<std::int64_t, Segment> segments_;
};

class Prover {
 public:
  Prover(const std::vector<isa::Instruction>& instructions, const isa::Preset& preset,
         const Extents& extents)
      : instructions_(instructions), preset_(preset), extents_(extents), clocks_(instructions) {}

  Proof run() {
    for (std::size_t i = 0; i < instructions_.size(); ++i) {
      check(static_cast<std::int32_t>(i));
    }
    proof_.instructions = instructions_.size();
    return proof_;
  }

 private:
  struct Place {
    Territory* territory;
    const char* name;
    std::int64_t bytes;
  };

  Place place(const Run& run, std::int32_t i) {
    switch (run.memory) {
      case Memory::kSpm:
        return {&spm_, "scratchpad", extents_.spm_bytes};
      case Memory::kAcc:
        return {&acc_, "accumulators", extents_.acc_bytes};
      case Memory::kDram:
        break;
    }
    for (const WritableWindow& w : extents_.windows) {
      if (w.window == run.window)
        return {&windows_[w.window], window_name(w.window), static_cast<std::int64_t>(w.bytes)};
    }
    if (run.write)
      throw Error("instruction {}: writes window {}, which is read-only", i, run.window);
    return {nullptr, "constants", 0};
  }

  static const char* window_name(std::uint32_t window) {
    return window == kWorkspaceWindow ? "workspace" : "window";
  }

  void check(std::int32_t i) {
    const isa::Instruction& instruction = instructions_[static_cast<std::size_t>(i)];
    const Engine engine = engine_of(instruction);
    visit_stretches(instruction, preset_, [&](const Run& run) {
      const Place where = place(run, i);
      if (where.territory == nullptr) return;
      if (run.base < 0 || run.base + run.length > where.bytes) {
        throw Error("instruction {}: byte {} of the {} does not exist, it has {}", i,
                    run.base < 0 ? run.base : run.base + run.length - 1, where.name, where.bytes);
      }
      where.territory->within(run.base, run.length, [&](Segment& segment) {
        require(i, engine, segment.writer, run.memory, where.name);
        if (run.write) {
          for (const std::int32_t reader : segment.readers)
            require(i, engine, reader, run.memory, where.name);
        } else {
          auto& mine = segment.readers[static_cast<std::size_t>(engine)];
          mine = std::max(mine, i);
        }
      });
    });
    visit_stretches(instruction, preset_, [&](const Run& run) {
      const Place where = place(run, i);
      if (where.territory == nullptr || !run.write) return;
      where.territory->replace(run.base, run.length, {run.base + run.length, i, kNothing});
    });
  }

  void require(std::int32_t later, Engine engine, std::int32_t earlier, Memory memory,
               const char* name) {
    if (earlier == kNobody || earlier == later) return;
    const Engine before = engine_of(instructions_[static_cast<std::size_t>(earlier)]);
    ++proof_.conflicts;
    // Promised by the instruction set: accumulators pass from MATRIX to MATRIX in order.
    if (memory == Memory::kAcc && engine == Engine::kMatrix && before == Engine::kMatrix) return;
    if (clocks_.knows(later, earlier, before)) return;
    throw Error(
        "instruction {} may start before instruction {} has retired, and both use the same {}",
        later, earlier, name);
  }

  const std::vector<isa::Instruction>& instructions_;
  const isa::Preset& preset_;
  const Extents extents_;
  const Clocks clocks_;
  Territory spm_, acc_;
  std::map<std::uint32_t, Territory> windows_;
  Proof proof_;
};

}  // namespace

Proof prove_ordered(const std::vector<isa::Instruction>& instructions, const isa::Preset& preset,
                    const Extents& extents) {
  return Prover(instructions, preset, extents).run();
}

}  // namespace girih::compiler
