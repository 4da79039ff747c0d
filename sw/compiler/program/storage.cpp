// SPDX-License-Identifier: Apache-2.0
#include "compiler/program/storage.h"

#include <algorithm>
#include <numeric>

namespace girih::compiler {

Storage row_major(const graph::Shape& shape) {
  Storage storage{shape, {}};
  storage.order.resize(shape.size());
  std::iota(storage.order.begin(), storage.order.end(), std::size_t{0});
  return storage;
}

Storage channels_last(const graph::Shape& shape) {
  Storage storage = row_major(shape);
  if (shape.size() == 4) storage.order = {0, 2, 3, 1};
  return storage;
}

std::optional<Storage> refine(const Storage& storage, const graph::Shape& shape) {
  // Walk both mixed-radix systems from the fast end and cut each factor where a dimension ends.
  struct Piece {
    std::int64_t size;
    std::size_t factor;
  };
  std::vector<Piece> pieces;  // fastest first
  std::size_t dim = shape.size();
  std::int64_t left = 1;  // of the current dimension
  const auto next_dim = [&] {
    while (left == 1 && dim > 0) left = shape[--dim];
  };
  for (std::size_t f = storage.factors.size(); f-- > 0;) {
    std::int64_t factor = storage.factors[f];
    if (factor == 1) pieces.push_back({1, f});
    while (factor > 1) {
      next_dim();
      const std::int64_t piece = std::min(factor, left);
      if (factor % piece != 0 || left % piece != 0) return std::nullopt;
      pieces.push_back({piece, f});
      factor /= piece;
      left /= piece;
    }
  }
  std::reverse(pieces.begin(), pieces.end());
  Storage fine;
  for (const Piece& piece : pieces) fine.factors.push_back(piece.size);
  for (const std::size_t f : storage.order) {
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      if (pieces[i].factor == f) fine.order.push_back(i);
    }
  }
  return fine;
}

std::optional<Storage> transpose(const Storage& storage, const graph::Shape& shape,
                                 const std::vector<std::size_t>& permutation) {
  const std::optional<Storage> fine = refine(storage, shape);
  if (!fine) return std::nullopt;
  // Which dimension does each factor belong to?
  std::vector<std::vector<std::size_t>> of_dim(shape.size());
  std::size_t factor = 0;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    std::int64_t product = 1;
    while (product < shape[d]) {
      product *= fine->factors[factor];
      of_dim[d].push_back(factor++);
    }
  }
  Storage result;
  std::vector<std::size_t> renamed(fine->factors.size(), fine->factors.size());
  for (const std::size_t d : permutation) {
    for (const std::size_t f : of_dim[d]) {
      renamed[f] = result.factors.size();
      result.factors.push_back(fine->factors[f]);
    }
  }
  for (const std::size_t f : fine->order) {
    if (renamed[f] != fine->factors.size()) result.order.push_back(renamed[f]);
  }
  return result;
}

std::vector<std::uint32_t> positions(const Storage& storage) {
  const std::size_t rank = storage.factors.size();
  std::vector<std::uint32_t> stride(rank);
  std::uint32_t step = 1;
  for (std::size_t i = rank; i-- > 0;) {
    stride[storage.order[i]] = step;
    step *= static_cast<std::uint32_t>(storage.factors[storage.order[i]]);
  }
  std::vector<std::uint32_t> result(step);
  std::vector<std::int64_t> digit(rank, 0);
  std::uint32_t place = 0;
  for (std::uint32_t& position : result) {
    position = place;
    for (std::size_t d = rank; d-- > 0;) {
      place += stride[d];
      if (++digit[d] < storage.factors[d]) break;
      place -= stride[d] * static_cast<std::uint32_t>(storage.factors[d]);
      digit[d] = 0;
    }
  }
  return result;
}

bool same_order(const Storage& a, const Storage& b) { return positions(a) == positions(b); }

}  // namespace girih::compiler
