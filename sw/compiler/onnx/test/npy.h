// SPDX-License-Identifier: Apache-2.0
//
// The .npy files that scripts/models writes (version 1.0, row-major): elements only.
#pragma once

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace girih::onnx {

/// T is float or std::uint8_t, as the file.
template <typename T>
std::vector<T> read_npy(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(stream), {});
  constexpr std::size_t kPreamble = 10;  // magic, version, length of the header
  if (bytes.size() < kPreamble) throw std::runtime_error(path.string() + ": not a .npy file");
  const std::size_t start = kPreamble + static_cast<unsigned char>(bytes[8]) +
                            256 * static_cast<std::size_t>(static_cast<unsigned char>(bytes[9]));
  const std::string header = bytes.substr(0, start);
  if (header.find(sizeof(T) == 4 ? "'<f4'" : "'|u1'") == std::string::npos || header.find("False") == std::string::npos) {
    throw std::runtime_error(path.string() + ": another type or order");
  }
  std::vector<T> values((bytes.size() - start) / sizeof(T));
  std::memcpy(values.data(), bytes.data() + start, values.size() * sizeof(T));
  return values;
}

}  // namespace girih::onnx
