// SPDX-License-Identifier: Apache-2.0
//
// The FP32 units of the vector engine against vector_float.h: corner values crossed with corner
// values, then random operands drawn where roundings, cancellations, overflow and underflow happen.
#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <vector>

#include "Vfp32_add.h"
#include "Vfp32_compare.h"
#include "Vfp32_from_int.h"
#include "Vfp32_mul.h"
#include "Vfp32_to_int.h"
#include "dut.h"
#include "stream.h"
#include "vector_float.h"

namespace girih::tb {
namespace {

using fp::Bits;

constexpr int kRandom = 2'000'000;
constexpr double kStall = 0.1;

const std::vector<Bits>& corners() {
  static const std::vector<Bits> all = [] {
    std::vector<Bits> list;
    for (Bits x :
         {0x00000000u, 0x00000001u, 0x00400000u, 0x007fffffu,               // zero, subnormals
          0x00800000u, 0x00800001u, 0x00ffffffu, 0x01000000u, 0x01000001u,  // smallest
          0x0b000000u, 0x1f800000u, 0x1fffffffu, 0x20000000u, 0x33800000u, 0x33800001u, 0x34000000u,
          0x3e7fffffu, 0x3e800000u, 0x3effffffu, 0x3f000000u, 0x3f000001u, 0x3f7ffffeu, 0x3f7fffffu,
          0x3f800000u, 0x3f800001u, 0x3f800002u, 0x3fc00000u, 0x3fffffffu, 0x40000000u, 0x40200000u,
          0x40600000u, 0x42fe0000u, 0x42ff0000u, 0x43000000u, 0x4a800000u, 0x4affffffu, 0x4b000000u,
          0x4b000001u, 0x4b7fffffu, 0x4b800000u, 0x4b800001u, 0x4effffffu, 0x4f000000u, 0x4f000001u,
          0x4f7fffffu, 0x5f800000u, 0x7e7fffffu, 0x7e800000u, 0x7f000000u, 0x7f7ffffeu, 0x7f7fffffu,
          0x7f800000u, 0x7f800001u, 0x7fa00000u, 0x7fc00000u, 0x7fffffffu}) {  // inf, NaN
      list.push_back(x);
      list.push_back(x | 0x80000000u);
    }
    return list;
  }();
  return all;
}

/// Mantissas with long runs of zeros or ones give ties and carries far more often than free ones.
Bits mantissa(std::mt19937& rng) {
  const Bits m = rng() & 0x7fffff;
  const unsigned keep = rng() % 24;
  switch (rng() % 4) {
    case 0:
      return m;
    case 1:
      return m >> keep << keep & 0x7fffff;
    case 2:
      return (m | ((1u << keep) - 1)) & 0x7fffff;
    default:
      return (rng() % 2 ? 1u << keep : (1u << keep) - 1) & 0x7fffff;
  }
}

Bits number(std::mt19937& rng, unsigned exponent) {
  return (rng() & 0x80000000u) | (exponent & 0xff) << 23 | mantissa(rng);
}

std::pair<Bits, Bits> operands(std::mt19937& rng) {
  const unsigned e = rng() % 256;
  const Bits a = number(rng, e);
  switch (rng() % 8) {
    case 0:
      return {a, rng()};
    case 1:
      return {a, corners()[rng() % corners().size()]};
    case 2:
      return {a, number(rng, e + rng() % 5 - 2)};  // cancellation
    case 3:
      return {a, number(rng, e + rng() % 57 - 28)};  // alignment
    case 4:
      return {a, (a ^ 0x80000000u) + rng() % 5 - 2};  // nearly opposite
    case 5:
      return {a, number(rng, 127 - e + rng() % 5 - 2)};  // products near 2^-126
    case 6:
      return {a, number(rng, 381 - e + rng() % 5 - 2)};  // products near 2^128
    default:
      return {a, number(rng, 100 + rng() % 56)};
  }
}

/// Sends items through a pipeline of fixed latency; random cycles have its enables off.
template <class Model>
class Pipeline {
 public:
  Pipeline(int latency, std::uint32_t seed) : rng_(seed), dut_(seed), latency_(latency) {}

  std::mt19937& rng() { return rng_; }

  void send(const std::function<void(Model&)>& drive, Bits expected,
            const std::function<std::string()>& what) {
    while (chance(rng_, kStall)) {
      dut_->en_i = 0;
      drive(*dut_.operator->());
      dut_.tick();
    }
    dut_->en_i = (1u << latency_) - 1;
    drive(*dut_.operator->());
    dut_.tick();
    waiting_.push_back({expected, what()});
    if (static_cast<int>(waiting_.size()) < latency_) return;
    ASSERT_EQ(dut_->result_o, waiting_.front().first)
        << waiting_.front().second << std::hex << " expected " << waiting_.front().first << " got "
        << dut_->result_o;
    waiting_.pop_front();
    ++checked_;
  }
  std::uint64_t checked() const { return checked_; }

 private:
  std::mt19937 rng_;
  Dut<Model> dut_;
  const int latency_;
  std::deque<std::pair<Bits, std::string>> waiting_;
  std::uint64_t checked_ = 0;
};

std::string text(const char* name, Bits a, Bits b) {
  char buffer[80];
  std::snprintf(buffer, sizeof buffer, "%s(%08x, %08x)", name, a, b);
  return buffer;
}

template <class Model>
void check_binary(
    const char* name, int latency, Bits (*reference)(Bits, Bits),
    const std::function<void(Model&)>& extra = [](Model&) {}) {
  constexpr std::uint32_t kSeed = 1;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  Pipeline<Model> pipe(latency, kSeed);
  const auto check = [&](Bits a, Bits b) {
    pipe.send([&](Model& m) { m.a_i = a, m.b_i = b, extra(m); }, reference(a, b),
              [&] { return text(name, a, b); });
  };
  for (Bits a : corners()) {
    for (Bits b : corners()) {
      check(a, b);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
  for (int i = 0; i < kRandom; ++i) {
    const auto [a, b] = operands(pipe.rng());
    check(a, b);
    if (testing::Test::HasFatalFailure()) return;
  }
  EXPECT_GT(pipe.checked(), static_cast<std::uint64_t>(kRandom));
}

TEST(VectorFp32, Multiplies) { check_binary<Vfp32_mul>("mul", 4, fp::mul); }

TEST(VectorFp32, Adds) { check_binary<Vfp32_add>("add", 4, fp::add); }

TEST(VectorFp32, TakesMaximumAndMinimum) {
  check_binary<Vfp32_compare>("max", 2, fp::max, [](Vfp32_compare& m) { m.op_i = 3; });
  check_binary<Vfp32_compare>("min", 2, fp::min, [](Vfp32_compare& m) { m.op_i = 4; });
}

TEST(VectorFp32, Compares) {
  check_binary<Vfp32_compare>("lt", 2, fp::lt, [](Vfp32_compare& m) { m.op_i = 5; });
  check_binary<Vfp32_compare>("le", 2, fp::le, [](Vfp32_compare& m) { m.op_i = 6; });
  check_binary<Vfp32_compare>("eq", 2, fp::eq, [](Vfp32_compare& m) { m.op_i = 7; });
}

TEST(VectorFp32, ChoosesOperands) {
  const auto flushed = [](Bits x) { return x & (x & 0x7f800000u ? ~0u : 0x80000000u); };
  for (Bits op : {0u, 8u}) {
    for (Bits b_wins : {0u, 1u}) {
      Pipeline<Vfp32_compare> pipe(2, 1);
      for (Bits a : corners()) {
        for (Bits b : corners()) {
          pipe.send(
              [&](Vfp32_compare& m) { m.a_i = a, m.b_i = b, m.op_i = op, m.b_wins_i = b_wins; },
              flushed(op && b_wins ? b : a), [&] { return text("choose", a, b); });
          if (HasFatalFailure()) return;
        }
      }
    }
  }
}

TEST(VectorFp32, FindsTheLargest) {
  constexpr Bits kLargest = 15;
  const auto larger = [](Bits a, Bits b, Bits tie) {
    if (fp::is_nan(a) || fp::is_nan(b)) return fp::is_nan(a) && (tie || !fp::is_nan(b)) ? a : b;
    if (fp::value(a) == fp::value(b)) return tie ? b : a;
    return fp::value(a) < fp::value(b) ? b : a;
  };
  for (Bits b_wins : {0u, 1u}) {
    Pipeline<Vfp32_compare> pipe(2, 1);
    for (Bits a : corners()) {
      for (Bits b : corners()) {
        const Bits x = fp::normal(a), y = fp::normal(b);
        pipe.send(
            [&](Vfp32_compare& m) { m.a_i = x, m.b_i = y, m.op_i = kLargest, m.b_wins_i = b_wins; },
            larger(x, y, b_wins), [&] { return text("largest", x, y); });
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST(VectorFp32, ConvertsIntegers) {
  Pipeline<Vfp32_from_int> pipe(3, 1);
  const auto check = [&](Bits x, bool is_fp, bool is_one = false) {
    pipe.send(
        [&](Vfp32_from_int& m) { m.value_i = x, m.is_fp_i = is_fp, m.is_one_i = is_one; },
        is_one  ? 0x3f800000
        : is_fp ? fp::normal(x)
                : fp::from_int(static_cast<std::int32_t>(x)),
        [&] { return text("from_int", x, is_fp); });
  };
  for (Bits x : corners()) check(x, true);
  for (unsigned shift = 0; shift < 32; ++shift) {
    for (Bits d = 0; d < 9; ++d) check((1u << shift) + d - 4, false);
  }
  for (int i = 0; i < kRandom && !HasFatalFailure(); ++i) {
    const Bits x = pipe.rng()() >> pipe.rng()() % 32;
    check(pipe.rng()() % 2 ? x : -x, pipe.rng()() % 8 == 0, pipe.rng()() % 8 == 0);
  }
  EXPECT_GT(pipe.checked(), static_cast<std::uint64_t>(kRandom));
}

TEST(VectorFp32, ConvertsToIntegers) {
  Pipeline<Vfp32_to_int> pipe(2, 1);
  const auto check = [&](Bits x) {
    pipe.send([&](Vfp32_to_int& m) { m.value_i = x; }, static_cast<Bits>(fp::to_int(x)),
              [&] { return text("to_int", x, 0); });
  };
  for (Bits x : corners()) check(x);
  for (int half = -2050; half <= 2050; ++half)
    check(std::bit_cast<Bits>(half * 0.5f));  // every tie
  for (int i = 0; i < kRandom && !HasFatalFailure(); ++i) {
    check(number(pipe.rng(), pipe.rng()() % 4 ? 120 + pipe.rng()() % 42 : pipe.rng()() % 256));
  }
  EXPECT_GT(pipe.checked(), static_cast<std::uint64_t>(kRandom));
}

}  // namespace
}  // namespace girih::tb
