// SPDX-License-Identifier: Apache-2.0
#include "forms.h"

#include <algorithm>
#include <vector>

#include "compiler/schedule/access.h"
#include "golden/validate.h"

namespace girih::random {
namespace {

using isa::Operand;
using isa::Reduce;
using isa::Space;
using isa::Type;

constexpr std::uint32_t kMostBytes = 3000;  // moved by one instruction: many small ones find more

/// The lowest and highest byte of an affine address, to place a base.
class Span {
 public:
  explicit Span(std::int64_t bytes) : high_(bytes - 1) {}
  Span& steps(std::uint64_t count, std::int64_t stride) {
    const std::int64_t last = static_cast<std::int64_t>(count - 1) * stride;
    low_ += std::min<std::int64_t>(0, last);
    high_ += std::max<std::int64_t>(0, last);
    return *this;
  }
  /// A base, multiple of `unit`, with which all lies in `size` bytes; any if nothing fits.
  std::uint32_t place(Draw& draw, std::uint32_t size, std::uint32_t unit) const {
    const std::int64_t first = (-low_ + unit - 1) / unit,
                       last = (static_cast<std::int64_t>(size) - 1 - high_) / unit;
    if (static_cast<std::int64_t>(size) - 1 - high_ < 0 || last < first) return 0;
    // Often at an end of the memory.
    const std::int64_t at = draw.chance(0.1)   ? first
                            : draw.chance(0.1) ? last
                                               : draw.between(first, last);
    return static_cast<std::uint32_t>(at * unit);
  }

 private:
  std::int64_t low_ = 0, high_;
};

std::int32_t sign(Draw& draw, std::int64_t stride) {
  return static_cast<std::int32_t>(draw.chance(0.15) ? -stride : stride);
}

/// Strides with which rows of `row` bytes lie apart from each other, dimensions in any nesting
/// order.
void apart(Draw& draw, std::uint32_t row, std::uint32_t unit,
           const std::array<std::uint32_t, 3>& count, std::array<std::int32_t, 3>& stride) {
  std::array<unsigned, 3> order{0, 1, 2};
  if (draw.chance(0.3)) std::shuffle(order.begin(), order.end(), draw.rng());
  std::int64_t next = row;
  for (const unsigned d : order) {
    if (draw.chance(0.4)) next += std::int64_t{unit} * draw.below(9);
    stride[d] = sign(draw, next);
    next *= count[d];
  }
}

/// Strides of something that is only read: apart, or anything.
void anyhow(Draw& draw, std::uint32_t row, std::uint32_t unit,
            const std::array<std::uint32_t, 3>& count, std::array<std::int32_t, 3>& stride) {
  apart(draw, row, unit, count, stride);
  for (std::int32_t& s : stride) {
    if (draw.chance(0.1)) s = 0;
    if (draw.chance(0.1))
      s = static_cast<std::int32_t>(unit) * static_cast<std::int32_t>(draw.between(-20, 40));
  }
}

template <class Copy>
void shape(Draw& draw, Copy& x, std::uint32_t unit) {
  x.n0 = unit * draw.count(draw.chance(0.1) ? 700 / unit : 90 / unit, 16 / unit);
  x.n1 = static_cast<std::uint16_t>(draw.count(9, 4));
  x.n2 = static_cast<std::uint16_t>(draw.chance(0.6) ? 1 : 1 + draw.below(4));
  x.n3 = static_cast<std::uint16_t>(draw.chance(0.7) ? 1 : 1 + draw.below(3));
  while (std::uint64_t{x.n0} * x.n1 * x.n2 * x.n3 > kMostBytes) {
    if (x.n1 > 1) {
      --x.n1;
    } else if (x.n2 > 1) {
      --x.n2;
    } else {
      x.n3 = 1;
      x.n0 = unit;
    }
  }
}

/// A list of `n1` entries below a limit; where it lies is left to the caller.
template <class Copy>
void list(Draw& draw, Copy& x, const Slice& slice) {
  x.index_limit = x.n1 + draw.below(5);
  x.index = Span(4 * std::int64_t{x.n1}).place(draw, slice.spm, 4);
}

std::uint32_t space_size(Space space, const Slice& slice) {
  return space == Space::kAcc ? slice.acc : slice.spm;
}

/// Interesting FP32 values: small multiples, powers of two, zeros, subnormals, infinities, NaN, any
/// bits.
std::uint32_t number(Draw& draw) {
  if (draw.chance(0.15)) return draw.bits();
  if (draw.chance(0.1))
    return draw.one_of({0x00000000U, 0x80000000U, 0x7f800000U, 0xff800000U, 0x7fc00000U,
                        0x00000001U, 0x807fffffU});
  const float x =
      static_cast<float>(draw.between(-300, 300)) * (draw.chance(0.5) ? 1.0F : 0.0078125F);
  return isa::fp32_bits(x);
}

Type any_type(Draw& draw) { return static_cast<Type>(draw.below(6)); }
Type wide_type(Draw& draw) { return draw.chance(0.5) ? Type::kInt32 : Type::kFp32; }

struct Stream {
  Type type = Type::kInt8;
  Space space = Space::kSpm;
  bool bcast = false;
  std::uint32_t base = 0;
  std::array<std::int32_t, 3> s{};
};

Stream stream(Draw& draw, Type type, Space space, std::uint32_t n0,
              const std::array<std::uint32_t, 3>& n, const Slice& slice, bool write) {
  Stream out{type, space, !write && draw.chance(0.15), 0, {}};
  const std::uint32_t unit = isa::size_of(type), row = out.bcast ? unit : n0 * unit;
  if (write) {
    apart(draw, row, unit, n, out.s);
  } else {
    anyhow(draw, row, unit, n, out.s);
  }
  out.base = Span(row)
                 .steps(n[0], out.s[0])
                 .steps(n[1], out.s[1])
                 .steps(n[2], out.s[2])
                 .place(draw, space_size(space, slice), unit);
  return out;
}

}  // namespace

isa::Load draft_load(Draw& draw, const isa::Preset&, const Slice& slice) {
  isa::Load x;
  x.space = draw.chance(0.3) ? Space::kAcc : Space::kSpm;
  x.window = draw.chance(0.5) ? Slice::kConstants : Slice::kWorkspace;
  const std::uint32_t unit = x.space == Space::kAcc ? 4 : 1;
  shape(draw, x, unit);
  x.pad_value = static_cast<std::uint8_t>(draw.bits());
  x.gather = draw.chance(0.2);
  const auto padding = [&](std::uint32_t step) {
    return static_cast<std::uint16_t>(draw.chance(0.3) ? step * draw.below(4) : 0);
  };
  x.before0 = padding(unit);
  x.after0 = padding(unit);
  if (!x.gather) x.before1 = padding(1), x.after1 = padding(1);
  x.before2 = padding(1);
  x.after2 = padding(1);
  std::uint32_t n1 = x.n1;
  if (x.gather) {
    list(draw, x, slice);
    n1 = x.index_limit;
  }
  std::array<std::int32_t, 3> s, t;
  anyhow(draw, x.n0, 1, {n1, x.n2, x.n3}, s);
  const std::uint32_t f0 = std::uint32_t{x.before0} + x.n0 + x.after0,
                      f1 = std::uint32_t{x.before1} + x.n1 + x.after1,
                      f2 = std::uint32_t{x.before2} + x.n2 + x.after2;
  apart(draw, f0, unit, {f1, f2, x.n3}, t);
  x.s1 = s[0], x.s2 = s[1], x.s3 = s[2];
  x.t1 = t[0], x.t2 = t[1], x.t3 = t[2];
  x.offset = Span(x.n0)
                 .steps(n1, x.s1)
                 .steps(x.n2, x.s2)
                 .steps(x.n3, x.s3)
                 .place(draw, x.window == Slice::kConstants ? slice.constants : slice.workspace, 1);
  x.local = Span(f0)
                .steps(f1, x.t1)
                .steps(f2, x.t2)
                .steps(x.n3, x.t3)
                .place(draw, space_size(x.space, slice), unit);
  return x;
}

isa::Store draft_store(Draw& draw, const isa::Preset&, const Slice& slice) {
  isa::Store x;
  x.space = draw.chance(0.3) ? Space::kAcc : Space::kSpm;
  x.window = Slice::kWorkspace;
  const std::uint32_t unit = x.space == Space::kAcc ? 4 : 1;
  shape(draw, x, unit);
  x.scatter = draw.chance(0.2);
  std::uint32_t n1 = x.n1;
  if (x.scatter) {
    list(draw, x, slice);
    n1 = x.index_limit;
  }
  std::array<std::int32_t, 3> s, t;
  apart(draw, x.n0, 1, {n1, x.n2, x.n3}, s);
  anyhow(draw, x.n0, unit, {x.n1, x.n2, x.n3}, t);
  x.s1 = s[0], x.s2 = s[1], x.s3 = s[2];
  x.t1 = t[0], x.t2 = t[1], x.t3 = t[2];
  x.offset = Span(x.n0)
                 .steps(n1, x.s1)
                 .steps(x.n2, x.s2)
                 .steps(x.n3, x.s3)
                 .place(draw, slice.workspace, 1);
  x.local = Span(x.n0)
                .steps(x.n1, x.t1)
                .steps(x.n2, x.t2)
                .steps(x.n3, x.t3)
                .place(draw, space_size(x.space, slice), unit);
  return x;
}

isa::Matrix draft_matrix(Draw& draw, const isa::Preset& preset, const Slice& slice) {
  isa::Matrix x;
  const auto small = [&](double p, std::uint32_t most) {
    return static_cast<std::uint16_t>(draw.chance(p) ? 1 : 1 + draw.below(most));
  };
  x.a_type = draw.chance(0.5) ? Type::kInt8 : Type::kUint8;
  x.b_type = draw.chance(0.5) ? Type::kInt8 : Type::kUint8;
  x.za = static_cast<std::uint8_t>(draw.chance(0.5) ? 0 : draw.bits());
  x.zb = static_cast<std::uint8_t>(draw.chance(0.5) ? 0 : draw.bits());
  x.start = static_cast<isa::Start>(draw.below(3));
  x.columns = draw.chance(0.4);
  x.shift = draw.chance(0.3);
  x.m0 = static_cast<std::uint16_t>(draw.count(20, 5));
  x.m1 = small(0.6, 4);
  x.m2 = small(0.8, 3);
  x.n = static_cast<std::uint16_t>(draw.count(2 * preset.n_dim + 3, preset.n_dim));
  x.k0 = static_cast<std::uint16_t>(draw.count(3 * preset.k_dim + 2, preset.k_dim));
  x.k1 = small(0.6, 3);
  x.k2 = small(0.8, 3);

  std::array<std::int32_t, 3> am;
  anyhow(draw, x.k0, 1, {x.m0, x.m1, x.m2}, am);
  x.a_m0 = am[0], x.a_m1 = am[1], x.a_m2 = am[2];
  x.a_k1 = static_cast<std::int32_t>(draw.chance(0.5) ? x.k0 : draw.between(-30, 60));
  x.a_k2 = static_cast<std::int32_t>(draw.chance(0.5) ? x.k0 * x.k1 : draw.between(-60, 90));
  x.a_base = Span(x.k0)
                 .steps(x.m0, x.a_m0)
                 .steps(x.m1, x.a_m1)
                 .steps(x.m2, x.a_m2)
                 .steps(x.k1, x.a_k1)
                 .steps(x.k2, x.a_k2)
                 .place(draw, slice.spm, 1);

  const std::uint32_t k_tiles = (x.k0 + preset.k_dim - 1) / preset.k_dim,
                      n_tiles = (x.n + preset.n_dim - 1) / preset.n_dim;
  const auto tile = static_cast<std::int32_t>(preset.k_dim * preset.n_dim);
  std::uint32_t unit = 1;
  if (draw.chance(0.5)) {  // packed
    x.b_row = static_cast<std::int32_t>(x.columns ? preset.n_dim : preset.k_dim);
    unit = preset.spm_word_bytes;
    x.b_k0 = tile;
  } else {
    const std::uint32_t row = x.columns ? x.n : x.k0;
    x.b_row = draw.chance(0.7) ? sign(draw, row) : static_cast<std::int32_t>(draw.between(-20, 70));
    x.b_k0 = x.columns ? x.b_row * static_cast<std::int32_t>(preset.k_dim)
                       : static_cast<std::int32_t>(preset.k_dim);
    if (draw.chance(0.2)) x.b_k0 = static_cast<std::int32_t>(draw.between(-100, 300));
  }
  const auto round = [&](std::int64_t stride) {
    return static_cast<std::int32_t>(stride / unit * unit);
  };
  x.b_k1 = round(draw.chance(0.6) ? std::int64_t{x.b_k0} * k_tiles : draw.between(-200, 600));
  x.b_k2 = round(draw.chance(0.6) ? std::int64_t{x.b_k1} * x.k1 : draw.between(-200, 600));
  x.b_n = round(draw.chance(0.6) ? std::int64_t{x.b_k2} * x.k2 : draw.between(-300, 600));
  const std::uint32_t line = x.columns ? preset.n_dim : preset.k_dim,
                      lines = x.columns ? preset.k_dim : preset.n_dim;
  x.b_base = Span(line)
                 .steps(lines, x.b_row)
                 .steps(k_tiles, x.b_k0)
                 .steps(x.k1, x.b_k1)
                 .steps(x.k2, x.b_k2)
                 .steps(n_tiles, x.b_n)
                 .place(draw, slice.spm, unit);

  const auto row_bytes = static_cast<std::int32_t>(4 * preset.n_dim);
  const auto rows = static_cast<std::int32_t>(x.rows());
  x.acc_n = sign(draw, std::int64_t{row_bytes} * (rows + draw.below(3)));
  x.acc_base = Span(row_bytes)
                   .steps(x.rows(), row_bytes)
                   .steps(n_tiles, x.acc_n)
                   .place(draw, slice.acc, 4 * preset.n_dim);
  x.bias_n = sign(draw, row_bytes * static_cast<std::int32_t>(draw.below(3)));
  x.bias_base = Span(row_bytes).steps(n_tiles, x.bias_n).place(draw, slice.acc, 4 * preset.n_dim);
  return x;
}

isa::Vector draft_vector(Draw& draw, const isa::Preset& preset, const Slice& slice) {
  isa::Vector x;
  x.n0 = static_cast<std::uint16_t>(draw.chance(0.1) ? draw.count(300, 128)
                                                     : draw.count(70, preset.vec_lanes));
  x.n1 = static_cast<std::uint16_t>(draw.chance(0.3) ? 1 : 1 + draw.below(6));
  x.n2 = static_cast<std::uint16_t>(draw.chance(0.5) ? 1 : 1 + draw.below(4));
  x.n3 = static_cast<std::uint16_t>(draw.chance(0.7) ? 1 : 1 + draw.below(3));
  while (std::uint64_t{x.n0} * x.n1 * x.n2 * x.n3 > 1200) x.n1 = x.n3 = 1, x.n2 = 2;
  if (draw.chance(0.2)) {
    x.win_op = static_cast<Reduce>(1 + draw.below(3));
    x.win_dims = static_cast<std::uint8_t>(1 + draw.below(2));
  } else if (draw.chance(0.2)) {
    x.row_op = static_cast<Reduce>(1 + draw.below(4));
  }
  const bool window = x.win_op != Reduce::kNone;
  const auto space = [&](double p) { return draw.chance(p) ? Space::kAcc : Space::kSpm; };
  x.a_space = space(0.4);
  x.a_type = x.a_space == Space::kAcc ? wide_type(draw) : any_type(draw);
  if (window && (x.a_type == Type::kFp32 || x.a_type == Type::kBf16)) x.a_type = Type::kInt32;
  x.d_space = space(0.25);
  x.d_type = x.d_space == Space::kAcc ? wide_type(draw) : any_type(draw);
  x.b_mode = draw.chance(0.5)   ? Operand::kNone
             : draw.chance(0.7) ? Operand::kStream
                                : Operand::kImmediate;
  x.vop = static_cast<isa::Vop>(draw.chance(0.4) ? 0 : 1 + draw.below(8));
  if (x.vop != isa::Vop::kNone)
    x.c_mode = draw.chance(0.7) ? Operand::kStream : Operand::kImmediate;
  if (x.vop == isa::Vop::kSelect && x.b_mode == Operand::kNone) x.b_mode = Operand::kStream;
  x.sfu = draw.chance(0.15) ? isa::Sfu::kAbs : isa::Sfu::kNone;
  if (draw.chance(0.3)) x.sfu = isa::Sfu{isa::kSfuCodes[2 + draw.below(4)].value};
  for (std::uint8_t* z : {&x.za, &x.zb, &x.zc, &x.zd})
    *z = static_cast<std::uint8_t>(draw.chance(0.5) ? 0 : draw.bits());
  x.scale_mode = draw.chance(0.5) ? Operand::kImmediate : Operand::kNone;
  if (x.row_op == Reduce::kNone && draw.chance(0.25)) {
    x.vop = isa::Vop::kNone;
    x.c_mode = x.scale_mode = Operand::kStream;
  }
  x.scale = draw.chance(0.7) ? isa::fp32_bits(1.0F / static_cast<float>(1 + draw.below(4000)))
                             : number(draw);
  const auto limit = [&](bool high) -> std::int32_t {
    const std::int32_t low = x.d_type == Type::kInt8 ? -128 : 0;
    return draw.chance(0.6) ? (high ? low + 255 : low)
                            : static_cast<std::int32_t>(draw.between(low, low + 255));
  };
  std::int32_t lo = limit(false), hi = limit(true);
  if (lo > hi) std::swap(lo, hi);
  x.lo = static_cast<std::uint8_t>(lo);
  x.hi = static_cast<std::uint8_t>(hi);

  const std::array<std::uint32_t, 3> full{x.n1, x.n2, x.n3};
  std::array<std::uint32_t, 3> rest = full;
  for (unsigned d = 0; d < x.win_dims; ++d) rest[d] = 1;
  const Stream a = stream(draw, x.a_type, x.a_space, x.n0, full, slice, false);
  x.a_bcast = a.bcast, x.a_base = a.base, x.a_s1 = a.s[0], x.a_s2 = a.s[1], x.a_s3 = a.s[2];
  // b's and c's unused halves are drawn too: they must not matter.
  x.b_space = space(0.3);
  x.b_type = x.b_space == Space::kAcc ? wide_type(draw) : any_type(draw);
  const Stream b = stream(draw, x.b_type, x.b_space, x.n0, rest, slice, false);
  x.b_bcast = b.bcast, x.b_base = b.base, x.b_s1 = b.s[0], x.b_s2 = b.s[1], x.b_s3 = b.s[2];
  if (x.b_mode == Operand::kImmediate) x.b_base = number(draw);
  x.c_space = space(0.3);
  x.c_type = x.c_space == Space::kAcc ? wide_type(draw) : any_type(draw);
  const Stream c = stream(draw, x.c_type, x.c_space, x.n0, rest, slice, false);
  x.c_bcast = c.bcast, x.c_base = c.base, x.c_s1 = c.s[0], x.c_s2 = c.s[1], x.c_s3 = c.s[2];
  if (x.c_mode == Operand::kImmediate) x.c_base = number(draw);

  const bool in_place = draw.chance(0.15) && !a.bcast && !window && x.row_op == Reduce::kNone;
  if (in_place) {
    if (isa::size_of(x.d_type) != isa::size_of(x.a_type)) x.d_type = x.a_type;
    x.d_space = x.a_space;
    x.d_base = x.a_base, x.d_s1 = x.a_s1, x.d_s2 = x.a_s2, x.d_s3 = x.a_s3;
    if (x.d_type == Type::kInt8 || x.d_type == Type::kUint8)
      x.lo = x.d_type == Type::kInt8 ? 0x80 : 0, x.hi = x.d_type == Type::kInt8 ? 0x7f : 0xff;
  } else {
    const Stream d =
        stream(draw, x.d_type, x.d_space, x.row_op == Reduce::kNone ? x.n0 : 1, rest, slice, true);
    x.d_base = d.base, x.d_s1 = d.s[0], x.d_s2 = d.s[1], x.d_s3 = d.s[2];
  }
  return x;
}

namespace {

/// d has the addresses of `a`, element by element.
bool in_place(const isa::Instruction& instruction) {
  if (static_cast<isa::Opcode>(instruction.opcode()) != isa::Opcode::kVector) return false;
  const auto x = isa::Vector::decode(instruction);
  return !x.a_bcast && x.win_dims == 0 && x.row_op == Reduce::kNone && x.a_space == x.d_space &&
         x.a_base == x.d_base && isa::size_of(x.a_type) == isa::size_of(x.d_type) &&
         (x.n1 == 1 || x.a_s1 == x.d_s1) && (x.n2 == 1 || x.a_s2 == x.d_s2) &&
         (x.n3 == 1 || x.a_s3 == x.d_s3);
}

}  // namespace

bool is_legal(const isa::Instruction& instruction, const isa::Preset& preset, const Slice& slice) {
  golden::Windows windows{};
  windows[0] = {0, 16, true, false};
  windows[Slice::kConstants] = {0, slice.constants / 4096, true, false};
  windows[Slice::kWorkspace] = {0, slice.workspace / 4096, true, true};
  const golden::Partition partition{0, slice.spm, 0, slice.acc};
  if (golden::check(instruction, {}, {preset, partition, windows, 1U << 24}).fault) return false;

  const auto opcode = static_cast<isa::Opcode>(instruction.opcode());
  if (opcode == isa::Opcode::kVector) {
    // A stride of zero hides elements that are written twice.
    const auto x = isa::Vector::decode(instruction);
    if ((x.d_s1 == 0 && x.n1 > 1 && x.win_dims < 1) ||
        (x.d_s2 == 0 && x.n2 > 1 && x.win_dims < 2) || (x.d_s3 == 0 && x.n3 > 1)) {
      return false;
    }
  }
  std::array<std::vector<bool>, 3> written{std::vector<bool>(slice.spm),
                                           std::vector<bool>(slice.acc),
                                           std::vector<bool>(slice.workspace)};
  bool legal = true;
  compiler::visit_runs(instruction, preset, [&](const compiler::Run& run) {
    if (!run.write) return;
    auto& bytes = written[static_cast<std::size_t>(run.memory)];
    for (std::int64_t i = run.base; i < run.base + run.length; ++i) {
      if (bytes[static_cast<std::size_t>(i)]) legal = false;
      bytes[static_cast<std::size_t>(i)] = true;
    }
  });
  // In-place work and START ACC read what they write. The first stream is a's; others must keep
  // off.
  const bool same = in_place(instruction);
  const bool accumulates = opcode == isa::Opcode::kMatrix;
  std::uint64_t own_reads = 0;
  if (same) {
    const auto x = isa::Vector::decode(instruction);
    own_reads = std::uint64_t{x.a_s1 == 0 ? 1U : x.n1} * (x.a_s2 == 0 ? 1U : x.n2) *
                (x.a_s3 == 0 ? 1U : x.n3);
  }
  const auto matrix = accumulates ? isa::Matrix::decode(instruction) : isa::Matrix{};
  compiler::visit_runs(instruction, preset, [&](const compiler::Run& run) {
    if (run.write || (run.memory == compiler::Memory::kDram)) return;
    if (own_reads > 0) {
      --own_reads;
      return;
    }
    if (accumulates && run.memory == compiler::Memory::kAcc && matrix.start != isa::Start::kBias)
      return;
    const auto& bytes = written[static_cast<std::size_t>(run.memory)];
    for (std::int64_t i = run.base; i < run.base + run.length; ++i)
      legal = legal && !bytes[static_cast<std::size_t>(i)];
  });
  return legal;
}

}  // namespace girih::random
