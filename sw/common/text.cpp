// SPDX-License-Identifier: Apache-2.0
#include "common/text.h"

namespace girih {

std::string printable(std::string_view name) {
  constexpr std::size_t kLongest = 120;
  std::string text(name.substr(0, kLongest));
  for (char& c : text) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  if (name.size() > kLongest) text += "...";
  return text;
}

}  // namespace girih
