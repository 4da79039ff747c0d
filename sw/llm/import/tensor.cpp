// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <cstring>

#include "llm/import/model.h"

namespace girih::llm {
namespace {

template <class Bits>
Bits load(const std::byte* at) {  // files may put a tensor at any byte
  Bits bits;
  std::memcpy(&bits, at, sizeof bits);
  return bits;
}

/// IEEE 754 binary16, subnormals included.
float from_half(std::uint16_t half) {
  const std::uint32_t sign = std::uint32_t{half & 0x8000U} << 16;
  const std::uint32_t rest = half & 0x7fffU;
  if (rest >= 0x7c00) return std::bit_cast<float>(sign | 0x7f80'0000U | ((rest & 0x3ffU) << 13));
  // Exponents by a product: exact, and right for subnormals too.
  const float magnitude = std::bit_cast<float>(rest << 13) * 0x1p112F;
  return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(magnitude));
}

}  // namespace

void Tensor::read_row(std::int64_t row, std::span<float> values) const {
  const auto n = static_cast<std::size_t>(columns());
  const std::size_t size = dtype == Dtype::kF32 ? 4 : 2;
  const std::byte* at = bytes.data() + static_cast<std::size_t>(row) * n * size;
  for (std::size_t i = 0; i < n; ++i, at += size) {
    switch (dtype) {
      case Dtype::kF32: values[i] = load<float>(at); break;
      case Dtype::kF16: values[i] = from_half(load<std::uint16_t>(at)); break;
      case Dtype::kBf16:
        values[i] = std::bit_cast<float>(std::uint32_t{load<std::uint16_t>(at)} << 16);
        break;
    }
  }
}

}  // namespace girih::llm
