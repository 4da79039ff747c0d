// SPDX-License-Identifier: Apache-2.0
#include "compiler/schedule/tokens.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>

#include "common/error.h"
#include "compiler/schedule/access.h"
#include "compiler/schedule/header_bits.h"

namespace girih::compiler {
namespace {

constexpr std::int32_t kNobody = -1;
using PerEngine = std::array<std::int32_t, kEngines>;
constexpr PerEngine kNothing{kNobody, kNobody, kNobody, kNobody};

/// Who touched a granule last.
struct Granule {
  std::int32_t writer = kNobody;
  PerEngine reader = kNothing;
};

/// A memory and who used it.
class Shadow {
 public:
  Shadow(std::uint64_t bytes, std::uint32_t granule)
      : bytes_(static_cast<std::int64_t>(bytes)),
        granule_(granule),
        granules_((bytes + granule - 1) / granule) {}

  /// The granules of a run of instruction `i`.
  std::span<Granule> of(const Run& run, std::int32_t i) {
    if (run.base < 0 || run.base + run.length > bytes_) {
      throw Error("instruction {}: bytes {} to {} lie outside its memory of {} bytes", i, run.base,
                  run.base + run.length - 1, bytes_);
    }
    const std::int64_t first = run.base / granule_;
    const std::int64_t end = (run.base + run.length + granule_ - 1) / granule_;
    return std::span(granules_).subspan(static_cast<std::size_t>(first),
                                        static_cast<std::size_t>(end - first));
  }

 private:
  std::int64_t bytes_, granule_;
  std::vector<Granule> granules_;
};

void raise(std::int32_t& to, std::int32_t value) { to = std::max(to, value); }
void raise(PerEngine& to, const PerEngine& value) {
  for (std::size_t e = 0; e < kEngines; ++e) raise(to[e], value[e]);
}

class Assigner {
 public:
  Assigner(std::vector<isa::Instruction>& instructions, const isa::Preset& preset,
           const Extents& extents)
      : instructions_(instructions),
        preset_(preset),
        spm_(extents.spm_bytes, extents.local_granule),
        acc_(extents.acc_bytes, extents.local_granule),
        at_start_(instructions.size(), kNothing) {
    last_.fill(kNobody);
    for (const WritableWindow& w : extents.windows)
      windows_.emplace(w.window, Shadow(w.bytes, w.granule));
  }

  void run() {
    for (std::size_t i = 0; i < instructions_.size(); ++i) {
      const Engine engine = engine_of(instructions_[i]);
      if (engine == Engine::kNone) continue;
      place(static_cast<std::int32_t>(i), static_cast<std::size_t>(engine));
    }
  }

 private:
  Shadow* shadow(const Run& run) {
    switch (run.memory) {
      case Memory::kSpm:
        return &spm_;
      case Memory::kAcc:
        return &acc_;
      case Memory::kDram:
        break;
    }
    const auto window = windows_.find(run.window);
    return window == windows_.end() ? nullptr : &window->second;
  }

  std::size_t engine_at(std::int32_t instruction) const {
    return static_cast<std::size_t>(
        engine_of(instructions_[static_cast<std::size_t>(instruction)]));
  }

  void place(std::int32_t i, std::size_t engine) {
    PerEngine needs = kNothing;  // latest instruction of each engine that has to have retired
    std::int32_t last_writer = kNobody;
    const isa::Instruction& instruction = instructions_[static_cast<std::size_t>(i)];
    visit_stretches(instruction, preset_, [&](const Run& run) {
      Shadow* memory = shadow(run);
      if (memory == nullptr) return;
      // MATRIX hands accumulators to MATRIX in order without help.
      const bool hand_over =
          run.memory == Memory::kAcc && engine == static_cast<std::size_t>(Engine::kMatrix);
      for (Granule& granule : memory->of(run, i)) {
        if (granule.writer != last_writer && granule.writer != i && granule.writer != kNobody) {
          last_writer = granule.writer;
          const std::size_t writer = engine_at(granule.writer);
          if (!(hand_over && writer == engine)) raise(needs[writer], granule.writer);
        }
        if (!run.write) {
          raise(granule.reader[engine], i);
          continue;
        }
        for (std::size_t e = 0; e < kEngines; ++e) {
          if (granule.reader[e] != i && !(hand_over && e == engine))
            raise(needs[e], granule.reader[e]);
        }
      }
    });
    // Writes take effect after all reads of the same instruction have been looked up.
    visit_stretches(instruction, preset_, [&](const Run& run) {
      Shadow* memory = shadow(run);
      if (memory == nullptr || !run.write) return;
      std::ranges::fill(memory->of(run, i), Granule{i, kNothing});
    });
    connect(i, engine, needs);
  }

  /// What waiting for `producer` of engine e teaches: it has retired, and all it had waited for.
  void learn(PerEngine& known, std::size_t e, std::int32_t producer) const {
    raise(known, at_start_[static_cast<std::size_t>(producer)]);
    raise(known[e], producer);
  }

  void connect(std::int32_t i, std::size_t engine, const PerEngine& needs) {
    isa::Instruction& instruction = instructions_[static_cast<std::size_t>(i)];
    const PerEngine before =
        last_[engine] == kNobody ? kNothing : at_start_[static_cast<std::size_t>(last_[engine])];
    std::array<bool, kEngines> wait{};
    for (std::size_t e = 0; e < kEngines; ++e) wait[e] = e != engine && needs[e] > before[e];
    const auto known_with = [&](std::size_t without) {
      PerEngine known = before;
      for (std::size_t e = 0; e < kEngines; ++e) {
        if (wait[e] && e != without) learn(known, e, needs[e]);
      }
      return known;
    };
    // A wait that the others imply is left out.
    for (std::size_t e = 0; e < kEngines; ++e) {
      if (wait[e] && known_with(e)[e] >= needs[e]) wait[e] = false;
    }
    PerEngine known = known_with(kEngines);
    for (std::size_t e = 0; e < kEngines; ++e) {
      if (!wait[e]) continue;
      isa::Instruction& giver = instructions_[static_cast<std::size_t>(needs[e])];
      giver.set(give_field(), give_mask(giver) | 1u << token(e, engine));
      instruction.set(wait_field(), wait_mask(instruction) | 1u << token(e, engine));
    }
    if (needs[engine] > known[engine]) {
      instruction.set(order_field(), 1);
      raise(known[engine], last_[engine]);
    }
    at_start_[static_cast<std::size_t>(i)] = known;
    last_[engine] = i;
  }

  std::vector<isa::Instruction>& instructions_;
  const isa::Preset& preset_;
  Shadow spm_, acc_;
  std::map<std::uint32_t, Shadow> windows_;
  std::vector<PerEngine> at_start_;  ///< what is known to have retired when an instruction starts
  PerEngine last_{};                 ///< the latest instruction of each engine
};

/// Tokens standing on a counter at most: gives up to a place in the ring, less the waits that must
/// be behind it. The consumer may lag by its queue and what is in flight.
void check_counters(const std::vector<isa::Instruction>& instructions, const isa::Preset& preset) {
  const std::int64_t lag = std::max(preset.load_queue, preset.engine_queue) + 4;
  std::array<std::int64_t, 16> standing{};
  for (std::size_t i = 0; i < instructions.size(); ++i) {
    for (std::size_t t = 0; t < standing.size(); ++t) {
      standing[t] += std::int64_t{give_mask(instructions[i]) >> t & 1} -
                     std::int64_t{wait_mask(instructions[i]) >> t & 1};
      if (standing[t] + lag > 255) {
        throw Error("instruction {}: up to {} tokens may stand on counter {}, 255 fit", i,
                    standing[t] + lag, t);
      }
    }
  }
}

}  // namespace

void assign_tokens(std::vector<isa::Instruction>& instructions, const isa::Preset& preset,
                   const Extents& extents) {
  Assigner(instructions, preset, extents).run();
  check_counters(instructions, preset);
}

}  // namespace girih::compiler
