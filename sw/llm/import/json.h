// SPDX-License-Identifier: Apache-2.0
//
// JSON from files that nobody vouches for.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace girih::llm {

/// An object whose names are all different, at most 64 levels deep. Throws girih::Error beginning
/// with `place`.
nlohmann::json parse_object(std::string_view text, const std::string& place);

/// The same from a file of at most 64 MiB.
nlohmann::json read_object(const std::filesystem::path& file);
/// A list from such a file.
nlohmann::json read_list(const std::filesystem::path& file);

}  // namespace girih::llm
