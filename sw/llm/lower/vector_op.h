// SPDX-License-Identifier: Apache-2.0
//
// VECTOR instructions written as what they compute: operands are views of memory.
#pragma once

#include <cstdint>

#include "isa/forms.h"

namespace girih::llm {

/// A stream: element i0 of row (i3, i2, i1) lies at base + i3*s3 + i2*s2 + i1*s1 + i0 elements.
struct View {
  std::int64_t base = 0;
  std::int64_t s1 = 0, s2 = 0, s3 = 0;  ///< bytes
  isa::Type type = isa::Type::kFp32;
  isa::Space space = isa::Space::kSpm;
  bool each = false;  ///< one value for a whole row

  View from(std::int64_t bytes) const {
    View moved = *this;
    moved.base += bytes;
    return moved;
  }
  View as(isa::Type other) const {
    View changed = *this;
    changed.type = other;
    return changed;
  }
};

/// A view of one value for each row.
constexpr View per_row(std::int64_t base, std::int64_t s1 = 4, std::int64_t s2 = 0,
                       std::int64_t s3 = 0) {
  return {base, s1, s2, s3, isa::Type::kFp32, isa::Space::kSpm, true};
}

/// d = scale * row(sfu((a * by) op with)); what is not asked for does not exist.
class VectorOp {
 public:
  /// Throws girih::Error when a count does not fit the instruction.
  explicit VectorOp(std::int64_t n0, std::int64_t n1 = 1, std::int64_t n2 = 1, std::int64_t n3 = 1);

  VectorOp& of(const View& a);
  VectorOp& by(const View& b);
  VectorOp& by(float b);
  VectorOp& with(isa::Vop op, const View& c);
  VectorOp& with(isa::Vop op, float c);
  VectorOp& sfu(isa::Sfu function);
  VectorOp& row(isa::Reduce op);
  VectorOp& scaled(float factor);
  VectorOp& scaled(const View& factor);  ///< instead of with()
  VectorOp& to(const View& d);

  const isa::Vector& get() const { return v_; }

 private:
  isa::Vector v_;
};

}  // namespace girih::llm
