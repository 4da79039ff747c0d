// SPDX-License-Identifier: Apache-2.0
//
// NumPy's .npy files, format versions 1 to 3, C order, little-endian numbers (NumPy manual,
// numpy.lib.format).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace girih {

/// An array with every element widened to double, which holds all of float32, int32 and below
/// exactly.
struct Array {
  std::vector<std::int64_t> shape;
  std::string type;  ///< as in the file: "f4", "i1", "u1", "i4", "i8", "f8", ...
  std::vector<double> values;
};

/// Throws girih::Error naming the file and what is wrong with it.
Array read_npy(const std::filesystem::path& file);
void write_npy(const std::filesystem::path& file, const std::vector<std::int64_t>& shape,
               const std::vector<float>& values);

}  // namespace girih
