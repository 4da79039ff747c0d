// SPDX-License-Identifier: Apache-2.0
#include "golden/vector.h"

#include <Eigen/Core>
#include <algorithm>

#include "golden/numerics.h"

namespace girih::golden {
namespace {

using Floats = Eigen::Array<float, Eigen::Dynamic, 1>;
using Integers = Eigen::Array<std::int32_t, Eigen::Dynamic, 1>;

std::int32_t in_type(isa::Type type, std::uint8_t bits) {
  return type == isa::Type::kInt8 ? static_cast<std::int8_t>(bits) : bits;
}

/// A source stream: rows of n0 values.
struct Source {
  isa::Type type;
  isa::Space space;
  std::uint32_t base;
  bool bcast;
  std::int32_t zero;
  std::int64_t s1, s2, s3;

  std::int64_t address(std::int64_t i3, std::int64_t i2, std::int64_t i1) const {
    return base + i3 * s3 + i2 * s2 + i1 * s1;
  }
};

/// out[i] = f(element i of type T at `from`); element 0 for all if broadcast.
template <class T, class Out, class Function>
void read_row(const Source& x, const std::uint8_t* from, Out& out, Function f) {
  for (Eigen::Index i = 0; i < out.size(); ++i) {
    T value;
    std::memcpy(&value, from + (x.bcast ? 0 : i) * static_cast<Eigen::Index>(sizeof value),
                sizeof value);
    out[i] = f(value);
  }
}

/// Integers of a row: INT8 and UINT8 less their zero point.
template <class Out>
void read_integers(const Source& x, const std::uint8_t* from, Out out) {
  const std::int32_t zero = x.zero;
  switch (x.type) {
    case isa::Type::kInt8:
      return read_row<std::int8_t>(x, from, out, [=](std::int8_t v) { return v - zero; });
    case isa::Type::kUint8:
      return read_row<std::uint8_t>(x, from, out, [=](std::uint8_t v) { return v - zero; });
    case isa::Type::kInt16:
      return read_row<std::int16_t>(x, from, out, [](std::int16_t v) { return std::int32_t{v}; });
    default:
      return read_row<std::int32_t>(x, from, out, [](std::int32_t v) { return v; });
  }
}

// y = vop(x, c)
void apply(isa::Vop vop, Floats& x, const Floats& c) {
  const auto with = [&](auto op) { x = x.binaryExpr(c, op); };
  switch (vop) {
    case isa::Vop::kNone:
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

float reduce(isa::Reduce op, float x, float y) {
  if (op == isa::Reduce::kSum) return fp::add(x, y);
  return op == isa::Reduce::kMax ? fp::max(x, y) : fp::min(x, y);
}

// Element i goes to partial i mod 128; then for step = 64, 32, ..., 1: p[i] = p[i] op p[i + step].
float reduce_row(isa::Reduce op, const Floats& z) {
  Eigen::Index present = std::min<Eigen::Index>(128, z.size());
  Floats partial = z.head(present);
  for (Eigen::Index i = present; i < z.size(); ++i) {
    partial[i % 128] = reduce(op, partial[i % 128], z[i]);
  }
  for (Eigen::Index step = 64; step >= 1; step /= 2) {
    for (Eigen::Index i = 0; i + step < present; ++i)
      partial[i] = reduce(op, partial[i], partial[i + step]);
    present = std::min(present, step);
  }
  return partial[0];
}

/// The destination: conversion of a row and its bytes.
struct Sink {
  isa::Type type;
  std::int32_t zero, low, high;

  // d = clamp(rne(v) + zd, lo, hi), or saturate(rne(v)), or v
  template <class Row>
  void write(const Row& v, std::uint8_t* to) const {
    switch (type) {
      case isa::Type::kInt8:
      case isa::Type::kUint8:
        return put<std::uint8_t>(v, zero, low, high, to);
      case isa::Type::kInt16:
        return put<std::int16_t>(v, 0, INT16_MIN, INT16_MAX, to);
      case isa::Type::kInt32:
        return put<std::int32_t>(v, 0, INT32_MIN, INT32_MAX, to);
      case isa::Type::kFp32:
        std::memcpy(to, v.data(), static_cast<std::size_t>(v.size()) * sizeof(float));
    }
  }

 private:
  template <class T, class Row>
  static void put(const Row& v, std::int32_t zero, std::int32_t low, std::int32_t high,
                  std::uint8_t* to) {
    for (Eigen::Index i = 0; i < v.size(); ++i) {
      const auto out = static_cast<T>(fp::to_integer(v[i], zero, low, high));
      std::memcpy(to + i * static_cast<Eigen::Index>(sizeof out), &out, sizeof out);
    }
  }
};

// Rows are short (an accumulator tile has NDim values): several are computed at once.
constexpr std::int64_t kBlockValues = 4096;

class Stream {
 public:
  Stream(const isa::Vector& x, const Machine& machine)
      : x_(x),
        machine_(machine),
        a_{x.a_type, x.a_space, x.a_base, x.a_bcast, in_type(x.a_type, x.za),
           x.a_s1,   x.a_s2,    x.a_s3},
        b_{x.b_type, x.b_space, x.b_base, x.b_bcast, in_type(x.b_type, x.zb),
           x.b_s1,   x.b_s2,    x.b_s3},
        c_{x.c_type, x.c_space, x.c_base, x.c_bcast, in_type(x.c_type, x.zc),
           x.c_s1,   x.c_s2,    x.c_s3},
        d_{x.d_type, in_type(x.d_type, x.zd), in_type(x.d_type, x.lo), in_type(x.d_type, x.hi)} {}

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
    operand_.resize(z_.size());
    integers_.resize(z_.size());
    if (x_.win_op == isa::Reduce::kNone) {
      read_floats(a_, at, z_);
    } else {
      reduce_window(at);
    }
    if (operand(x_.b_mode, b_, at)) {
      z_ = z_.binaryExpr(operand_, [](float p, float q) { return fp::mul(p, q); });
    }
    if (operand(x_.c_mode, c_, at)) apply(x_.vop, z_, operand_);
    if (x_.sfu == isa::Sfu::kAbs) z_ = z_.unaryExpr(&fp::abs);

    if (x_.row_op != isa::Reduce::kNone) {
      for (std::int64_t row = 0; row < at.rows; ++row) {
        z_[row] = reduce_row(x_.row_op, z_.segment(row * x_.n0, x_.n0));
      }
      z_.conservativeResize(at.rows);
    }
    if (x_.scale_en) {
      const float factor = isa::fp32_value(x_.scale);
      z_ = z_.unaryExpr([factor](float v) { return fp::mul(v, factor); });
    }
    const std::int64_t n0 = z_.size() / at.rows;
    for (std::int64_t row = 0; row < at.rows; ++row) {
      d_.write(z_.segment(row * n0, n0),
               machine_.at(x_.d_space, x_.d_base + at.i3 * x_.d_s3 + at.i2 * x_.d_s2 +
                                           (at.i1 + row) * x_.d_s1));
    }
  }

  const std::uint8_t* at(const Source& source, std::int64_t i3, std::int64_t i2,
                         std::int64_t i1) const {
    return machine_.at(source.space, source.address(i3, i2, i1));
  }

  // fp32(b): FP32 as is (flushed, canonical), integers converted
  void read_floats(const Source& source, const Block& at, Floats& out) {
    for (std::int64_t row = 0; row < at.rows; ++row) {
      const std::uint8_t* from = this->at(source, at.i3, at.i2, at.i1 + row);
      if (source.type == isa::Type::kFp32) {
        auto values = out.segment(row * x_.n0, x_.n0);
        read_row<float>(source, from, values, &fp::canonical);
      } else {
        read_integers(source, from, integers_.segment(row * x_.n0, x_.n0));
      }
    }
    if (source.type != isa::Type::kFp32) out = integers_.unaryExpr(&fp::from_integer);
  }

  /// operand_ = the rows of b or c; false when there are none.
  bool operand(isa::Operand mode, const Source& source, const Block& at) {
    if (mode == isa::Operand::kNone) return false;
    if (mode == isa::Operand::kImmediate) {
      operand_.setConstant(isa::fp32_value(source.base));
    } else {
      read_floats(source, at, operand_);
    }
    return true;
  }

  // w = win_op over the dimensions i1, or i1 and i2, of u; sums modulo 2^32
  void reduce_window(const Block& at) {
    const std::int64_t last = x_.win_dims >= 2 ? x_.n2 : at.i2 + 1;
    for (std::int64_t j2 = at.i2; j2 < last; ++j2) {
      for (std::int64_t j1 = 0; j1 < x_.n1; ++j1) {
        read_integers(a_, this->at(a_, at.i3, j2, j1), integers_.head(x_.n0));
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
    z_ = window_.unaryExpr(&fp::from_integer);
  }

  const isa::Vector& x_;
  const Machine& machine_;
  Floats z_, operand_;
  Integers integers_, window_;
  Source a_, b_, c_;
  Sink d_;
};

}  // namespace

void vector(const isa::Vector& x, const Machine& machine) { Stream(x, machine).run(); }

}  // namespace girih::golden
