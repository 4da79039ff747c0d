// SPDX-License-Identifier: Apache-2.0
//
// An instruction as the hardware sees it: 32 words of 32 bits, and access to its fields by the
// generated layout (girih/isa_layout.h).
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <string_view>

#include "girih/isa_layout.h"

namespace girih::isa {

struct Instruction {
  std::array<std::uint32_t, kWords> words{};

  /// The value of a field; a signed field is sign-extended.
  std::int64_t get(const Field& field) const;
  /// Throws girih::Error when the value does not fit the field.
  void set(const Field& field, std::int64_t value);

  std::uint32_t opcode() const { return static_cast<std::uint32_t>(get(kHeaderFields[0])); }

  /// Little-endian bytes, as in a ring.
  std::array<std::uint8_t, kBytes> bytes() const;
  static Instruction from_bytes(std::span<const std::uint8_t, kBytes> bytes);

  bool operator==(const Instruction&) const = default;
};

/// The name of a code, "?" when it has none.
std::string_view name_of(std::span<const Code> codes, std::int64_t value);
std::string_view to_string(ErrorCode code);
std::string_view to_string(Opcode opcode);
std::string_view to_string(Type type);

/// The bits of an FP32 value, as `scale` and immediates hold them, and back.
constexpr std::uint32_t fp32_bits(float value) { return std::bit_cast<std::uint32_t>(value); }
constexpr float fp32_value(std::uint32_t bits) { return std::bit_cast<float>(bits); }

/// Bytes of an element; 0 for a code that is no type.
constexpr unsigned size_of(Type type) {
  switch (type) {
    case Type::kInt8:
    case Type::kUint8:
      return 1;
    case Type::kInt16:
    case Type::kBf16:
      return 2;
    case Type::kInt32:
    case Type::kFp32:
      return 4;
  }
  return 0;
}

}  // namespace girih::isa
