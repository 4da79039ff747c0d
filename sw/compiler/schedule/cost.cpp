// SPDX-License-Identifier: Apache-2.0
#include "compiler/schedule/cost.h"

#include <algorithm>

#include "common/error.h"
#include "isa/forms.h"

namespace girih::compiler {
namespace {

std::uint64_t ceil_div(std::uint64_t a, std::uint64_t b) { return (a + b - 1) / b; }

std::uint64_t copy(std::uint64_t f0, std::uint64_t rows, const isa::Preset& preset) {
  return rows * (ceil_div(f0, preset.bus_bytes) + 2);
}

}  // namespace

std::uint64_t cost(const isa::Instruction& instruction, const isa::Preset& preset) {
  switch (static_cast<isa::Opcode>(instruction.opcode())) {
    case isa::Opcode::kLoad: {
      const isa::Load x = isa::Load::decode(instruction);
      const std::uint64_t f1 = std::uint64_t{x.before1} + x.n1 + x.after1;
      const std::uint64_t f2 = std::uint64_t{x.before2} + x.n2 + x.after2;
      return copy(std::uint64_t{x.before0} + x.n0 + x.after0, f1 * f2 * x.n3, preset);
    }
    case isa::Opcode::kStore: {
      const isa::Store x = isa::Store::decode(instruction);
      return copy(x.n0, std::uint64_t{x.n1} * x.n2 * x.n3, preset);
    }
    case isa::Opcode::kMatrix: {
      const isa::Matrix x = isa::Matrix::decode(instruction);
      const std::uint64_t passes =
          ceil_div(x.n, preset.n_dim) * x.k2 * x.k1 * ceil_div(x.k0, preset.k_dim);
      return passes * (x.rows() + std::max(preset.k_dim, preset.n_dim));
    }
    case isa::Opcode::kVector: {
      const isa::Vector x = isa::Vector::decode(instruction);
      return std::uint64_t{x.n1} * x.n2 * x.n3 *
             (8 * ceil_div(x.n0, preset.vec_lanes) + 8 +
              (x.row_op != isa::Reduce::kNone ? 192 : 0));
    }
    default:
      return 0;
  }
}

void check_costs(const std::vector<isa::Instruction>& instructions, const isa::Preset& preset,
                 std::uint64_t most, const std::function<std::string(std::uint32_t)>& owner) {
  for (std::uint32_t i = 0; i < instructions.size(); ++i) {
    const std::uint64_t cycles = cost(instructions[i], preset);
    if (cycles <= most) continue;
    throw Error(
        "node \"{}\": instruction {} may take {} cycles, the chip accepts {}; use smaller images, "
        "kernels or batches, or a smaller partition, which makes smaller tiles",
        owner(i), i, cycles, most);
  }
}

}  // namespace girih::compiler
