// SPDX-License-Identifier: Apache-2.0
#include "golden/matrix.h"

#include <Eigen/Core>
#include <algorithm>

namespace girih::golden {
namespace {

using RowMajor = Eigen::Matrix<std::int32_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Column = Eigen::Array<std::int32_t, Eigen::Dynamic, 1>;

// |a - za| and |b - zb| are at most 255.
constexpr std::int64_t kLargestProduct = 255 * 255;
// Values gathered at once: bounds the memory of long instructions.
constexpr std::int64_t kBlockValues = 1 << 21;

/// Bytes of one type less their zero point.
struct Bytes {
  isa::Type type;
  std::int32_t zero;

  Bytes(isa::Type t, std::uint8_t zero_bits)
      : type(t), zero(t == isa::Type::kInt8 ? static_cast<std::int8_t>(zero_bits) : zero_bits) {}

  /// out = from[0, out.size()) - zero
  template <class Out>
  void centred(const std::uint8_t* from, Out&& out) const {
    if (type == isa::Type::kInt8) {
      using Row = Eigen::Array<std::int8_t, 1, Eigen::Dynamic>;
      const auto* values = reinterpret_cast<const std::int8_t*>(from);
      out = Eigen::Map<const Row>(values, out.size()).template cast<std::int32_t>() - zero;
    } else {
      using Row = Eigen::Array<std::uint8_t, 1, Eigen::Dynamic>;
      out = Eigen::Map<const Row>(from, out.size()).template cast<std::int32_t>() - zero;
    }
  }
};

/// One instruction on one context's memories. A *group* is a pair (q2, q1): k0 values of the
/// reduction.
class Product {
 public:
  Product(const isa::Matrix& x, const Machine& machine)
      : x_(x),
        machine_(machine),
        n_dim_(machine.preset.n_dim),
        k_dim_(machine.preset.k_dim),
        rows_(static_cast<std::int64_t>(x.rows())) {}

  bool run() {
    // Tiles of columns and groups of the reduction come in blocks; for ordinary instructions in
    // one.
    const std::int64_t tiles = (x_.n + n_dim_ - 1) / n_dim_;
    const std::int64_t step = std::max<std::int64_t>(1, kBlockValues / (rows_ * n_dim_));
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
    RowMajor sum = start(first, last);
    const std::int64_t groups = std::int64_t{x_.k2} * x_.k1;
    const std::int64_t step =
        std::max<std::int64_t>(1, kBlockValues / ((rows_ + last - first) * x_.k0));
    for (std::int64_t group = 0; group < groups; group += step) {
      const std::int64_t count = std::min(step, groups - group);
      accumulate(sum, activations(group, count), weights(group, count, first, last));
    }
    write(sum, first, last);
  }

  // sum[m, n] += sum over k of (a[m, k] - za) * (b[n, k] - zb), modulo 2^32
  void accumulate(RowMajor& sum, const RowMajor& a, const RowMajor& b) {
    const std::int64_t largest = sum.cast<std::int64_t>().cwiseAbs().maxCoeff();
    if (largest + a.cols() * kLargestProduct <= INT32_MAX) {
      sum.noalias() += a * b.transpose();
      return;
    }
    // Sums may leave INT32: one addition for each tile of KDim, as the hardware does, looked at one
    // by one.
    for (std::int64_t k = 0; k < a.cols(); k += x_.k0) {
      for (std::int64_t at = 0; at < x_.k0; at += k_dim_) {
        const std::int64_t width = std::min<std::int64_t>(k_dim_, x_.k0 - at);
        const RowMajor part = a.middleCols(k + at, width) * b.middleCols(k + at, width).transpose();
        const auto exact = (sum.cast<std::int64_t>() + part.cast<std::int64_t>()).eval();
        overflow_ |= (exact.array() > INT32_MAX || exact.array() < INT32_MIN).any();
        sum = exact.cast<std::int32_t>();  // modulo 2^32
      }
    }
  }

  // a(m, q2, q1, q0) = spm[a_base + i2*a_m2 + i1*a_m1 + i0*a_m0 + q2*a_k2 + q1*a_k1 + q0] - za
  RowMajor activations(std::int64_t group, std::int64_t count) const {
    const Bytes bytes(x_.a_type, x_.za);
    RowMajor out(rows_, count * x_.k0);
    std::int64_t m = 0;
    for (std::int64_t i2 = 0; i2 < x_.m2; ++i2) {
      for (std::int64_t i1 = 0; i1 < x_.m1; ++i1) {
        for (std::int64_t i0 = 0; i0 < x_.m0; ++i0, ++m) {
          const std::int64_t row = x_.a_base + i2 * x_.a_m2 + i1 * x_.a_m1 + i0 * x_.a_m0;
          for (std::int64_t g = 0; g < count; ++g) {
            const std::int64_t q2 = (group + g) / x_.k1, q1 = (group + g) % x_.k1;
            bytes.centred(spm(row + q2 * x_.a_k2 + q1 * x_.a_k1),
                          out.row(m).segment(g * x_.k0, x_.k0).array());
          }
        }
      }
    }
    return out;
  }

  // rows:    b = spm[b_base + nt*b_n + q2*b_k2 + q1*b_k1 + kt*b_k0 + nr*b_row + kr] - zb
  // columns: b = spm[b_base + nt*b_n + q2*b_k2 + q1*b_k1 + kt*b_k0 + kr*b_row + nr] - zb
  RowMajor weights(std::int64_t group, std::int64_t count, std::int64_t first,
                   std::int64_t last) const {
    const Bytes bytes(x_.b_type, x_.zb);
    RowMajor out(last - first, count * x_.k0);
    for (std::int64_t j = first; j < last; j += n_dim_) {
      const std::int64_t lanes = std::min<std::int64_t>(n_dim_, last - j);
      for (std::int64_t g = 0; g < count; ++g) {
        const std::int64_t q2 = (group + g) / x_.k1, q1 = (group + g) % x_.k1;
        for (std::int64_t q0 = 0; q0 < x_.k0; q0 += k_dim_) {
          const std::int64_t width = std::min<std::int64_t>(k_dim_, x_.k0 - q0);
          const std::int64_t tile =
              x_.b_base + j / n_dim_ * x_.b_n + q2 * x_.b_k2 + q1 * x_.b_k1 + q0 / k_dim_ * x_.b_k0;
          auto block = out.block(j - first, g * x_.k0 + q0, lanes, width).array();
          if (x_.columns) {
            for (std::int64_t kr = 0; kr < width; ++kr) {
              bytes.centred(spm(tile + kr * x_.b_row), block.col(kr).transpose());
            }
          } else {
            for (std::int64_t nr = 0; nr < lanes; ++nr) {
              bytes.centred(spm(tile + nr * x_.b_row), block.row(nr));
            }
          }
        }
      }
    }
    return out;
  }

  // ZERO 0; ACC the value there before; BIAS acc[bias_base + nt*bias_n + 4*nr] for every m
  RowMajor start(std::int64_t first, std::int64_t last) const {
    RowMajor out = RowMajor::Zero(rows_, last - first);
    if (x_.start == isa::Start::kZero) return out;
    for (std::int64_t j = first; j < last; j += n_dim_) {
      const auto bytes = static_cast<std::size_t>(4 * std::min<std::int64_t>(n_dim_, last - j));
      for (std::int64_t m = 0; m < rows_; ++m) {
        const std::uint8_t* from = x_.start == isa::Start::kBias
                                       ? machine_.acc + x_.bias_base + j / n_dim_ * x_.bias_n
                                       : acc(j / n_dim_, m);
        std::memcpy(&out(m, j - first), from, bytes);
      }
    }
    return out;
  }

  // acc[acc_base + nt*acc_n + m*RowBytes + 4*nr]; columns from N on stay as they are
  void write(const RowMajor& sum, std::int64_t first, std::int64_t last) const {
    for (std::int64_t j = first; j < last; j += n_dim_) {
      const auto bytes = static_cast<std::size_t>(4 * std::min<std::int64_t>(n_dim_, last - j));
      for (std::int64_t m = 0; m < rows_; ++m) {
        std::memcpy(acc(j / n_dim_, m), &sum(m, j - first), bytes);
      }
    }
  }

  const isa::Matrix& x_;
  const Machine& machine_;
  const std::int64_t n_dim_, k_dim_, rows_;
  bool overflow_ = false;
};

}  // namespace

bool matrix(const isa::Matrix& x, const Machine& machine) { return Product(x, machine).run(); }

}  // namespace girih::golden
