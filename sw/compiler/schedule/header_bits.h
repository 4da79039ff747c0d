// SPDX-License-Identifier: Apache-2.0
//
// The header fields that scheduling reads and writes, in place.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/error.h"
#include "isa/instruction.h"

namespace girih::compiler {

inline const isa::Field& header_field(std::string_view name) {
  for (const isa::Field& field : isa::kHeaderFields) {
    if (field.name == name) return field;
  }
  throw Error("the instruction layout has no header field \"{}\"", name);
}

inline const isa::Field& order_field() {
  static const isa::Field& field = header_field("order");
  return field;
}
inline const isa::Field& wait_field() {
  static const isa::Field& field = header_field("wait");
  return field;
}
inline const isa::Field& give_field() {
  static const isa::Field& field = header_field("give");
  return field;
}

inline std::uint32_t wait_mask(const isa::Instruction& x) {
  return static_cast<std::uint32_t>(x.get(wait_field()));
}
inline std::uint32_t give_mask(const isa::Instruction& x) {
  return static_cast<std::uint32_t>(x.get(give_field()));
}

}  // namespace girih::compiler
