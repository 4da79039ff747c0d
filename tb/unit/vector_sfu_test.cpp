// SPDX-License-Identifier: Apache-2.0
//
// The special function unit against the golden functions, to the last bit: corner values, the ends and the
// middle of every table segment with every exponent and both signs, random operands; one operation after
// the other, with bubbles and stalls. GIRIH_SEED and GIRIH_ROUNDS (operands) choose the random ones.
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <limits>
#include <string>

#include "Vsfu.h"
#include "Vsfu_girih_bug_pkg.h"
#include "dut.h"
#include "golden/functions.h"
#include "seeded_bug.h"
#include "stream.h"

namespace girih::tb {
namespace {

using Bits = std::uint32_t;

constexpr int kStages = 18;
constexpr double kStall = 0.1, kBubble = 0.1;
constexpr std::uint32_t kRandom = 1'000'000;
constexpr unsigned kSegments = 128, kSegment = 1u << 16;  // of the mantissa

struct Function {
  const char* name;
  float (*golden)(float);
};
constexpr std::array<Function, 4> kFunctions{{{"exp2", golden::fp::exp2},
                                              {"reciprocal", golden::fp::reciprocal},
                                              {"rsqrt", golden::fp::rsqrt},
                                              {"log2", golden::fp::log2}}};
enum : unsigned { kExp2, kRecip, kRsqrt, kLog2 };

std::uint32_t from_environment(const char* name, std::uint32_t otherwise) {
  const char* text = std::getenv(name);
  return text ? static_cast<std::uint32_t>(std::strtoul(text, nullptr, 0)) : otherwise;
}

class Unit {
 public:
  explicit Unit(std::uint32_t seed) : rng_(seed), dut_(seed) { dut_.reset(); }

  std::mt19937& rng() { return rng_; }
  void break_it(int bug) { select_bug(dut_.model(), bug); }
  std::uint64_t checked() const { return checked_; }
  std::uint64_t wrong() const { return wrong_; }
  const std::string& first() const { return first_; }

  void send(unsigned function, Bits x) {
    while (chance(rng_, kStall)) cycle(false, false, rng_(), rng_());
    while (chance(rng_, kBubble)) cycle(true, false, rng_(), rng_());
    waiting_.push_back({function, x});
    cycle(true, true, function, x);
  }
  void all(Bits x) {
    for (unsigned f = 0; f < kFunctions.size(); ++f) send(f, x);
  }
  void drain() {
    for (int i = 0; i < kStages; ++i) cycle(true, false, rng_(), rng_());
    EXPECT_TRUE(waiting_.empty());
  }

 private:
  struct Item {
    unsigned function;
    Bits x;
  };

  /// `go`: the pipeline moves; a stage loads when something valid enters it.
  void cycle(bool go, bool fresh, unsigned op, Bits x) {
    const std::uint32_t entering = (valid_ << 1 | (fresh ? 1 : 0)) & ((1u << kStages) - 1);
    dut_->en_i = go ? entering : 0;
    dut_->op_i = op & 3;
    dut_->x_i = x;
    dut_.tick();
    if (!go) return;
    valid_ = entering;
    if (valid_ >> (kStages - 1)) check();
  }

  void check() {
    const Item item = waiting_.front();
    waiting_.pop_front();
    ++checked_;
    const Function& f = kFunctions[item.function];
    const Bits expected = std::bit_cast<Bits>(f.golden(std::bit_cast<float>(item.x)));
    if (dut_->result_o == expected || wrong_++) return;
    char text[120];
    std::snprintf(text, sizeof text, "%s(%08x): expected %08x, got %08x", f.name, item.x, expected,
                  dut_->result_o);
    first_ = text;
  }

  std::mt19937 rng_;
  Dut<Vsfu> dut_;
  std::uint32_t valid_ = 0;
  std::deque<Item> waiting_;
  std::uint64_t checked_ = 0, wrong_ = 0;
  std::string first_;
};

void corners(Unit& unit) {
  for (Bits x : {0x00000000u, 0x00000001u, 0x007fffffu, 0x00800000u, 0x00800001u, 0x00ffffffu,
                 0x32000000u, 0x327fffffu, 0x32800000u, 0x32800001u,  // 2^-27, 2^-26: exp2 gives 1
                 0x33000000u, 0x3e7fffffu, 0x3f000000u, 0x3f7ffffeu, 0x3f7fffffu, 0x3f800000u, 0x3f800001u,
                 0x3fbfffffu, 0x3fc00000u, 0x3fc00001u, 0x3fffffffu, 0x40000000u, 0x42fa0000u, 0x42fc0000u,
                 0x42fc0001u, 0x42fdffffu, 0x42fe0000u, 0x42ffffffu, 0x43000000u, 0x43000001u, 0x437fffffu,
                 0x43800000u, 0x43800001u, 0x7e000000u, 0x7e7fffffu, 0x7e800000u, 0x7e800001u, 0x7effffffu,
                 0x7f000000u, 0x7f7fffffu, 0x7f800000u, 0x7f800001u, 0x7fbfffffu, 0x7fc00000u, 0x7fffffffu}) {
    unit.all(x);
    unit.all(x | 0x80000000u);
  }
}

/// Every function at the ends and the middle of each segment of the mantissa.
void segments(Unit& unit) {
  for (Bits top = 0; top < 512; ++top) {                 // sign and exponent
    for (unsigned i = 0; i < kSegments; ++i) {
      for (unsigned at : {0u, kSegment / 2 - 1, kSegment / 2, kSegment - 1})
        unit.all(top << 23 | (i * kSegment + at));
    }
  }
}

/// exp2 where its own fraction begins, passes the middle, and ends, for each integer part.
void fractions(Unit& unit) {
  constexpr double kHalf = 0.5 / kSegments, kOne = 1.0 / kSegments;
  const float inf = std::numeric_limits<float>::infinity();
  for (int n = -152; n <= 131; ++n) {
    for (unsigned i = 0; i < kSegments; ++i) {
      for (double at : {0.0, kHalf, kOne}) {
        const float x = static_cast<float>(n + i * kOne + at);
        for (float y : {std::nextafter(x, -inf), x, std::nextafter(x, inf)})
          unit.send(kExp2, std::bit_cast<Bits>(y));
      }
    }
  }
}

void random_operands(Unit& unit, std::uint32_t count) {
  auto& rng = unit.rng();
  for (std::uint32_t i = 0; i < count; ++i) {
    unit.all(rng());
    unit.send(kExp2, (rng() & 0x807fffff) | (100 + rng() % 35) << 23);   // 2^-27 to 2^8
    unit.send(kLog2, (rng() & 0x007fffff) | (126 + rng() % 2) << 23);    // around 1
    unit.send(kLog2, 0x3f800000u + (rng() >> (rng() % 32)) % 4096 - 2048);
  }
}

void expect_right(Unit& unit, std::uint64_t least) {
  unit.drain();
  EXPECT_EQ(unit.wrong(), 0u) << "first: " << unit.first();
  EXPECT_GE(unit.checked(), least);
}

TEST(VectorSfu, HasCornerValues) {
  Unit unit(1);
  corners(unit);
  expect_right(unit, 4 * 2 * 45);
}

TEST(VectorSfu, AgreesInEverySegment) {
  Unit unit(2);
  segments(unit);
  fractions(unit);
  expect_right(unit, 4 * 512 * kSegments * 4);
}

TEST(VectorSfu, AgreesOnRandomOperands) {
  const std::uint32_t seed = from_environment("GIRIH_SEED", 3);
  const std::uint32_t rounds = from_environment("GIRIH_ROUNDS", kRandom);
  SCOPED_TRACE("GIRIH_SEED=" + std::to_string(seed));
  Unit unit(seed);
  random_operands(unit, rounds);
  expect_right(unit, std::uint64_t{7} * rounds);
}

TEST(VectorSfu, IsSeenToBeBroken) {
  Unit unit(4);
  unit.break_it(41);
  random_operands(unit, 1000);
  unit.drain();
  EXPECT_GT(unit.wrong(), 0u);
}

}  // namespace
}  // namespace girih::tb
