// SPDX-License-Identifier: Apache-2.0
//
// Names out of a model file, made fit for messages and reports.
#pragma once

#include <string>
#include <string_view>

namespace girih {

/// At most 120 characters of printable ASCII; anything else becomes '?'.
std::string printable(std::string_view name);

}  // namespace girih
