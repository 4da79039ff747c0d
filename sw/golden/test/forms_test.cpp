// SPDX-License-Identifier: Apache-2.0
//
// Every form of instruction, at random, against loops that spell out the formulas of
// docs/instruction-set.md one element at a time.
#include <gtest/gtest.h>

#include "bench.h"
#include "golden/functions.h"
#include "slow_float.h"

namespace girih::golden {
namespace {

constexpr unsigned kSeed = 11;
using isa::Reduce;
using isa::Space;
using isa::Type;

/// Runs one instruction; the destination it reported. Fails the test unless it is legal.
Destination run_one(Bench& bench, const isa::Instruction& instruction) {
  Destination out;
  bench.push(instruction);
  bench.golden->run(bench.context,
                    [&](std::uint32_t, const isa::Instruction&, const Destination& d) { out = d; });
  const Status status = bench.golden->status(bench.context);
  EXPECT_EQ(status.error.code, isa::ErrorCode::kNone)
      << isa::to_string(status.error.code) << " " << status.error.detail << "\n"
      << bench.golden->text(bench.context, status.error.index);
  bench.golden->reset(bench.context);
  bench.tail = 0;
  return out;
}

Space draw_space(Bench& bench) { return bench.draw(0, 2) == 0 ? Space::kAcc : Space::kSpm; }

TEST(Forms, Load) {
  Bench bench(kSeed);
  for (int round = 0; round < 300; ++round) {
    isa::Load x;
    x.space = draw_space(bench);
    const std::uint32_t unit = x.space == Space::kAcc ? 4 : 1;
    x.window = static_cast<std::uint8_t>(bench.draw(3, 4));
    x.gather = bench.draw(0, 2) == 0;
    x.pad_value = static_cast<std::uint8_t>(bench.rng());
    x.n0 = unit * bench.draw(1, 20);
    x.n1 = static_cast<std::uint16_t>(bench.draw(1, 4));
    x.n2 = static_cast<std::uint16_t>(bench.draw(1, 3));
    x.n3 = static_cast<std::uint16_t>(bench.draw(1, 3));
    const auto pad = [&](unsigned most) {
      return static_cast<std::uint16_t>(bench.draw(0, 1) * bench.draw(0, most));
    };
    x.before0 = static_cast<std::uint16_t>(unit * pad(3));
    x.after0 = static_cast<std::uint16_t>(unit * pad(3));
    if (!x.gather) x.before1 = pad(2), x.after1 = pad(2);
    x.before2 = pad(2), x.after2 = pad(2);
    const auto f0 = static_cast<std::int32_t>(x.before0 + x.n0 + x.after0);
    const std::int32_t f1 = x.before1 + x.n1 + x.after1, f2 = x.before2 + x.n2 + x.after2;
    // Rows in the local memory are disjoint; one dimension runs backwards.
    x.t1 = f0 + static_cast<std::int32_t>(unit * bench.draw(0, 2));
    x.t2 = -(x.t1 * f1);
    x.t3 = -x.t2 * f2;
    x.local = static_cast<std::uint32_t>(-x.t2 * f2) + unit * bench.draw(0, 16);
    if (x.local + static_cast<std::uint32_t>(x.t3 * x.n3) > bench.partition.acc_size) continue;
    x.offset = 30000 + bench.draw(0, 999);
    x.s1 = bench.draw_signed(-200, 200), x.s2 = bench.draw_signed(-900, 900);
    x.s3 = bench.draw_signed(-3000, 3000);
    std::vector<std::uint32_t> list;
    if (x.gather) {
      x.index = 12288 + 4 * bench.draw(0, 100);
      x.index_limit = 50;
      for (unsigned i = 0; i < x.n1; ++i) {
        list.push_back(bench.draw(0, 49));
        std::memcpy(bench.golden->spm().data() + bench.partition.spm_base + x.index + 4 * i,
                    &list[i], 4);
      }
    }
    Mirror mirror(bench);
    const auto n0 = static_cast<std::int64_t>(x.n0);
    for (int i3 = 0; i3 < x.n3; ++i3) {
      for (int i2 = 0; i2 < f2; ++i2) {
        for (int i1 = 0; i1 < f1; ++i1) {
          for (int i0 = 0; i0 < f0; ++i0) {
            const bool inside = i2 >= x.before2 && i2 < x.before2 + x.n2 && i1 >= x.before1 &&
                                i1 < x.before1 + x.n1 && i0 >= x.before0 && i0 < x.before0 + n0;
            std::uint8_t value = x.pad_value;
            if (inside) {
              const std::int64_t row =
                  x.gather ? std::int64_t{list.at(static_cast<std::size_t>(i1))} : i1 - x.before1;
              value = mirror.data.at(static_cast<std::size_t>(x.offset + std::int64_t{i3} * x.s3 +
                                                              (i2 - x.before2) * x.s2 + row * x.s1 +
                                                              (i0 - x.before0)));
            }
            mirror.put(x.space, x.local + i3 * x.t3 + i2 * x.t2 + i1 * x.t1 + i0, value);
          }
        }
      }
    }
    mirror.expect_same(bench, run_one(bench, x.encode()));
    if (HasFailure()) FAIL() << "round " << round << " of seed " << kSeed;
  }
}

TEST(Forms, Store) {
  Bench bench(kSeed);
  for (int round = 0; round < 300; ++round) {
    isa::Store x;
    x.space = draw_space(bench);
    const std::uint32_t unit = x.space == Space::kAcc ? 4 : 1;
    x.window = bench.draw(0, 1) ? 3 : 5;
    x.scatter = bench.draw(0, 2) == 0;
    x.n0 = unit * bench.draw(1, 20);
    x.n1 = static_cast<std::uint16_t>(bench.draw(1, 4));
    x.n2 = static_cast<std::uint16_t>(bench.draw(1, 3));
    x.n3 = static_cast<std::uint16_t>(bench.draw(1, 3));
    x.t1 = bench.draw_signed(-40, 40) * 4, x.t2 = bench.draw_signed(-40, 40) * 4;
    x.t3 = bench.draw_signed(-40, 40) * 4;
    x.local = 2000 + unit * bench.draw(0, 100);
    const auto n0 = static_cast<std::int32_t>(x.n0);
    x.s1 = n0 + bench.draw_signed(0, 5);
    x.s2 = -x.s1 * 50;
    x.s3 = x.s1 * 50 * 3;
    x.offset = static_cast<std::uint32_t>(-x.s2 * 3 + bench.draw_signed(0, 500));
    std::vector<std::uint32_t> list;
    if (x.scatter) {
      x.index = 12288;
      x.index_limit = 50;
      for (unsigned i = 0; i < x.n1; ++i) {
        list.push_back(10 * i + bench.draw(0, 9));
        std::memcpy(bench.golden->spm().data() + bench.partition.spm_base + x.index + 4 * i,
                    &list[i], 4);
      }
    }
    Mirror mirror(bench);
    for (int i3 = 0; i3 < x.n3; ++i3) {
      for (int i2 = 0; i2 < x.n2; ++i2) {
        for (int i1 = 0; i1 < x.n1; ++i1) {
          for (int i0 = 0; i0 < n0; ++i0) {
            const std::int64_t row =
                x.scatter ? list[static_cast<std::size_t>(i1)] : static_cast<std::uint32_t>(i1);
            const std::int64_t to =
                x.offset + std::int64_t{i3} * x.s3 + i2 * x.s2 + row * x.s1 + i0;
            mirror.data.at(static_cast<std::size_t>(to)) =
                mirror.local(x.space, x.local + i3 * x.t3 + i2 * x.t2 + i1 * x.t1 + i0);
            mirror.written.insert(Bench::kData + static_cast<std::uint64_t>(to));
          }
        }
      }
    }
    mirror.expect_same(bench, run_one(bench, x.encode()));
    if (HasFailure()) FAIL() << "round " << round << " of seed " << kSeed;
  }
}

int operand(Mirror& mirror, Type type, std::int64_t address, std::uint8_t zero) {
  const std::uint8_t byte = mirror.local(Space::kSpm, address);
  if (type == Type::kUint8) return byte - zero;
  return static_cast<std::int8_t>(byte) - static_cast<std::int8_t>(zero);
}

/// The formulas of section 6 with the passes in their order; returns the overflow flag.
bool naive_matrix(Mirror& mirror, const isa::Matrix& x, const isa::Preset& p) {
  const std::int64_t k_dim = p.k_dim, n_dim = p.n_dim, row_bytes = 4 * n_dim;
  bool overflow = false;
  std::int64_t m = 0;
  for (int i2 = 0; i2 < x.m2; ++i2) {
    for (int i1 = 0; i1 < x.m1; ++i1) {
      for (int i0 = 0; i0 < x.m0; ++i0, ++m) {
        for (std::int64_t j = 0; j < x.n; ++j) {
          const std::int64_t nt = j / n_dim, nr = j % n_dim;
          const std::int64_t to = x.acc_base + nt * x.acc_n + m * row_bytes + 4 * nr;
          std::int32_t sum = 0;
          if (x.start == isa::Start::kAcc) sum = mirror.get<std::int32_t>(Space::kAcc, to);
          if (x.start == isa::Start::kBias) {
            sum = mirror.get<std::int32_t>(Space::kAcc, x.bias_base + nt * x.bias_n + 4 * nr);
          }
          for (std::int64_t q2 = 0; q2 < x.k2; ++q2) {
            for (std::int64_t q1 = 0; q1 < x.k1; ++q1) {
              for (std::int64_t kt = 0; kt * k_dim < x.k0; ++kt) {
                std::int64_t dot = 0;
                for (std::int64_t kr = 0; kr < k_dim && kt * k_dim + kr < x.k0; ++kr) {
                  const std::int64_t q0 = kt * k_dim + kr;
                  const std::int64_t a = x.a_base + std::int64_t{i2} * x.a_m2 + i1 * x.a_m1 +
                                         i0 * x.a_m0 + q2 * x.a_k2 + q1 * x.a_k1 + q0;
                  const std::int64_t tile =
                      x.b_base + nt * x.b_n + q2 * x.b_k2 + q1 * x.b_k1 + kt * x.b_k0;
                  const std::int64_t b =
                      x.columns ? tile + kr * x.b_row + nr : tile + nr * x.b_row + kr;
                  dot += operand(mirror, x.a_type, a, x.za) * operand(mirror, x.b_type, b, x.zb);
                }
                const std::int64_t exact = sum + (x.shift ? 256 * dot : dot);
                overflow |= exact > INT32_MAX || exact < INT32_MIN;
                sum = static_cast<std::int32_t>(static_cast<std::uint32_t>(exact));
              }
            }
          }
          mirror.put(Space::kAcc, to, sum);
        }
      }
    }
  }
  return overflow;
}

isa::Matrix random_matrix(Bench& bench) {
  isa::Matrix x;
  const std::uint32_t row_bytes = 4 * bench.preset.n_dim;
  const auto count = [&](std::uint32_t most) {
    return static_cast<std::uint16_t>(bench.draw(1, most));
  };
  const auto stride = [&](std::int32_t most) { return bench.draw_signed(-most, most); };
  x.a_type = bench.draw(0, 1) ? Type::kInt8 : Type::kUint8;
  x.b_type = bench.draw(0, 1) ? Type::kInt8 : Type::kUint8;
  x.za = static_cast<std::uint8_t>(bench.rng());
  x.zb = static_cast<std::uint8_t>(bench.rng());
  x.start = static_cast<isa::Start>(bench.draw(0, 2));
  x.columns = bench.draw(0, 1);
  x.shift = bench.draw(0, 1);
  x.m0 = count(5), x.m1 = count(3), x.m2 = count(2);
  x.n = count(20);
  x.k0 = count(20), x.k1 = count(3), x.k2 = count(2);
  x.a_base = 4000 + bench.draw(0, 99), x.b_base = 10000 + bench.draw(0, 99);
  x.a_m0 = stride(100), x.a_m1 = stride(300), x.a_m2 = stride(900);
  x.a_k1 = stride(300), x.a_k2 = stride(900);
  x.b_row = stride(60), x.b_k0 = stride(500), x.b_k1 = stride(300), x.b_k2 = stride(300),
  x.b_n = stride(900);
  // Tiles of columns run forwards or backwards; bias rows stand apart.
  const auto rows = static_cast<std::int32_t>(x.rows());
  const bool backwards = bench.draw(0, 1);
  x.acc_n = (backwards ? -1 : 1) * static_cast<std::int32_t>(row_bytes) * rows;
  x.acc_base = row_bytes * (backwards ? 62 : 0);
  x.bias_base = row_bytes * bench.draw(120, 124);
  x.bias_n = static_cast<std::int32_t>(row_bytes) * bench.draw_signed(-2, 1);
  return x;
}

TEST(Forms, Matrix) {
  Bench bench(kSeed);
  int overflows = 0;
  for (int round = 0; round < 400; ++round) {
    const isa::Matrix x = random_matrix(bench);
    // Every fourth time the accumulators start at the border of INT32.
    auto acc = bench.golden->acc();
    for (std::size_t i = 0; i < acc.size(); ++i) {
      acc[i] = static_cast<std::uint8_t>(bench.rng());
      if (round % 4 == 0 && i % 4 == 3) acc[i] = bench.draw(0, 1) ? 0x7F : 0x80;
      if (round % 4 == 0 && i % 4 == 2) acc[i] = acc[i - 1] & 1 ? 0xFF : 0x00;
    }
    Mirror mirror(bench);
    const bool overflow = naive_matrix(mirror, x, bench.preset);
    bench.push(x);
    Destination destination;
    bench.golden->run(bench.context, [&](std::uint32_t, const isa::Instruction&,
                                         const Destination& d) { destination = d; });
    const Status status = bench.golden->status(bench.context);
    ASSERT_EQ(status.error.code, isa::ErrorCode::kNone) << bench.golden->text(bench.context, 0);
    EXPECT_EQ(status.overflow, overflow);
    EXPECT_EQ(status.macs, x.rows() * x.n * x.k0 * x.k1 * x.k2);
    bench.golden->reset(bench.context);
    bench.tail = 0;
    overflows += overflow;
    mirror.expect_same(bench, destination);
    if (HasFailure()) FAIL() << "round " << round << " of seed " << kSeed;
  }
  EXPECT_GT(overflows, 0);
}

TEST(Forms, MatrixOverflowIsSeenInTheMiddle) {
  Bench bench(kSeed);
  // Start at INT32_MAX - 1000; one tile of KDim adds 8 * 127 * 127, the next takes it away again.
  const std::int32_t start = INT32_MAX - 1000;
  std::memcpy(bench.golden->acc().data() + bench.partition.acc_base, &start, 4);
  for (unsigned i = 0; i < 16; ++i) {
    bench.golden->spm()[bench.partition.spm_base + i] = 127;
    bench.golden->spm()[bench.partition.spm_base + 64 + i] = i < 8 ? 127 : 0x81;
  }
  isa::Matrix x;
  x.start = isa::Start::kAcc;
  x.k0 = 16;
  x.b_base = 64;
  x.b_k0 = 8;
  bench.push(x);
  const Status status = bench.run();
  EXPECT_TRUE(status.overflow);
  std::int32_t end = 0;
  std::memcpy(&end, bench.golden->acc().data() + bench.partition.acc_base, 4);
  EXPECT_EQ(end, start) << "modulo 2^32 the two tiles cancel";
}

struct VectorStream {
  Type type;
  Space space;
  std::uint32_t base;
  bool bcast;
  std::uint8_t zero;
  std::int32_t s1, s2, s3;

  std::int64_t address(int i3, int i2, int i1, int i0) const {
    return std::int64_t{base} + std::int64_t{i3} * s3 + i2 * s2 + i1 * s1 +
           (bcast ? 0 : std::int64_t{i0} * isa::size_of(type));
  }
};

/// The integer a stream element stands for.
std::int64_t integer(Mirror& mirror, const VectorStream& s, std::int64_t at) {
  switch (s.type) {
    case Type::kInt8:
      return mirror.get<std::int8_t>(s.space, at) - static_cast<std::int8_t>(s.zero);
    case Type::kUint8:
      return mirror.get<std::uint8_t>(s.space, at) - s.zero;
    case Type::kInt16:
      return mirror.get<std::int16_t>(s.space, at);
    default:
      return mirror.get<std::int32_t>(s.space, at);
  }
}

slow::Bits value(Mirror& mirror, const VectorStream& s, std::int64_t at) {
  if (s.type == Type::kFp32) return slow::flush(mirror.get<std::uint32_t>(s.space, at));
  if (s.type == Type::kBf16) return slow::from_bf16(mirror.get<std::uint16_t>(s.space, at));
  return slow::from_integer(integer(mirror, s, at));
}

slow::Bits naive_vop(isa::Vop vop, slow::Bits x, slow::Bits c) {
  switch (vop) {
    case isa::Vop::kNone:
      return x;
    case isa::Vop::kAdd:
      return slow::add(x, c);
    case isa::Vop::kSub:
      return slow::sub(x, c);
    case isa::Vop::kMax:
      return slow::max(x, c);
    case isa::Vop::kMin:
      return slow::min(x, c);
    case isa::Vop::kLt:
      return slow::less(x, c);
    case isa::Vop::kLe:
      return slow::less_equal(x, c);
    case isa::Vop::kEq:
      return slow::equal(x, c);
    case isa::Vop::kSelect:
      break;  // has three operands
  }
  return 0;
}

/// The functions have tests of their own.
slow::Bits naive_sfu(isa::Sfu sfu, slow::Bits y) {
  const auto of = [&](auto f) { return isa::fp32_bits(f(isa::fp32_value(y))); };
  switch (sfu) {
    case isa::Sfu::kNone:
      return y;
    case isa::Sfu::kAbs:
      return slow::abs(y);
    case isa::Sfu::kExp2:
      return of(&fp::exp2);
    case isa::Sfu::kRecip:
      return of(&fp::reciprocal);
    case isa::Sfu::kRsqrt:
      return of(&fp::rsqrt);
    case isa::Sfu::kLog2:
      return of(&fp::log2);
  }
  return 0;
}

slow::Bits naive_reduce(Reduce op, slow::Bits x, slow::Bits y) {
  return op == Reduce::kSum   ? slow::add(x, y)
         : op == Reduce::kMax ? slow::max(x, y)
                              : slow::min(x, y);
}

/// `c`: the element of c that belongs to r.
void naive_store(Mirror& mirror, const isa::Vector& x, std::int64_t to, slow::Bits r,
                 slow::Bits c) {
  slow::Bits v = r;
  if (x.scale_mode == isa::Operand::kImmediate) v = slow::mul(r, x.scale);
  if (x.scale_mode == isa::Operand::kStream) v = slow::mul(r, c);
  const std::int64_t rounded = slow::rne(v);
  const auto clamp = [](std::int64_t value, std::int64_t low, std::int64_t high) {
    return value < low ? low : value > high ? high : value;
  };
  switch (x.d_type) {
    case Type::kInt8:
      return mirror.put(x.d_space, to,
                        static_cast<std::int8_t>(clamp(rounded + static_cast<std::int8_t>(x.zd),
                                                       static_cast<std::int8_t>(x.lo),
                                                       static_cast<std::int8_t>(x.hi))));
    case Type::kUint8:
      return mirror.put(x.d_space, to,
                        static_cast<std::uint8_t>(clamp(rounded + x.zd, x.lo, x.hi)));
    case Type::kInt16:
      return mirror.put(x.d_space, to,
                        static_cast<std::int16_t>(clamp(rounded, INT16_MIN, INT16_MAX)));
    case Type::kInt32:
      return mirror.put(x.d_space, to, static_cast<std::int32_t>(rounded));
    case Type::kFp32:
      return mirror.put(x.d_space, to, v);
    case Type::kBf16:
      return mirror.put(x.d_space, to, slow::to_bf16(v));
  }
}

/// The first NaN, else the first of the largest.
slow::Bits naive_argmax(const std::vector<slow::Bits>& row) {
  std::size_t best = 0;
  for (std::size_t i = row.size(); i-- > 0;) {
    if (!slow::is_nan(row[best]) && slow::compare(row[i], row[best]) >= 0) best = i;
    if (slow::is_nan(row[i])) best = i;
  }
  return slow::from_integer(static_cast<std::int64_t>(best));
}

void naive_vector(Mirror& mirror, const isa::Vector& x) {
  const VectorStream a{x.a_type, x.a_space, x.a_base, x.a_bcast, x.za, x.a_s1, x.a_s2, x.a_s3};
  const VectorStream b{x.b_type, x.b_space, x.b_base, x.b_bcast, x.zb, x.b_s1, x.b_s2, x.b_s3};
  const VectorStream c{x.c_type, x.c_space, x.c_base, x.c_bcast, x.zc, x.c_s1, x.c_s2, x.c_s3};
  const VectorStream d{x.d_type, x.d_space, x.d_base, false, 0, x.d_s1, x.d_s2, x.d_s3};
  const int w1 = x.win_dims >= 1 ? x.n1 : 1, w2 = x.win_dims >= 2 ? x.n2 : 1;
  const int n1 = x.n1 / w1, n2 = x.n2 / w2;
  for (int i3 = 0; i3 < x.n3; ++i3) {
    for (int i2 = 0; i2 < n2; ++i2) {
      for (int i1 = 0; i1 < n1; ++i1) {
        std::vector<slow::Bits> row, factors;
        for (int i0 = 0; i0 < x.n0; ++i0) {
          slow::Bits v = 0;
          if (x.win_op == Reduce::kNone) {
            v = value(mirror, a, a.address(i3, i2, i1, i0));
          } else {
            std::int64_t sum = 0;
            for (int j2 = 0; j2 < w2; ++j2) {
              for (int j1 = 0; j1 < w1; ++j1) {
                const std::int64_t u = integer(mirror, a, a.address(i3, i2 + j2, i1 + j1, i0));
                if (j1 == 0 && j2 == 0)
                  sum = u;
                else if (x.win_op == Reduce::kSum)
                  sum = static_cast<std::int32_t>(static_cast<std::uint32_t>(sum + u));
                else if (x.win_op == Reduce::kMax ? u > sum : u < sum)
                  sum = u;
              }
            }
            v = slow::from_integer(sum);
          }
          slow::Bits p = x.b_base, q = x.c_base;
          if (x.b_mode == isa::Operand::kStream) p = value(mirror, b, b.address(i3, i2, i1, i0));
          if (x.c_mode == isa::Operand::kStream) q = value(mirror, c, c.address(i3, i2, i1, i0));
          if (x.vop == isa::Vop::kSelect) {
            v = slow::select(v, p, q);
          } else {
            if (x.b_mode != isa::Operand::kNone) v = slow::mul(v, p);
            if (x.c_mode != isa::Operand::kNone) v = naive_vop(x.vop, v, q);
          }
          row.push_back(naive_sfu(x.sfu, v));
          factors.push_back(q);
        }
        if (x.row_op == Reduce::kNone) {
          for (int i0 = 0; i0 < x.n0; ++i0) {
            const auto i = static_cast<std::size_t>(i0);
            naive_store(mirror, x, d.address(i3, i2, i1, i0), row[i], factors[i]);
          }
          continue;
        }
        if (x.row_op == Reduce::kArgmax) {
          naive_store(mirror, x, d.address(i3, i2, i1, 0), naive_argmax(row), 0);
          continue;
        }
        // 128 partials, some of which may be absent, then the tree.
        std::vector<slow::Bits> partial(128);
        std::vector<bool> present(128);
        const auto join = [&](std::size_t to, slow::Bits v) {
          partial[to] = present[to] ? naive_reduce(x.row_op, partial[to], v) : v;
          present[to] = true;
        };
        for (std::size_t i = 0; i < row.size(); ++i) join(i % 128, row[i]);
        for (std::size_t step = 64; step >= 1; step /= 2) {
          for (std::size_t i = 0; i < step; ++i) {
            if (present[i + step]) join(i, partial[i + step]);
          }
        }
        naive_store(mirror, x, d.address(i3, i2, i1, 0), partial[0], 0);
      }
    }
  }
}

/// Random bits make mostly huge and tiny FP32 values; this makes some that meet.
void fill_floats(Bench& bench, std::uint8_t* at, std::size_t bytes) {
  for (std::size_t i = 0; i + 4 <= bytes; i += 4) {
    const std::uint32_t kind = bench.draw(0, 15);
    std::uint32_t bits = bench.rng();
    if (kind < 10) bits = (bits & 0x807FFFFF) | (bench.draw(115, 140) << 23);
    if (kind == 10) bits &= 0x807FFFFF;  // subnormal
    if (kind == 11) bits = (bits & 0x80000000) | 0x7F800000;
    std::memcpy(at + i, &bits, 4);
  }
}

isa::Vector random_vector(Bench& bench) {
  isa::Vector x;
  const auto type = [&](Space space) {
    return static_cast<Type>(space == Space::kAcc ? bench.draw(3, 4) : bench.draw(0, 5));
  };
  const auto byte = [&] { return static_cast<std::uint8_t>(bench.rng()); };
  const auto stride = [&](Type t) {
    return 4 * bench.draw_signed(-30, 30) * static_cast<std::int32_t>(isa::size_of(t)) / 4;
  };
  x.a_space = draw_space(bench), x.b_space = draw_space(bench), x.c_space = draw_space(bench);
  x.d_space = draw_space(bench);
  x.a_type = type(x.a_space), x.b_type = type(x.b_space), x.c_type = type(x.c_space),
  x.d_type = type(x.d_space);
  x.b_mode = static_cast<isa::Operand>(bench.draw(0, 2));
  x.c_mode = static_cast<isa::Operand>(bench.draw(0, 2));
  x.a_bcast = bench.draw(0, 5) == 0, x.b_bcast = bench.draw(0, 2) == 0,
  x.c_bcast = bench.draw(0, 2) == 0;
  x.vop = static_cast<isa::Vop>(bench.draw(0, 8));
  x.sfu = isa::Sfu{isa::kSfuCodes[bench.draw(0, 1) * bench.draw(0, 5)].value};
  x.scale_mode = static_cast<isa::Operand>(bench.draw(0, 2));
  x.scale = (bench.rng() & 0x807FFFFF) | (bench.draw(100, 130) << 23);
  x.za = byte(), x.zb = byte(), x.zc = byte(), x.zd = byte();
  x.lo = 0x80 + byte() % 100, x.hi = byte() % 128;
  if (x.d_type == Type::kUint8) std::swap(x.lo, x.hi);
  x.n0 = static_cast<std::uint16_t>(bench.draw(1, 40));
  x.n1 = static_cast<std::uint16_t>(bench.draw(1, 4));
  x.n2 = static_cast<std::uint16_t>(bench.draw(1, 3));
  x.n3 = static_cast<std::uint16_t>(bench.draw(1, 2));
  const std::uint32_t special = bench.draw(0, 3);
  if (special == 0 && x.a_type != Type::kFp32 && x.a_type != Type::kBf16) {
    x.win_op = static_cast<Reduce>(bench.draw(1, 3));
    x.win_dims = static_cast<std::uint8_t>(bench.draw(1, 2));
  } else if (special == 1) {
    x.row_op = static_cast<Reduce>(bench.draw(1, 4));
    x.n0 = static_cast<std::uint16_t>(bench.draw(1, 300));
    x.n2 = x.n3 = 1;
  }
  if (x.scale_mode == isa::Operand::kStream) {
    x.c_mode = isa::Operand::kStream;
    x.vop = isa::Vop::kNone;
    if (x.row_op != Reduce::kNone) x.scale_mode = isa::Operand::kNone;
  }
  if (x.vop == isa::Vop::kSelect) {
    if (x.b_mode == isa::Operand::kNone) x.b_mode = isa::Operand::kImmediate;
    if (x.c_mode == isa::Operand::kNone) x.c_mode = isa::Operand::kStream;
  }
  // Sources in the lower part of either memory, the destination in the upper part.
  x.a_base = 700 + 4 * bench.draw(0, 20), x.b_base = 700 + 4 * bench.draw(0, 20);
  x.c_base = 700 + 4 * bench.draw(0, 20);
  if (x.b_mode == isa::Operand::kImmediate)
    x.b_base = (bench.rng() & 0x807FFFFF) | (bench.draw(120, 132) << 23);
  if (x.c_mode == isa::Operand::kImmediate)
    x.c_base = (bench.rng() & 0x807FFFFF) | (bench.draw(120, 132) << 23);
  x.a_s1 = stride(x.a_type), x.a_s2 = stride(x.a_type), x.a_s3 = stride(x.a_type);
  x.b_s1 = stride(x.b_type), x.b_s2 = stride(x.b_type), x.b_s3 = stride(x.b_type);
  x.c_s1 = stride(x.c_type), x.c_s2 = stride(x.c_type), x.c_s3 = stride(x.c_type);
  const auto size = static_cast<std::int32_t>(isa::size_of(x.d_type));
  const std::int32_t row = x.row_op == Reduce::kNone ? x.n0 * size : size;
  x.d_s1 = row + size * bench.draw_signed(0, 1);
  x.d_s2 = x.d_s1 * x.n1, x.d_s3 = x.d_s2 * x.n2;
  if (x.d_space == Space::kSpm) {
    x.d_base = 8192;
  } else {
    x.d_base = 2400;
    if (2400 + x.d_s3 * x.n3 > 4096) x.d_space = Space::kSpm, x.d_base = 8192;
  }
  return x;
}

TEST(Forms, Vector) {
  Bench bench(kSeed);
  int windows = 0, rows = 0;
  for (int round = 0; round < 3000; ++round) {
    const isa::Vector x = random_vector(bench);
    if (round % 10 == 0) {
      fill_floats(bench, bench.golden->spm().data() + bench.partition.spm_base, 4096);
      fill_floats(bench, bench.golden->acc().data() + bench.partition.acc_base, 2300);
    }
    Mirror mirror(bench);
    naive_vector(mirror, x);
    const Destination destination = run_one(bench, x.encode());
    mirror.expect_same(bench, destination);
    EXPECT_EQ(destination.element(), x.d_type);
    windows += x.win_op != Reduce::kNone;
    rows += x.row_op != Reduce::kNone;
    if (HasFailure()) FAIL() << "round " << round << " of seed " << kSeed << "\n";
  }
  EXPECT_GT(windows, 100);
  EXPECT_GT(rows, 100);
}

// 2^24 + 1 + 1 ... in another order gives another sum: element 128 must meet element 0 before the
// tree.
TEST(Forms, RowSumOrder) {
  Bench bench(kSeed);
  std::vector<float> row(130, 0.0F);
  row[0] = 16777216.0F, row[128] = 1.0F, row[1] = 1.0F, row[129] = 1.0F;
  std::memcpy(bench.golden->spm().data() + bench.partition.spm_base, row.data(), row.size() * 4);
  isa::Vector x;
  x.a_type = x.d_type = Type::kFp32;
  x.row_op = Reduce::kSum;
  x.n0 = 130;
  x.d_base = 4096;
  bench.push(x);
  ASSERT_EQ(bench.run().error.code, isa::ErrorCode::kNone);
  float sum = 0;
  std::memcpy(&sum, bench.golden->spm().data() + bench.partition.spm_base + 4096, 4);
  // p0 = 2^24 + 1 = 2^24 (even); p1 = 1 + 1 = 2; p0 + p1 = 2^24 + 2. In order: 2^24 throughout.
  EXPECT_EQ(sum, 16777218.0F);
}

TEST(Forms, InPlace) {
  Bench bench(kSeed);
  isa::Vector x;  // d = a * 2, INT16, on itself
  x.a_type = x.d_type = Type::kInt16;
  x.b_mode = isa::Operand::kImmediate;
  x.b_base = isa::fp32_bits(2.0F);
  x.n0 = 33, x.n1 = 7;
  x.a_base = x.d_base = 100;
  x.a_s1 = x.d_s1 = 66;
  Mirror mirror(bench);
  naive_vector(mirror, x);
  mirror.expect_same(bench, run_one(bench, x.encode()));
}

}  // namespace
}  // namespace girih::golden
