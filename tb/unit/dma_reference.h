// SPDX-License-Identifier: Apache-2.0
//
// LOAD and STORE as the loops of docs/instruction-set.md say, byte by byte.
#pragma once

#include <cstdint>
#include <functional>

#include "isa/forms.h"

namespace girih::tb {

using ReadByte = std::function<std::uint8_t(std::int64_t)>;
using WriteByte = std::function<void(std::int64_t, std::uint8_t)>;
using Element = std::function<std::uint32_t(std::uint32_t)>;  ///< list[i]

/// `dram` by offset in the window, `local` by address in the partition. Rows of list elements that are
/// not below the limit read as zero.
inline void reference_load(const isa::Load& i, const ReadByte& dram, const Element& list,
                           const WriteByte& local) {
  const std::int64_t f0 = std::int64_t{i.before0} + i.n0 + i.after0, f1 = i.before1 + i.n1 + i.after1,
                     f2 = i.before2 + i.n2 + i.after2;
  for (std::int64_t i3 = 0; i3 < i.n3; ++i3) {
    for (std::int64_t i2 = 0; i2 < f2; ++i2) {
      for (std::int64_t i1 = 0; i1 < f1; ++i1) {
        for (std::int64_t i0 = 0; i0 < f0; ++i0) {
          const std::int64_t d0 = i0 - i.before0, d1 = i1 - i.before1, d2 = i2 - i.before2;
          std::uint8_t value = i.pad_value;
          if (d0 >= 0 && d0 < i.n0 && d1 >= 0 && d1 < i.n1 && d2 >= 0 && d2 < i.n2) {
            const std::uint32_t element = i.gather ? list(std::uint32_t(d1)) : 0;
            const std::int64_t row = i.gather ? std::int64_t{element} * i.s1 : d1 * i.s1;
            const bool bad = i.gather && element >= i.index_limit;
            value = bad ? 0 : dram(std::int64_t{i.offset} + i3 * i.s3 + d2 * i.s2 + row + d0);
          }
          local(std::int64_t{i.local} + i3 * i.t3 + i2 * i.t2 + i1 * i.t1 + i0, value);
        }
      }
    }
  }
}

/// Rows of list elements that are not below the limit are not written.
inline void reference_store(const isa::Store& i, const ReadByte& local, const Element& list,
                            const WriteByte& dram) {
  for (std::int64_t i3 = 0; i3 < i.n3; ++i3) {
    for (std::int64_t i2 = 0; i2 < i.n2; ++i2) {
      for (std::int64_t i1 = 0; i1 < i.n1; ++i1) {
        const std::uint32_t element = i.scatter ? list(std::uint32_t(i1)) : 0;
        if (i.scatter && element >= i.index_limit) continue;
        const std::int64_t row = i.scatter ? std::int64_t{element} * i.s1 : i1 * i.s1;
        for (std::int64_t i0 = 0; i0 < i.n0; ++i0) {
          dram(std::int64_t{i.offset} + i3 * i.s3 + i2 * i.s2 + row + i0,
               local(std::int64_t{i.local} + i3 * i.t3 + i2 * i.t2 + i1 * i.t1 + i0));
        }
      }
    }
  }
}

}  // namespace girih::tb
