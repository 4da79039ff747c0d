// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/elementwise.h"

#include <algorithm>
#include <array>

#include "compiler/lower/map_tile.h"
#include "compiler/schedule/tokens.h"

namespace girih::compiler {
namespace {

/// Elements [first, first + lines * line) of the output: whole rows of one image, or a slice.
struct Part {
  std::int64_t first, lines, line;
  std::int64_t image, row;  ///< by rows only

  std::int64_t count() const { return lines * line; }
};

/// Where a part lies in the scratchpad: its first byte and from a line to the next.
struct Lines {
  std::uint32_t base = 0;
  std::int64_t step = 0;
};

class ElementwiseLowering {
 public:
  ElementwiseLowering(Builder& builder, const ElementwiseProblem& problem,
                      const ElementwiseTiling& tiling, const Area& area)
      : builder_(builder),
        p_(problem),
        t_(tiling),
        arena_(area, builder.target().preset.spm_word_bytes) {
    operands_.push_back(&p_.a);
    if (p_.b) operands_.push_back(&*p_.b);
    for (const FlatOperand* x : operands_) {
      const bool kept = x->data.empty() && x->map.kept;
      pools_.emplace_back(arena_,
                          kept        ? 0
                          : whole(*x) ? t_.elements()
                                      : x->period,
                          whole(*x) ? 2 : 1);
      constants_.push_back(x->data.empty() ? 0 : builder_.constant(x->data));
    }
    pools_.emplace_back(arena_, p_.output.kept ? 0 : t_.elements(), 2);
  }

  void run() {
    const std::int64_t elements = p_.elements();
    if (!t_.by_rows) {
      for (std::int64_t at = 0; at < elements; at += t_.line)
        part({at, 1, std::min(t_.line, elements - at), 0, 0});
      return;
    }
    for (std::int64_t image = 0; image < p_.batch; ++image) {
      for (std::int64_t row = 0; row < p_.output.height; row += t_.lines) {
        part({(image * p_.output.height + row) * t_.line,
              std::min(t_.lines, p_.output.height - row), t_.line, image, row});
      }
    }
  }

 private:
  bool whole(const FlatOperand& x) const { return x.period == p_.elements(); }

  void part(const Part& part) {
    std::array<Lines, 2> local{};
    for (std::size_t i = 0; i < operands_.size(); ++i) local[i] = operand(i, part);
    const Lines output =
        p_.output.kept ? kept(p_.output, part) : Lines{pools_.back().next(), part.line};
    vector(local, output, part);
    if (!p_.output.stored) return;
    isa::Store store;
    store.window = kWorkspaceWindow;
    store.offset = static_cast<std::uint32_t>(p_.output.offset + part.first);
    store.local = output.base;
    store.n0 = static_cast<std::uint32_t>(part.line);
    store.n1 = static_cast<std::uint16_t>(part.lines);
    store.s1 = static_cast<std::int32_t>(part.line);
    store.t1 = static_cast<std::int32_t>(output.step);
    builder_.emit(store);
  }

  Lines kept(const Map& map, const Part& part) const {
    if (t_.by_rows)
      return {static_cast<std::uint32_t>(map.at(part.image, part.row, 0, 0)), map.line};
    return {static_cast<std::uint32_t>(map.origin + part.first), part.line};
  }

  /// An operand that repeats stays where it is from part to part.
  Lines operand(std::size_t i, const Part& part) {
    const FlatOperand& x = *operands_[i];
    if (x.data.empty() && x.map.kept)
      return whole(x) ? kept(x.map, part) : Lines{static_cast<std::uint32_t>(x.map.origin), 0};
    const std::int64_t at = whole(x) ? part.first : 0;
    const Pool::Slot slot = pools_[i].find(static_cast<std::uint64_t>(at));
    if (slot.fresh) {
      load_bytes(builder_, x.data.empty() ? kWorkspaceWindow : kConstantWindow,
                 (x.data.empty() ? x.map.offset : constants_[i]) + at,
                 whole(x) ? part.count() : x.period, isa::Space::kSpm, slot.address);
    }
    return {slot.address, whole(x) ? part.line : 0};
  }

  void vector(const std::array<Lines, 2>& local, const Lines& output, const Part& part) {
    const auto repeats = [&](const FlatOperand& x) { return x.period == 1 && p_.elements() > 1; };
    const auto step = [&](const FlatOperand& x) {
      return static_cast<std::int32_t>(whole(x) ? t_.run : 0);
    };
    isa::Vector v;
    v.a_type = type8(p_.a.is_unsigned);
    v.za = p_.a.zero;
    v.a_base = local[0].base;
    v.a_bcast = repeats(p_.a);
    v.a_s1 = step(p_.a);
    v.a_s2 = static_cast<std::int32_t>(local[0].step);
    if (p_.factor) {
      v.b_mode = isa::Operand::kImmediate;
      v.b_type = isa::Type::kFp32;
      v.b_base = isa::fp32_bits(*p_.factor);
    }
    if (p_.b && p_.multiply) {
      v.b_mode = isa::Operand::kStream;
      v.b_type = type8(p_.b->is_unsigned);
      v.zb = p_.b->zero;
      v.b_base = local[1].base;
      v.b_bcast = repeats(*p_.b);
      v.b_s1 = step(*p_.b);
      v.b_s2 = static_cast<std::int32_t>(local[1].step);
    } else if (p_.b) {
      v.c_mode = isa::Operand::kStream;
      v.c_type = type8(p_.b->is_unsigned);
      v.zc = p_.b->zero;
      v.c_base = local[1].base;
      v.c_bcast = repeats(*p_.b);
      v.c_s1 = step(*p_.b);
      v.c_s2 = static_cast<std::int32_t>(local[1].step);
      v.vop = isa::Vop::kAdd;
    }
    v.d_type = type8(p_.y_unsigned);
    v.zd = p_.zy;
    v.lo = p_.lo;
    v.hi = p_.hi;
    v.d_base = output.base;
    v.d_s1 = static_cast<std::int32_t>(t_.run);
    v.d_s2 = static_cast<std::int32_t>(output.step);
    if (p_.scale) {
      v.scale_mode = isa::Operand::kImmediate;
      v.scale = isa::fp32_bits(*p_.scale);
    }
    v.n0 = static_cast<std::uint16_t>(std::min(t_.run, part.line));
    v.n1 = static_cast<std::uint16_t>(ceil_div(part.line, t_.run));
    v.n2 = static_cast<std::uint16_t>(part.lines);
    builder_.emit(v);
  }

  Builder& builder_;
  const ElementwiseProblem& p_;
  const ElementwiseTiling t_;
  Arena arena_;
  std::vector<const FlatOperand*> operands_;
  std::vector<Pool> pools_;  ///< of the operands, then of the output
  std::vector<std::uint32_t> constants_;
};

}  // namespace

void lower_elementwise(Builder& builder, const ElementwiseProblem& problem, const Area& area) {
  Target target = builder.target();
  target.spm_bytes = static_cast<std::uint32_t>(area.bytes);
  const std::optional<ElementwiseTiling> tiling = find_elementwise_tiling(problem, target);
  if (!tiling) {
    throw Error(
        "node \"{}\": its broadcast operands and a tile do not fit {} bytes of scratchpad; use a "
        "larger preset or partition",
        problem.node, target.spm_bytes);
  }
  ElementwiseLowering(builder, problem, *tiling, area).run();
}

}  // namespace girih::compiler
