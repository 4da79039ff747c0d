// SPDX-License-Identifier: Apache-2.0
#include "common/npy.h"

#include <cstring>
#include <fstream>
#include <iterator>
#include <regex>

#include "common/error.h"

namespace girih {
namespace {

/// NumPy's own limit; nothing longer reaches the regular expressions.
constexpr std::size_t kLongestHeader = 10'000;
constexpr std::string_view kMagic = "\x93NUMPY";

template <class T>
void widen(const std::string& bytes, std::size_t at, std::vector<double>& values) {
  for (double& value : values) {
    T x;
    std::memcpy(&x, bytes.data() + at, sizeof x);
    value = static_cast<double>(x);
    at += sizeof x;
  }
}

std::string header_of(const std::string& bytes, const std::string& name, std::size_t& data) {
  if (bytes.size() < 10 || bytes.compare(0, kMagic.size(), kMagic) != 0) {
    throw Error("{}: is no .npy file (numpy.save writes them)", name);
  }
  const auto byte = [&](std::size_t i) {
    return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i]));
  };
  const std::size_t version = byte(6);
  if (version < 1 || version > 3)
    throw Error("{}: .npy format version {}, 1 to 3 can be read", name, version);
  const std::size_t start = version == 1 ? 10 : 12;
  if (bytes.size() < start) throw Error("{}: ends within its header", name);
  const std::size_t length = version == 1
                                 ? byte(8) | byte(9) << 8
                                 : byte(8) | byte(9) << 8 | byte(10) << 16 | byte(11) << 24;
  if (length > bytes.size() - start)
    throw Error("{}: its header of {} bytes is longer than the file", name, length);
  if (length > kLongestHeader)
    throw Error("{}: its header has {} bytes, at most {} are accepted", name, length,
                kLongestHeader);
  data = start + length;
  return bytes.substr(start, length);
}

std::string field(const std::string& header, const std::string& pattern, const std::string& what,
                  const std::string& name) {
  std::smatch match;
  if (!std::regex_search(header, match, std::regex(pattern)))
    throw Error("{}: its header has no {}", name, what);
  return match[1];
}

std::vector<std::int64_t> shape_of(const std::string& text, const std::string& name) {
  std::vector<std::int64_t> shape;
  const std::regex number("[0-9]+");
  std::int64_t elements = 1;
  for (auto it = std::sregex_iterator(text.begin(), text.end(), number);
       it != std::sregex_iterator(); ++it) {
    if (it->str().size() > 12) throw Error("{}: a dimension of {} is too large", name, it->str());
    shape.push_back(std::stoll(it->str()));
    if (shape.back() != 0 && elements > (std::int64_t{1} << 40) / shape.back())
      throw Error("{}: its shape ({}) is too large", name, text);
    elements *= shape.back();
  }
  return shape;
}

}  // namespace

Array read_npy(const std::filesystem::path& file) {
  const std::string name = file.string();
  std::error_code error;
  // A folder cannot be read, a pipe or a device could be endless.
  if (!std::filesystem::is_regular_file(file, error))
    throw Error("{}: no such file, or not a regular one", name);
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw Error("{}: cannot be read", name);
  const std::string bytes((std::istreambuf_iterator<char>(stream)),
                          std::istreambuf_iterator<char>());
  std::size_t data = 0;
  const std::string header = header_of(bytes, name, data);
  const std::string descr =
      field(header, "'descr'\\s*:\\s*'([^']*)'", "'descr' that is a plain number type", name);
  const std::string order =
      field(header, "'fortran_order'\\s*:\\s*(True|False)", "'fortran_order'", name);
  Array array;
  array.shape = shape_of(field(header, "'shape'\\s*:\\s*\\(([^)]*)\\)", "'shape'", name), name);
  if (order == "True")
    throw Error("{}: is in Fortran order; save numpy.ascontiguousarray(x)", name);
  if (descr.empty() || descr.front() == '>')
    throw Error("{}: has type '{}'; little-endian numbers can be read", name, descr);
  array.type = descr.substr(1);
  std::size_t elements = 1;
  for (const std::int64_t d : array.shape) elements *= static_cast<std::size_t>(d);
  struct Reader {
    const char* type;
    std::size_t size;
    void (*read)(const std::string&, std::size_t, std::vector<double>&);
  };
  constexpr Reader kReaders[] = {{"f4", 4, widen<float>},        {"f8", 8, widen<double>},
                                 {"i1", 1, widen<std::int8_t>},  {"u1", 1, widen<std::uint8_t>},
                                 {"i2", 2, widen<std::int16_t>}, {"u2", 2, widen<std::uint16_t>},
                                 {"i4", 4, widen<std::int32_t>}, {"u4", 4, widen<std::uint32_t>},
                                 {"i8", 8, widen<std::int64_t>}, {"b1", 1, widen<std::uint8_t>}};
  for (const Reader& reader : kReaders) {
    if (array.type != reader.type) continue;
    if (bytes.size() - data != elements * reader.size) {
      throw Error("{}: holds {} bytes of data, its shape needs {}", name, bytes.size() - data,
                  elements * reader.size);
    }
    array.values.resize(elements);
    reader.read(bytes, data, array.values);
    return array;
  }
  throw Error("{}: has type '{}'; f4, f8, i1, u1, i2, u2, i4, u4, i8 and b1 can be read", name,
              descr);
}

void write_npy(const std::filesystem::path& file, const std::vector<std::int64_t>& shape,
               const std::vector<float>& values) {
  std::string dims;
  for (const std::int64_t d : shape) dims += fmt::format("{}, ", d);
  std::string header =
      fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}), }}", dims);
  header.resize((header.size() + 1 + 10 + 63) / 64 * 64 - 10 - 1,
                ' ');  // data start at a multiple of 64
  header += '\n';
  std::ofstream stream(file, std::ios::binary);
  const char length[2] = {static_cast<char>(header.size() & 0xff),
                          static_cast<char>(header.size() >> 8)};
  stream.write(kMagic.data(), static_cast<std::streamsize>(kMagic.size()))
      .write("\x01\x00", 2)
      .write(length, 2);
  stream.write(header.data(), static_cast<std::streamsize>(header.size()));
  stream.write(reinterpret_cast<const char*>(values.data()),
               static_cast<std::streamsize>(values.size() * sizeof(float)));
  if (!stream.flush()) throw Error("{}: cannot be written", file.string());
}

}  // namespace girih
