// SPDX-License-Identifier: Apache-2.0
//
// Instructions: fields land on their bits, and every bit of a form is either a field or reserved.
#include <gtest/gtest.h>

#include <random>

#include "common/error.h"
#include "isa/forms.h"
#include "isa/text.h"

namespace girih::isa {
namespace {

constexpr unsigned kSeed = 1;
const Preset& kBase = *find_preset("base");

/// A legal opcode, random bits in every field, none in reserved places.
Instruction random_words(const Form& form, std::mt19937& rng) {
  Instruction out;
  for (unsigned i = 0; i < kWords; ++i) {
    out.words[i] = static_cast<std::uint32_t>(rng()) & (*form.mask)[i];
  }
  out.set(place::header::opcode, static_cast<int>(form.opcode));
  return out;
}

template <class Struct>
void round_trip(std::mt19937& rng, const Form& form) {
  for (int i = 0; i < 1000; ++i) {
    const Instruction words = random_words(form, rng);
    const Struct decoded = Struct::decode(words);
    EXPECT_EQ(decoded.encode(), words) << form.name;
    EXPECT_EQ(Struct::decode(decoded.encode()), decoded) << form.name;
    EXPECT_FALSE(to_text(words, kBase).empty());
    EXPECT_EQ(Instruction::from_bytes(words.bytes()), words);
  }
}

TEST(Isa, RandomFieldsSurviveDecodeAndEncode) {
  RecordProperty("seed", kSeed);
  std::mt19937 rng(kSeed);
  round_trip<Load>(rng, *find_form(1));
  round_trip<Store>(rng, *find_form(2));
  round_trip<Matrix>(rng, *find_form(3));
  round_trip<Vector>(rng, *find_form(4));
  round_trip<SetParam>(rng, *find_form(5));
  round_trip<Fence>(rng, *find_form(6));
}

TEST(Isa, MasksHoldExactlyTheFields) {
  for (const Form& form : kForms) {
    Masks covered{};
    const auto add = [&](const Field& field) {
      const auto bits =
          static_cast<std::uint32_t>(((std::uint64_t{1} << field.width) - 1) << field.lsb);
      EXPECT_EQ(covered[field.word] & bits, 0U) << form.name << " " << field.name;
      covered[field.word] |= bits;
    };
    for (const Field& field : kHeaderFields) add(field);
    for (const Field& field : form.fields) add(field);
    EXPECT_EQ(covered, *form.mask) << form.name;
  }
}

// Places taken from the specification by hand: a generator that mirrors its own mistake is seen
// here.
TEST(Isa, BitsOfSomeFields) {
  Load load;
  load.header = {.order = true, .wait = 0x1234, .give = 0x8001, .tag = 77};
  load.header.patch[1] = {.en = true, .add = true, .word = 6, .param = 31};
  load.window = 5;
  load.space = Space::kAcc;
  load.pad_value = 0x80;
  load.s1 = -2;
  load.after2 = 9;
  const Instruction words = load.encode();
  EXPECT_EQ(words.words[0], 0x101U);
  EXPECT_EQ(words.words[1], 0x80011234U);
  EXPECT_EQ(words.words[2], 77U);
  EXPECT_EQ(words.words[3], (31U << 16) | (6U << 21) | (1U << 26) | (1U << 27));
  EXPECT_EQ(words.words[5], 0x8015U);
  EXPECT_EQ(words.words[8], 1U);
  EXPECT_EQ(words.words[9], 0x10001U);
  EXPECT_EQ(words.words[11], 0xFFFFFFFEU);
  EXPECT_EQ(words.words[19], 9U << 16);
  EXPECT_EQ(words.bytes()[4], 0x34);

  Vector vector;
  vector.b_mode = Operand::kImmediate;
  vector.row_op = Reduce::kMin;
  EXPECT_EQ(vector.encode().words[5], 2U << 20);
  EXPECT_EQ(vector.encode().words[6], 3U << 8);
  EXPECT_EQ(vector.encode().words[8], 0x7F80U);
  vector = {};
  vector.a_type = Type::kBf16;
  vector.scale_mode = Operand::kStream;
  vector.vop = Vop::kSelect;
  vector.sfu = Sfu::kLog2;
  vector.row_op = Reduce::kArgmax;
  EXPECT_EQ(vector.encode().words[5], 5U | (1U << 27));
  EXPECT_EQ(vector.encode().words[6], 0x478U);
  vector.scale_mode = Operand::kImmediate;
  EXPECT_EQ(vector.encode().words[5], 5U | (1U << 28));
  Matrix matrix;
  matrix.shift = true;
  EXPECT_EQ(matrix.encode().words[5], 1U << 18);
}

TEST(Isa, ValuesThatDoNotFitAreRefused) {
  Load load;
  load.window = 8;
  try {
    load.encode();
    FAIL() << "window 8 was encoded";
  } catch (const girih::Error& error) {
    EXPECT_NE(std::string(error.what()).find("window: 8 does not fit its 3 bits (0 to 7)"),
              std::string::npos)
        << error.what();
  }
  EXPECT_THROW(Store::decode(Load{}.encode()), girih::Error);
}

TEST(Isa, Text) {
  Load load;
  load.header = {.wait = 0x12, .give = 0x4, .tag = 3};
  load.header.patch[0] = {.en = true, .add = true, .word = 6, .param = 2};
  load.n0 = 64;
  load.before0 = 1;
  EXPECT_EQ(
      to_text(load.encode(), kBase),
      "LOAD spm[0x0] <- window 0[0x0] n=[64,1,1,1] s=[0,0,0] t=[0,0,0] pad=0x00 before=[1,0,0] "
      "after=[0,0,0] wait 1,4 give 2 tag=0x3 w6+=p2");
  Matrix matrix;
  matrix.n = 17;
  matrix.k0 = 33;
  EXPECT_NE(to_text(matrix.encode(), kBase).find("(M=1 N=17 K=33, 6 passes)"), std::string::npos);
  EXPECT_EQ(to_text(matrix.encode(), kBase).find("256"), std::string::npos);
  matrix.shift = true;
  EXPECT_NE(to_text(matrix.encode(), kBase).find("<- 0 + 256 * INT8 spm"), std::string::npos);
  Vector vector;
  vector.b_mode = vector.c_mode = Operand::kStream;
  vector.c_type = Type::kBf16;
  vector.scale_mode = Operand::kStream;
  EXPECT_EQ(to_text(vector.encode(), kBase),
            "VECTOR INT8 spm[0x0] s=[0,0,0] <- INT8 spm[0x0] s=[0,0,0] * INT8 spm[0x0] s=[0,0,0] "
            "scale=BF16 spm[0x0] s=[0,0,0] clamp=[-128,127] n=[1,1,1,1]");
  vector.scale_mode = Operand::kNone;
  vector.vop = Vop::kSelect;
  vector.b_mode = Operand::kImmediate;
  vector.sfu = Sfu::kRsqrt;
  vector.row_op = Reduce::kArgmax;
  EXPECT_NE(to_text(vector.encode(), kBase)
                .find("== 0 ? BF16 spm[0x0] s=[0,0,0] : 0(0x0) sfu RSQRT row ARGMAX"),
            std::string::npos);
  Instruction unknown;
  EXPECT_EQ(to_text(unknown, kBase), "unknown opcode 0");
  Instruction reserved = Fence{}.encode();
  reserved.words[31] = 4;
  EXPECT_EQ(to_text(reserved, kBase), "FENCE reserved w31=0x4");
}

}  // namespace
}  // namespace girih::isa
