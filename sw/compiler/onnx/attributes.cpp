// SPDX-License-Identifier: Apache-2.0
#include "compiler/onnx/attributes.h"

#include "common/error.h"
#include "common/text.h"

namespace girih::onnx {

using ::onnx::AttributeProto;

Attributes::Attributes(const ::onnx::NodeProto& node) : node_(node) {
  std::set<std::string> names;
  for (const AttributeProto& attribute : node.attribute()) {
    if (!names.insert(attribute.name()).second) {
      throw Error("attribute '{}' is given twice", printable(attribute.name()));
    }
  }
}

const AttributeProto* Attributes::find(const char* name, AttributeProto::AttributeType type) {
  known_.insert(name);
  for (const AttributeProto& attribute : node_.attribute()) {
    if (attribute.name() != name) continue;
    if (attribute.type() != type) {
      throw Error("attribute '{}' has type {}, {} expected", name,
                  AttributeProto::AttributeType_Name(attribute.type()),
                  AttributeProto::AttributeType_Name(type));
    }
    return &attribute;
  }
  return nullptr;
}

std::int64_t Attributes::integer(const char* name, std::int64_t otherwise) {
  const AttributeProto* attribute = find(name, AttributeProto::INT);
  return attribute ? attribute->i() : otherwise;
}

float Attributes::real(const char* name, float otherwise) {
  const AttributeProto* attribute = find(name, AttributeProto::FLOAT);
  return attribute ? attribute->f() : otherwise;
}

std::string Attributes::text(const char* name, const char* otherwise) {
  const AttributeProto* attribute = find(name, AttributeProto::STRING);
  return attribute ? attribute->s() : otherwise;
}

std::optional<std::vector<std::int64_t>> Attributes::integers(const char* name) {
  const AttributeProto* attribute = find(name, AttributeProto::INTS);
  if (!attribute) return std::nullopt;
  return std::vector<std::int64_t>(attribute->ints().begin(), attribute->ints().end());
}

std::optional<std::vector<float>> Attributes::reals(const char* name) {
  const AttributeProto* attribute = find(name, AttributeProto::FLOATS);
  if (!attribute) return std::nullopt;
  return std::vector<float>(attribute->floats().begin(), attribute->floats().end());
}

const ::onnx::TensorProto* Attributes::tensor(const char* name) {
  const AttributeProto* attribute = find(name, AttributeProto::TENSOR);
  return attribute ? &attribute->t() : nullptr;
}

void Attributes::only(const char* name, std::int64_t accepted) {
  const std::int64_t value = integer(name, accepted);
  if (value != accepted) {
    throw Error("attribute {}={} is not supported; {} is accepted", name, value, accepted);
  }
}

void Attributes::finish() const {
  for (const AttributeProto& attribute : node_.attribute()) {
    if (!known_.contains(attribute.name())) {
      throw Error("attribute '{}' is not supported", printable(attribute.name()));
    }
  }
}

}  // namespace girih::onnx
