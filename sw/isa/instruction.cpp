// SPDX-License-Identifier: Apache-2.0
#include "isa/instruction.h"

#include "common/error.h"

namespace girih::isa {

std::int64_t Instruction::get(const Field& field) const {
  const std::uint64_t mask = (std::uint64_t{1} << field.width) - 1;
  const std::uint64_t raw = (words[field.word] >> field.lsb) & mask;
  const std::uint64_t sign = std::uint64_t{1} << (field.width - 1);
  if (!field.is_signed) return static_cast<std::int64_t>(raw);
  return static_cast<std::int64_t>((raw ^ sign) - sign);
}

void Instruction::set(const Field& field, std::int64_t value) {
  const std::int64_t span = std::int64_t{1} << field.width;
  const std::int64_t low = field.is_signed ? -span / 2 : 0;
  const std::int64_t high = low + span - 1;
  if (value < low || value > high) {
    throw girih::Error("instruction field {}: {} does not fit its {} bits ({} to {})", field.name,
                       value, field.width, low, high);
  }
  const auto mask = static_cast<std::uint32_t>(span - 1) << field.lsb;
  const auto bits = static_cast<std::uint32_t>(static_cast<std::uint64_t>(value) << field.lsb);
  words[field.word] = (words[field.word] & ~mask) | (bits & mask);
}

std::array<std::uint8_t, kBytes> Instruction::bytes() const {
  std::array<std::uint8_t, kBytes> out{};
  for (unsigned i = 0; i < kBytes; ++i) {
    out[i] = static_cast<std::uint8_t>(words[i / 4] >> (8 * (i % 4)));
  }
  return out;
}

Instruction Instruction::from_bytes(std::span<const std::uint8_t, kBytes> bytes) {
  Instruction out;
  for (unsigned i = 0; i < kBytes; ++i) {
    out.words[i / 4] |= std::uint32_t{bytes[i]} << (8 * (i % 4));
  }
  return out;
}

std::string_view name_of(std::span<const Code> codes, std::int64_t value) {
  for (const Code& code : codes) {
    if (code.value == value) return code.name;
  }
  return "?";
}

std::string_view to_string(ErrorCode code) {
  return name_of(kErrorCodeCodes, static_cast<std::int64_t>(code));
}
std::string_view to_string(Opcode opcode) {
  return name_of(kOpcodeCodes, static_cast<std::int64_t>(opcode));
}
std::string_view to_string(Type type) {
  return name_of(kTypeCodes, static_cast<std::int64_t>(type));
}

}  // namespace girih::isa
