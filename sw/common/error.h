// SPDX-License-Identifier: Apache-2.0
//
// The error a user can cause and should read. Its message names the place (node, instruction, byte,
// flag), what is wrong with it, and what would be accepted.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace girih {

class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message) : std::runtime_error(message) {}

  /// Error("{}: {} bytes, {} expected", name, have, want)
  template <class First, class... Rest>
  explicit Error(fmt::format_string<First, Rest...> format, First&& first, Rest&&... rest)
      : std::runtime_error(
            fmt::format(format, std::forward<First>(first), std::forward<Rest>(rest)...)) {}
};

}  // namespace girih
