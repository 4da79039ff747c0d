// SPDX-License-Identifier: Apache-2.0
//
// Bytes of a window of a model's image, as they are put together: each piece at a multiple of 64.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "girih/presets.h"
#include "llm/import/model.h"

namespace girih::llm {

/// A linear layer: INT8 rows packed [row tile][k tile][NDim][KDim] (places that no weight has hold
/// zero), scales and biases FP32, as many as the row tiles have rows.
struct PackedLinear {
  std::int64_t outputs = 0, inputs = 0;
  std::uint32_t weights = 0, scales = 0, bias = 0;  ///< offsets among the constants
  bool has_bias = false;
};

/// A tensor's first row.
std::vector<float> read_row(const Tensor& tensor);

/// All offsets are those of the window. Throws girih::Error naming the tensor when 4 GiB do not
/// hold it.
class Pieces {
 public:
  /// `bytes` outlive this; `window` is how messages call them.
  Pieces(std::vector<std::uint8_t>& bytes, const isa::Preset& preset, const char* window)
      : bytes_(bytes), n_dim_(preset.n_dim), k_dim_(preset.k_dim), window_(window) {}

  std::uint32_t floats(std::span<const float> values, const std::string& what);
  /// The first row, widened.
  std::uint32_t row(const Tensor& tensor) { return floats(read_row(tensor), tensor.name); }
  /// All rows one after the other: BF16 as they are, others FP32.
  std::uint32_t rows(const Tensor& tensor);
  PackedLinear linear(const Linear& from);
  std::int64_t packed_bytes(const Tensor& weight) const;

 private:
  /// Room for `size` bytes, zero; returns their offset.
  std::uint32_t take(std::int64_t size, const std::string& what);

  std::vector<std::uint8_t>& bytes_;
  const std::int64_t n_dim_, k_dim_;
  const char* window_;
};

}  // namespace girih::llm
