// SPDX-License-Identifier: Apache-2.0
//
// Rows of elements in a context's memories, to and from values: what VECTOR's streams hold
// (instruction-set.md section 7, numerics.md "Conversions").
#pragma once

#include <cstdint>

#include "isa/forms.h"

namespace girih::golden {

/// How the elements of a stream are to be understood.
struct Element {
  isa::Type type;
  std::int32_t zero;  ///< zero point of INT8 and UINT8, else 0

  Element(isa::Type t, std::uint8_t zero_bits);
  std::int64_t size() const { return isa::size_of(type); }
};

/// out[i] = FP32 value of element i of the row at `from`; of its first element if `bcast`.
void read_floats(Element element, const std::uint8_t* from, bool bcast, std::int64_t count,
                 float* out);
/// Likewise integers; `element` has an integer type.
void read_integers(Element element, const std::uint8_t* from, bool bcast, std::int64_t count,
                   std::int32_t* out);

/// The value of a byte in INT8 or UINT8.
std::int32_t in_type(isa::Type type, std::uint8_t bits);

/// The destination: clamp(rne(v) + zero, low, high) for 8 bits, saturate(rne(v)), or v itself.
struct Sink {
  Element element;
  std::int32_t low, high;  ///< of INT8 and UINT8

  /// Converts a row of values, which are canonical.
  void write(const float* values, std::int64_t count, std::uint8_t* to) const;
};

}  // namespace girih::golden
