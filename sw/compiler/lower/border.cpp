// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/border.h"

#include <algorithm>

namespace girih::compiler {
namespace {

/// The border of an image as runs of bytes: before the first row, between the rows, after the last.
struct Runs {
  std::int64_t before, between, after;
};
Runs runs(const Border& b, const Map& map) {
  const std::int64_t line = (b.left + map.width + b.right) * map.channels;
  return {b.top * line + b.left * map.channels, (b.right + b.left) * map.channels,
          b.right * map.channels + b.bottom * line};
}

}  // namespace

std::vector<isa::Vector> border_instructions(const Place& place, std::int64_t batch,
                                             const Map& map) {
  const Runs run = runs(place.border, map);
  std::vector<isa::Vector> result;
  const auto fill = [&](std::int64_t base, std::int64_t bytes, std::int64_t rows) {
    if (bytes == 0 || rows == 0) return;
    // d = clamp(rne(x * 0) + value): x is the border itself, an integer whatever it holds.
    isa::Vector v;
    v.a_type = v.d_type = isa::Type::kUint8;
    v.lo = 0;
    v.hi = 0xff;
    v.zd = place.border_value;
    v.b_mode = isa::Operand::kImmediate;
    v.b_type = isa::Type::kFp32;
    v.b_base = isa::fp32_bits(0.0F);
    v.a_base = v.d_base = static_cast<std::uint32_t>(base);
    v.n0 = static_cast<std::uint16_t>(bytes);
    v.n1 = static_cast<std::uint16_t>(rows);
    v.n2 = static_cast<std::uint16_t>(batch);
    v.a_s1 = v.d_s1 = static_cast<std::int32_t>(map.line);
    v.a_s2 = v.d_s2 = static_cast<std::int32_t>(map.image);
    result.push_back(v);
  };
  fill(place.address, run.before, 1);
  fill(map.at(0, 0, map.width, 0), run.between, map.height - 1);
  fill(map.at(0, map.height - 1, map.width, 0), run.after, 1);
  return result;
}

bool border_fits(const Border& border, std::int64_t batch, const Map& map) {
  const Runs run = runs(border, map);
  return std::max({run.before, run.between, run.after, map.height, batch}) <= 0xffff;
}

}  // namespace girih::compiler
