// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/elementwise.h"

#include <algorithm>
#include <array>

#include "compiler/lower/map_tile.h"
#include "compiler/schedule/tokens.h"

namespace girih::compiler {
namespace {

constexpr std::int64_t kLongestRun = 32768;  // of n0, which has 16 bits
constexpr std::int64_t kLargestTile = 32768;

class ElementwiseLowering {
 public:
  ElementwiseLowering(Builder& builder, const ElementwiseProblem& problem)
      : builder_(builder),
        p_(problem),
        arena_(builder.target().spm_bytes, builder.target().preset.spm_word_bytes) {
    // The inner run is the shortest real period; a tile is a whole number of runs.
    run_ = p_.elements;
    for (const FlatOperand* x : operands()) {
      if (x->period > 1) run_ = std::min(run_, x->period);
    }
    std::int64_t resident = 0;
    std::int64_t streams = 1;  // the output
    for (const FlatOperand* x : operands()) {
      if (x->period < p_.elements)
        resident += arena_.round(x->period);
      else
        ++streams;
    }
    const std::int64_t budget =
        std::min(kLargestTile, (builder.target().spm_bytes - resident) / (2 * streams) / 64 * 64);
    if (run_ == p_.elements) {
      run_ = std::min({run_, budget, kLongestRun});
      tile_ = run_;
    } else {
      tile_ = std::min(budget / std::max<std::int64_t>(run_, 1), std::int64_t{0xffff}) * run_;
    }
    if (tile_ < 1 || run_ > 0xffff) {
      throw Error(
          "node \"{}\": a broadcast operand of {} elements does not fit {} bytes of scratchpad; "
          "use a larger preset "
          "or partition",
          p_.node, run_, builder.target().spm_bytes);
    }
  }

  void run() {
    std::array<std::optional<Pool>, 2> pools;
    const auto list = operands();
    for (std::size_t i = 0; i < list.size(); ++i) {
      const bool whole = list[i]->period == p_.elements;
      pools[i].emplace(arena_, whole ? tile_ : list[i]->period, whole ? 2 : 1);
    }
    Pool outputs(arena_, tile_, 2);
    for (std::int64_t at = 0; at < p_.elements; at += tile_) {
      const std::int64_t count = std::min(tile_, p_.elements - at);
      std::array<std::uint32_t, 2> local{};
      for (std::size_t i = 0; i < list.size(); ++i) {
        const bool whole = list[i]->period == p_.elements;
        const Pool::Slot slot = pools[i]->find(whole ? static_cast<std::uint64_t>(at) : 0);
        local[i] = slot.address;
        if (slot.fresh) {
          load_bytes(builder_, list[i]->window, list[i]->offset + (whole ? at : 0),
                     whole ? count : list[i]->period, isa::Space::kSpm, slot.address);
        }
      }
      const std::uint32_t output = outputs.next();
      vector(local, output, count);
      isa::Store store;
      store.window = kWorkspaceWindow;
      store.offset = static_cast<std::uint32_t>(p_.output + at);
      store.local = output;
      store.n0 = static_cast<std::uint32_t>(count);
      builder_.emit(store);
    }
  }

 private:
  std::vector<const FlatOperand*> operands() const {
    std::vector<const FlatOperand*> list{&p_.a};
    if (p_.b) list.push_back(&*p_.b);
    return list;
  }

  /// Stride from one run to the next: none where the operand repeats.
  std::int32_t stride(const FlatOperand& x) const {
    return static_cast<std::int32_t>(x.period == p_.elements ? run_ : 0);
  }

  void vector(const std::array<std::uint32_t, 2>& local, std::uint32_t output, std::int64_t count) {
    isa::Vector v;
    v.a_type = type8(p_.a.is_unsigned);
    v.za = p_.a.zero;
    v.a_base = local[0];
    v.a_bcast = p_.a.period == 1 && p_.elements > 1;
    v.a_s1 = stride(p_.a);
    if (p_.factor) {
      v.b_mode = isa::Operand::kImmediate;
      v.b_type = isa::Type::kFp32;
      v.b_base = isa::fp32_bits(*p_.factor);
    }
    if (p_.b && p_.multiply) {
      v.b_mode = isa::Operand::kStream;
      v.b_type = type8(p_.b->is_unsigned);
      v.zb = p_.b->zero;
      v.b_base = local[1];
      v.b_bcast = p_.b->period == 1 && p_.elements > 1;
      v.b_s1 = stride(*p_.b);
    } else if (p_.b) {
      v.c_mode = isa::Operand::kStream;
      v.c_type = type8(p_.b->is_unsigned);
      v.zc = p_.b->zero;
      v.c_base = local[1];
      v.c_bcast = p_.b->period == 1 && p_.elements > 1;
      v.c_s1 = stride(*p_.b);
      v.vop = isa::Vop::kAdd;
    }
    v.d_type = type8(p_.y_unsigned);
    v.zd = p_.zy;
    v.lo = p_.lo;
    v.hi = p_.hi;
    v.d_base = output;
    v.d_s1 = static_cast<std::int32_t>(run_);
    if (p_.scale) {
      v.scale_en = true;
      v.scale = isa::fp32_bits(*p_.scale);
    }
    v.n0 = static_cast<std::uint16_t>(std::min(run_, count));
    v.n1 = static_cast<std::uint16_t>(ceil_div(count, run_));
    builder_.emit(v);
  }

  Builder& builder_;
  const ElementwiseProblem& p_;
  Arena arena_;
  std::int64_t run_ = 1, tile_ = 1;
};

}  // namespace

void lower_elementwise(Builder& builder, const ElementwiseProblem& problem) {
  ElementwiseLowering(builder, problem).run();
}

}  // namespace girih::compiler
