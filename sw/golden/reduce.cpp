// SPDX-License-Identifier: Apache-2.0
#include "golden/reduce.h"

#include <algorithm>
#include <array>

#include "golden/numerics.h"

namespace girih::golden {
namespace {

constexpr std::ptrdiff_t kPartials = 128;

// Element i goes to partial i mod 128; then for step = 64, 32, ..., 1: p[i] = p[i] op p[i + step].
template <class Op>
float tree(const float* row, std::ptrdiff_t count, Op op) {
  std::ptrdiff_t present = std::min(kPartials, count);
  std::array<float, kPartials> partial;
  std::copy_n(row, present, partial.begin());
  for (std::ptrdiff_t at = kPartials; at < count; at += kPartials) {
    const std::ptrdiff_t length = std::min(kPartials, count - at);
    for (std::ptrdiff_t i = 0; i < length; ++i) partial[i] = op(partial[i], row[at + i]);
  }
  for (std::ptrdiff_t step = kPartials / 2; step >= 1; step /= 2) {
    for (std::ptrdiff_t i = 0; i + step < present; ++i) {
      partial[i] = op(partial[i], partial[i + step]);
    }
    present = std::min(present, step);
  }
  return partial[0];
}

/// The first NaN, or else the first of the largest.
std::ptrdiff_t argmax(const float* row, std::ptrdiff_t count) {
  std::ptrdiff_t best = 0;
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    if (fp::is_nan(row[i])) return i;
    if (row[i] > row[best]) best = i;
  }
  return best;
}

}  // namespace

float reduce_row(isa::Reduce op, const float* row, std::ptrdiff_t count) {
  switch (op) {
    case isa::Reduce::kMax:
      return tree(row, count, [](float x, float y) { return fp::max(x, y); });
    case isa::Reduce::kMin:
      return tree(row, count, [](float x, float y) { return fp::min(x, y); });
    case isa::Reduce::kArgmax:
      return static_cast<float>(argmax(row, count));
    default:
      return tree(row, count, [](float x, float y) { return fp::add(x, y); });
  }
}

}  // namespace girih::golden
