// SPDX-License-Identifier: Apache-2.0
#include "compiler/schedule/access.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace girih::compiler {
namespace {

using Visit = std::function<void(const Run&)>;

Memory memory(isa::Space space) { return space == isa::Space::kAcc ? Memory::kAcc : Memory::kSpm; }

/// How the rows of a list are told: one by one for every legal index, or as one run.
enum class Lists { kRows, kHull };

/// LOAD and STORE have the same fields; LOAD's interior starts after the padding.
template <class Copy>
void visit_dram(const Copy& x, bool indexed, bool write, Lists lists, const Visit& visit) {
  const bool hull = indexed && lists == Lists::kHull;
  const std::int64_t reach = hull ? (std::int64_t{x.index_limit} - 1) * x.s1 : 0;
  const std::int64_t rows = hull ? 1 : indexed ? std::int64_t{x.index_limit} : x.n1;
  for (std::int64_t i3 = 0; i3 < x.n3; ++i3) {
    for (std::int64_t i2 = 0; i2 < x.n2; ++i2) {
      for (std::int64_t i1 = 0; i1 < rows; ++i1) {
        visit({Memory::kDram, x.window, write,
               std::int64_t{x.offset} + i3 * x.s3 + i2 * x.s2 + i1 * x.s1 +
                   std::min<std::int64_t>(reach, 0),
               std::abs(reach) + x.n0});
      }
    }
  }
  if (indexed) visit({Memory::kSpm, 0, false, x.index, 4 * std::int64_t{x.n1}});
}

void visit_load(const isa::Load& x, Lists lists, const Visit& visit) {
  visit_dram(x, x.gather, false, lists, visit);
  const std::int64_t f0 = std::int64_t{x.before0} + x.n0 + x.after0;
  const std::int64_t f1 = std::int64_t{x.before1} + x.n1 + x.after1;
  const std::int64_t f2 = std::int64_t{x.before2} + x.n2 + x.after2;
  for (std::int64_t i3 = 0; i3 < x.n3; ++i3) {
    for (std::int64_t i2 = 0; i2 < f2; ++i2) {
      for (std::int64_t i1 = 0; i1 < f1; ++i1) {
        visit({memory(x.space), 0, true, std::int64_t{x.local} + i3 * x.t3 + i2 * x.t2 + i1 * x.t1,
               f0});
      }
    }
  }
}

void visit_store(const isa::Store& x, Lists lists, const Visit& visit) {
  visit_dram(x, x.scatter, true, lists, visit);
  for (std::int64_t i3 = 0; i3 < x.n3; ++i3) {
    for (std::int64_t i2 = 0; i2 < x.n2; ++i2) {
      for (std::int64_t i1 = 0; i1 < x.n1; ++i1) {
        visit({memory(x.space), 0, false, std::int64_t{x.local} + i3 * x.t3 + i2 * x.t2 + i1 * x.t1,
               x.n0});
      }
    }
  }
}

void visit_weights(const isa::Matrix& x, const isa::Preset& preset, const Visit& visit) {
  const std::int64_t kdim = preset.k_dim;
  const std::int64_t ndim = preset.n_dim;
  for (std::int64_t n = 0; n < x.n; n += ndim) {
    const std::int64_t columns = std::min(ndim, x.n - n);
    for (std::int64_t k2 = 0; k2 < x.k2; ++k2) {
      for (std::int64_t k1 = 0; k1 < x.k1; ++k1) {
        for (std::int64_t k0 = 0; k0 < x.k0; k0 += kdim) {
          const std::int64_t depth = std::min(kdim, x.k0 - k0);
          const std::int64_t tile = std::int64_t{x.b_base} + n / ndim * x.b_n + k2 * x.b_k2 +
                                    k1 * x.b_k1 + k0 / kdim * x.b_k0;
          const std::int64_t rows = x.columns ? depth : columns;
          const std::int64_t bytes = x.columns ? columns : depth;
          for (std::int64_t row = 0; row < rows; ++row) {
            visit({Memory::kSpm, 0, false, tile + row * x.b_row, bytes});
          }
        }
      }
    }
  }
}

void visit_matrix(const isa::Matrix& x, const isa::Preset& preset, const Visit& visit) {
  for (std::int64_t m2 = 0; m2 < x.m2; ++m2) {
    for (std::int64_t m1 = 0; m1 < x.m1; ++m1) {
      for (std::int64_t m0 = 0; m0 < x.m0; ++m0) {
        for (std::int64_t k2 = 0; k2 < x.k2; ++k2) {
          for (std::int64_t k1 = 0; k1 < x.k1; ++k1) {
            visit({Memory::kSpm, 0, false,
                   std::int64_t{x.a_base} + m2 * x.a_m2 + m1 * x.a_m1 + m0 * x.a_m0 + k2 * x.a_k2 +
                       k1 * x.a_k1,
                   x.k0});
          }
        }
      }
    }
  }
  visit_weights(x, preset, visit);
  const std::int64_t row_bytes = 4 * std::int64_t{preset.n_dim};
  const std::int64_t rows = std::int64_t{x.m0} * x.m1 * x.m2;
  for (std::int64_t nt = 0; nt * preset.n_dim < x.n; ++nt) {
    const std::int64_t columns = std::min<std::int64_t>(preset.n_dim, x.n - nt * preset.n_dim);
    if (x.start == isa::Start::kBias) {
      visit({Memory::kAcc, 0, false, std::int64_t{x.bias_base} + nt * x.bias_n, 4 * columns});
    }
    for (std::int64_t m = 0; m < rows; ++m) {
      const std::int64_t at = std::int64_t{x.acc_base} + nt * x.acc_n + m * row_bytes;
      if (x.start == isa::Start::kAcc) visit({Memory::kAcc, 0, false, at, 4 * columns});
      visit({Memory::kAcc, 0, true, at, 4 * columns});
    }
  }
}

struct Stream {
  isa::Type type;
  isa::Space space;
  std::int64_t base, s1, s2, s3;
  bool broadcast;
};

void visit_stream(const Stream& s, const std::array<std::int64_t, 4>& n, bool write,
                  const Visit& visit) {
  const std::int64_t length = std::int64_t{isa::size_of(s.type)} * (s.broadcast ? 1 : n[0]);
  // A stride of zero visits the same bytes again.
  const std::int64_t n1 = s.s1 == 0 ? 1 : n[1];
  const std::int64_t n2 = s.s2 == 0 ? 1 : n[2];
  const std::int64_t n3 = s.s3 == 0 ? 1 : n[3];
  for (std::int64_t i3 = 0; i3 < n3; ++i3) {
    for (std::int64_t i2 = 0; i2 < n2; ++i2) {
      for (std::int64_t i1 = 0; i1 < n1; ++i1) {
        visit({memory(s.space), 0, write, s.base + i3 * s.s3 + i2 * s.s2 + i1 * s.s1, length});
      }
    }
  }
}

void visit_vector(const isa::Vector& x, const Visit& visit) {
  const std::array<std::int64_t, 4> full{x.n0, x.n1, x.n2, x.n3};
  std::array<std::int64_t, 4> reduced = full;  // what b, c and d run over
  for (unsigned d = 1; d <= x.win_dims; ++d) reduced[d] = 1;
  visit_stream({x.a_type, x.a_space, x.a_base, x.a_s1, x.a_s2, x.a_s3, x.a_bcast}, full, false,
               visit);
  if (x.b_mode == isa::Operand::kStream) {
    visit_stream({x.b_type, x.b_space, x.b_base, x.b_s1, x.b_s2, x.b_s3, x.b_bcast}, reduced, false,
                 visit);
  }
  if (x.c_mode == isa::Operand::kStream) {
    visit_stream({x.c_type, x.c_space, x.c_base, x.c_s1, x.c_s2, x.c_s3, x.c_bcast}, reduced, false,
                 visit);
  }
  if (x.row_op != isa::Reduce::kNone) reduced[0] = 1;
  visit_stream({x.d_type, x.d_space, x.d_base, x.d_s1, x.d_s2, x.d_s3, false}, reduced, true,
               visit);
}

void visit_all(const isa::Instruction& instruction, const isa::Preset& preset, Lists lists,
               const Visit& visit) {
  switch (static_cast<isa::Opcode>(instruction.opcode())) {
    case isa::Opcode::kLoad:
      return visit_load(isa::Load::decode(instruction), lists, visit);
    case isa::Opcode::kStore:
      return visit_store(isa::Store::decode(instruction), lists, visit);
    case isa::Opcode::kMatrix:
      return visit_matrix(isa::Matrix::decode(instruction), preset, visit);
    case isa::Opcode::kVector:
      return visit_vector(isa::Vector::decode(instruction), visit);
    default:
      return;
  }
}

/// Whether the bytes of `next` go on with those of `run`, of the same kind; then `run` grows.
bool join(Run& run, const Run& next) {
  const bool same =
      run.memory == next.memory && run.window == next.window && run.write == next.write;
  if (!same || next.base > run.base + run.length || next.base + next.length < run.base)
    return false;
  const std::int64_t end = std::max(run.base + run.length, next.base + next.length);
  run.base = std::min(run.base, next.base);
  run.length = end - run.base;
  return true;
}

}  // namespace

Engine engine_of(const isa::Instruction& instruction) {
  switch (static_cast<isa::Opcode>(instruction.opcode())) {
    case isa::Opcode::kLoad:
      return Engine::kLoad;
    case isa::Opcode::kStore:
      return Engine::kStore;
    case isa::Opcode::kMatrix:
      return Engine::kMatrix;
    case isa::Opcode::kVector:
      return Engine::kVector;
    default:
      return Engine::kNone;
  }
}

void visit_runs(const isa::Instruction& instruction, const isa::Preset& preset,
                const Visit& visit) {
  visit_all(instruction, preset, Lists::kRows, visit);
}

void visit_stretches(const isa::Instruction& instruction, const isa::Preset& preset,
                     const Visit& visit) {
  Run pending;
  visit_all(instruction, preset, Lists::kHull, [&](const Run& run) {
    if (pending.length > 0) {
      if (join(pending, run)) return;
      visit(pending);
    }
    pending = run;
  });
  if (pending.length > 0) visit(pending);
}

}  // namespace girih::compiler
