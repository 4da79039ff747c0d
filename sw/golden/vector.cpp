// SPDX-License-Identifier: Apache-2.0
#include "golden/vector.h"

#include <Eigen/Core>
#include <algorithm>

#include "golden/functions.h"
#include "golden/numerics.h"
#include "golden/reduce.h"
#include "golden/rows.h"

namespace girih::golden {
namespace {

using Floats = Eigen::Array<float, Eigen::Dynamic, 1>;
using Integers = Eigen::Array<std::int32_t, Eigen::Dynamic, 1>;

/// A source stream: rows of n0 values.
struct Source {
  Element element;
  isa::Space space;
  std::uint32_t base;
  bool bcast;
  std::int64_t s1, s2, s3;

  std::int64_t address(std::int64_t i3, std::int64_t i2, std::int64_t i1) const {
    return base + i3 * s3 + i2 * s2 + i1 * s1;
  }
};

// y = vop(x, c); SELECT apart
void apply(isa::Vop vop, Floats& x, const Floats& c) {
  const auto with = [&](auto op) { x = x.binaryExpr(c, op); };
  switch (vop) {
    case isa::Vop::kNone:
    case isa::Vop::kSelect:
      return;
    case isa::Vop::kAdd:
      return with([](float p, float q) { return fp::add(p, q); });
    case isa::Vop::kSub:
      return with([](float p, float q) { return fp::sub(p, q); });
    case isa::Vop::kMax:
      return with([](float p, float q) { return fp::max(p, q); });
    case isa::Vop::kMin:
      return with([](float p, float q) { return fp::min(p, q); });
    case isa::Vop::kLt:
      return with([](float p, float q) { return fp::less(p, q); });
    case isa::Vop::kLe:
      return with([](float p, float q) { return fp::less_equal(p, q); });
    case isa::Vop::kEq:
      return with([](float p, float q) { return fp::equal(p, q); });
  }
}

// z = sfu(y)
void apply(isa::Sfu sfu, Floats& y) {
  const auto with = [&](auto op) { y = y.unaryExpr(op); };
  switch (sfu) {
    case isa::Sfu::kNone:
      return;
    case isa::Sfu::kAbs:
      return with([](float v) { return fp::abs(v); });
    case isa::Sfu::kExp2:
      return with(&fp::exp2);
    case isa::Sfu::kRecip:
      return with(&fp::reciprocal);
    case isa::Sfu::kRsqrt:
      return with(&fp::rsqrt);
    case isa::Sfu::kLog2:
      return with(&fp::log2);
  }
}

void multiply(Floats& x, const Floats& by) {
  x = x.binaryExpr(by, [](float p, float q) { return fp::mul(p, q); });
}

// Rows are short (an accumulator tile has NDim values): several are computed at once.
constexpr std::int64_t kBlockValues = 4096;

class Stream {
 public:
  Stream(const isa::Vector& x, const Machine& machine)
      : x_(x),
        machine_(machine),
        a_{{x.a_type, x.za}, x.a_space, x.a_base, x.a_bcast, x.a_s1, x.a_s2, x.a_s3},
        b_{{x.b_type, x.zb}, x.b_space, x.b_base, x.b_bcast, x.b_s1, x.b_s2, x.b_s3},
        c_{{x.c_type, x.zc}, x.c_space, x.c_base, x.c_bcast, x.c_s1, x.c_s2, x.c_s3},
        d_{{x.d_type, x.zd}, in_type(x.d_type, x.lo), in_type(x.d_type, x.hi)} {}

  void run() {
    const std::int64_t n1 = x_.win_dims >= 1 ? 1 : x_.n1, n2 = x_.win_dims >= 2 ? 1 : x_.n2;
    const std::int64_t step = std::max<std::int64_t>(1, kBlockValues / x_.n0);
    for (std::int64_t i3 = 0; i3 < x_.n3; ++i3) {
      for (std::int64_t i2 = 0; i2 < n2; ++i2) {
        for (std::int64_t i1 = 0; i1 < n1; i1 += step) block({i3, i2, i1, std::min(step, n1 - i1)});
      }
    }
  }

 private:
  /// Rows i1 to i1 + rows - 1 of one (i3, i2).
  struct Block {
    std::int64_t i3, i2, i1, rows;
  };

  void block(const Block& at) {
    z_.resize(at.rows * x_.n0);
    b_values_.resize(z_.size());
    c_values_.resize(z_.size());
    if (x_.win_op == isa::Reduce::kNone) {
      read(a_, at, z_);
    } else {
      reduce_window(at);
    }
    const bool has_b = operand(x_.b_mode, b_, at, b_values_);
    const bool has_c = operand(x_.c_mode, c_, at, c_values_);
    if (x_.vop == isa::Vop::kSelect) {
      for (Eigen::Index i = 0; i < z_.size(); ++i) {
        z_[i] = fp::select(z_[i], b_values_[i], c_values_[i]);
      }
    } else {
      if (has_b) multiply(z_, b_values_);
      if (has_c) apply(x_.vop, z_, c_values_);
    }
    apply(x_.sfu, z_);
    if (x_.row_op != isa::Reduce::kNone) {
      for (std::int64_t row = 0; row < at.rows; ++row) {
        z_[row] = reduce_row(x_.row_op, z_.data() + row * x_.n0, x_.n0);
      }
      z_.conservativeResize(at.rows);
    }
    if (x_.scale_mode == isa::Operand::kStream) multiply(z_, c_values_);
    if (x_.scale_mode == isa::Operand::kImmediate) {
      const float factor = isa::fp32_value(x_.scale);
      z_ = z_.unaryExpr([factor](float v) { return fp::mul(v, factor); });
    }
    const std::int64_t n0 = z_.size() / at.rows;
    for (std::int64_t row = 0; row < at.rows; ++row) {
      d_.write(z_.data() + row * n0, n0,
               machine_.at(x_.d_space, x_.d_base + at.i3 * x_.d_s3 + at.i2 * x_.d_s2 +
                                           (at.i1 + row) * x_.d_s1));
    }
  }

  const std::uint8_t* at(const Source& source, std::int64_t i3, std::int64_t i2,
                         std::int64_t i1) const {
    return machine_.at(source.space, source.address(i3, i2, i1));
  }

  void read(const Source& source, const Block& at, Floats& out) const {
    for (std::int64_t row = 0; row < at.rows; ++row) {
      read_floats(source.element, this->at(source, at.i3, at.i2, at.i1 + row), source.bcast, x_.n0,
                  out.data() + row * x_.n0);
    }
  }

  /// out = the rows of b or c; false when there are none.
  bool operand(isa::Operand mode, const Source& source, const Block& at, Floats& out) const {
    if (mode == isa::Operand::kImmediate) {
      out.setConstant(isa::fp32_value(source.base));
    } else if (mode == isa::Operand::kStream) {
      read(source, at, out);
    }
    return mode != isa::Operand::kNone;
  }

  // w = win_op over the dimensions i1, or i1 and i2, of u; sums modulo 2^32
  void reduce_window(const Block& at) {
    integers_.resize(x_.n0);
    const std::int64_t last = x_.win_dims >= 2 ? x_.n2 : at.i2 + 1;
    for (std::int64_t j2 = at.i2; j2 < last; ++j2) {
      for (std::int64_t j1 = 0; j1 < x_.n1; ++j1) {
        read_integers(a_.element, this->at(a_, at.i3, j2, j1), a_.bcast, x_.n0, integers_.data());
        if (j2 == at.i2 && j1 == 0) {
          window_ = integers_;
        } else if (x_.win_op == isa::Reduce::kSum) {
          window_ = (window_.cast<std::uint32_t>() + integers_.cast<std::uint32_t>())
                        .cast<std::int32_t>();
        } else if (x_.win_op == isa::Reduce::kMax) {
          window_ = window_.max(integers_);
        } else {
          window_ = window_.min(integers_);
        }
      }
    }
    z_ = window_.cast<float>();
  }

  const isa::Vector& x_;
  const Machine& machine_;
  Floats z_, b_values_, c_values_;
  Integers integers_, window_;
  Source a_, b_, c_;
  Sink d_;
};

}  // namespace

void vector(const isa::Vector& x, const Machine& machine) { Stream(x, machine).run(); }

}  // namespace girih::golden
