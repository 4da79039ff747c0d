// SPDX-License-Identifier: Apache-2.0
#include "golden/validate.h"

#include <algorithm>
#include <span>
#include <utility>

#include "golden/extent.h"

namespace girih::golden {
namespace {

using isa::ErrorCode;
using isa::Space;
using isa::Type;

/// Keeps the finding that ranks first: the codes of the validation errors stand in the order of the
/// checks, and within one check words ascend.
class Findings {
 public:
  void note(ErrorCode code, bool bad, std::uint32_t detail) {
    if (!bad) return;
    if (!first_ || std::pair(code, detail) < std::pair(first_.code, first_.detail)) {
      first_ = {code, detail};
    }
  }
  void field(bool bad, std::uint32_t word) { note(ErrorCode::kField, bad, word); }
  /// `value` is no multiple of `unit`, a power of two.
  void align(std::uint32_t value, std::uint32_t unit, std::uint32_t word) {
    note(ErrorCode::kAlign, (value & (unit - 1)) != 0, word);
  }
  void align(std::int32_t value, std::uint32_t unit, std::uint32_t word) {
    align(static_cast<std::uint32_t>(value), unit, word);
  }
  void partition(const Extent& extent, std::uint64_t size, std::uint32_t word) {
    note(ErrorCode::kPartition, !extent.within(size), word);
  }
  void window(const Extent& extent, const Window& window, bool permitted) {
    note(ErrorCode::kWindow, !permitted || !extent.within(window.size()), 6);
  }
  const Fault& first() const { return first_; }

 private:
  Fault first_;
};

constexpr std::uint32_t kMostBytes = 1U << 20;  // of one LOAD or STORE row

// LOAD and STORE share their alignment rules, their list and their addresses in the local memory.
template <class Move>
void check_copy(Findings& out, const Move& x, bool listed, const Limits& limits) {
  out.field(x.n0 == 0 || x.n0 > kMostBytes, 8);
  out.field(x.n1 == 0 || x.n2 == 0, 9);
  out.field(x.n3 == 0, 10);
  if (x.space == Space::kAcc) {
    out.align(x.local, 4, 7);
    out.align(x.n0, 4, 8);
    out.align(x.t1, 4, 14);
    out.align(x.t2, 4, 15);
    out.align(x.t3, 4, 16);
  }
  if (listed) {
    out.field(x.index_limit == 0, 21);
    out.align(x.index, 4, 20);
    out.partition(Extent(x.index).bytes(std::uint64_t{x.n1} * 4), limits.partition.spm_size, 20);
  }
}

/// Bytes in DRAM: i1 counts up to n1 - 1, or through the values a list may hold.
template <class Move>
Extent dram_extent(const Move& x, bool listed) {
  return Extent(x.offset)
      .steps(listed ? x.index_limit : x.n1, x.s1)
      .steps(x.n2, x.s2)
      .steps(x.n3, x.s3)
      .bytes(x.n0);
}

void check_form(Findings& out, const isa::Load& x, const Limits& limits) {
  const std::uint64_t f0 = std::uint64_t{x.before0} + x.n0 + x.after0;
  const std::uint64_t f1 = std::uint64_t{x.before1} + x.n1 + x.after1;
  const std::uint64_t f2 = std::uint64_t{x.before2} + x.n2 + x.after2;
  check_copy(out, x, x.gather, limits);
  out.field(f0 > kMostBytes, 17);
  out.field(f1 >= 1U << 16, 18);
  out.field(f2 >= 1U << 16, 19);
  out.field(x.gather && (x.before1 != 0 || x.after1 != 0), 18);
  if (x.space == Space::kAcc) {
    out.align(std::uint32_t{x.before0}, 4, 17);
    out.align(std::uint32_t{x.after0}, 4, 17);
  }
  out.partition(Extent(x.local).steps(f1, x.t1).steps(f2, x.t2).steps(x.n3, x.t3).bytes(f0),
                limits.partition.size(x.space), 7);
  const Window& window = limits.windows[x.window];
  out.window(dram_extent(x, x.gather), window, window.read);
}

void check_form(Findings& out, const isa::Store& x, const Limits& limits) {
  check_copy(out, x, x.scatter, limits);
  out.partition(Extent(x.local).steps(x.n1, x.t1).steps(x.n2, x.t2).steps(x.n3, x.t3).bytes(x.n0),
                limits.partition.size(x.space), 7);
  const Window& window = limits.windows[x.window];
  out.window(dram_extent(x, x.scatter), window, window.write);
}

/// Adds to `extent` what j = tile * width + rest < count adds: tile * tile_stride + rest *
/// rest_stride. The last tile may be narrower than the others.
void span_tiles(Extent& extent, std::uint32_t count, std::uint32_t width, std::int64_t tile_stride,
                std::int64_t rest_stride) {
  Exact low = 0, high = 0;
  const auto corner = [&](std::int64_t tile, std::int64_t rest) {
    const Exact at =
        static_cast<Exact>(tile) * tile_stride + static_cast<Exact>(rest) * rest_stride;
    low = std::min(low, at);
    high = std::max(high, at);
  };
  const std::int64_t last = (static_cast<std::int64_t>(count) - 1) / width;
  corner(last, 0);
  corner(last, static_cast<std::int64_t>(count) - 1 - last * width);
  if (last > 0) {
    corner(0, width - 1);
    corner(last - 1, width - 1);
  }
  extent.span(low, high);
}

Extent weights_extent(const isa::Matrix& x, const isa::Preset& preset) {
  Extent out(x.b_base);
  out.steps(x.k2, x.b_k2).steps(x.k1, x.b_k1);
  // Within a tile one of the two directions is contiguous.
  span_tiles(out, x.n, preset.n_dim, x.b_n, x.columns ? 1 : x.b_row);
  span_tiles(out, x.k0, preset.k_dim, x.b_k0, x.columns ? x.b_row : 1);
  return out;
}

void check_form(Findings& out, const isa::Matrix& x, const Limits& limits) {
  const auto is_byte = [](Type type) { return type == Type::kInt8 || type == Type::kUint8; };
  out.field(!is_byte(x.a_type) || !is_byte(x.b_type) || x.start > isa::Start::kBias, 5);
  out.field(x.n == 0 || x.k0 == 0, 11);
  out.field(x.k1 == 0 || x.k2 == 0, 12);
  out.field(x.m0 == 0 || x.m1 == 0 || x.rows() > 65535, 13);
  out.field(x.m2 == 0, 14);

  const bool bias = x.start == isa::Start::kBias;
  const std::uint32_t row_bytes = 4 * limits.preset.n_dim;
  const std::uint32_t tiles = (x.n + limits.preset.n_dim - 1) / limits.preset.n_dim;
  out.align(x.acc_base, row_bytes, 9);
  out.align(x.acc_n, row_bytes, 25);
  if (bias) {
    out.align(x.bias_base, row_bytes, 10);
    out.align(x.bias_n, row_bytes, 26);
  }

  const Extent a = Extent(x.a_base)
                       .steps(x.m0, x.a_m0)
                       .steps(x.m1, x.a_m1)
                       .steps(x.m2, x.a_m2)
                       .steps(x.k1, x.a_k1)
                       .steps(x.k2, x.a_k2)
                       .bytes(x.k0);
  out.partition(a, limits.partition.spm_size, 7);
  out.partition(weights_extent(x, limits.preset), limits.partition.spm_size, 8);
  out.partition(Extent(x.acc_base).steps(tiles, x.acc_n).bytes(x.rows() * row_bytes),
                limits.partition.acc_size, 9);
  if (bias) {
    out.partition(Extent(x.bias_base).steps(tiles, x.bias_n).bytes(row_bytes),
                  limits.partition.acc_size, 10);
  }
}

/// One stream of a VECTOR instruction, with the counts of the indices it sees.
struct Stream {
  Type type;
  Space space;
  std::uint32_t base;
  std::int32_t s1, s2, s3;
  std::uint64_t n0, n1, n2, n3;
  std::uint32_t word;  ///< of its base
};

void check_stream(Findings& out, const Stream& x, const Limits& limits) {
  const std::uint32_t size = std::max(1U, isa::size_of(x.type));
  out.field(isa::size_of(x.type) == 0, 5);
  out.field(x.space == Space::kAcc && x.type != Type::kInt32 && x.type != Type::kFp32, 5);
  out.align(x.base, size, x.word);
  out.align(x.s1, size, x.word + 1);
  out.align(x.s2, size, x.word + 2);
  out.align(x.s3, size, x.word + 3);
  out.partition(
      Extent(x.base).steps(x.n1, x.s1).steps(x.n2, x.s2).steps(x.n3, x.s3).bytes(x.n0 * size),
      limits.partition.size(x.space), x.word);
}

/// The code has a name; some values between those of a code have none.
template <class Enum>
bool is_listed(std::span<const isa::Code> codes, Enum value) {
  return std::any_of(codes.begin(), codes.end(), [&](const isa::Code& code) {
    return code.value == static_cast<std::uint8_t>(value);
  });
}

void check_form(Findings& out, const isa::Vector& x, const Limits& limits) {
  using isa::Operand;
  const bool window = x.win_op != isa::Reduce::kNone;
  const bool float_a = x.a_type == Type::kFp32 || x.a_type == Type::kBf16;
  for (const Operand mode : {x.b_mode, x.c_mode, x.scale_mode}) {
    out.field(mode > Operand::kImmediate, 5);
  }
  // c has one use: operand of vop, or scale; a row's result has no element of c of its own.
  const bool c_is_free = x.c_mode == Operand::kStream && x.vop == isa::Vop::kNone;
  out.field(x.scale_mode == Operand::kStream && (!c_is_free || x.row_op != isa::Reduce::kNone), 5);
  out.field(window && float_a, 5);
  out.field(!is_listed(isa::kVopCodes, x.vop) || !is_listed(isa::kSfuCodes, x.sfu), 6);
  out.field(x.row_op > isa::Reduce::kArgmax || x.win_op > isa::Reduce::kMin, 6);
  out.field(
      x.vop == isa::Vop::kSelect && (x.b_mode == Operand::kNone || x.c_mode == Operand::kNone), 6);
  out.field(window ? x.win_dims < 1 || x.win_dims > 2 : x.win_dims != 0, 6);
  out.field(window && x.row_op != isa::Reduce::kNone, 6);
  if (x.d_type == Type::kInt8) {
    out.field(static_cast<std::int8_t>(x.lo) > static_cast<std::int8_t>(x.hi), 8);
  } else if (x.d_type == Type::kUint8) {
    out.field(x.lo > x.hi, 8);
  }
  out.field(x.n0 == 0 || x.n1 == 0, 10);
  out.field(x.n2 == 0 || x.n3 == 0, 11);

  // The window's dimensions exist for stream a only.
  const std::uint64_t n1 = x.win_dims >= 1 ? 1 : x.n1;
  const std::uint64_t n2 = x.win_dims >= 2 ? 1 : x.n2;
  const auto elements = [&](bool bcast) { return bcast ? std::uint64_t{1} : x.n0; };
  check_stream(out,
               {x.a_type, x.a_space, x.a_base, x.a_s1, x.a_s2, x.a_s3, elements(x.a_bcast), x.n1,
                x.n2, x.n3, 12},
               limits);
  if (x.b_mode == isa::Operand::kStream) {
    check_stream(out,
                 {x.b_type, x.b_space, x.b_base, x.b_s1, x.b_s2, x.b_s3, elements(x.b_bcast), n1,
                  n2, x.n3, 16},
                 limits);
  }
  if (x.c_mode == isa::Operand::kStream) {
    check_stream(out,
                 {x.c_type, x.c_space, x.c_base, x.c_s1, x.c_s2, x.c_s3, elements(x.c_bcast), n1,
                  n2, x.n3, 20},
                 limits);
  }
  check_stream(out,
               {x.d_type, x.d_space, x.d_base, x.d_s1, x.d_s2, x.d_s3,
                elements(x.row_op != isa::Reduce::kNone), n1, n2, x.n3, 24},
               limits);
}

void check_form(Findings& out, const isa::SetParam& x, const Limits& limits) {
  if (x.source != isa::Source::kSpm) return;
  out.align(x.local, 4, 7);
  out.partition(Extent(x.local).bytes(4), limits.partition.spm_size, 7);
}

void check_form(Findings& out, const isa::Fence& x, const Limits& limits) {
  if (!x.write) return;
  out.align(x.offset, 8, 6);
  const Window& window = limits.windows[x.window];
  out.window(Extent(x.offset).bytes(8), window, window.write);
}

template <class Function>
auto with_form(const isa::Instruction& in, Function&& f) {
  switch (static_cast<isa::Opcode>(in.opcode())) {
    case isa::Opcode::kLoad:
      return f(isa::Load::decode(in));
    case isa::Opcode::kStore:
      return f(isa::Store::decode(in));
    case isa::Opcode::kMatrix:
      return f(isa::Matrix::decode(in));
    case isa::Opcode::kVector:
      return f(isa::Vector::decode(in));
    case isa::Opcode::kSetparam:
      return f(isa::SetParam::decode(in));
    default:
      return f(isa::Fence::decode(in));
  }
}

std::uint64_t saturated(Exact value) {
  return value > static_cast<Exact>(UINT64_MAX) ? UINT64_MAX : static_cast<std::uint64_t>(value);
}

Exact ceil_div(Exact value, std::uint32_t unit) { return (value + unit - 1) / unit; }

Exact cost_of(const isa::Load& x, const isa::Preset& preset) {
  const Exact f0 = Exact{x.before0} + x.n0 + x.after0;
  const Exact f1 = Exact{x.before1} + x.n1 + x.after1;
  const Exact f2 = Exact{x.before2} + x.n2 + x.after2;
  return f1 * f2 * x.n3 * (ceil_div(f0, preset.bus_bytes) + 2);
}
Exact cost_of(const isa::Store& x, const isa::Preset& preset) {
  return Exact{x.n1} * x.n2 * x.n3 * (ceil_div(x.n0, preset.bus_bytes) + 2);
}
Exact cost_of(const isa::Matrix& x, const isa::Preset& preset) {
  const Exact passes = ceil_div(x.n, preset.n_dim) * x.k2 * x.k1 * ceil_div(x.k0, preset.k_dim);
  return passes * (Exact{x.rows()} + std::max(preset.k_dim, preset.n_dim));
}
Exact cost_of(const isa::Vector& x, const isa::Preset& preset) {
  const Exact row =
      8 * ceil_div(x.n0, preset.vec_lanes) + 8 + (x.row_op != isa::Reduce::kNone ? 192 : 0);
  return Exact{x.n1} * x.n2 * x.n3 * row;
}
Exact cost_of(const isa::SetParam&, const isa::Preset&) { return 0; }
Exact cost_of(const isa::Fence&, const isa::Preset&) { return 0; }

void apply(isa::Instruction& instruction, const isa::Header& header, const Params& params) {
  for (const isa::Patch& patch : header.patch) {
    if (!patch.en) continue;
    std::uint32_t& word = instruction.words[patch.word];
    word = (patch.add ? word : 0) + params[patch.param];
  }
}

}  // namespace

std::uint64_t cost(const isa::Instruction& instruction, const isa::Preset& preset) {
  return saturated(with_form(instruction, [&](const auto& x) { return cost_of(x, preset); }));
}

Checked check(const isa::Instruction& raw, const Params& params, const Limits& limits) {
  const isa::Form* form = isa::find_form(raw.opcode());
  if (form == nullptr) return {raw, {ErrorCode::kOpcode, 0}};
  const isa::Header header = isa::decode_header(raw);
  for (std::uint32_t i = 0; i < 4; ++i) {
    if (header.patch[i].en && header.patch[i].word < isa::kHeaderWords) {
      return {raw, {ErrorCode::kField, 3 + i / 2}};
    }
  }
  Checked out{raw, {}};
  apply(out.instruction, header, params);

  Findings findings;
  for (std::uint32_t word = 0; word < isa::kWords; ++word) {
    findings.note(ErrorCode::kReserved, (out.instruction.words[word] & ~(*form->mask)[word]) != 0,
                  word);
  }
  with_form(out.instruction, [&](const auto& x) { check_form(findings, x, limits); });
  findings.note(ErrorCode::kTooLong, cost(out.instruction, limits.preset) > limits.max_instr_cycles,
                0);
  out.fault = findings.first();
  return out;
}

}  // namespace girih::golden
