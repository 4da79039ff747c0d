// SPDX-License-Identifier: Apache-2.0
//
// In which order a tensor's elements lie in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "compiler/graph/graph.h"

namespace girih::compiler {

/// The logical row-major index is a mixed-radix number with digits `factors` (slowest first);
/// memory holds the digits in the order `order` (slowest first), dense. factors {1, 8, 4, 4} with
/// order {0, 2, 3, 1} is a [1, 8, 4, 4] tensor stored channels-last.
struct Storage {
  std::vector<std::int64_t> factors;
  std::vector<std::size_t> order;

  bool operator==(const Storage&) const = default;
};

Storage row_major(const graph::Shape& shape);
Storage channels_last(const graph::Shape& shape);  ///< rank 4; any other rank: row-major

/// The same memory, seen with finer factors so that every boundary of `shape` is one; nothing when
/// a factor cannot be split along it.
std::optional<Storage> refine(const Storage& storage, const graph::Shape& shape);

/// Storage of the transposed tensor, when the elements stay where they are.
std::optional<Storage> transpose(const Storage& storage, const graph::Shape& shape,
                                 const std::vector<std::size_t>& permutation);

/// position[i]: place in memory of logical element i.
std::vector<std::uint32_t> positions(const Storage& storage);

/// Do both put every element in the same place?
bool same_order(const Storage& a, const Storage& b);

}  // namespace girih::compiler
