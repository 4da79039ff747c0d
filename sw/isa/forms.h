// SPDX-License-Identifier: Apache-2.0
//
// Every form of instruction as a struct: what the compiler fills in and the golden model reads.
// Members have the names of docs/instruction-set.md; defaults give a legal small instruction
// (counts of one, no padding, no operand). encode() refuses values that do not fit their field.
#pragma once

#include <array>
#include <cstdint>

#include "girih/isa_layout.h"
#include "isa/instruction.h"

namespace girih::isa {

struct Patch {
  bool en = false;
  bool add = false;        ///< add the parameter to the word (modulo 2^32) instead of replacing it
  std::uint8_t word = 0;   ///< 5 to 31
  std::uint8_t param = 0;  ///< 0 to 31
  bool operator==(const Patch&) const = default;
};

struct Header {
  bool order = false;
  std::uint16_t wait = 0;  ///< mask of counters from which a token is taken at the start
  std::uint16_t give = 0;  ///< mask of counters to which a token is added at retirement
  std::uint32_t tag = 0;
  std::array<Patch, 4> patch{};
  bool operator==(const Header&) const = default;
};

/// DRAM to scratchpad or accumulators.
struct Load {
  Header header;
  std::uint8_t window = 0;
  Space space = Space::kSpm;
  bool gather = false;
  std::uint8_t pad_value = 0;
  std::uint32_t offset = 0;
  std::uint32_t local = 0;
  std::uint32_t n0 = 1;  ///< bytes
  std::uint16_t n1 = 1, n2 = 1, n3 = 1;
  std::int32_t s1 = 0, s2 = 0, s3 = 0;  ///< strides in DRAM, bytes
  std::int32_t t1 = 0, t2 = 0, t3 = 0;  ///< strides in the local memory, bytes
  std::uint16_t before0 = 0, after0 = 0;
  std::uint16_t before1 = 0, after1 = 0;
  std::uint16_t before2 = 0, after2 = 0;
  std::uint32_t index = 0;
  std::uint32_t index_limit = 0;

  Instruction encode() const;
  static Load decode(const Instruction& instruction);
  bool operator==(const Load&) const = default;
};

/// Scratchpad or accumulators to DRAM.
struct Store {
  Header header;
  std::uint8_t window = 0;
  Space space = Space::kSpm;
  bool scatter = false;
  std::uint32_t offset = 0;
  std::uint32_t local = 0;
  std::uint32_t n0 = 1;  ///< bytes
  std::uint16_t n1 = 1, n2 = 1, n3 = 1;
  std::int32_t s1 = 0, s2 = 0, s3 = 0;
  std::int32_t t1 = 0, t2 = 0, t3 = 0;
  std::uint32_t index = 0;
  std::uint32_t index_limit = 0;

  Instruction encode() const;
  static Store decode(const Instruction& instruction);
  bool operator==(const Store&) const = default;
};

struct Matrix {
  Header header;
  Type a_type = Type::kInt8, b_type = Type::kInt8;
  Start start = Start::kZero;
  bool columns = false;
  bool shift = false;           ///< the products count 256 times
  std::uint8_t za = 0, zb = 0;  ///< bits of a value of the operand's type
  std::uint32_t a_base = 0, b_base = 0, acc_base = 0, bias_base = 0;
  std::uint16_t n = 1;
  std::uint16_t k0 = 1, k1 = 1, k2 = 1;
  std::uint16_t m0 = 1, m1 = 1, m2 = 1;
  std::int32_t a_m0 = 0, a_m1 = 0, a_m2 = 0, a_k1 = 0, a_k2 = 0;
  std::int32_t b_row = 0, b_k0 = 0, b_k1 = 0, b_k2 = 0, b_n = 0;
  std::int32_t acc_n = 0, bias_n = 0;

  std::uint64_t rows() const { return std::uint64_t{m0} * m1 * m2; }
  std::uint64_t depth() const { return std::uint64_t{k0} * k1 * k2; }
  /// Multiplications of real operands.
  std::uint64_t macs() const { return rows() * n * depth(); }

  Instruction encode() const;
  static Matrix decode(const Instruction& instruction);
  bool operator==(const Matrix&) const = default;
};

struct Vector {
  Header header;
  Type a_type = Type::kInt8, b_type = Type::kInt8, c_type = Type::kInt8, d_type = Type::kInt8;
  Space a_space = Space::kSpm, b_space = Space::kSpm, c_space = Space::kSpm, d_space = Space::kSpm;
  Operand b_mode = Operand::kNone, c_mode = Operand::kNone;
  bool a_bcast = false, b_bcast = false, c_bcast = false;
  Operand scale_mode = Operand::kNone;  ///< by nothing, by stream c, or by `scale`
  Vop vop = Vop::kNone;
  Sfu sfu = Sfu::kNone;
  Reduce row_op = Reduce::kNone;
  Reduce win_op = Reduce::kNone;
  std::uint8_t win_dims = 0;
  std::uint8_t za = 0, zb = 0, zc = 0, zd = 0;  ///< bits of a value of the stream's type
  std::uint8_t lo = 0x80, hi = 0x7F;  ///< bits of a value of d_type; the default is INT8's range
  std::uint32_t scale = 0x3F800000;   ///< FP32 bits
  std::uint16_t n0 = 1, n1 = 1, n2 = 1, n3 = 1;
  std::uint32_t a_base = 0;
  std::int32_t a_s1 = 0, a_s2 = 0, a_s3 = 0;
  std::uint32_t b_base = 0;
  std::int32_t b_s1 = 0, b_s2 = 0, b_s3 = 0;
  std::uint32_t c_base = 0;
  std::int32_t c_s1 = 0, c_s2 = 0, c_s3 = 0;
  std::uint32_t d_base = 0;
  std::int32_t d_s1 = 0, d_s2 = 0, d_s3 = 0;

  Instruction encode() const;
  static Vector decode(const Instruction& instruction);
  bool operator==(const Vector&) const = default;
};

struct SetParam {
  Header header;
  std::uint8_t param = 0;
  Source source = Source::kImmediate;
  std::uint32_t value = 0;
  std::uint32_t local = 0;

  Instruction encode() const;
  static SetParam decode(const Instruction& instruction);
  bool operator==(const SetParam&) const = default;
};

struct Fence {
  Header header;
  std::uint8_t window = 0;
  bool write = false;
  bool irq = false;
  std::uint32_t offset = 0;
  std::uint32_t seq_lo = 0, seq_hi = 0;

  Instruction encode() const;
  static Fence decode(const Instruction& instruction);
  bool operator==(const Fence&) const = default;
};

/// The header alone, whatever the opcode.
Header decode_header(const Instruction& instruction);

}  // namespace girih::isa
