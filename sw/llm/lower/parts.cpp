// SPDX-License-Identifier: Apache-2.0
#include "llm/lower/parts.h"

#include <fmt/format.h>

#include <array>

namespace girih::llm {

std::string part_name(std::uint32_t tag, std::int64_t layers) {
  static constexpr std::array<const char*, kParts> kNames{
      "attention norm",   "q, k, v",  "rotary",   "attention",
      "attention output", "mlp norm", "gate, up", "down",
  };
  if (tag == kEmbeddingTag) return "embedding";
  if (tag >= head_tag(layers)) return "head";
  return fmt::format("layer {} {}", (tag - 1) / kParts, kNames[(tag - 1) % kParts]);
}

}  // namespace girih::llm
