// SPDX-License-Identifier: Apache-2.0
#include "llm/import/fields.h"

#include <algorithm>
#include <cmath>

#include "common/error.h"
#include "common/text.h"

namespace girih::llm {

using Json = nlohmann::json;

const Json* Fields::find(const char* name) const {
  const auto it = object_.find(name);
  return it == object_.end() || it->is_null() ? nullptr : &*it;
}

std::int64_t Fields::count(const char* name, std::int64_t most) const {
  const Json* value = find(name);
  if (value == nullptr) throw Error("{}: {} is missing; 1 to {} accepted", place_, name, most);
  if (!value->is_number_unsigned() || value->get<std::uint64_t>() < 1 ||
      value->get<std::uint64_t>() > static_cast<std::uint64_t>(most)) {
    refuse(name, *value, fmt::format("1 to {}", most));
  }
  return value->get<std::int64_t>();
}

std::int64_t Fields::count(const char* name, std::int64_t most, std::int64_t absent) const {
  return find(name) == nullptr ? absent : count(name, most);
}

double Fields::positive(const char* name) const {
  const Json* value = find(name);
  if (value == nullptr) throw Error("{}: {} is missing; a number above 0 accepted", place_, name);
  const double number = value->is_number() ? value->get<double>() : 0.0;
  if (!(number > 0.0) || !std::isfinite(number)) refuse(name, *value, "a number above 0");
  return number;
}

double Fields::positive(const char* name, double absent) const {
  return find(name) == nullptr ? absent : positive(name);
}

bool Fields::flag(const char* name) const {
  const Json* value = find(name);
  if (value == nullptr) return false;
  if (!value->is_boolean()) refuse(name, *value, "true or false");
  return value->get<bool>();
}

std::string Fields::text(const char* name, std::string_view absent) const {
  const Json* value = find(name);
  if (value == nullptr) return std::string(absent);
  if (!value->is_string()) refuse(name, *value, "a string");
  return value->get<std::string>();
}

std::string Fields::architecture(std::initializer_list<std::string_view> accepted) const {
  std::string choice;
  for (const std::string_view name : accepted) {
    choice += fmt::format("{}[\"{}\"]", choice.empty() ? "" : " or ", name);
  }
  const Json* list = find("architectures");
  if (list == nullptr) throw Error("{}: architectures is missing; {} accepted", place_, choice);
  if (!list->is_array() || list->size() != 1 || !list->front().is_string() ||
      std::ranges::find(accepted, list->front().get_ref<const std::string&>()) == accepted.end()) {
    refuse("architectures", *list, choice);
  }
  return list->front().get<std::string>();
}

void Fields::refuse(const char* name, const Json& value, std::string_view accepted) const {
  const std::string shown = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  throw Error("{}: {} is {}; {} accepted", place_, name, printable(shown), accepted);
}

}  // namespace girih::llm
