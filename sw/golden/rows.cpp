// SPDX-License-Identifier: Apache-2.0
#include "golden/rows.h"

#include <algorithm>
#include <cstring>

#include "golden/numerics.h"

namespace girih::golden {
namespace {

/// out[i] = f(element i of type T at `from`).
template <class T, class Out, class Function>
void read(const std::uint8_t* from, bool bcast, std::int64_t count, Out* out, Function f) {
  T value;
  if (bcast) {
    std::memcpy(&value, from, sizeof value);
    std::fill_n(out, count, f(value));
    return;
  }
  for (std::int64_t i = 0; i < count; ++i) {
    std::memcpy(&value, from + i * static_cast<std::int64_t>(sizeof value), sizeof value);
    out[i] = f(value);
  }
}

/// Integers of a row, INT8 and UINT8 less their zero point.
template <class Out>
void read_any(Element x, const std::uint8_t* from, bool bcast, std::int64_t count, Out* out) {
  const auto as = [zero = x.zero](auto v) { return static_cast<Out>(v - zero); };
  switch (x.type) {
    case isa::Type::kInt8:
      return read<std::int8_t>(from, bcast, count, out, as);
    case isa::Type::kUint8:
      return read<std::uint8_t>(from, bcast, count, out, as);
    case isa::Type::kInt16:
      return read<std::int16_t>(from, bcast, count, out, as);
    default:
      return read<std::int32_t>(from, bcast, count, out, as);
  }
}

/// to[i] = f(values[i]) as a T.
template <class T, class Function>
void put(const float* values, std::int64_t count, std::uint8_t* to, Function f) {
  for (std::int64_t i = 0; i < count; ++i) {
    const auto out = static_cast<T>(f(values[i]));
    std::memcpy(to + i * static_cast<std::int64_t>(sizeof out), &out, sizeof out);
  }
}

}  // namespace

std::int32_t in_type(isa::Type type, std::uint8_t bits) {
  return type == isa::Type::kInt8 ? static_cast<std::int8_t>(bits) : bits;
}

Element::Element(isa::Type t, std::uint8_t zero_bits)
    : type(t), zero(isa::size_of(t) == 1 ? in_type(t, zero_bits) : 0) {}

void read_floats(Element x, const std::uint8_t* from, bool bcast, std::int64_t count, float* out) {
  switch (x.type) {
    case isa::Type::kFp32:
      return read<float>(from, bcast, count, out, [](float v) { return fp::canonical(v); });
    case isa::Type::kBf16:
      return read<std::uint16_t>(from, bcast, count, out,
                                 [](std::uint16_t v) { return fp::from_bf16(v); });
    default:
      return read_any(x, from, bcast, count, out);
  }
}

void read_integers(Element x, const std::uint8_t* from, bool bcast, std::int64_t count,
                   std::int32_t* out) {
  read_any(x, from, bcast, count, out);
}

void Sink::write(const float* values, std::int64_t count, std::uint8_t* to) const {
  const auto integer = [](std::int32_t zero, std::int32_t low, std::int32_t high) {
    return [=](float v) { return fp::to_integer(v, zero, low, high); };
  };
  switch (element.type) {
    case isa::Type::kInt8:
    case isa::Type::kUint8:
      return put<std::uint8_t>(values, count, to, integer(element.zero, low, high));
    case isa::Type::kInt16:
      return put<std::int16_t>(values, count, to, integer(0, INT16_MIN, INT16_MAX));
    case isa::Type::kInt32:
      return put<std::int32_t>(values, count, to, integer(0, INT32_MIN, INT32_MAX));
    case isa::Type::kFp32:
      std::memcpy(to, values, static_cast<std::size_t>(count) * sizeof(float));
      return;
    case isa::Type::kBf16:
      return put<std::uint16_t>(values, count, to, [](float v) { return fp::to_bf16(v); });
  }
}

}  // namespace girih::golden
