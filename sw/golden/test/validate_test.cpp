// SPDX-License-Identifier: Apache-2.0
//
// Every rule of instruction-set.md section 9, and the order in which they count.
#include "golden/validate.h"

#include <gtest/gtest.h>

#include "bench.h"

namespace girih::golden {
namespace {

using isa::ErrorCode;
using isa::Space;
using isa::Type;

std::string show(Fault fault) {
  return std::string(isa::to_string(fault.code)) + " " + std::to_string(fault.detail);
}

class Validate : public ::testing::Test {
 protected:
  /// What the chip says of an instruction after `change`.
  template <class Form, class Change>
  std::string said(Form form, Change change) {
    change(form);
    return show(check(form.encode()));
  }
  Fault check(const isa::Instruction& raw) {
    return girih::golden::check(raw, params, {preset, partition, windows, max_cycles}).fault;
  }

  // tiny: KDim = NDim = 8, so a row of accumulators has 32 bytes.
  const isa::Preset& preset = *isa::find_preset("tiny");
  Partition partition{.spm_base = 1024, .spm_size = 16384, .acc_base = 1024, .acc_size = 4096};
  Windows windows{Window{.base = 16, .pages = 4, .read = true, .write = true},
                  Window{.base = 16, .pages = 4, .read = true, .write = false},
                  Window{.base = 16, .pages = 4, .read = false, .write = true}};
  std::uint64_t max_cycles = 1 << 24;
  Params params{};
};

TEST_F(Validate, DefaultsAreLegal) {
  const auto nothing = [](auto&) {};
  EXPECT_EQ(said(isa::Load{}, nothing), "NONE 0");
  EXPECT_EQ(said(isa::Store{}, nothing), "NONE 0");
  EXPECT_EQ(said(isa::Matrix{}, nothing), "NONE 0");
  EXPECT_EQ(said(isa::Vector{}, nothing), "NONE 0");
  EXPECT_EQ(said(isa::SetParam{}, nothing), "NONE 0");
  EXPECT_EQ(said(isa::Fence{}, nothing), "NONE 0");
}

TEST_F(Validate, Opcode) {
  for (unsigned opcode = 0; opcode < 256; ++opcode) {
    isa::Instruction raw;
    raw.words[0] = opcode;
    raw.words[31] = 1;  // reserved everywhere, and ranks lower
    EXPECT_EQ(show(check(raw)), opcode >= 1 && opcode <= 6 ? "RESERVED 31" : "OPCODE 0");
  }
}

TEST_F(Validate, PatchedHeader) {
  for (std::uint8_t word = 0; word < 6; ++word) {
    for (unsigned slot = 0; slot < 4; ++slot) {
      const std::string want = word == 5 ? "NONE 0" : slot < 2 ? "FIELD 3" : "FIELD 4";
      EXPECT_EQ(said(isa::Fence{},
                     [&](auto& x) {
                       x.header.patch[slot] = {true, true, word, 0};
                     }),
                want);
      EXPECT_EQ(said(isa::Fence{},
                     [&](auto& x) {
                       x.header.patch[slot] = {false, true, word, 9};
                     }),
                "NONE 0");
    }
  }
  // Before reserved bits, even of word 0.
  isa::Fence fence;
  fence.header.patch[3] = {true, false, 4, 0};
  isa::Instruction raw = fence.encode();
  raw.words[0] |= 0x200;
  EXPECT_EQ(show(check(raw)), "FIELD 4");
}

TEST_F(Validate, EveryReservedBit) {
  for (const isa::Form& form : isa::kForms) {
    for (unsigned word = 0; word < isa::kWords; ++word) {
      for (unsigned bit = 0; bit < 32; ++bit) {
        if (((*form.mask)[word] >> bit) & 1) continue;
        isa::Instruction raw;
        raw.set(isa::place::header::opcode, static_cast<int>(form.opcode));
        raw.words[word] |= 1U << bit;
        EXPECT_EQ(show(check(raw)), "RESERVED " + std::to_string(word))
            << form.name << " bit " << bit;
      }
    }
  }
}

TEST_F(Validate, ReservedBitsThatAPatchSets) {
  params[7] = 0x40;  // LOAD word 5, bit 6
  EXPECT_EQ(said(isa::Load{},
                 [](auto& x) {
                   x.header.patch[2] = {true, true, 5, 7};
                 }),
            "RESERVED 5");
}

TEST_F(Validate, LoadFields) {
  isa::Load x;
  EXPECT_EQ(said(x, [](auto& l) { l.n0 = 0; }), "FIELD 8");
  EXPECT_EQ(said(x, [](auto& l) { l.n0 = (1 << 20) + 1; }), "FIELD 8");
  EXPECT_EQ(said(x, [](auto& l) { l.n0 = 1 << 20; }), "PARTITION 7");
  EXPECT_EQ(said(x, [](auto& l) { l.n1 = 0; }), "FIELD 9");
  EXPECT_EQ(said(x, [](auto& l) { l.n2 = 0; }), "FIELD 9");
  EXPECT_EQ(said(x, [](auto& l) { l.n3 = 0; }), "FIELD 10");
  EXPECT_EQ(said(x, [](auto& l) { l.n3 = 0, l.n1 = 0; }), "FIELD 9");
  EXPECT_EQ(said(x, [](auto& l) { l.n0 = (1 << 20) - 1, l.before0 = 1; }), "PARTITION 7");
  EXPECT_EQ(said(x, [](auto& l) { l.n0 = (1 << 20) - 1, l.before0 = l.after0 = 1; }), "FIELD 17");
  EXPECT_EQ(said(x, [](auto& l) { l.n1 = 65533, l.before1 = l.after1 = 1; }), "NONE 0");
  EXPECT_EQ(said(x, [](auto& l) { l.n1 = 65534, l.before1 = l.after1 = 1; }), "FIELD 18");
  EXPECT_EQ(said(x, [](auto& l) { l.n2 = 65534, l.before2 = 2; }), "FIELD 19");
  const auto gather = [](auto& l) { l.gather = true, l.index_limit = 1; };
  EXPECT_EQ(said(x, gather), "NONE 0");
  EXPECT_EQ(said(x, [&](auto& l) { gather(l), l.before1 = 1; }), "FIELD 18");
  EXPECT_EQ(said(x, [&](auto& l) { gather(l), l.after1 = 1; }), "FIELD 18");
  EXPECT_EQ(said(x, [&](auto& l) { gather(l), l.index_limit = 0; }), "FIELD 21");
  EXPECT_EQ(said(x, [](auto& l) { l.index = 0xFFFFFFFF; }), "NONE 0") << "ignored without gather";
}

TEST_F(Validate, StoreFields) {
  isa::Store x;
  EXPECT_EQ(said(x, [](auto& s) { s.n0 = 0; }), "FIELD 8");
  EXPECT_EQ(said(x, [](auto& s) { s.n0 = (1 << 20) + 1; }), "FIELD 8");
  EXPECT_EQ(said(x, [](auto& s) { s.n2 = 0; }), "FIELD 9");
  EXPECT_EQ(said(x, [](auto& s) { s.n3 = 0; }), "FIELD 10");
  EXPECT_EQ(said(x, [](auto& s) { s.scatter = true; }), "FIELD 21");
}

TEST_F(Validate, MatrixFields) {
  isa::Matrix x;
  for (int type = 2; type < 16; ++type) {
    EXPECT_EQ(said(x, [&](auto& m) { m.a_type = static_cast<Type>(type); }), "FIELD 5");
    EXPECT_EQ(said(x, [&](auto& m) { m.b_type = static_cast<Type>(type); }), "FIELD 5");
  }
  EXPECT_EQ(said(x, [](auto& m) { m.start = static_cast<isa::Start>(3); }), "FIELD 5");
  EXPECT_EQ(said(x, [](auto& m) { m.n = 0; }), "FIELD 11");
  EXPECT_EQ(said(x, [](auto& m) { m.k0 = 0; }), "FIELD 11");
  EXPECT_EQ(said(x, [](auto& m) { m.k1 = 0; }), "FIELD 12");
  EXPECT_EQ(said(x, [](auto& m) { m.k2 = 0; }), "FIELD 12");
  EXPECT_EQ(said(x, [](auto& m) { m.m0 = 0; }), "FIELD 13");
  EXPECT_EQ(said(x, [](auto& m) { m.m1 = 0; }), "FIELD 13");
  EXPECT_EQ(said(x, [](auto& m) { m.m2 = 0; }), "FIELD 14");
  EXPECT_EQ(said(x, [](auto& m) { m.m0 = 65535; }), "PARTITION 9");
  EXPECT_EQ(said(x, [](auto& m) { m.m0 = 32768, m.m2 = 2; }), "FIELD 13");
}

TEST_F(Validate, VectorFields) {
  isa::Vector x;
  for (int type = 6; type < 16; ++type) {
    const auto bad = static_cast<Type>(type);
    EXPECT_EQ(said(x, [&](auto& v) { v.a_type = bad; }), "FIELD 5");
    EXPECT_EQ(said(x, [&](auto& v) { v.d_type = bad; }), "FIELD 5");
    EXPECT_EQ(said(x, [&](auto& v) { v.b_type = bad; }), "NONE 0") << "no b";
    EXPECT_EQ(said(x, [&](auto& v) { v.b_type = bad, v.b_mode = isa::Operand::kStream; }),
              "FIELD 5");
    EXPECT_EQ(said(x, [&](auto& v) { v.c_type = bad, v.c_mode = isa::Operand::kStream; }),
              "FIELD 5");
    EXPECT_EQ(said(x, [&](auto& v) { v.c_type = bad, v.c_mode = isa::Operand::kImmediate; }),
              "NONE 0");
  }
  EXPECT_EQ(said(x, [](auto& v) { v.b_mode = static_cast<isa::Operand>(3); }), "FIELD 5");
  EXPECT_EQ(said(x, [](auto& v) { v.c_mode = static_cast<isa::Operand>(3); }), "FIELD 5");
  for (const Type type : {Type::kInt8, Type::kUint8, Type::kInt16, Type::kBf16}) {
    EXPECT_EQ(said(x, [&](auto& v) { v.a_space = Space::kAcc, v.a_type = type; }), "FIELD 5");
    EXPECT_EQ(said(x,
                   [&](auto& v) {
                     v.d_space = Space::kAcc, v.d_type = type;
                     v.hi = 0xFF, v.lo = 0xFF;
                   }),
              "FIELD 5");
    EXPECT_EQ(said(x, [&](auto& v) { v.b_space = Space::kAcc, v.b_type = type; }), "NONE 0");
    EXPECT_EQ(said(x,
                   [&](auto& v) {
                     v.b_space = Space::kAcc, v.b_type = type, v.b_mode = isa::Operand::kStream;
                   }),
              "FIELD 5");
  }
  EXPECT_EQ(said(x, [](auto& v) { v.a_space = Space::kAcc, v.a_type = Type::kInt32; }), "NONE 0");
  EXPECT_EQ(said(x, [](auto& v) { v.vop = static_cast<isa::Vop>(9); }), "FIELD 6");
  for (int sfu = 0; sfu < 16; ++sfu) {
    EXPECT_EQ(said(x, [&](auto& v) { v.sfu = static_cast<isa::Sfu>(sfu); }),
              sfu < 2 || (sfu >= 4 && sfu < 8) ? "NONE 0" : "FIELD 6");
  }
  EXPECT_EQ(said(x, [](auto& v) { v.row_op = isa::Reduce::kArgmax; }), "NONE 0");
  EXPECT_EQ(said(x, [](auto& v) { v.row_op = static_cast<isa::Reduce>(5); }), "FIELD 6");
  EXPECT_EQ(said(x, [](auto& v) { v.win_op = isa::Reduce::kArgmax, v.win_dims = 1; }), "FIELD 6");
  EXPECT_EQ(said(x, [](auto& v) { v.win_op = static_cast<isa::Reduce>(5), v.win_dims = 1; }),
            "FIELD 6");
  EXPECT_EQ(said(x, [](auto& v) { v.win_dims = 1; }), "FIELD 6");
  const auto window = [](auto& v) { v.win_op = isa::Reduce::kMax, v.win_dims = 2; };
  EXPECT_EQ(said(x, window), "NONE 0");
  EXPECT_EQ(said(x, [&](auto& v) { window(v), v.win_dims = 0; }), "FIELD 6");
  EXPECT_EQ(said(x, [&](auto& v) { window(v), v.win_dims = 3; }), "FIELD 6");
  EXPECT_EQ(said(x, [&](auto& v) { window(v), v.row_op = isa::Reduce::kSum; }), "FIELD 6");
  EXPECT_EQ(said(x, [&](auto& v) { window(v), v.a_type = Type::kFp32; }), "FIELD 5");
  EXPECT_EQ(said(x, [&](auto& v) { window(v), v.a_type = Type::kBf16; }), "FIELD 5");
  EXPECT_EQ(said(x, [](auto& v) { v.lo = 1, v.hi = 0; }), "FIELD 8");
  EXPECT_EQ(said(x, [](auto& v) { v.d_type = Type::kUint8; }), "FIELD 8") << "128 > 127";
  EXPECT_EQ(said(x, [](auto& v) { v.d_type = Type::kInt16, v.lo = 1, v.hi = 0; }), "NONE 0");
  EXPECT_EQ(said(x, [](auto& v) { v.n0 = 0; }), "FIELD 10");
  EXPECT_EQ(said(x, [](auto& v) { v.n1 = 0; }), "FIELD 10");
  EXPECT_EQ(said(x, [](auto& v) { v.n2 = 0; }), "FIELD 11");
  EXPECT_EQ(said(x, [](auto& v) { v.n3 = 0; }), "FIELD 11");
}

TEST_F(Validate, VectorScale) {
  using isa::Operand;
  const isa::Vector x;
  const auto scaled = [](auto& v) { v.scale_mode = v.c_mode = Operand::kStream; };
  EXPECT_EQ(said(x, scaled), "NONE 0");
  EXPECT_EQ(said(x, [](auto& v) { v.scale_mode = Operand::kImmediate; }), "NONE 0");
  EXPECT_EQ(said(x, [](auto& v) { v.scale_mode = static_cast<Operand>(3); }), "FIELD 5");
  EXPECT_EQ(said(x, [](auto& v) { v.scale_mode = Operand::kStream; }), "FIELD 5") << "no c";
  EXPECT_EQ(said(x, [&](auto& v) { scaled(v), v.c_mode = Operand::kImmediate; }), "FIELD 5");
  for (int vop = 1; vop < 9; ++vop) {
    const auto with = [&](auto& v) { v.vop = static_cast<isa::Vop>(vop), v.b_mode = v.c_mode; };
    EXPECT_EQ(said(x, [&](auto& v) { scaled(v), with(v); }), "FIELD 5");
    EXPECT_EQ(said(x, [&](auto& v) { scaled(v), with(v), v.scale_mode = Operand::kImmediate; }),
              "NONE 0");
  }
  for (int op = 1; op < 5; ++op) {
    const auto with = [&](auto& v) { v.row_op = static_cast<isa::Reduce>(op); };
    EXPECT_EQ(said(x, [&](auto& v) { scaled(v), with(v); }), "FIELD 5");
    EXPECT_EQ(said(x, [&](auto& v) { scaled(v), with(v), v.scale_mode = Operand::kImmediate; }),
              "NONE 0");
  }
  EXPECT_EQ(said(x, [&](auto& v) { scaled(v), v.win_op = isa::Reduce::kSum, v.win_dims = 2; }),
            "NONE 0");
  // c is a stream like any other; before word 6, after reserved bits of any word.
  EXPECT_EQ(said(x, [&](auto& v) { scaled(v), v.c_base = 16384; }), "PARTITION 20");
  EXPECT_EQ(said(x, [&](auto& v) { scaled(v), v.c_type = Type::kBf16, v.c_s1 = 1; }), "ALIGN 21");
  EXPECT_EQ(said(x, [](auto& v) { v.scale_mode = Operand::kStream, v.win_dims = 3; }), "FIELD 5");
  isa::Vector bad;
  bad.scale_mode = Operand::kStream;
  isa::Instruction raw = bad.encode();
  raw.words[5] |= 1U << 29;
  EXPECT_EQ(show(check(raw)), "RESERVED 5");
}

TEST_F(Validate, VectorSelect) {
  using isa::Operand;
  for (int b = 0; b < 3; ++b) {
    for (int c = 0; c < 3; ++c) {
      EXPECT_EQ(said(isa::Vector{},
                     [&](auto& v) {
                       v.vop = isa::Vop::kSelect;
                       v.b_mode = static_cast<Operand>(b), v.c_mode = static_cast<Operand>(c);
                     }),
                b != 0 && c != 0 ? "NONE 0" : "FIELD 6");
    }
  }
  EXPECT_EQ(said(isa::Vector{},
                 [](auto& v) {
                   v.vop = isa::Vop::kSelect, v.win_op = isa::Reduce::kMax, v.win_dims = 1;
                   v.a_type = Type::kBf16;
                 }),
            "FIELD 5");
}

TEST_F(Validate, MatrixShift) {
  EXPECT_EQ(said(isa::Matrix{}, [](auto& m) { m.shift = true; }), "NONE 0");
  for (const unsigned bit : {16U, 17U, 19U, 20U}) {
    isa::Instruction raw = isa::Matrix{}.encode();
    raw.words[5] |= 1U << bit;
    EXPECT_EQ(show(check(raw)), "RESERVED 5") << bit;
  }
}

template <class Form>
void to_acc(Form& x) {
  x.space = Space::kAcc;
  x.n0 = 4;
}

TEST_F(Validate, Alignment) {
  isa::Load load;
  EXPECT_EQ(said(load, [](auto& x) { x.space = Space::kAcc; }), "ALIGN 8");
  EXPECT_EQ(said(load, [](auto& x) { to_acc(x); }), "NONE 0");
  EXPECT_EQ(said(load, [](auto& x) { to_acc(x), x.local = 2; }), "ALIGN 7");
  EXPECT_EQ(said(load, [](auto& x) { to_acc(x), x.t1 = -2; }), "ALIGN 14");
  EXPECT_EQ(said(load, [](auto& x) { to_acc(x), x.t2 = 1; }), "ALIGN 15");
  EXPECT_EQ(said(load, [](auto& x) { to_acc(x), x.t3 = 3; }), "ALIGN 16");
  EXPECT_EQ(said(load, [](auto& x) { to_acc(x), x.before0 = 3; }), "ALIGN 17");
  EXPECT_EQ(said(load, [](auto& x) { to_acc(x), x.after0 = 3; }), "ALIGN 17");
  EXPECT_EQ(said(load, [](auto& x) { x.gather = true, x.index_limit = 1, x.index = 2; }),
            "ALIGN 20");
  isa::Store store;
  EXPECT_EQ(said(store, [](auto& x) { to_acc(x), x.local = 1; }), "ALIGN 7");
  EXPECT_EQ(said(store, [](auto& x) { to_acc(x), x.n0 = 5; }), "ALIGN 8");
  EXPECT_EQ(said(store, [](auto& x) { to_acc(x), x.t3 = 5; }), "ALIGN 16");
  EXPECT_EQ(said(store, [](auto& x) { x.scatter = true, x.index_limit = 1, x.index = 1; }),
            "ALIGN 20");
  isa::Matrix matrix;
  EXPECT_EQ(said(matrix, [](auto& x) { x.acc_base = 16; }), "ALIGN 9");
  EXPECT_EQ(said(matrix, [](auto& x) { x.acc_n = -16; }), "ALIGN 25");
  EXPECT_EQ(said(matrix, [](auto& x) { x.bias_base = 16, x.bias_n = 16; }), "NONE 0");
  EXPECT_EQ(said(matrix, [](auto& x) { x.start = isa::Start::kBias, x.bias_base = 16; }),
            "ALIGN 10");
  EXPECT_EQ(said(matrix, [](auto& x) { x.start = isa::Start::kBias, x.bias_n = 4; }), "ALIGN 26");
  isa::Vector vector;
  vector.a_type = vector.b_type = vector.c_type = vector.d_type = Type::kInt16;
  vector.b_mode = vector.c_mode = isa::Operand::kStream;
  EXPECT_EQ(said(vector, [](auto& x) { x.a_base = 1; }), "ALIGN 12");
  EXPECT_EQ(said(vector, [](auto& x) { x.a_s1 = 1; }), "ALIGN 13");
  EXPECT_EQ(said(vector, [](auto& x) { x.b_base = 1; }), "ALIGN 16");
  EXPECT_EQ(said(vector, [](auto& x) { x.b_s3 = -1; }), "ALIGN 19");
  EXPECT_EQ(said(vector, [](auto& x) { x.c_s2 = 1; }), "ALIGN 22");
  EXPECT_EQ(said(vector, [](auto& x) { x.d_base = 1; }), "ALIGN 24");
  EXPECT_EQ(said(vector, [](auto& x) { x.d_type = Type::kFp32, x.d_s3 = 2; }), "ALIGN 27");
  EXPECT_EQ(said(vector, [](auto& x) { x.d_type = Type::kBf16, x.d_s3 = 2; }), "NONE 0");
  EXPECT_EQ(said(vector, [](auto& x) { x.d_type = Type::kBf16, x.d_s3 = 1; }), "ALIGN 27");
  EXPECT_EQ(said(vector, [](auto& x) { x.c_mode = isa::Operand::kImmediate, x.c_base = 1; }),
            "NONE 0");
  EXPECT_EQ(said(isa::SetParam{}, [](auto& x) { x.source = isa::Source::kSpm, x.local = 2; }),
            "ALIGN 7");
  EXPECT_EQ(said(isa::SetParam{}, [](auto& x) { x.local = 2; }), "NONE 0");
  EXPECT_EQ(said(isa::Fence{}, [](auto& x) { x.write = true, x.offset = 4; }), "ALIGN 6");
  EXPECT_EQ(said(isa::Fence{}, [](auto& x) { x.offset = 4; }), "NONE 0");
}

TEST_F(Validate, PartitionToTheByte) {
  isa::Load load;
  EXPECT_EQ(said(load, [](auto& x) { x.local = 16383; }), "NONE 0");
  EXPECT_EQ(said(load, [](auto& x) { x.local = 16384; }), "PARTITION 7");
  EXPECT_EQ(said(load, [](auto& x) { x.local = 100, x.n1 = 11, x.t1 = -10; }), "NONE 0");
  EXPECT_EQ(said(load, [](auto& x) { x.local = 99, x.n1 = 11, x.t1 = -10; }), "PARTITION 7");
  EXPECT_EQ(said(load, [](auto& x) { x.local = 16380, x.before0 = x.after0 = 1, x.n0 = 2; }),
            "NONE 0");
  EXPECT_EQ(said(load, [](auto& x) { x.local = 16380, x.before0 = x.after0 = 1, x.n0 = 3; }),
            "PARTITION 7");
  EXPECT_EQ(said(load, [](auto& x) { x.n2 = 1, x.before2 = 1, x.after2 = 1, x.t2 = 8192; }),
            "PARTITION 7");
  EXPECT_EQ(said(load, [](auto& x) { to_acc(x), x.local = 4092; }), "NONE 0");
  EXPECT_EQ(said(load, [](auto& x) { to_acc(x), x.local = 4096; }), "PARTITION 7");
  const auto gather = [](auto& x) { x.gather = true, x.index_limit = 1, x.n1 = 3; };
  EXPECT_EQ(said(load, [&](auto& x) { gather(x), x.index = 16372; }), "NONE 0");
  EXPECT_EQ(said(load, [&](auto& x) { gather(x), x.index = 16376; }), "PARTITION 20");
  // Sums that wrap around 2^32 or 2^40 are outside all the same.
  EXPECT_EQ(said(load, [](auto& x) { x.n1 = 3, x.t1 = INT32_MIN; }), "PARTITION 7");
  EXPECT_EQ(said(load, [](auto& x) { x.n1 = x.n2 = x.n3 = 257, x.t1 = x.t2 = x.t3 = INT32_MIN; }),
            "PARTITION 7");

  isa::Matrix matrix;
  matrix.k0 = 9, matrix.n = 9;
  EXPECT_EQ(said(matrix, [](auto& x) { x.a_base = 16375; }), "NONE 0");
  EXPECT_EQ(said(matrix, [](auto& x) { x.a_base = 16376; }), "PARTITION 7");
  // b: the elements used are (q0, j) with q0 < 9, j < 9: tile 1 holds one row and one column only.
  const auto rows = [](auto& x) { x.b_row = 100, x.b_n = 1000, x.b_k0 = 10; };
  // Farthest: nt = 1, nr = 0 at 1000, or nt = 0, nr = 7 at 700; and kt = 1, kr = 0 at 10, or 7.
  EXPECT_EQ(said(matrix, [&](auto& x) { rows(x), x.b_base = 16384 - 1011; }), "NONE 0");
  EXPECT_EQ(said(matrix, [&](auto& x) { rows(x), x.b_base = 16384 - 1010; }), "PARTITION 8");
  const auto near = [](auto& x) { x.b_row = 100, x.b_n = 50, x.b_k0 = 4; };
  EXPECT_EQ(said(matrix, [&](auto& x) { near(x), x.b_base = 16384 - 708; }), "NONE 0");
  EXPECT_EQ(said(matrix, [&](auto& x) { near(x), x.b_base = 16384 - 707; }), "PARTITION 8");
  const auto columns = [](auto& x) { x.columns = true, x.b_row = -100, x.b_n = 3, x.b_k0 = 0; };
  EXPECT_EQ(said(matrix, [&](auto& x) { columns(x), x.b_base = 700; }), "NONE 0");
  EXPECT_EQ(said(matrix, [&](auto& x) { columns(x), x.b_base = 699; }), "PARTITION 8");
  EXPECT_EQ(said(matrix, [](auto& x) { x.n = 1, x.acc_base = 4064; }), "NONE 0");
  EXPECT_EQ(said(matrix, [](auto& x) { x.n = 1, x.acc_base = 4064, x.m0 = 2; }), "PARTITION 9");
  EXPECT_EQ(said(matrix, [](auto& x) { x.acc_n = 4096; }), "PARTITION 9");
  EXPECT_EQ(said(matrix, [](auto& x) { x.start = isa::Start::kBias, x.bias_base = 4096; }),
            "PARTITION 10");
  EXPECT_EQ(said(matrix, [](auto& x) { x.bias_base = 4096; }), "NONE 0");

  isa::Vector vector;
  vector.b_mode = vector.c_mode = isa::Operand::kStream;
  vector.n0 = 10;
  EXPECT_EQ(said(vector, [](auto& x) { x.a_base = 16375; }), "PARTITION 12");
  EXPECT_EQ(said(vector, [](auto& x) { x.a_base = 16383, x.a_bcast = true; }), "NONE 0");
  EXPECT_EQ(said(vector, [](auto& x) { x.b_base = 16375; }), "PARTITION 16");
  EXPECT_EQ(said(vector, [](auto& x) { x.b_base = 16375, x.b_mode = isa::Operand::kImmediate; }),
            "NONE 0");
  EXPECT_EQ(said(vector, [](auto& x) { x.c_base = 16375; }), "PARTITION 20");
  EXPECT_EQ(said(vector, [](auto& x) { x.d_base = 16375; }), "PARTITION 24");
  EXPECT_EQ(said(vector, [](auto& x) { x.d_base = 16383, x.row_op = isa::Reduce::kSum; }),
            "NONE 0");
  const auto window = [](auto& x) { x.win_op = isa::Reduce::kMax, x.win_dims = 1, x.n1 = 9; };
  EXPECT_EQ(said(vector, [&](auto& x) { window(x), x.d_s1 = x.b_s1 = x.c_s1 = 1 << 20; }),
            "NONE 0");
  EXPECT_EQ(said(vector, [&](auto& x) { window(x), x.a_s1 = 1 << 20; }), "PARTITION 12");
  EXPECT_EQ(said(isa::SetParam{}, [](auto& x) { x.source = isa::Source::kSpm, x.local = 16384; }),
            "PARTITION 7");
}

// The weights' extent is no product of ranges (the last tiles are narrower): against every address.
TEST_F(Validate, WeightsExtent) {
  constexpr unsigned kSeed = 5;
  RecordProperty("seed", kSeed);
  std::mt19937 rng(kSeed);
  const auto draw = [&](int low, int high) {
    return low + static_cast<int>(rng() % (high - low + 1U));
  };
  int tried = 0;
  for (int round = 0; round < 3000; ++round) {
    isa::Matrix x;
    x.columns = draw(0, 1);
    x.n = static_cast<std::uint16_t>(draw(1, 25));
    x.k0 = static_cast<std::uint16_t>(draw(1, 25));
    x.k1 = static_cast<std::uint16_t>(draw(1, 3));
    x.k2 = static_cast<std::uint16_t>(draw(1, 2));
    x.b_row = draw(-90, 90), x.b_k0 = draw(-300, 300), x.b_n = draw(-300, 300);
    x.b_k1 = draw(-300, 300), x.b_k2 = draw(-300, 300);
    std::int64_t low = 0, high = 0;
    for (int q2 = 0; q2 < x.k2; ++q2) {
      for (int q1 = 0; q1 < x.k1; ++q1) {
        for (int q0 = 0; q0 < x.k0; ++q0) {
          for (int j = 0; j < x.n; ++j) {
            const int row = x.columns ? q0 % 8 : j % 8, within = x.columns ? j % 8 : q0 % 8;
            const std::int64_t at = j / 8 * x.b_n + q2 * x.b_k2 + q1 * x.b_k1 + q0 / 8 * x.b_k0 +
                                    row * x.b_row + within;
            low = std::min(low, at);
            high = std::max(high, at);
          }
        }
      }
    }
    const auto based = [&](std::int64_t base) {
      x.b_base = static_cast<std::uint32_t>(base);
      return show(check(x.encode()));
    };
    ASSERT_EQ(based(-low), "NONE 0") << "round " << round;
    ASSERT_EQ(based(16383 - high), "NONE 0") << "round " << round;
    ASSERT_EQ(based(-low - 1), "PARTITION 8") << "round " << round;
    ASSERT_EQ(based(16384 - high), "PARTITION 8") << "round " << round;
    ++tried;
  }
  EXPECT_EQ(tried, 3000);
}

TEST_F(Validate, Window) {
  isa::Load load;
  EXPECT_EQ(said(load, [](auto& x) { x.offset = 16383; }), "NONE 0");
  EXPECT_EQ(said(load, [](auto& x) { x.offset = 16384; }), "WINDOW 6");
  EXPECT_EQ(said(load, [](auto& x) { x.n1 = 2, x.s1 = -1; }), "WINDOW 6");
  EXPECT_EQ(said(load, [](auto& x) { x.n1 = 2, x.s1 = 16384; }), "WINDOW 6");
  EXPECT_EQ(said(load, [](auto& x) { x.before1 = 2, x.s1 = -1; }), "NONE 0")
      << "padding is not read";
  EXPECT_EQ(said(load, [](auto& x) { x.window = 1; }), "NONE 0");
  EXPECT_EQ(said(load, [](auto& x) { x.window = 2; }), "WINDOW 6");
  EXPECT_EQ(said(load, [](auto& x) { x.window = 7; }), "WINDOW 6");
  const auto gather = [](auto& x) { x.gather = true, x.s1 = 16, x.n1 = 1; };
  EXPECT_EQ(said(load, [&](auto& x) { gather(x), x.index_limit = 1024; }), "NONE 0");
  EXPECT_EQ(said(load, [&](auto& x) { gather(x), x.index_limit = 1025; }), "WINDOW 6");
  EXPECT_EQ(said(load, [&](auto& x) { gather(x), x.index_limit = 0xFFFFFFFF; }), "WINDOW 6");
  isa::Store store;
  EXPECT_EQ(said(store, [](auto& x) { x.window = 1; }), "WINDOW 6");
  EXPECT_EQ(said(store, [](auto& x) { x.window = 2; }), "NONE 0");
  EXPECT_EQ(said(isa::Fence{}, [](auto& x) { x.write = true, x.window = 1; }), "WINDOW 6");
  EXPECT_EQ(said(isa::Fence{}, [](auto& x) { x.write = true, x.offset = 16376; }), "NONE 0");
  EXPECT_EQ(said(isa::Fence{}, [](auto& x) { x.write = true, x.offset = 16384; }), "WINDOW 6");
  EXPECT_EQ(said(isa::Fence{}, [](auto& x) { x.window = 1; }), "NONE 0");
}

TEST_F(Validate, Cost) {
  const auto cost_of = [&](const auto& x) { return cost(x.encode(), preset); };
  isa::Load load;
  load.n0 = 17, load.n1 = 3, load.n2 = 2, load.n3 = 5, load.before1 = 1;
  EXPECT_EQ(cost_of(load), (3U + 1) * 2 * 5 * (3 + 2));
  isa::Matrix matrix;
  matrix.n = 9, matrix.k0 = 17, matrix.k1 = 2, matrix.k2 = 3, matrix.m0 = 4, matrix.m1 = 5;
  EXPECT_EQ(cost_of(matrix), (2U * 3 * 2 * 3) * (20 + 8));
  isa::Vector vector;
  vector.n0 = 9, vector.n1 = 2, vector.n3 = 3;
  EXPECT_EQ(cost_of(vector), 6U * (8 * 3 + 8));
  vector.row_op = isa::Reduce::kMin;
  EXPECT_EQ(cost_of(vector), 6U * (8 * 3 + 8 + 192));
  EXPECT_EQ(cost_of(isa::Fence{}), 0U);

  max_cycles = 6 * 224;
  EXPECT_EQ(said(vector, [](auto&) {}), "NONE 0");
  max_cycles = 6 * 224 - 1;
  EXPECT_EQ(said(vector, [](auto&) {}), "TOO_LONG 0");
}

// One instruction with an error of each kind; taking away the first shows the next.
TEST_F(Validate, Ranking) {
  max_cycles = 1;
  isa::Store x;
  x.space = Space::kAcc;
  x.local = 4098;  // ALIGN 7, PARTITION 7
  x.n0 = 4;
  x.window = 1;  // WINDOW
  x.scatter = true;
  x.index = 2;                              // ALIGN 20
  x.index_limit = 0;                        // FIELD 21
  x.header.patch[1] = {true, false, 2, 0};  // FIELD 3
  isa::Instruction raw = x.encode();
  raw.words[30] = 1;  // RESERVED 30
  raw.words[0] |= 0x8000;
  EXPECT_EQ(show(check(raw)), "FIELD 3");
  raw.words[3] = 0;
  EXPECT_EQ(show(check(raw)), "RESERVED 0");
  raw.words[0] &= 0xFF;
  EXPECT_EQ(show(check(raw)), "RESERVED 30");
  raw.words[30] = 0;
  EXPECT_EQ(show(check(raw)), "FIELD 21");
  raw.words[21] = 1;
  EXPECT_EQ(show(check(raw)), "ALIGN 7");
  raw.words[7] = 4096;
  EXPECT_EQ(show(check(raw)), "ALIGN 20");
  raw.words[20] = 1 << 20;
  EXPECT_EQ(show(check(raw)), "PARTITION 7");
  raw.words[7] = 0;
  EXPECT_EQ(show(check(raw)), "PARTITION 20");
  raw.words[20] = 0;
  EXPECT_EQ(show(check(raw)), "WINDOW 6");
  raw.words[5] &= ~7U;
  EXPECT_EQ(show(check(raw)), "TOO_LONG 0");
  max_cycles = 3;
  EXPECT_EQ(show(check(raw)), "NONE 0");
}

TEST_F(Validate, PatchesApplyInOrder) {
  params[1] = 100, params[2] = 7, params[3] = 0xFFFFFFFF;
  isa::Load x;
  x.offset = 5;
  x.local = 9;
  x.header.patch = {
      {{true, false, 6, 1}, {true, true, 6, 2}, {true, true, 7, 3}, {false, false, 6, 0}}};
  const Checked out =
      girih::golden::check(x.encode(), params, {preset, partition, windows, max_cycles});
  EXPECT_EQ(out.fault.code, ErrorCode::kNone);
  EXPECT_EQ(isa::Load::decode(out.instruction).offset, 107U);
  EXPECT_EQ(isa::Load::decode(out.instruction).local, 8U);
}

}  // namespace
}  // namespace girih::golden
