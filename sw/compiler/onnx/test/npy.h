// SPDX-License-Identifier: Apache-2.0
//
// The .npy files that scripts/models writes (version 1.0): elements in row-major order.
#pragma once

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace girih::onnx {

/// The dimensions in a header's "'shape': (2, 3), ".
inline std::vector<std::size_t> shape_of(const std::string& header) {
  constexpr char kKey[] = "'shape': (";
  std::istringstream text(header.substr(header.find(kKey) + sizeof(kKey) - 1));
  std::vector<std::size_t> shape;
  for (std::size_t dim; text >> dim; text.ignore()) shape.push_back(dim);
  return shape;
}

/// NumPy writes transposed arrays with the first dimension fastest.
template <typename T>
std::vector<T> to_row_major(const std::vector<T>& values, const std::vector<std::size_t>& shape) {
  std::vector<T> out(values.size());
  for (std::size_t p = 0; p < out.size(); ++p) {
    std::size_t rest = p;
    std::size_t source = 0;
    for (std::size_t d = shape.size(); d-- > 0;) {
      source = source * shape[d] + rest % shape[d];
      rest /= shape[d];
    }
    // `source` now has the last dimension slowest: exactly the file's order.
    out[p] = values[source];
  }
  return out;
}

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
  if (header.find(sizeof(T) == 4 ? "'<f4'" : "'|u1'") == std::string::npos ||
      header.find("'shape': (") == std::string::npos) {
    throw std::runtime_error(path.string() + ": another type");
  }
  std::vector<T> values((bytes.size() - start) / sizeof(T));
  std::memcpy(values.data(), bytes.data() + start, values.size() * sizeof(T));
  if (header.find("'fortran_order': True") == std::string::npos) return values;
  return to_row_major(values, shape_of(header));
}

}  // namespace girih::onnx
