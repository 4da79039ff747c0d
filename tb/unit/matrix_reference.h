// SPDX-License-Identifier: Apache-2.0
//
// What a MATRIX instruction does, as loops over bytes; and the instruction as the test knows it.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "girih/isa_layout.h"
#include "girih/presets.h"

namespace girih::tb {

struct MatrixInstruction {
  unsigned ctx = 0;
  bool a_signed = true, b_signed = true, columns = false, shift = false;
  isa::Start start = isa::Start::kZero;
  std::uint8_t za = 0, zb = 0;
  std::int64_t a_base = 0, b_base = 0, acc_base = 0, bias_base = 0;
  std::int64_t n = 1, k0 = 1, k1 = 1, k2 = 1, m0 = 1, m1 = 1, m2 = 1;
  std::int64_t a_m0 = 0, a_m1 = 0, a_m2 = 0, a_k1 = 0, a_k2 = 0;
  std::int64_t b_row = 0, b_k0 = 0, b_k1 = 0, b_k2 = 0, b_n = 0, acc_n = 0, bias_n = 0;

  std::int64_t rows() const { return m0 * m1 * m2; }

  /// The instruction's 32 words.
  std::array<std::uint32_t, 32> words() const {
    std::array<std::uint32_t, 32> w{};
    w[0] = static_cast<std::uint32_t>(isa::Opcode::kMatrix);
    const auto set = [&w](std::string_view name, std::int64_t value) {
      for (const auto& field : isa::kMatrixFields) {
        if (field.name != name) continue;
        const std::uint32_t mask = field.width == 32 ? ~0u : (1u << field.width) - 1;
        w[field.word] |= (static_cast<std::uint32_t>(value) & mask) << field.lsb;
        return;
      }
      throw std::logic_error("no such field");
    };
    set("a_type", a_signed ? 0 : 1), set("b_type", b_signed ? 0 : 1);
    set("start", static_cast<int>(start)), set("columns", columns), set("shift", shift), set("za", za), set("zb", zb);
    set("a_base", a_base), set("b_base", b_base), set("acc_base", acc_base), set("bias_base", bias_base);
    set("n", n), set("k0", k0), set("k1", k1), set("k2", k2), set("m0", m0), set("m1", m1), set("m2", m2);
    set("a_m0", a_m0), set("a_m1", a_m1), set("a_m2", a_m2), set("a_k1", a_k1), set("a_k2", a_k2);
    set("b_row", b_row), set("b_k0", b_k0), set("b_k1", b_k1), set("b_k2", b_k2), set("b_n", b_n);
    set("acc_n", acc_n), set("bias_n", bias_n);
    return w;
  }
};

/// A context's memories. Accumulators are indexed row * NDim + lane.
struct MatrixMemory {
  std::vector<std::uint8_t> spm;
  std::vector<std::uint32_t> acc;
};

/// Executes `i` with its partition at byte `spm_base` and `acc_base`; true when an addition left INT32.
inline bool execute(const MatrixInstruction& i, const isa::Preset& preset, std::int64_t spm_base,
                    std::int64_t acc_base, MatrixMemory& memory) {
  const std::int64_t kd = preset.k_dim, nd = preset.n_dim, row_bytes = 4 * nd;
  const auto value = [](std::uint8_t byte, bool is_signed) {
    return is_signed ? static_cast<int>(static_cast<std::int8_t>(byte)) : static_cast<int>(byte);
  };
  const int za = value(i.za, i.a_signed), zb = value(i.zb, i.b_signed);
  bool overflow = false;

  for (std::int64_t j = 0; j < i.n; ++j) {
    const std::int64_t nt = j / nd, nr = j % nd;
    for (std::int64_t m = 0; m < i.rows(); ++m) {
      const std::int64_t i0 = m % i.m0, i1 = m / i.m0 % i.m1, i2 = m / i.m0 / i.m1;
      const std::int64_t acc_at = (acc_base + i.acc_base + nt * i.acc_n + m * row_bytes) / 4 + nr;
      const std::int64_t bias_at = (acc_base + i.bias_base + nt * i.bias_n) / 4 + nr;
      std::int64_t sum = i.start == isa::Start::kZero ? 0
                         : static_cast<std::int32_t>(memory.acc.at(i.start == isa::Start::kAcc ? acc_at : bias_at));
      for (std::int64_t q2 = 0; q2 < i.k2; ++q2)
        for (std::int64_t q1 = 0; q1 < i.k1; ++q1)
          for (std::int64_t q0 = 0; q0 < i.k0; ++q0) {
            const std::int64_t kt = q0 / kd, kr = q0 % kd;
            const std::int64_t a_at = spm_base + i.a_base + i2 * i.a_m2 + i1 * i.a_m1 + i0 * i.a_m0 +
                                      q2 * i.a_k2 + q1 * i.a_k1 + q0;
            const std::int64_t b_at = spm_base + i.b_base + nt * i.b_n + q2 * i.b_k2 + q1 * i.b_k1 + kt * i.b_k0 +
                                      (i.columns ? kr * i.b_row + nr : nr * i.b_row + kr);
            const std::int64_t product =
                (value(memory.spm.at(a_at), i.a_signed) - za) * (value(memory.spm.at(b_at), i.b_signed) - zb);
            sum += i.shift ? product * 256 : product;
            const bool dot_complete = kr == kd - 1 || q0 == i.k0 - 1;
            if (dot_complete && sum != static_cast<std::int32_t>(sum)) overflow = true;
          }
      memory.acc.at(acc_at) = static_cast<std::uint32_t>(sum);
    }
  }
  return overflow;
}

}  // namespace girih::tb
