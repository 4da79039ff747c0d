// SPDX-License-Identifier: Apache-2.0
#include "compiler/onnx/constant.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "common/error.h"
#include "common/text.h"
#include "compiler/onnx/external_data.h"

namespace girih::onnx {
namespace {

static_assert(std::endian::native == std::endian::little, "raw_data is little-endian");

ElementType element_type(const ::onnx::TensorProto& tensor) {
  switch (tensor.data_type()) {
    case ::onnx::TensorProto::FLOAT: return ElementType::kFloat;
    case ::onnx::TensorProto::INT8: return ElementType::kInt8;
    case ::onnx::TensorProto::UINT8: return ElementType::kUint8;
    case ::onnx::TensorProto::INT32: return ElementType::kInt32;
    case ::onnx::TensorProto::INT64: return ElementType::kInt64;
    default: break;
  }
  const auto type = static_cast<::onnx::TensorProto::DataType>(tensor.data_type());
  const std::string known = ::onnx::TensorProto::DataType_IsValid(tensor.data_type())
                                ? ::onnx::TensorProto::DataType_Name(type)
                                : std::to_string(tensor.data_type());
  throw Error("element type {} is not supported; FLOAT, INT8, UINT8, INT32 and INT64 are accepted",
              known);
}

graph::Shape checked_dims(const ::onnx::TensorProto& tensor) {
  graph::Shape shape(tensor.dims().begin(), tensor.dims().end());
  std::int64_t count = 1;
  for (const std::int64_t dim : shape) {
    if (dim < 0) throw Error("dimension {} is negative", dim);
    if (dim > 0 && count > graph::kMaxElements / dim) {
      throw Error("shape {} has more than the {} elements that are accepted",
                  graph::to_string(shape), graph::kMaxElements);
    }
    // An empty tensor has no elements whatever its other dimensions claim, but they stay bounded.
    count *= std::max<std::int64_t>(dim, 1);
  }
  return shape;
}

std::size_t count_of(const graph::Shape& shape) {
  std::size_t count = 1;
  for (const std::int64_t dim : shape) count *= static_cast<std::size_t>(dim);
  return count;
}

/// The elements of one of the typed fields, each converted to Element after a range check.
template <typename Element, typename Field>
std::vector<std::uint8_t> pack(const Field& field, std::size_t count) {
  if (static_cast<std::size_t>(field.size()) != count) {
    throw Error("{} elements of data, {} needed by its shape", field.size(), count);
  }
  std::vector<std::uint8_t> bytes(count * sizeof(Element));
  for (std::size_t i = 0; i < count; ++i) {
    const auto value = field.Get(static_cast<int>(i));
    const auto element = static_cast<Element>(value);
    if constexpr (std::is_integral_v<Element>) {
      if (!std::in_range<Element>(value)) {
        throw Error("element {} is {}, outside its type", i, value);
      }
    }
    std::memcpy(bytes.data() + i * sizeof(Element), &element, sizeof(Element));
  }
  return bytes;
}

std::vector<std::uint8_t> typed_data(const ::onnx::TensorProto& tensor, ElementType type,
                                     std::size_t count) {
  switch (type) {
    case ElementType::kFloat: return pack<float>(tensor.float_data(), count);
    case ElementType::kInt8: return pack<std::int8_t>(tensor.int32_data(), count);
    case ElementType::kUint8: return pack<std::uint8_t>(tensor.int32_data(), count);
    case ElementType::kInt32: return pack<std::int32_t>(tensor.int32_data(), count);
    case ElementType::kInt64: return pack<std::int64_t>(tensor.int64_data(), count);
  }
  return {};
}

Constant read(const ::onnx::TensorProto& tensor, const std::filesystem::path& folder) {
  Constant constant;
  constant.name = tensor.name();
  constant.type = element_type(tensor);
  constant.shape = checked_dims(tensor);
  if (tensor.has_segment()) throw Error("segmented data is not supported");
  const std::size_t count = count_of(constant.shape);
  const std::size_t bytes = count * size_of(constant.type);
  if (tensor.data_location() == ::onnx::TensorProto::EXTERNAL) {
    constant.bytes = read_external_data(tensor, folder, bytes);
  } else if (tensor.has_raw_data()) {
    const std::string& raw = tensor.raw_data();
    if (raw.size() != bytes) {
      throw Error("{} bytes of raw data, {} needed by its shape {}", raw.size(), bytes,
                  graph::to_string(constant.shape));
    }
    constant.bytes.assign(raw.begin(), raw.end());
  } else {
    constant.bytes = typed_data(tensor, constant.type, count);
  }
  return constant;
}

template <typename T>
T element(const std::vector<std::uint8_t>& bytes, std::size_t index) {
  T value;
  std::memcpy(&value, bytes.data() + index * sizeof(T), sizeof(T));
  return value;
}

template <typename T>
Constant make(std::string name, graph::Shape shape, ElementType type, const std::vector<T>& v) {
  Constant constant{std::move(name), std::move(shape), type, {}};
  constant.bytes.resize(v.size() * sizeof(T));
  if (!v.empty()) std::memcpy(constant.bytes.data(), v.data(), constant.bytes.size());
  return constant;
}

}  // namespace

std::string_view name(ElementType type) {
  static constexpr std::string_view kNames[] = {"FLOAT", "INT8", "UINT8", "INT32", "INT64"};
  return kNames[static_cast<std::size_t>(type)];
}

std::size_t size_of(ElementType type) {
  static constexpr std::size_t kSizes[] = {4, 1, 1, 4, 8};
  return kSizes[static_cast<std::size_t>(type)];
}

float Constant::real(std::size_t index) const { return element<float>(bytes, index); }

std::int64_t Constant::integer(std::size_t index) const {
  switch (type) {
    case ElementType::kInt8: return element<std::int8_t>(bytes, index);
    case ElementType::kUint8: return bytes[index];
    case ElementType::kInt32: return element<std::int32_t>(bytes, index);
    default: return element<std::int64_t>(bytes, index);
  }
}

Constant read_constant(const ::onnx::TensorProto& tensor, const std::filesystem::path& folder) {
  try {
    return read(tensor, folder);
  } catch (const Error& problem) {
    throw Error("tensor '{}': {}", printable(tensor.name()), problem.what());
  }
}

Constant make_constant(std::string name, graph::Shape shape, const std::vector<float>& values) {
  return make(std::move(name), std::move(shape), ElementType::kFloat, values);
}

Constant make_constant(std::string name, graph::Shape shape,
                       const std::vector<std::int64_t>& values) {
  return make(std::move(name), std::move(shape), ElementType::kInt64, values);
}

}  // namespace girih::onnx
