// SPDX-License-Identifier: Apache-2.0
#include "golden/destination.h"

#include <fmt/format.h>

namespace girih::golden {
namespace {

Place place_of(isa::Space space) { return space == isa::Space::kAcc ? Place::kAcc : Place::kSpm; }

}  // namespace

Destination Destination::of(const isa::Load& x, const Machine& machine) {
  Destination out;
  out.place_ = place_of(x.space);
  out.origin_ = machine.partition.base(x.space);
  Part part;
  part.base = static_cast<std::int64_t>(out.origin_) + x.local;
  part.run = std::uint64_t{x.before0} + x.n0 + x.after0;
  part.dims = {Dim{x.n3, x.t3}, Dim{std::uint64_t{x.before2} + x.n2 + x.after2, x.t2},
               Dim{std::uint64_t{x.before1} + x.n1 + x.after1, x.t1}};
  out.parts_ = {part};
  return out;
}

Destination Destination::of(const isa::Store& x, const Machine& machine,
                            std::vector<std::uint32_t> list) {
  Destination out;
  out.place_ = Place::kDram;
  out.window_ = x.window;
  out.origin_ = machine.windows[x.window].address();
  out.list_ = std::move(list);
  Part part;
  part.base = static_cast<std::int64_t>(out.origin_) + x.offset;
  part.run = x.n0;
  part.dims = {Dim{x.n3, x.s3}, Dim{x.n2, x.s2}, Dim{x.n1, x.s1}};
  out.parts_ = {part};
  return out;
}

Destination Destination::of(const isa::Matrix& x, const Machine& machine) {
  Destination out;
  out.place_ = Place::kAcc;
  out.element_ = isa::Type::kInt32;
  out.naming_ = Naming::kMatrix;
  out.origin_ = machine.partition.acc_base;
  out.n_dim_ = machine.preset.n_dim;
  out.rows_ = {x.m0, x.m1};
  const auto tiles = [&](std::uint64_t first, std::uint64_t count, std::uint64_t columns) {
    Part part;
    part.base = static_cast<std::int64_t>(out.origin_) + x.acc_base +
                static_cast<std::int64_t>(first) * x.acc_n;
    part.run = 4 * columns;
    part.dims = {Dim{}, Dim{count, x.acc_n}, Dim{x.rows(), machine.row_bytes()}};
    part.first_tile = first;
    out.parts_.push_back(part);
  };
  const std::uint64_t whole = x.n / out.n_dim_;
  if (whole > 0) tiles(0, whole, out.n_dim_);
  if (x.n % out.n_dim_ != 0) tiles(whole, 1, x.n % out.n_dim_);
  return out;
}

Destination Destination::of(const isa::Vector& x, const Machine& machine) {
  Destination out;
  out.place_ = place_of(x.d_space);
  out.element_ = x.d_type;
  out.origin_ = machine.partition.base(x.d_space);
  const std::uint64_t columns = x.row_op == isa::Reduce::kNone ? x.n0 : 1;
  Part part;
  part.base = static_cast<std::int64_t>(out.origin_) + x.d_base;
  part.run = columns * isa::size_of(x.d_type);
  part.dims = {Dim{x.n3, x.d_s3}, Dim{x.win_dims >= 2 ? 1U : x.n2, x.d_s2},
               Dim{x.win_dims >= 1 ? 1U : x.n1, x.d_s1}};
  out.parts_ = {part};
  return out;
}

Destination Destination::of(const isa::Fence& x, const Machine& machine) {
  Destination out;
  if (!x.write) return out;
  out.place_ = Place::kDram;
  out.naming_ = Naming::kWord;
  out.window_ = x.window;
  out.origin_ = machine.windows[x.window].address();
  Part part;
  part.base = static_cast<std::int64_t>(out.origin_) + x.offset;
  part.run = 8;
  out.parts_ = {part};
  return out;
}

std::uint64_t Destination::bytes() const {
  std::uint64_t out = 0;
  for (const Part& part : parts_) {
    out += part.run * part.dims[0].count * part.dims[1].count * part.dims[2].count;
  }
  return out;
}

Destination::Part Destination::merge(Part part) const {
  if (!list_.empty()) return part;
  auto& d = part.dims;
  // While the innermost dimension's rows follow each other without a gap they are one run.
  for (int i = 0; i < 3; ++i) {
    if (d[2].count != 1 && d[2].stride != static_cast<std::int64_t>(part.run)) break;
    part.run *= d[2].count;
    d = {Dim{}, d[0], d[1]};
  }
  return part;
}

std::vector<Destination::Region> Destination::regions(std::uint64_t longest) const {
  std::vector<Region> out;
  for (const Part& part : parts_) {
    const Part merged = merge(part);
    const Part& use = merged.run <= longest ? merged : part;
    Region& region = out.emplace_back();
    region.address = static_cast<std::uint64_t>(use.base);
    region.run = use.run;
    for (std::size_t i = 0; i < use.dims.size(); ++i) {
      region.counts[i] = use.dims[i].count;
      region.strides[i] = use.dims[i].stride;
    }
  }
  return out;
}

std::string Destination::name(const Part& part, std::uint64_t i3, std::uint64_t i2,
                              std::uint64_t i1, std::uint64_t byte) const {
  const std::uint64_t i0 = byte / isa::size_of(element_);
  switch (naming_) {
    case Naming::kMatrix: {
      const std::uint64_t tile = part.first_tile + i2;
      return fmt::format("row m={} (i2={} i1={} i0={}), column n={} of tile nt={}", i1,
                         i1 / rows_[0] / rows_[1], i1 / rows_[0] % rows_[1], i1 % rows_[0],
                         tile * n_dim_ + i0, tile);
    }
    case Naming::kWord:
      return fmt::format("byte {} of the sequence number", byte);
    case Naming::kIndices:
      break;
  }
  std::string out = fmt::format("i3={} i2={} i1={} i0={}", i3, i2, i1, i0);
  return list_.empty() ? out : out + fmt::format(" (list[{}]={})", i1, list_[i1]);
}

std::string Destination::describe(std::uint64_t physical) const {
  std::string where = fmt::format("physical {:#x}", physical);
  const std::uint64_t relative = physical - origin_;
  if (place_ == Place::kSpm) where = fmt::format("spm[{:#x}]", relative);
  if (place_ == Place::kAcc) where = fmt::format("acc[{:#x}]", relative);
  if (place_ == Place::kDram) where = fmt::format("window {}[{:#x}]", window_, relative);
  for (const Part& part : parts_) {
    for (std::uint64_t i3 = 0; i3 < part.dims[0].count; ++i3) {
      for (std::uint64_t i2 = 0; i2 < part.dims[1].count; ++i2) {
        for (std::uint64_t i1 = 0; i1 < part.dims[2].count; ++i1) {
          const auto start = static_cast<std::uint64_t>(address(part, i3, i2, i1));
          if (physical - start < part.run)
            return name(part, i3, i2, i1, physical - start) + ", " + where;
        }
      }
    }
  }
  return where + ", which this instruction does not write";
}

}  // namespace girih::golden
