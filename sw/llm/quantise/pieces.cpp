// SPDX-License-Identifier: Apache-2.0
#include "llm/quantise/pieces.h"

#include <algorithm>
#include <cstring>

#include "common/error.h"
#include "llm/quantise/weights.h"

namespace girih::llm {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::uint64_t kWindowBytes = std::uint64_t{1} << 32;

std::int64_t up(std::int64_t value, std::int64_t unit) { return (value + unit - 1) / unit * unit; }

}  // namespace

std::vector<float> read_row(const Tensor& tensor) {
  std::vector<float> values(static_cast<std::size_t>(tensor.columns()));
  tensor.read_row(0, values);
  return values;
}

std::uint32_t Pieces::take(std::int64_t size, const std::string& what) {
  const std::size_t at = (bytes_.size() + kAlignment - 1) / kAlignment * kAlignment;
  if (at + static_cast<std::uint64_t>(size) > kWindowBytes) {
    throw Error("tensor {}: with it the {} take {} bytes, a window has {}", what, window_,
                at + static_cast<std::uint64_t>(size), kWindowBytes);
  }
  bytes_.resize(at + static_cast<std::size_t>(size));
  return static_cast<std::uint32_t>(at);
}

std::uint32_t Pieces::floats(std::span<const float> values, const std::string& what) {
  const std::uint32_t offset = take(std::ssize(values) * 4, what);
  std::memcpy(bytes_.data() + offset, values.data(), values.size_bytes());
  return offset;
}

std::uint32_t Pieces::rows(const Tensor& tensor) {
  const std::int64_t row_bytes = tensor.columns() * (tensor.dtype == Dtype::kBf16 ? 2 : 4);
  const std::uint32_t offset = take(tensor.rows() * row_bytes, tensor.name);
  std::uint8_t* to = bytes_.data() + offset;
  if (tensor.dtype != Dtype::kF16) {
    std::memcpy(to, tensor.bytes.data(), tensor.bytes.size());
    return offset;
  }
  std::vector<float> values(static_cast<std::size_t>(tensor.columns()));
  for (std::int64_t n = 0; n < tensor.rows(); ++n, to += row_bytes) {
    tensor.read_row(n, values);
    std::memcpy(to, values.data(), static_cast<std::size_t>(row_bytes));
  }
  return offset;
}

std::int64_t Pieces::packed_bytes(const Tensor& weight) const {
  return up(weight.rows(), n_dim_) * up(weight.columns(), k_dim_);
}

PackedLinear Pieces::linear(const Linear& from) {
  const Tensor& w = from.weight;
  const std::int64_t rows = up(w.rows(), n_dim_), depth = up(w.columns(), k_dim_);
  PackedLinear out{.outputs = w.rows(), .inputs = w.columns()};
  out.weights = take(rows * depth, w.name);
  std::vector<float> values(static_cast<std::size_t>(w.columns()));
  std::vector<std::int8_t> quantised(values.size());
  std::vector<float> scales(static_cast<std::size_t>(rows));
  std::uint8_t* to = bytes_.data() + out.weights;
  for (std::int64_t n = 0; n < w.rows(); ++n) {
    w.read_row(n, values);
    scales[static_cast<std::size_t>(n)] = quantise_row(values, quantised);
    std::uint8_t* tile = to + n / n_dim_ * n_dim_ * depth + n % n_dim_ * k_dim_;
    for (std::int64_t k = 0; k < w.columns(); k += k_dim_, tile += n_dim_ * k_dim_) {
      std::memcpy(tile, quantised.data() + k,
                  static_cast<std::size_t>(std::min(k_dim_, w.columns() - k)));
    }
  }
  out.scales = floats(scales, w.name);
  if (!from.bias.empty()) {
    std::vector<float> bias = read_row(from.bias);
    bias.resize(static_cast<std::size_t>(rows));
    out.bias = floats(bias, from.bias.name);
    out.has_bias = true;
  }
  return out;
}

}  // namespace girih::llm
