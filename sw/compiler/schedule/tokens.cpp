// SPDX-License-Identifier: Apache-2.0
#include "compiler/schedule/tokens.h"

#include <algorithm>
#include <array>

#include "common/error.h"
#include "compiler/schedule/access.h"
#include "compiler/schedule/header_bits.h"

namespace girih::compiler {
namespace {

constexpr std::int32_t kNobody = -1;
using PerEngine = std::array<std::int32_t, kEngines>;
constexpr PerEngine kNothing{kNobody, kNobody, kNobody, kNobody};

/// Who touched a byte last.
struct Byte {
  std::int32_t writer = kNobody;
  PerEngine reader = kNothing;
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
        spm_(extents.spm_bytes),
        acc_(extents.acc_bytes),
        workspace_(extents.workspace_bytes),
        at_start_(instructions.size(), kNothing) {
    last_.fill(kNobody);
  }

  void run() {
    for (std::size_t i = 0; i < instructions_.size(); ++i) {
      const Engine engine = engine_of(instructions_[i]);
      if (engine == Engine::kNone) continue;
      place(static_cast<std::int32_t>(i), static_cast<std::size_t>(engine));
    }
  }

 private:
  std::vector<Byte>* shadow(const Run& run) {
    switch (run.memory) {
      case Memory::kSpm:
        return &spm_;
      case Memory::kAcc:
        return &acc_;
      case Memory::kDram:
        return run.window == kWorkspaceWindow ? &workspace_ : nullptr;
    }
    return nullptr;
  }

  std::size_t engine_at(std::int32_t instruction) const {
    return static_cast<std::size_t>(
        engine_of(instructions_[static_cast<std::size_t>(instruction)]));
  }

  void place(std::int32_t i, std::size_t engine) {
    PerEngine needs = kNothing;  // latest instruction of each engine that has to have retired
    std::int32_t last_writer = kNobody;
    const isa::Instruction& instruction = instructions_[static_cast<std::size_t>(i)];
    visit_runs(instruction, preset_, [&](const Run& run) {
      std::vector<Byte>* bytes = shadow(run);
      if (bytes == nullptr) return;
      if (run.base < 0 || run.base + run.length > static_cast<std::int64_t>(bytes->size())) {
        throw Error("instruction {}: bytes {} to {} lie outside its memory of {} bytes", i,
                    run.base, run.base + run.length - 1, bytes->size());
      }
      // MATRIX hands accumulators to MATRIX in order without help.
      const bool hand_over =
          run.memory == Memory::kAcc && engine == static_cast<std::size_t>(Engine::kMatrix);
      Byte* byte = bytes->data() + run.base;
      for (std::int64_t k = 0; k < run.length; ++k, ++byte) {
        if (byte->writer != last_writer && byte->writer != i && byte->writer != kNobody) {
          last_writer = byte->writer;
          const std::size_t writer = engine_at(byte->writer);
          if (!(hand_over && writer == engine)) raise(needs[writer], byte->writer);
        }
        if (!run.write) {
          raise(byte->reader[engine], i);
          continue;
        }
        for (std::size_t e = 0; e < kEngines; ++e) {
          if (byte->reader[e] != i && !(hand_over && e == engine)) raise(needs[e], byte->reader[e]);
        }
      }
    });
    // Writes take effect after all reads of the same instruction have been looked up.
    visit_runs(instruction, preset_, [&](const Run& run) {
      std::vector<Byte>* bytes = shadow(run);
      if (bytes == nullptr || !run.write) return;
      std::fill_n(bytes->begin() + run.base, run.length, Byte{i, kNothing});
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
  std::vector<Byte> spm_, acc_, workspace_;
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
