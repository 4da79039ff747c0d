// SPDX-License-Identifier: Apache-2.0
#include "llm/lower/vector_op.h"

#include "common/error.h"

namespace girih::llm {
namespace {

std::uint16_t count(std::int64_t n) {
  if (n < 1 || n > 65'535)
    throw Error("a VECTOR instruction over {} elements or rows: 1 to 65535 are accepted", n);
  return static_cast<std::uint16_t>(n);
}
std::uint32_t address(std::int64_t base) { return static_cast<std::uint32_t>(base); }
std::int32_t stride(std::int64_t bytes) { return static_cast<std::int32_t>(bytes); }

}  // namespace

VectorOp::VectorOp(std::int64_t n0, std::int64_t n1, std::int64_t n2, std::int64_t n3) {
  v_.n0 = count(n0), v_.n1 = count(n1), v_.n2 = count(n2), v_.n3 = count(n3);
}

VectorOp& VectorOp::of(const View& a) {
  v_.a_type = a.type, v_.a_space = a.space, v_.a_bcast = a.each;
  v_.a_base = address(a.base);
  v_.a_s1 = stride(a.s1), v_.a_s2 = stride(a.s2), v_.a_s3 = stride(a.s3);
  return *this;
}

VectorOp& VectorOp::by(const View& b) {
  v_.b_mode = isa::Operand::kStream;
  v_.b_type = b.type, v_.b_space = b.space, v_.b_bcast = b.each;
  v_.b_base = address(b.base);
  v_.b_s1 = stride(b.s1), v_.b_s2 = stride(b.s2), v_.b_s3 = stride(b.s3);
  return *this;
}
VectorOp& VectorOp::by(float b) {
  v_.b_mode = isa::Operand::kImmediate;
  v_.b_base = isa::fp32_bits(b);
  return *this;
}

VectorOp& VectorOp::with(isa::Vop op, const View& c) {
  v_.vop = op;
  v_.c_mode = isa::Operand::kStream;
  v_.c_type = c.type, v_.c_space = c.space, v_.c_bcast = c.each;
  v_.c_base = address(c.base);
  v_.c_s1 = stride(c.s1), v_.c_s2 = stride(c.s2), v_.c_s3 = stride(c.s3);
  return *this;
}
VectorOp& VectorOp::with(isa::Vop op, float c) {
  v_.vop = op;
  v_.c_mode = isa::Operand::kImmediate;
  v_.c_base = isa::fp32_bits(c);
  return *this;
}

VectorOp& VectorOp::sfu(isa::Sfu function) {
  v_.sfu = function;
  return *this;
}
VectorOp& VectorOp::row(isa::Reduce op) {
  v_.row_op = op;
  return *this;
}
VectorOp& VectorOp::scaled(float factor) {
  v_.scale_mode = isa::Operand::kImmediate;
  v_.scale = isa::fp32_bits(factor);
  return *this;
}
VectorOp& VectorOp::scaled(const View& factor) {
  with(isa::Vop::kNone, factor);
  v_.scale_mode = isa::Operand::kStream;
  return *this;
}

VectorOp& VectorOp::to(const View& d) {
  v_.d_type = d.type, v_.d_space = d.space;
  v_.d_base = address(d.base);
  v_.d_s1 = stride(d.s1), v_.d_s2 = stride(d.s2), v_.d_s3 = stride(d.s3);
  if (d.type == isa::Type::kUint8) v_.lo = 0x00, v_.hi = 0xFF;
  return *this;
}

}  // namespace girih::llm
