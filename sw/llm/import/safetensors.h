// SPDX-License-Identifier: Apache-2.0
//
// The safetensors format: 8 bytes length of the header, little-endian; the header, a JSON object of
// {dtype, shape, data_offsets} by name; the data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace girih::llm {

/// What the header says of one tensor; dtype as it stands there.
struct FileTensor {
  std::string name, dtype;
  std::vector<std::int64_t> shape;
  std::span<const std::byte> bytes;
};

/// The tensors of a file in the order of their data. Throws girih::Error beginning with `place`
/// when a size, an offset, a shape or the JSON is not as the format rules, data overlap or leave a
/// hole.
std::vector<FileTensor> parse_safetensors(std::span<const std::byte> file,
                                          const std::string& place);

}  // namespace girih::llm
