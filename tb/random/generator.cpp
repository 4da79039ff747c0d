// SPDX-License-Identifier: Apache-2.0
#include "generator.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "compiler/schedule/access.h"
#include "compiler/schedule/happens_before.h"
#include "compiler/schedule/tokens.h"

namespace girih::random {
namespace {

using compiler::Engine;
using compiler::Memory;

/// Finds instructions that fit, and the LOADs of lists that they need.
class Writer {
 public:
  Writer(Draw& draw, const isa::Preset& preset, const Slice& slice)
      : draw_(draw), preset_(preset), slice_(slice) {
    program_.constants.resize(slice.constants);
    for (auto& byte : program_.constants) byte = static_cast<std::uint8_t>(draw.bits());
    for (auto& param : program_.params) param = draw.chance(0.5) ? draw.bits() : draw.below(5);
    for (std::size_t i = 0; i < 32; ++i) known_[i] = program_.params[i];
  }

  Program write(unsigned instructions) {
    while (plain_.size() < instructions) next();
    auto scheduled = plain_;
    const compiler::Extents extents{slice_.spm, slice_.acc, slice_.workspace};
    compiler::assign_tokens(scheduled, preset_, extents);
    compiler::prove_ordered(scheduled, preset_, extents);
    for (std::size_t i = 0; i < plain_.size(); ++i) {
      // The scheduler knows final words; the ring holds them before patching.
      if (final_[i]) {
        isa::Instruction raw = *final_[i];
        std::copy_n(scheduled[i].words.begin(), 3, raw.words.begin());
        scheduled[i] = raw;
      }
      if (draw_.chance(0.05)) scheduled[i].words[0] |= 1U << 8;  // order, where nobody needs it
      if (opcode(i) == isa::Opcode::kMatrix) program_.macs += isa::Matrix::decode(plain_[i]).macs();
    }
    program_.instructions = std::move(scheduled);
    wait_for_words();
    return std::move(program_);
  }

 private:
  isa::Opcode opcode(std::size_t i) const { return static_cast<isa::Opcode>(plain_[i].opcode()); }

  void next() {
    switch (draw_.below(12)) {
      case 0:
        return set_param();
      case 1:
        return draw_.chance(0.4) ? fence() : set_param();
      case 2:
      case 3:
      case 4:
        return copy<isa::Load>(draft_load);
      case 5:
      case 6:
        return copy<isa::Store>(draft_store);
      case 7:
      case 8:
        return one(draft_matrix);
      default:
        return one(draft_vector);
    }
  }

  template <class Draft>
  void one(Draft draft) {
    for (;;) {
      auto x = draft(draw_, preset_, slice_);
      x.header.tag = draw_.bits();
      const isa::Instruction instruction = x.encode();
      if (is_legal(instruction, preset_, slice_)) return append(instruction);
    }
  }

  /// LOAD or STORE; one that gathers or scatters gets its list loaded before.
  template <class Copy, class Draft>
  void copy(Draft draft) {
    for (;;) {
      Copy x = draft(draw_, preset_, slice_);
      x.header.tag = draw_.bits();
      if (!is_legal(x.encode(), preset_, slice_)) continue;
      bool listed;
      if constexpr (requires { x.gather; })
        listed = x.gather;
      else
        listed = x.scatter;
      if (listed) {
        if (next_list_ + 4 * x.n1 > slice_.constants) return;  // no room left for lists
        load_list(x.index, x.n1, x.index_limit);
      }
      return append(x.encode());
    }
  }

  /// Different entries, so that a scatter's rows lie apart.
  void load_list(std::uint32_t where, std::uint32_t count, std::uint32_t limit) {
    std::vector<std::uint32_t> entries(limit);
    std::iota(entries.begin(), entries.end(), 0U);
    std::shuffle(entries.begin(), entries.end(), draw_.rng());
    std::memcpy(program_.constants.data() + next_list_, entries.data(), 4 * count);
    isa::Load x;
    x.window = Slice::kConstants;
    x.offset = next_list_;
    x.local = where;
    x.n0 = 4 * count;
    next_list_ += 4 * count;
    plain(x.encode());
  }

  void set_param() {
    isa::SetParam x;
    x.param = static_cast<std::uint8_t>(draw_.below(32));
    x.header.tag = draw_.bits();
    if (draw_.chance(0.4)) {
      x.source = isa::Source::kSpm;
      x.local = 4 * draw_.below(slice_.spm / 4);
      known_[x.param].reset();
      plain(x.encode());
      return;
    }
    x.value = draw_.bits();
    known_[x.param] = x.value;
    append(x.encode());
  }

  void fence() {
    isa::Fence x;
    x.window = Slice::kWorkspace;
    x.write = draw_.chance(0.6);
    x.irq = draw_.chance(0.3);
    x.offset = 8 * draw_.below(slice_.workspace / 8);
    x.seq_lo = draw_.bits();
    x.seq_hi = draw_.bits();
    append(x.encode());
  }

  void plain(const isa::Instruction& instruction) {
    plain_.push_back(instruction);
    final_.emplace_back();
  }

  /// Puts parameters into some of the words. `final_` keeps what the ring will hold.
  void append(isa::Instruction instruction) {
    if (!draw_.chance(0.3)) return plain(instruction);
    isa::Header header = isa::decode_header(instruction);
    isa::Instruction raw = instruction;
    std::vector<isa::Instruction> before;
    const bool sets = static_cast<isa::Opcode>(instruction.opcode()) == isa::Opcode::kSetparam;
    std::array<bool, 32> used{};
    for (isa::Patch& patch : header.patch) {
      patch.word = static_cast<std::uint8_t>(draw_.below(32));
      patch.param = static_cast<std::uint8_t>(draw_.below(32));
      patch.add = draw_.chance(0.6);
      if (patch.word < 5 || used[patch.word] || draw_.chance(0.4)) continue;
      if (!known_[patch.param] || sets) continue;
      used[patch.word] = patch.en = true;
      if (patch.add) {
        raw.words[patch.word] -= *known_[patch.param];
      } else {
        raw.words[patch.word] = draw_.bits();
        if (*known_[patch.param] == instruction.words[patch.word]) continue;
        isa::SetParam x;
        x.param = patch.param;
        x.value = instruction.words[patch.word];
        known_[patch.param] = x.value;
        before.push_back(x.encode());
      }
    }
    // A later SETPARAM of the list must not disturb what an earlier patch relied on.
    for (std::size_t i = 0; i < header.patch.size(); ++i) {
      const isa::Patch& patch = header.patch[i];
      if (!patch.en || !patch.add) continue;
      raw.words[patch.word] = instruction.words[patch.word] - *known_[patch.param];
    }
    for (std::size_t i = 0; i < header.patch.size(); ++i) {
      isa::Patch& patch = header.patch[i];
      if (patch.en && !patch.add && *known_[patch.param] != instruction.words[patch.word]) {
        patch.add = true;
        raw.words[patch.word] = instruction.words[patch.word] - *known_[patch.param];
      }
    }
    for (const isa::Instruction& x : before) plain(x);
    put(raw, header);
    put(instruction, header);  // executed as such
    plain_.push_back(instruction);
    final_.emplace_back(raw);
  }

  static void put(isa::Instruction& instruction, const isa::Header& header) {
    isa::Load carrier;  // every form has the same header
    carrier.header = header;
    const isa::Instruction bits = carrier.encode();
    instruction.words[3] = bits.words[3];
    instruction.words[4] = bits.words[4];
  }

  /// A SETPARAM from the scratchpad waits for whoever wrote its word, on counters that the
  /// scheduler does not use (5 * engine).
  void wait_for_words() {
    std::vector<std::int32_t> writer(slice_.spm, -1);
    std::array<std::int32_t, 4> known{-1, -1, -1, -1};
    for (std::size_t i = 0; i < plain_.size(); ++i) {
      const auto at = static_cast<std::int32_t>(i);
      if (opcode(i) == isa::Opcode::kFence) known.fill(at);
      if (opcode(i) == isa::Opcode::kSetparam) {
        const auto x = isa::SetParam::decode(plain_[i]);
        if (x.source != isa::Source::kSpm) continue;
        std::array<std::int32_t, 4> need{-1, -1, -1, -1};
        for (std::uint32_t b = x.local; b < x.local + 4; ++b) {
          if (writer[b] < 0) continue;
          auto& last = need[static_cast<std::size_t>(
              compiler::engine_of(plain_[static_cast<std::size_t>(writer[b])]))];
          last = std::max(last, writer[b]);
        }
        for (unsigned e = 0; e < need.size(); ++e) {
          if (need[e] <= known[e]) continue;
          program_.instructions[static_cast<std::size_t>(need[e])].words[1] |= 1U << (16 + 5 * e);
          program_.instructions[i].words[1] |= 1U << (5 * e);
          known[e] = need[e];
        }
        continue;
      }
      compiler::visit_runs(plain_[i], preset_, [&](const compiler::Run& run) {
        if (!run.write || run.memory != Memory::kSpm) return;
        std::fill_n(writer.begin() + run.base, run.length, at);
      });
    }
  }

  Draw& draw_;
  const isa::Preset& preset_;
  const Slice slice_;
  Program program_;
  std::vector<isa::Instruction> plain_;                 ///< as executed
  std::vector<std::optional<isa::Instruction>> final_;  ///< as in the ring, where that differs
  std::array<std::optional<std::uint32_t>, 32> known_;  ///< parameters at this place of the ring
  std::uint32_t next_list_ = 0;
};

}  // namespace

Program generate(Draw& draw, const isa::Preset& preset, const Slice& slice, unsigned instructions) {
  return Writer(draw, preset, slice).write(instructions);
}

}  // namespace girih::random
