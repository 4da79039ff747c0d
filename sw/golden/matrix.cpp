// SPDX-License-Identifier: Apache-2.0
#include "golden/matrix.h"

#include <Eigen/Core>
#include <algorithm>

#include "golden/rows.h"

namespace girih::golden {
namespace {

template <class T>
using RowMajor = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Sums = RowMajor<std::int32_t>;
/// a - za and b - zb: -255 to 255. Processors multiply and add pairs of INT16 in one step.
using Factors = RowMajor<std::int16_t>;

// Values gathered at once: bounds the memory of long instructions.
constexpr std::int64_t kBlockValues = 1 << 21;
// Weights gathered at once stay in a cache near the processor; but activations are gathered once
// for all of them, so there are some columns at least.
constexpr std::int64_t kWeightValues = 1 << 16, kLeastColumns = 64;

/// Bytes of one type less their zero point.
struct Bytes {
  isa::Type type;
  std::int32_t zero;

  Bytes(isa::Type t, std::uint8_t zero_bits) : type(t), zero(in_type(t, zero_bits)) {}

  /// out[i * step] = from[i] - zero
  void centred(const std::uint8_t* from, std::int64_t count, std::int16_t* out,
               std::int64_t step = 1) const {
    const auto z = static_cast<std::int16_t>(zero);
    if (type == isa::Type::kInt8) {
      const auto* values = reinterpret_cast<const std::int8_t*>(from);
      for (std::int64_t i = 0; i < count; ++i)
        out[i * step] = static_cast<std::int16_t>(values[i] - z);
    } else {
      for (std::int64_t i = 0; i < count; ++i)
        out[i * step] = static_cast<std::int16_t>(from[i] - z);
    }
  }
  /// The largest |byte - zero|.
  std::int64_t largest() const {
    return type == isa::Type::kInt8 ? std::max(zero + 128, 127 - zero) : std::max(zero, 255 - zero);
  }
};

std::int32_t dot(const std::int16_t* a, const std::int16_t* b, std::int64_t count) {
  std::int32_t sum = 0;
  for (std::int64_t i = 0; i < count; ++i) sum += std::int32_t{a[i]} * std::int32_t{b[i]};
  return sum;
}

/// One instruction on one context's memories. A *group* is a pair (q2, q1): k0 values of the
/// reduction.
class Product {
 public:
  Product(const isa::Matrix& x, const Machine& machine)
      : x_(x),
        machine_(machine),
        a_(x.a_type, x.za),
        b_(x.b_type, x.zb),
        n_dim_(machine.preset.n_dim),
        k_dim_(machine.preset.k_dim),
        rows_(static_cast<std::int64_t>(x.rows())),
        factor_(x.shift ? 256 : 1) {}

  bool run() {
    // Tiles of columns and groups of the reduction come in blocks.
    const std::int64_t tiles = (x_.n + n_dim_ - 1) / n_dim_;
    const std::int64_t wanted =
        std::max(kLeastColumns, kWeightValues / static_cast<std::int64_t>(x_.depth()));
    const std::int64_t step =
        std::max<std::int64_t>(1, std::min(wanted, kBlockValues / rows_) / n_dim_);
    for (std::int64_t tile = 0; tile < tiles; tile += step) {
      columns(tile * n_dim_, std::min<std::int64_t>(x_.n, (tile + step) * n_dim_));
    }
    return overflow_;
  }

 private:
  const std::uint8_t* spm(std::int64_t address) const { return machine_.spm + address; }
  std::uint8_t* acc(std::int64_t tile, std::int64_t m) const {
    return machine_.acc + x_.acc_base + tile * x_.acc_n + m * machine_.row_bytes();
  }

  /// acc[.., j] for first <= j < last.
  void columns(std::int64_t first, std::int64_t last) {
    start(first, last);
    const std::int64_t groups = std::int64_t{x_.k2} * x_.k1;
    const std::int64_t step =
        std::max<std::int64_t>(1, kBlockValues / ((rows_ + last - first) * x_.k0));
    for (std::int64_t group = 0; group < groups; group += step) {
      const std::int64_t count = std::min(step, groups - group);
      activations(group, count);
      weights(group, count, first, last);
      accumulate();
    }
    write(first, last);
  }

  // sum[m, n] += f * sum over k of (a[m, k] - za) * (b[n, k] - zb), modulo 2^32
  void accumulate() {
    const std::int64_t depth = av_.cols();
    const std::int64_t largest_sum = sum_.cast<std::int64_t>().cwiseAbs().maxCoeff();
    const std::int64_t largest_row = av_.cast<std::int32_t>().cwiseAbs().rowwise().sum().maxCoeff();
    const bool fits = largest_sum + factor_ * largest_row * b_.largest() <= INT32_MAX;
    for (std::int64_t m = 0; m < rows_; ++m) {
      for (std::int64_t n = 0; n < bv_.rows(); ++n) {
        const std::int16_t* a = &av_(m, 0);
        const std::int16_t* b = &bv_(n, 0);
        if (fits) {
          sum_(m, n) += static_cast<std::int32_t>(factor_) * dot(a, b, depth);
        } else {
          sum_(m, n) = watched(sum_(m, n), a, b, depth);
        }
      }
    }
  }

  /// Sums that may leave INT32: one addition for each tile of KDim, as the hardware does, looked at
  /// one by one.
  std::int32_t watched(std::int32_t sum, const std::int16_t* a, const std::int16_t* b,
                       std::int64_t depth) {
    for (std::int64_t k = 0; k < depth; k += x_.k0) {
      for (std::int64_t at = 0; at < x_.k0; at += k_dim_) {
        const std::int64_t width = std::min<std::int64_t>(k_dim_, x_.k0 - at);
        const std::int64_t exact = sum + factor_ * dot(a + k + at, b + k + at, width);
        overflow_ |= exact > INT32_MAX || exact < INT32_MIN;
        sum = static_cast<std::int32_t>(exact);  // modulo 2^32
      }
    }
    return sum;
  }

  // a(m, q2, q1, q0) = spm[a_base + i2*a_m2 + i1*a_m1 + i0*a_m0 + q2*a_k2 + q1*a_k1 + q0] - za
  void activations(std::int64_t group, std::int64_t count) {
    av_.resize(rows_, count * x_.k0);
    std::int64_t m = 0;
    for (std::int64_t i2 = 0; i2 < x_.m2; ++i2) {
      for (std::int64_t i1 = 0; i1 < x_.m1; ++i1) {
        for (std::int64_t i0 = 0; i0 < x_.m0; ++i0, ++m) {
          const std::int64_t row = x_.a_base + i2 * x_.a_m2 + i1 * x_.a_m1 + i0 * x_.a_m0;
          for (std::int64_t g = 0; g < count; ++g) {
            const std::int64_t q2 = (group + g) / x_.k1, q1 = (group + g) % x_.k1;
            a_.centred(spm(row + q2 * x_.a_k2 + q1 * x_.a_k1), x_.k0, &av_(m, g * x_.k0));
          }
        }
      }
    }
  }

  // rows:    b = spm[b_base + nt*b_n + q2*b_k2 + q1*b_k1 + kt*b_k0 + nr*b_row + kr] - zb
  // columns: b = spm[b_base + nt*b_n + q2*b_k2 + q1*b_k1 + kt*b_k0 + kr*b_row + nr] - zb
  void weights(std::int64_t group, std::int64_t count, std::int64_t first, std::int64_t last) {
    bv_.resize(last - first, count * x_.k0);
    for (std::int64_t j = first; j < last; j += n_dim_) {
      const std::int64_t lanes = std::min<std::int64_t>(n_dim_, last - j);
      for (std::int64_t g = 0; g < count; ++g) {
        const std::int64_t q2 = (group + g) / x_.k1, q1 = (group + g) % x_.k1;
        for (std::int64_t q0 = 0; q0 < x_.k0; q0 += k_dim_) {
          const std::int64_t width = std::min<std::int64_t>(k_dim_, x_.k0 - q0);
          const std::int64_t tile =
              x_.b_base + j / n_dim_ * x_.b_n + q2 * x_.b_k2 + q1 * x_.b_k1 + q0 / k_dim_ * x_.b_k0;
          std::int16_t* out = &bv_(j - first, g * x_.k0 + q0);
          for (std::int64_t i = 0; i < (x_.columns ? width : lanes); ++i) {
            if (x_.columns) {
              b_.centred(spm(tile + i * x_.b_row), lanes, out + i, bv_.cols());
            } else {
              b_.centred(spm(tile + i * x_.b_row), width, out + i * bv_.cols());
            }
          }
        }
      }
    }
  }

  // ZERO 0; ACC the value there before; BIAS acc[bias_base + nt*bias_n + 4*nr] for every m
  void start(std::int64_t first, std::int64_t last) {
    sum_.setZero(rows_, last - first);
    if (x_.start == isa::Start::kZero) return;
    for (std::int64_t j = first; j < last; j += n_dim_) {
      const auto bytes = static_cast<std::size_t>(4 * std::min<std::int64_t>(n_dim_, last - j));
      for (std::int64_t m = 0; m < rows_; ++m) {
        const std::uint8_t* from = x_.start == isa::Start::kBias
                                       ? machine_.acc + x_.bias_base + j / n_dim_ * x_.bias_n
                                       : acc(j / n_dim_, m);
        std::memcpy(&sum_(m, j - first), from, bytes);
      }
    }
  }

  // acc[acc_base + nt*acc_n + m*RowBytes + 4*nr]; columns from N on stay as they are
  void write(std::int64_t first, std::int64_t last) const {
    for (std::int64_t j = first; j < last; j += n_dim_) {
      const auto bytes = static_cast<std::size_t>(4 * std::min<std::int64_t>(n_dim_, last - j));
      for (std::int64_t m = 0; m < rows_; ++m) {
        std::memcpy(acc(j / n_dim_, m), &sum_(m, j - first), bytes);
      }
    }
  }

  const isa::Matrix& x_;
  const Machine& machine_;
  const Bytes a_, b_;
  const std::int64_t n_dim_, k_dim_, rows_, factor_;
  Factors av_, bv_;
  Sums sum_;
  bool overflow_ = false;
};

}  // namespace

bool matrix(const isa::Matrix& x, const Machine& machine) { return Product(x, machine).run(); }

}  // namespace girih::golden
