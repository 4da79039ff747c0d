// SPDX-License-Identifier: Apache-2.0
//
// VECTOR with operands and results written out by hand: special functions, BF16, SELECT, ARGMAX and
// the two kinds of scale.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "bench.h"

namespace girih::golden {
namespace {

using isa::fp32_bits;
using isa::Operand;
using isa::Reduce;
using isa::Sfu;
using isa::Space;
using isa::Type;
using isa::Vop;

using Floats = std::vector<float>;
using Words = std::vector<std::uint32_t>;
using Halves = std::vector<std::uint16_t>;

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr std::uint32_t kNan = 0x7FC00000;

class Values : public ::testing::Test {
 protected:
  // Where the streams lie.
  static constexpr std::uint32_t kA = 0, kB = 4096, kC = 8192, kD = 12288;

  template <class T>
  void put(std::uint32_t address, const std::vector<T>& values, Space space = Space::kSpm) {
    std::memcpy(at(space, address), values.data(), values.size() * sizeof(T));
  }
  template <class T>
  std::vector<T> get(std::size_t count) {
    std::vector<T> out(count);
    std::memcpy(out.data(), at(Space::kSpm, kD), count * sizeof(T));
    return out;
  }
  /// A row of `count` elements of each stream, not yet in use; FP32.
  static isa::Vector row(std::size_t count) {
    isa::Vector x;
    x.a_type = x.b_type = x.c_type = x.d_type = Type::kFp32;
    x.n0 = static_cast<std::uint16_t>(count);
    x.a_base = kA, x.b_base = kB, x.c_base = kC, x.d_base = kD;
    return x;
  }
  template <class T>
  std::vector<T> run(const isa::Vector& x, std::size_t count) {
    bench.push(x);
    const Status status = bench.run();
    EXPECT_EQ(status.error.code, isa::ErrorCode::kNone) << bench.golden->text(bench.context, 0);
    bench.golden->reset(bench.context);
    bench.tail = 0;
    return get<T>(count);
  }
  /// The function of each operand, as bits.
  Words function(Sfu sfu, const Words& operands) {
    put(kA, operands);
    isa::Vector x = row(operands.size());
    x.sfu = sfu;
    return run<std::uint32_t>(x, operands.size());
  }
  std::vector<std::int32_t> argmax(const Floats& values, Sfu sfu = Sfu::kNone) {
    put(kA, values);
    isa::Vector x = row(values.size());
    x.row_op = Reduce::kArgmax;
    x.sfu = sfu;
    x.d_type = Type::kInt32;
    return run<std::int32_t>(x, 1);
  }
  static Words bits(const Floats& values) {
    Words out;
    for (const float v : values) out.push_back(fp32_bits(v));
    return out;
  }

  Bench bench{3};

 private:
  std::uint8_t* at(Space space, std::uint32_t address) {
    return (space == Space::kAcc ? bench.golden->acc() : bench.golden->spm()).data() +
           bench.partition.base(space) + address;
  }
};

TEST_F(Values, Exp2) {
  EXPECT_EQ(function(Sfu::kExp2, bits({0, -0.0F, 1, -1, 10, -126, -126.5F, -127, 127, 128, kInf,
                                       -kInf, 0x1p-30F, -0x1p-30F})),
            bits({1, 1, 2, 0.5F, 1024, 0x1p-126F, 0, 0, 0x1p127F, kInf, kInf, 0, 1, 1}));
  EXPECT_EQ(function(Sfu::kExp2, {0x7F800001, 0xFFC00001, 0x807FFFFF}),
            (Words{kNan, kNan, fp32_bits(1)}));
}

TEST_F(Values, Recip) {
  EXPECT_EQ(function(Sfu::kRecip, bits({1, -2, 0.25F, 0, -0.0F, kInf, -kInf, 0x1p127F, -0x1p126F})),
            bits({1, -0.5F, 4, kInf, -kInf, 0, -0.0F, 0, -0x1p-126F}));
  EXPECT_EQ(function(Sfu::kRecip, {0x007FFFFF, 0x80000001, 0x7FFFFFFF}),
            (Words{0x7F800000, 0xFF800000, kNan}));
}

TEST_F(Values, Rsqrt) {
  EXPECT_EQ(function(Sfu::kRsqrt, bits({1, 4, 0.25F, 0x1p-126F, 0, -0.0F, kInf})),
            bits({1, 0.5F, 2, 0x1p63F, kInf, -kInf, 0}));
  EXPECT_EQ(function(Sfu::kRsqrt, {fp32_bits(-1), 0xFF800000, 0x80000001, 0x7F800001}),
            (Words{kNan, kNan, 0xFF800000, kNan}));
}

TEST_F(Values, Log2) {
  EXPECT_EQ(function(Sfu::kLog2, bits({1, 8, 0.5F, 0x1p-126F, 0, -0.0F, kInf})),
            bits({0, 3, -1, -126, -kInf, -kInf, kInf}));
  EXPECT_EQ(function(Sfu::kLog2, {fp32_bits(-1), 0xFF800000, 0x00000001, 0x7FFFFFFF}),
            (Words{kNan, kNan, 0xFF800000, kNan}));
}

// exp2(a * b - c) * scale, the row's sum.
TEST_F(Values, FunctionStandsBetweenOperationAndReduction) {
  put(kA, Floats{2, 4, 0.5F});
  put(kB, Floats{1, 0.5F, 4});
  isa::Vector x = row(3);
  x.b_mode = Operand::kStream;
  x.c_mode = Operand::kImmediate;
  x.c_base = fp32_bits(1);
  x.vop = Vop::kSub;
  x.sfu = Sfu::kExp2;
  EXPECT_EQ(run<float>(x, 3), (Floats{2, 2, 2}));
  x.row_op = Reduce::kSum;
  x.scale_mode = Operand::kImmediate;
  x.scale = fp32_bits(0.25F);
  EXPECT_EQ(run<float>(x, 1), (Floats{1.5F}));
}

// A scale per column and one per row, in one instruction.
TEST_F(Values, AccumulatorsTimesColumnAndRow) {
  const auto row_bytes = static_cast<std::int32_t>(4 * bench.preset.n_dim);
  put(0, std::vector<std::int32_t>{3, -5, 7}, Space::kAcc);
  put(static_cast<std::uint32_t>(row_bytes), std::vector<std::int32_t>{100, 0, -1}, Space::kAcc);
  put(kB, Floats{0.5F, 2, -1});
  put(kC, Floats{10, 0.25F});
  isa::Vector x = row(3);
  x.a_type = Type::kInt32, x.a_space = Space::kAcc, x.a_s1 = row_bytes;
  x.n1 = 2;
  x.b_mode = x.c_mode = x.scale_mode = Operand::kStream;
  x.c_bcast = true, x.c_s1 = 4;
  x.d_s1 = 12;
  EXPECT_EQ(run<float>(x, 6), (Floats{15, -100, -70, 12.5F, 0, 0.25F}));
}

TEST_F(Values, ScaleFromStreamRoundsBySteps) {
  // fp32(2^24 + 1) = 2^24; times 1 + 2^-23: 2^24 + 2; times that again: 2^24 + 4 + 2^-22.
  // Rounded once, it would be 2^24 + 6.
  put(kA, std::vector<std::int32_t>{16777217});
  put(kB, Words{0x3F800001});
  put(kC, Words{0x3F800001});
  isa::Vector x = row(1);
  x.a_type = Type::kInt32;
  x.b_mode = x.c_mode = x.scale_mode = Operand::kStream;
  EXPECT_EQ(run<float>(x, 1), (Floats{16777220}));
}

TEST_F(Values, ScaleFromStreamIsAfterTheFunctionAndConverted) {
  put(kA, Floats{3, -1, 0.0F});
  put(kC, std::vector<std::int8_t>{5, 7, 3});
  isa::Vector x = row(3);
  x.sfu = Sfu::kExp2;
  x.c_mode = x.scale_mode = Operand::kStream;
  x.c_type = Type::kInt8, x.zc = 3;  // factors 2, 4, 0
  x.scale = fp32_bits(1000);         // not used
  EXPECT_EQ(run<float>(x, 3), (Floats{16, 2, 0}));
}

TEST_F(Values, StreamCWithoutUseIsIgnored) {
  put(kA, Floats{3, 4});
  put(kC, Words{kNan, kNan});
  isa::Vector x = row(2);
  x.c_mode = Operand::kStream;
  EXPECT_EQ(run<float>(x, 2), (Floats{3, 4}));
  x.scale_mode = Operand::kImmediate;
  x.scale = fp32_bits(2);
  EXPECT_EQ(run<float>(x, 2), (Floats{6, 8}));
}

TEST_F(Values, Select) {
  put(kA, Words{0, 0x80000000, fp32_bits(1), kNan, 0x007FFFFF, 0x80000001, 0xFF800000});
  put(kB, Words{1, fp32_bits(7), 0x807FFFFF, 0xFFC12345, 2, 3, 0});
  put(kC, Words{0x7F800001, 0x80000001, 4, 5, fp32_bits(8), fp32_bits(-9), 6});
  isa::Vector x = row(7);
  x.b_mode = x.c_mode = Operand::kStream;
  x.vop = Vop::kSelect;
  EXPECT_EQ(run<std::uint32_t>(x, 7),
            (Words{kNan, 0x80000000, 0x80000000, kNan, fp32_bits(8), fp32_bits(-9), 0}));
}

TEST_F(Values, SelectOfImmediatesByIntegers) {
  put(kA, std::vector<std::int8_t>{-3, 0, 3, 127, -128});
  isa::Vector x = row(5);
  x.a_type = Type::kInt8, x.za = 3;
  x.b_mode = x.c_mode = Operand::kImmediate;
  x.b_base = fp32_bits(-2), x.c_base = 0x80000001;  // a subnormal
  x.vop = Vop::kSelect;
  EXPECT_EQ(run<std::uint32_t>(x, 5), bits({-2, -2, -0.0F, -2, -2}));
  x.c_base = fp32_bits(-5);
  x.sfu = Sfu::kAbs;
  x.scale_mode = Operand::kImmediate, x.scale = fp32_bits(2);
  x.d_type = Type::kInt8, x.zd = 1;
  EXPECT_EQ(run<std::int8_t>(x, 5), (std::vector<std::int8_t>{5, 5, 11, 5, 5}));
}

TEST_F(Values, SelectByAWindow) {
  put(kA, std::vector<std::int16_t>{1, 0, -1, 0});  // two rows of two: sums 0 and 0
  put(kB, Floats{1, 2});
  put(kC, Floats{3, 4});
  isa::Vector x = row(2);
  x.a_type = Type::kInt16, x.a_s1 = 4;
  x.n1 = 2;
  x.win_op = Reduce::kSum, x.win_dims = 1;
  x.b_mode = x.c_mode = Operand::kStream;
  x.vop = Vop::kSelect;
  EXPECT_EQ(run<float>(x, 2), (Floats{3, 4}));
  x.win_op = Reduce::kMax;
  EXPECT_EQ(run<float>(x, 2), (Floats{1, 4}));
}

TEST_F(Values, ReadsBf16) {
  put(kA, Halves{0x3F80, 0xC049, 0x0001, 0x8001, 0x7F80, 0xFF80, 0x7F81, 0xFFFF, 0x7F7F, 0x0080});
  isa::Vector x = row(10);
  x.a_type = Type::kBf16;
  EXPECT_EQ(run<std::uint32_t>(x, 10), (Words{0x3F800000, 0xC0490000, 0, 0x80000000, 0x7F800000,
                                              0xFF800000, kNan, kNan, 0x7F7F0000, 0x00800000}));
  put(kA, Floats{2, 3, 4});
  put(kB, Halves{0x3F00, 0x0001, 0x7FFF});  // 0.5, 0, NaN
  put(kC, Halves{0x3F80, 0xBF80, 0x3F80});
  x = row(3);
  x.b_mode = x.c_mode = Operand::kStream;
  x.b_type = x.c_type = Type::kBf16;
  x.zb = x.zc = 77;  // no zero point
  x.vop = Vop::kAdd;
  EXPECT_EQ(run<std::uint32_t>(x, 3), (Words{fp32_bits(2), fp32_bits(-1), kNan}));
}

TEST_F(Values, WritesBf16) {
  const Words values{0x3F800000,                          // 1
                     0x3F808000, 0x3F818000,              // ties: down to even, up to even
                     0x3F807FFF, 0x3F808001,              // below and above a tie
                     0xBF818000,                          // the same on the other side
                     0x3FFF8000,                          // a tie that carries into the exponent: 2
                     0x7F7F7FFF, 0x7F7F8000, 0xFF7FFFFF,  // the largest; beyond it
                     0x7F800000, 0xFF800000, 0x7F800001,
                     0xFFC12345, 0x007FFFFF, 0x807FFFFF,  // subnormals do not round up
                     0x00800000, 0x00807FFF};
  put(kA, values);
  isa::Vector x = row(values.size());
  x.d_type = Type::kBf16;
  x.zd = 5, x.lo = 1, x.hi = 0;  // of no meaning here
  EXPECT_EQ(run<std::uint16_t>(x, values.size()),
            (Halves{0x3F80, 0x3F80, 0x3F82, 0x3F80, 0x3F81, 0xBF82, 0x4000, 0x7F7F, 0x7F80, 0xFF80,
                    0x7F80, 0xFF80, 0x7FC0, 0x7FC0, 0, 0x8000, 0x0080, 0x0080}));
}

TEST_F(Values, ArgmaxTakesTheFirst) {
  EXPECT_EQ(argmax({5}), (std::vector{0}));
  EXPECT_EQ(argmax({1, 3, 3, 2}), (std::vector{1}));
  EXPECT_EQ(argmax({-0.0F, 0, -0.0F}), (std::vector{0}));
  EXPECT_EQ(argmax({-1, -0.0F, 0}), (std::vector{1}));
  EXPECT_EQ(argmax({-kInf, -kInf}), (std::vector{0}));
  EXPECT_EQ(argmax({1, kInf, 2, kInf}), (std::vector{1}));
  EXPECT_EQ(argmax({1, -3, 3, 2}, Sfu::kAbs), (std::vector{1}));
  EXPECT_EQ(argmax({1, 0, 0.5F}, Sfu::kRecip), (std::vector{1}));
  EXPECT_EQ(argmax({-1, 0x1p-140F, 0, -0x1p-140F}), (std::vector{1})) << "a subnormal is zero";
}

TEST_F(Values, ArgmaxOfNan) {
  const float nan = std::nanf("");
  EXPECT_EQ(argmax({nan}), (std::vector{0}));
  EXPECT_EQ(argmax({1, nan, kInf, nan}), (std::vector{1}));
  EXPECT_EQ(argmax({kInf, 2, -nan}), (std::vector{2}));
  Floats row(300, 1.0F);
  row[5] = kInf, row[299] = nan;
  EXPECT_EQ(argmax(row), (std::vector{299}));
  row[130] = nan;
  EXPECT_EQ(argmax(row), (std::vector{130}));
  row[129] = row[257] = nan;
  EXPECT_EQ(argmax(row), (std::vector{129}));
}

// Partials are by index modulo 128; the smaller index may be in the later partial.
TEST_F(Values, ArgmaxOfLongRows) {
  for (const std::size_t length : {127U, 128U, 129U, 130U, 255U, 256U, 257U, 1000U}) {
    for (const std::size_t first : {std::size_t{0}, std::size_t{1}, std::size_t{63},
                                    std::size_t{64}, length / 2, length - 2, length - 1}) {
      Floats row(length, -2.0F);
      row[first] = 7;
      EXPECT_EQ(argmax(row), (std::vector{static_cast<std::int32_t>(first)})) << length;
      for (std::size_t i = first; i < length; i += 3) row[i] = 7;
      EXPECT_EQ(argmax(row), (std::vector{static_cast<std::int32_t>(first)})) << length;
    }
  }
  Floats row(200, 0.0F);
  row[127] = row[128] = 1;  // partials 127 and 0
  EXPECT_EQ(argmax(row), (std::vector{127}));
}

TEST_F(Values, ArgmaxIsAnFp32ThatIsScaled) {
  put(kA, std::vector<std::int32_t>{1, 9, 3, 7, 2, 7});  // two rows of three
  isa::Vector x = row(3);
  x.a_type = Type::kInt32, x.a_s1 = 12;
  x.n1 = 2, x.d_s1 = 4;
  x.row_op = Reduce::kArgmax;
  EXPECT_EQ(run<float>(x, 2), (Floats{1, 0}));
  x.scale_mode = Operand::kImmediate;
  x.scale = fp32_bits(2.5F);
  EXPECT_EQ(run<float>(x, 2), (Floats{2.5F, 0}));
}

// How 16-bit activations are split (docs/language-models.md): v = 256 * hi + lo, hi = floor(v /
// 256).
TEST_F(Values, SplitsEveryInt16) {
  constexpr int kAtOnce = 2000;
  for (int first = -32767; first <= 32767; first += kAtOnce) {
    const int count = std::min(kAtOnce, 32768 - first);
    std::vector<std::int16_t> v;
    for (int i = 0; i < count; ++i) v.push_back(static_cast<std::int16_t>(first + i));
    put(kA, v);
    isa::Vector high = row(v.size());
    high.a_type = Type::kInt16;
    high.c_mode = Operand::kImmediate, high.c_base = fp32_bits(-127.5F);
    high.vop = Vop::kAdd;
    high.scale_mode = Operand::kImmediate, high.scale = fp32_bits(0x1p-8F);
    high.d_type = Type::kInt8;
    const auto hi = run<std::int8_t>(high, v.size());
    put(kB, hi);
    isa::Vector low = row(v.size());
    low.a_type = Type::kInt8, low.a_base = kB;
    low.b_mode = Operand::kImmediate, low.b_base = fp32_bits(-256);
    low.c_mode = Operand::kStream, low.c_type = Type::kInt16, low.c_base = kA;
    low.vop = Vop::kAdd;
    low.d_type = Type::kUint8, low.lo = 0, low.hi = 255;
    const auto lo = run<std::uint8_t>(low, v.size());
    for (std::size_t i = 0; i < v.size(); ++i) {
      ASSERT_EQ(int{hi[i]}, v[i] >> 8) << v[i];
      ASSERT_EQ(int{lo[i]}, v[i] & 255) << v[i];
    }
  }
}

}  // namespace
}  // namespace girih::golden
