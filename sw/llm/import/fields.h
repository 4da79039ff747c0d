// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "llm/import/json.h"

namespace girih::llm {

/// An object of a configuration file, and how messages call it. What is missing or not accepted
/// throws girih::Error naming field and value. Absent and null mean the same to those who write
/// these files.
class Fields {
 public:
  /// `object` must outlive this.
  Fields(const nlohmann::json& object, std::string place)
      : object_(object), place_(std::move(place)) {}

  const nlohmann::json* find(const char* name) const;

  /// 1 to `most`.
  std::int64_t count(const char* name, std::int64_t most) const;
  std::int64_t count(const char* name, std::int64_t most, std::int64_t absent) const;

  /// A finite number above 0.
  double positive(const char* name) const;
  double positive(const char* name, double absent) const;

  /// False when absent.
  bool flag(const char* name) const;
  std::string text(const char* name, std::string_view absent) const;

  /// The one entry of `architectures`.
  std::string architecture(std::initializer_list<std::string_view> accepted) const;

  [[noreturn]] void refuse(const char* name, const nlohmann::json& value,
                           std::string_view accepted) const;
  const std::string& place() const { return place_; }

 private:
  const nlohmann::json& object_;
  std::string place_;
};

}  // namespace girih::llm
