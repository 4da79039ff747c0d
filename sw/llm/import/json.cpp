// SPDX-License-Identifier: Apache-2.0
#include "llm/import/json.h"

#include <unordered_set>
#include <vector>

#include "common/error.h"
#include "common/text.h"
#include "llm/import/mapped_file.h"

namespace girih::llm {
namespace {

constexpr int kDeepest = 64;
constexpr std::size_t kLargest = std::size_t{64} << 20;

using Json = nlohmann::json;

Json parse(std::string_view text, const std::string& place, Json::value_t type) {
  std::vector<std::unordered_set<std::string>> names;  // of the objects that are open
  const auto look = [&](int depth, Json::parse_event_t event, Json& value) {
    if (depth > kDeepest) throw Error("{}: nested deeper than {} levels", place, kDeepest);
    if (event == Json::parse_event_t::object_start) {
      names.emplace_back();
    } else if (event == Json::parse_event_t::object_end) {
      names.pop_back();
    } else if (event == Json::parse_event_t::key) {
      const auto& name = value.get_ref<const std::string&>();
      if (!names.back().insert(name).second) {
        throw Error("{}: \"{}\" stands there twice", place, printable(name));
      }
    }
    return true;
  };
  Json value;
  try {
    value = Json::parse(text, look);
  } catch (const Json::parse_error& error) {
    throw Error("{}: not JSON from byte {} on", place, error.byte);
  } catch (const Json::exception&) {  // a number beyond double
    throw Error("{}: JSON with a number that cannot be represented", place);
  }
  if (value.type() != type) {
    throw Error("{}: a JSON {}, an {} expected", place, value.type_name(), Json(type).type_name());
  }
  return value;
}

Json read(const std::filesystem::path& file, Json::value_t type) {
  const MappedFile mapped(file);
  const std::string place = printable(file.string());
  const auto bytes = mapped.bytes();
  if (bytes.size() > kLargest) {
    throw Error("{}: {} bytes; at most {} are accepted", place, bytes.size(), kLargest);
  }
  return parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, place, type);
}

}  // namespace

Json parse_object(std::string_view text, const std::string& place) {
  return parse(text, place, Json::value_t::object);
}

Json read_object(const std::filesystem::path& file) { return read(file, Json::value_t::object); }

Json read_list(const std::filesystem::path& file) { return read(file, Json::value_t::array); }

}  // namespace girih::llm
