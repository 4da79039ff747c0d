// SPDX-License-Identifier: Apache-2.0
//
// The parts of a step, as reports name them: an instruction's tag is its part's number.
#pragma once

#include <cstdint>
#include <string>

namespace girih::llm {

enum class Part : std::uint32_t {
  kAttentionNorm,
  kProjections,  ///< q, k and v
  kRotary,       ///< head norms, rotation, quantisation, new rows of the cache
  kAttention,
  kOutput,
  kMlpNorm,
  kGateUp,
  kDown,
};
inline constexpr std::uint32_t kParts = 8;

inline constexpr std::uint32_t kEmbeddingTag = 0;
constexpr std::uint32_t tag_of(std::int64_t layer, Part part) {
  return 1 + static_cast<std::uint32_t>(layer) * kParts + static_cast<std::uint32_t>(part);
}
constexpr std::uint32_t head_tag(std::int64_t layers) {
  return tag_of(layers, Part::kAttentionNorm);
}

/// `layer 3 attention`, `embedding`, `head`.
std::string part_name(std::uint32_t tag, std::int64_t layers);

}  // namespace girih::llm
