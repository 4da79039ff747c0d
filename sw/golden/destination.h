// SPDX-License-Identifier: Apache-2.0
//
// Where an instruction writes: every byte of it, in contiguous runs by physical address, and what a
// byte is called in a report.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "golden/machine.h"

namespace girih::golden {

enum class Place { kNone, kSpm, kAcc, kDram };

class Destination {
 public:
  /// Nothing is written (SETPARAM, FENCE without a write).
  Destination() = default;

  static Destination of(const isa::Load& x, const Machine& machine);
  /// `list` holds n1 indices for a scattered STORE, else nothing.
  static Destination of(const isa::Store& x, const Machine& machine,
                        std::vector<std::uint32_t> list);
  static Destination of(const isa::Matrix& x, const Machine& machine);
  static Destination of(const isa::Vector& x, const Machine& machine);
  static Destination of(const isa::Fence& x, const Machine& machine);

  Place place() const { return place_; }
  isa::Type element() const { return element_; }
  std::uint64_t bytes() const;
  std::uint64_t elements() const { return bytes() / isa::size_of(element_); }

  /// f(address, length) for each contiguous run: physical byte address in place(), length in bytes.
  /// Neighbouring rows come as one run.
  template <class Function>
  void for_each_run(Function&& f) const {
    for (const Part& part : parts_) {
      const Part merged = merge(part);
      const auto& d = merged.dims;
      for (std::uint64_t i3 = 0; i3 < d[0].count; ++i3) {
        for (std::uint64_t i2 = 0; i2 < d[1].count; ++i2) {
          for (std::uint64_t i1 = 0; i1 < d[2].count; ++i1) {
            f(static_cast<std::uint64_t>(address(merged, i3, i2, i1)), merged.run);
          }
        }
      }
    }
  }

  /// A rectangle of runs: `run` bytes at address + i3 * strides[0] + i2 * strides[1] + i1 *
  /// strides[2], the counts likewise from the outermost to the innermost.
  struct Region {
    std::uint64_t address = 0, run = 0;
    std::array<std::uint64_t, 3> counts{1, 1, 1};
    std::array<std::int64_t, 3> strides{};
  };
  /// All that is written, not scattered: a STORE could fetch each region. Neighbouring rows come as
  /// one run while it is at most `longest` bytes.
  std::vector<Region> regions(std::uint64_t longest) const;

  /// The element at a physical address: its indices and the address within the context.
  std::string describe(std::uint64_t physical) const;

 private:
  struct Dim {
    std::uint64_t count = 1;
    std::int64_t stride = 0;
  };
  /// A rectangle of runs; `dims` from the outermost to the innermost.
  struct Part {
    std::int64_t base = 0;
    std::uint64_t run = 0;
    std::array<Dim, 3> dims;
    std::uint64_t first_tile = 0;  ///< MATRIX: nt of the part's first tile
  };
  /// How indices are called: those of LOAD, STORE and VECTOR, or rows and columns of MATRIX.
  enum class Naming { kIndices, kMatrix, kWord };

  Part merge(Part part) const;
  std::int64_t address(const Part& part, std::uint64_t i3, std::uint64_t i2,
                       std::uint64_t i1) const {
    const auto step = static_cast<std::int64_t>(list_.empty() ? i1 : list_[i1]);
    return part.base + static_cast<std::int64_t>(i3) * part.dims[0].stride +
           static_cast<std::int64_t>(i2) * part.dims[1].stride + step * part.dims[2].stride;
  }
  std::string name(const Part& part, std::uint64_t i3, std::uint64_t i2, std::uint64_t i1,
                   std::uint64_t byte) const;

  Place place_ = Place::kNone;
  isa::Type element_ = isa::Type::kInt8;
  Naming naming_ = Naming::kIndices;
  std::uint64_t origin_ = 0;  ///< physical address of the partition's or window's first byte
  std::uint32_t window_ = 0;
  std::uint32_t n_dim_ = 1;
  std::array<std::uint32_t, 2> rows_{1, 1};  ///< MATRIX: m0, m1
  std::vector<Part> parts_;
  std::vector<std::uint32_t> list_;
};

}  // namespace girih::golden
