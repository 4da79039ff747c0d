// SPDX-License-Identifier: Apache-2.0
#include "compiler/onnx/external_data.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string>

#include "common/error.h"
#include "common/text.h"

namespace girih::onnx {
namespace {

namespace fs = std::filesystem;

struct Place {
  std::string location;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  bool has_length = false;
};

std::uint64_t parse_number(const std::string& key, const std::string& text) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || text.empty()) {
    throw Error("external data: {} '{}' is not a number of bytes", key, printable(text));
  }
  return value;
}

Place parse_place(const ::onnx::TensorProto& tensor) {
  Place place;
  for (const auto& entry : tensor.external_data()) {
    if (entry.key() == "location") {
      place.location = entry.value();
    } else if (entry.key() == "offset") {
      place.offset = parse_number("offset", entry.value());
    } else if (entry.key() == "length") {
      place.length = parse_number("length", entry.value());
      place.has_length = true;
    }  // "checksum" and what later versions add do not change the data
  }
  return place;
}

/// The canonical path, if it is legal. Canonical means that no symbolic link is left in it, so that
/// comparing components with the canonical folder proves that the file lies inside.
fs::path resolve(const std::string& location, const fs::path& folder) {
  const std::string shown = printable(location);
  const fs::path relative(location);
  if (location.empty() || location.find('\0') != std::string::npos ||
      location.find('\\') != std::string::npos || relative.is_absolute() ||
      std::find(relative.begin(), relative.end(), "..") != relative.end()) {
    throw Error("external data: location '{}' is not a relative path inside the model's folder",
                shown);
  }
  std::error_code error;
  const fs::path root = fs::canonical(folder, error);
  if (error) throw Error("external data: the model's folder cannot be opened");
  const fs::path file = fs::canonical(root / relative, error);
  if (error || !fs::is_regular_file(file, error)) {
    throw Error("external data: '{}' is not a file in the model's folder", shown);
  }
  const auto [end, ignored] = std::mismatch(root.begin(), root.end(), file.begin(), file.end());
  if (end != root.end()) {
    throw Error("external data: '{}' leads outside the model's folder", shown);
  }
  return file;
}

}  // namespace

std::vector<std::uint8_t> read_external_data(const ::onnx::TensorProto& tensor,
                                             const fs::path& folder, std::size_t bytes) {
  const Place place = parse_place(tensor);
  const fs::path path = resolve(place.location, folder);
  if (place.has_length && place.length != bytes) {
    throw Error("external data: length {}, {} bytes needed by its shape", place.length, bytes);
  }
  std::error_code error;
  const std::uint64_t size = fs::file_size(path, error);
  if (error || place.offset > size || bytes > size - place.offset) {
    throw Error("external data: '{}' has {} bytes, {} from offset {} are needed",
                printable(place.location), size, bytes, place.offset);
  }
  std::vector<std::uint8_t> data(bytes);
  std::ifstream stream(path, std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(place.offset));
  if (!stream.read(reinterpret_cast<char*>(data.data()), static_cast<std::streamsize>(bytes))) {
    throw Error("external data: '{}' cannot be read", printable(place.location));
  }
  return data;
}

}  // namespace girih::onnx
