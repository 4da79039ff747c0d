// SPDX-License-Identifier: Apache-2.0
//
// What LOAD and STORE mean (instruction-set.md sections 4 and 5).
#pragma once

#include <vector>

#include "golden/machine.h"

namespace girih::golden {

/// The list of a gather or scatter, as it stands now.
template <class Move>
std::vector<std::uint32_t> read_list(const Move& x, const Machine& machine) {
  std::vector<std::uint32_t> list(x.n1);
  std::memcpy(list.data(), machine.spm + x.index, list.size() * sizeof list[0]);
  return list;
}

/// INDEX at the first entry that is not below `limit`.
Fault check_list(const std::vector<std::uint32_t>& list, std::uint32_t limit);

/// `list` is empty when the instruction does not gather; else its entries have been checked.
void load(const isa::Load& x, const std::vector<std::uint32_t>& list, const Machine& machine);
void store(const isa::Store& x, const std::vector<std::uint32_t>& list, const Machine& machine);

}  // namespace girih::golden
