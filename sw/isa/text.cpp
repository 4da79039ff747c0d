// SPDX-License-Identifier: Apache-2.0
#include "isa/text.h"

#include <fmt/format.h>

#include "isa/forms.h"

namespace girih::isa {
namespace {

std::string hex(std::uint32_t value) { return fmt::format("{:#x}", value); }

std::string space_name(Space space) { return space == Space::kAcc ? "acc" : "spm"; }

std::string type_name(Type type) { return std::string(to_string(type)); }

int zero_point(Type type, std::uint8_t bits) {
  return type == Type::kInt8 ? static_cast<std::int8_t>(bits) : bits;
}

/// The common part of LOAD and STORE: shape and strides, innermost dimension first.
template <class Move>
std::string shape(const Move& x) {
  return fmt::format("n=[{},{},{},{}] s=[{},{},{}] t=[{},{},{}]", x.n0, x.n1, x.n2, x.n3, x.s1,
                     x.s2, x.s3, x.t1, x.t2, x.t3);
}

std::string text(const Load& x) {
  std::string out = fmt::format("LOAD {}[{}] <- window {}[{}] {}", space_name(x.space),
                                hex(x.local), x.window, hex(x.offset), shape(x));
  if (x.before0 || x.after0 || x.before1 || x.after1 || x.before2 || x.after2) {
    out += fmt::format(" pad={:#04x} before=[{},{},{}] after=[{},{},{}]", x.pad_value, x.before0,
                       x.before1, x.before2, x.after0, x.after1, x.after2);
  }
  if (x.gather) out += fmt::format(" gather spm[{}] limit={}", hex(x.index), x.index_limit);
  return out;
}

std::string text(const Store& x) {
  std::string out = fmt::format("STORE window {}[{}] <- {}[{}] {}", x.window, hex(x.offset),
                                space_name(x.space), hex(x.local), shape(x));
  if (x.scatter) out += fmt::format(" scatter spm[{}] limit={}", hex(x.index), x.index_limit);
  return out;
}

std::string text(const Matrix& x, const Preset& preset) {
  const std::uint64_t passes = ((x.n + preset.n_dim - 1) / preset.n_dim) * std::uint64_t{x.k2} *
                               x.k1 * ((x.k0 + preset.k_dim - 1) / preset.k_dim);
  std::string start = "0";
  if (x.start == Start::kAcc) start = "acc";
  if (x.start == Start::kBias) start = fmt::format("bias acc[{}] n={}", hex(x.bias_base), x.bias_n);
  if (static_cast<unsigned>(x.start) > 2) start = "?";
  return fmt::format(
      "MATRIX acc[{}] n={} <- {} + {}{} spm[{}] za={} m=[{},{},{}] k=[{},{},{}] am=[{},{},{}] "
      "ak=[{},{}] * {} spm[{}] zb={} {} N={} b_row={} bk=[{},{},{}] b_n={} (M={} N={} K={}, {} "
      "passes)",
      hex(x.acc_base), x.acc_n, start, x.shift ? "256 * " : "", type_name(x.a_type), hex(x.a_base),
      zero_point(x.a_type, x.za), x.m0, x.m1, x.m2, x.k0, x.k1, x.k2, x.a_m0, x.a_m1, x.a_m2,
      x.a_k1, x.a_k2, type_name(x.b_type), hex(x.b_base), zero_point(x.b_type, x.zb),
      x.columns ? "columns" : "rows", x.n, x.b_row, x.b_k0, x.b_k1, x.b_k2, x.b_n, x.rows(), x.n,
      x.depth(), passes);
}

std::string stream(Type type, Space space, std::uint32_t base, bool bcast, std::uint8_t zero,
                   std::int32_t s1, std::int32_t s2, std::int32_t s3) {
  std::string out = fmt::format("{} {}[{}] s=[{}{},{},{}]", type_name(type), space_name(space),
                                hex(base), bcast ? "bcast," : "", s1, s2, s3);
  if (size_of(type) == 1 && zero != 0) out += fmt::format(" z={}", zero_point(type, zero));
  return out;
}

std::string operand(Operand mode, std::uint32_t base, const std::string& streamed) {
  if (mode == Operand::kImmediate) return fmt::format("{}({})", fp32_value(base), hex(base));
  return mode == Operand::kStream ? streamed : std::string("?");
}

std::string text(const Vector& x) {
  std::string out = fmt::format(
      "VECTOR {} <- ", stream(x.d_type, x.d_space, x.d_base, false, x.zd, x.d_s1, x.d_s2, x.d_s3));
  if (x.win_op != Reduce::kNone) {
    out += fmt::format("window {} over {} dims of ",
                       name_of(kReduceCodes, static_cast<int>(x.win_op)), x.win_dims);
  }
  out += stream(x.a_type, x.a_space, x.a_base, x.a_bcast, x.za, x.a_s1, x.a_s2, x.a_s3);
  const std::string b =
      operand(x.b_mode, x.b_base,
              stream(x.b_type, x.b_space, x.b_base, x.b_bcast, x.zb, x.b_s1, x.b_s2, x.b_s3));
  const std::string c =
      operand(x.c_mode, x.c_base,
              stream(x.c_type, x.c_space, x.c_base, x.c_bcast, x.zc, x.c_s1, x.c_s2, x.c_s3));
  const bool c_scales = x.scale_mode == Operand::kStream;
  if (x.vop == Vop::kSelect) {
    out += fmt::format(" == 0 ? {} : {}", c, b);
  } else {
    if (x.b_mode != Operand::kNone) out += " * " + b;
    if (x.vop != Vop::kNone || (x.c_mode != Operand::kNone && !c_scales)) {
      out += fmt::format(" {} {}", name_of(kVopCodes, static_cast<int>(x.vop)), c);
    }
  }
  if (x.sfu != Sfu::kNone)
    out += fmt::format(" sfu {}", name_of(kSfuCodes, static_cast<int>(x.sfu)));
  if (x.row_op != Reduce::kNone) {
    out += fmt::format(" row {}", name_of(kReduceCodes, static_cast<int>(x.row_op)));
  }
  if (x.scale_mode != Operand::kNone) {
    out += " scale=" + operand(x.scale_mode, x.scale, c);
  }
  if (size_of(x.d_type) == 1) {
    out += fmt::format(" clamp=[{},{}]", zero_point(x.d_type, x.lo), zero_point(x.d_type, x.hi));
  }
  return out + fmt::format(" n=[{},{},{},{}]", x.n0, x.n1, x.n2, x.n3);
}

std::string text(const SetParam& x) {
  return x.source == Source::kSpm ? fmt::format("SETPARAM p{} <- spm[{}]", x.param, hex(x.local))
                                  : fmt::format("SETPARAM p{} <- {}", x.param, hex(x.value));
}

std::string text(const Fence& x) {
  std::string out = "FENCE";
  if (x.write) {
    out += fmt::format(" window {}[{}] <- {:#x}", x.window, hex(x.offset),
                       (std::uint64_t{x.seq_hi} << 32) | x.seq_lo);
  }
  return x.irq ? out + " irq" : out;
}

std::string counters(std::uint16_t mask) {
  std::string out;
  for (unsigned i = 0; i < 16; ++i) {
    if ((mask >> i) & 1) out += fmt::format("{}{}", out.empty() ? "" : ",", i);
  }
  return out;
}

std::string trailer(const Header& x) {
  std::string out;
  if (x.order) out += " order";
  if (x.wait) out += " wait " + counters(x.wait);
  if (x.give) out += " give " + counters(x.give);
  if (x.tag) out += fmt::format(" tag={:#x}", x.tag);
  for (const Patch& patch : x.patch) {
    if (patch.en) out += fmt::format(" w{}{}p{}", patch.word, patch.add ? "+=" : "=", patch.param);
  }
  return out;
}

std::string body(const Instruction& in, const Preset& preset) {
  switch (static_cast<Opcode>(in.opcode())) {
    case Opcode::kLoad:
      return text(Load::decode(in));
    case Opcode::kStore:
      return text(Store::decode(in));
    case Opcode::kMatrix:
      return text(Matrix::decode(in), preset);
    case Opcode::kVector:
      return text(Vector::decode(in));
    case Opcode::kSetparam:
      return text(SetParam::decode(in));
    case Opcode::kFence:
      return text(Fence::decode(in));
  }
  return fmt::format("unknown opcode {}", in.opcode());
}

}  // namespace

std::string to_text(const Instruction& in, const Preset& preset) {
  std::string out = body(in, preset) + trailer(decode_header(in));
  if (const Form* form = find_form(in.opcode())) {
    for (unsigned i = 0; i < kWords; ++i) {
      if (const std::uint32_t extra = in.words[i] & ~(*form->mask)[i]) {
        out += fmt::format(" reserved w{}={:#x}", i, extra);
      }
    }
  }
  return out;
}

}  // namespace girih::isa
