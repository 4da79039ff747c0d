// SPDX-License-Identifier: Apache-2.0
#include "golden/dma.h"

namespace girih::golden {

Fault check_list(const std::vector<std::uint32_t>& list, std::uint32_t limit) {
  for (std::uint32_t i = 0; i < list.size(); ++i) {
    if (list[i] >= limit) return {isa::ErrorCode::kIndex, i};
  }
  return {};
}

// local[local + i3*t3 + i2*t2 + i1*t1 + i0] =
//   inside ? dram[window][offset + i3*s3 + (i2-before2)*s2 + (i1-before1)*s1 + (i0-before0)] : pad
void load(const isa::Load& x, const std::vector<std::uint32_t>& list, const Machine& machine) {
  const std::int64_t f2 = x.before2 + x.n2 + x.after2, f1 = x.before1 + x.n1 + x.after1;
  const std::int64_t f0 = std::int64_t{x.before0} + x.n0 + x.after0;
  const auto origin = static_cast<std::int64_t>(machine.windows[x.window].address() + x.offset);
  for (std::int64_t i3 = 0; i3 < x.n3; ++i3) {
    for (std::int64_t i2 = 0; i2 < f2; ++i2) {
      for (std::int64_t i1 = 0; i1 < f1; ++i1) {
        std::uint8_t* row = machine.at(x.space, x.local + i3 * x.t3 + i2 * x.t2 + i1 * x.t1);
        const std::int64_t d2 = i2 - x.before2, d1 = i1 - x.before1;
        if (d2 < 0 || d2 >= x.n2 || d1 < 0 || d1 >= x.n1) {
          std::memset(row, x.pad_value, static_cast<std::size_t>(f0));
          continue;
        }
        const std::int64_t step = list.empty() ? d1 : list[static_cast<std::size_t>(d1)];
        const std::int64_t from = origin + i3 * x.s3 + d2 * x.s2 + step * x.s1;
        std::memset(row, x.pad_value, x.before0);
        machine.dram.read(static_cast<std::uint64_t>(from), {row + x.before0, x.n0});
        std::memset(row + x.before0 + x.n0, x.pad_value, x.after0);
      }
    }
  }
}

// dram[window][offset + i3*s3 + i2*s2 + i1*s1 + i0] = local[local + i3*t3 + i2*t2 + i1*t1 + i0]
void store(const isa::Store& x, const std::vector<std::uint32_t>& list, const Machine& machine) {
  const auto origin = static_cast<std::int64_t>(machine.windows[x.window].address() + x.offset);
  for (std::int64_t i3 = 0; i3 < x.n3; ++i3) {
    for (std::int64_t i2 = 0; i2 < x.n2; ++i2) {
      for (std::int64_t i1 = 0; i1 < x.n1; ++i1) {
        const std::int64_t step = list.empty() ? i1 : list[static_cast<std::size_t>(i1)];
        const std::int64_t to = origin + i3 * x.s3 + i2 * x.s2 + step * x.s1;
        const std::uint8_t* row = machine.at(x.space, x.local + i3 * x.t3 + i2 * x.t2 + i1 * x.t1);
        machine.dram.write(static_cast<std::uint64_t>(to), {row, x.n0});
      }
    }
  }
}

}  // namespace girih::golden
