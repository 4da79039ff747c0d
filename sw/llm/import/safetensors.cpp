// SPDX-License-Identifier: Apache-2.0
#include "llm/import/safetensors.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "common/error.h"
#include "common/text.h"
#include "llm/import/json.h"

namespace girih::llm {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kPrefix = 8;
constexpr std::uint64_t kLongestHeader = 100'000'000;  // what the format's own library accepts
constexpr std::size_t kMostDimensions = 8;

struct DtypeSize {
  std::string_view name;
  std::uint64_t bits;
};
constexpr std::array<DtypeSize, 15> kDtypes = {{{"BOOL", 8},
                                                {"U8", 8},
                                                {"I8", 8},
                                                {"F8_E4M3", 8},
                                                {"F8_E5M2", 8},
                                                {"F8_E8M0", 8},
                                                {"U16", 16},
                                                {"I16", 16},
                                                {"F16", 16},
                                                {"BF16", 16},
                                                {"U32", 32},
                                                {"I32", 32},
                                                {"F32", 32},
                                                {"I64", 64},
                                                {"F64", 64}}};

std::uint64_t little_endian64(std::span<const std::byte> bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < kPrefix; ++i) {
    value |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * i);
  }
  return value;
}

/// Bytes of a tensor, refusing what overflows.
std::uint64_t size_of(const FileTensor& tensor, const std::string& place) {
  const auto dtype = std::ranges::find(kDtypes, tensor.dtype, &DtypeSize::name);
  if (dtype == kDtypes.end()) {
    throw Error("{}: dtype \"{}\" is not one of the format's", place, printable(tensor.dtype));
  }
  std::uint64_t size = dtype->bits / 8;
  for (const std::int64_t n : tensor.shape) {
    if (__builtin_mul_overflow(size, static_cast<std::uint64_t>(n), &size)) {
      throw Error("{}: its shape has more elements than memory can hold", place);
    }
  }
  return size;
}

std::int64_t natural(const Json& value, const std::string& place, const char* field) {
  if (!value.is_number_unsigned() ||
      value.get<std::uint64_t>() > std::uint64_t{0x7fff'ffff'ffff'ffff}) {
    throw Error("{}: {} holds {}; whole numbers from 0 on expected", place, field,
                printable(value.dump()));
  }
  return value.get<std::int64_t>();
}

const Json& member(const Json& entry, const char* field, const std::string& place) {
  const auto it = entry.find(field);
  if (it == entry.end()) throw Error("{}: the header says no {}", place, field);
  return *it;
}

FileTensor read_entry(const std::string& name, const Json& entry, std::span<const std::byte> data,
                      const std::string& place) {
  FileTensor tensor;
  tensor.name = name;
  if (!entry.is_object()) {
    throw Error("{}: a JSON {}, an object expected", place, entry.type_name());
  }
  const Json& dtype = member(entry, "dtype", place);
  if (!dtype.is_string()) throw Error("{}: dtype is a JSON {}", place, dtype.type_name());
  tensor.dtype = dtype.get<std::string>();
  const Json& shape = member(entry, "shape", place);
  if (!shape.is_array() || shape.size() > kMostDimensions) {
    throw Error("{}: shape is not a list of at most {} numbers", place, kMostDimensions);
  }
  for (const Json& n : shape) tensor.shape.push_back(natural(n, place, "shape"));
  const Json& offsets = member(entry, "data_offsets", place);
  if (!offsets.is_array() || offsets.size() != 2) {
    throw Error("{}: data_offsets is not a list of two numbers", place);
  }
  const auto begin = static_cast<std::uint64_t>(natural(offsets[0], place, "data_offsets"));
  const auto end = static_cast<std::uint64_t>(natural(offsets[1], place, "data_offsets"));
  if (begin > end || end > data.size()) {
    throw Error("{}: data_offsets [{}, {}] do not lie in the file's {} bytes of data", place, begin,
                end, data.size());
  }
  const std::uint64_t size = size_of(tensor, place);
  if (end - begin != size) {
    throw Error("{}: data_offsets [{}, {}] hold {} bytes, dtype and shape need {}", place, begin,
                end, end - begin, size);
  }
  tensor.bytes = data.subspan(begin, size);
  return tensor;
}

}  // namespace

std::vector<FileTensor> parse_safetensors(std::span<const std::byte> file,
                                          const std::string& place) {
  if (file.size() < kPrefix) {
    throw Error("{}: {} bytes; a safetensors file begins with the 8-byte length of its header",
                place, file.size());
  }
  const std::uint64_t length = little_endian64(file);
  if (length > kLongestHeader || length > file.size() - kPrefix) {
    throw Error("{}: its header claims {} bytes; the file has {} after the length (at most {} are "
                "accepted)",
                place, length, file.size() - kPrefix, kLongestHeader);
  }
  const auto text = file.subspan(kPrefix, length);
  const auto data = file.subspan(kPrefix + length);
  const Json header = parse_object({reinterpret_cast<const char*>(text.data()), text.size()},
                                   place + ": header");
  std::vector<FileTensor> tensors;
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__") continue;
    tensors.push_back(
        read_entry(name, entry, data, fmt::format("{}: tensor {}", place, printable(name))));
  }
  std::ranges::stable_sort(tensors, {}, [&](const FileTensor& t) {
    return std::pair(t.bytes.data() - data.data(), t.bytes.size());
  });
  std::size_t used = 0;
  for (const FileTensor& tensor : tensors) {
    const auto begin = static_cast<std::size_t>(tensor.bytes.data() - data.data());
    if (begin != used) {
      throw Error("{}: tensor {} begins at byte {} of the data; {} ends at {}", place,
                  printable(tensor.name), begin,
                  begin < used ? "the one before it" : "what is used", used);
    }
    used += tensor.bytes.size();
  }
  if (used != data.size()) {
    throw Error("{}: {} bytes of data, its tensors use {}", place, data.size(), used);
  }
  return tensors;
}

}  // namespace girih::llm
