// SPDX-License-Identifier: Apache-2.0
#include "dump.h"

#include <algorithm>

namespace girih::rtl {
namespace {

std::uint64_t bytes_of(const Dump::Region& region) {
  return region.run * region.counts[0] * region.counts[1] * region.counts[2];
}

/// Calls f(address, offset in the dump) for every run.
template <class Function>
void for_each_run(const Dump::Region& region, Function&& f) {
  std::uint64_t offset = 0;
  for (std::uint64_t i3 = 0; i3 < region.counts[0]; ++i3) {
    for (std::uint64_t i2 = 0; i2 < region.counts[1]; ++i2) {
      for (std::uint64_t i1 = 0; i1 < region.counts[2]; ++i1, offset += region.run) {
        f(region.address + i3 * static_cast<std::uint64_t>(region.strides[0]) +
              i2 * static_cast<std::uint64_t>(region.strides[1]) +
              i1 * static_cast<std::uint64_t>(region.strides[2]),
          offset);
      }
    }
  }
}

}  // namespace

void Shadow::read_store(Store store, std::uint64_t address, std::span<std::uint8_t> out) const {
  const std::vector<std::uint8_t>& from = store == Store::kSpm ? spm_ : acc_;
  std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(address), out.size(), out.begin());
}

Dump::Dump(Store store, std::span<const Region> regions, const runtime::Partition& partition,
           unsigned window)
    : store_(store), regions_(regions.begin(), regions.end()) {
  const std::uint32_t base = store == Store::kSpm ? partition.spm_base : partition.acc_base;
  for (const Region& r : regions_) {
    // A stride that is not walked may be anything but unaligned.
    const auto stride = [&](std::size_t i) {
      return r.counts[i] == 1 ? 0 : static_cast<std::int32_t>(r.strides[i]);
    };
    isa::Store x;
    x.window = static_cast<std::uint8_t>(window);
    x.space = store == Store::kSpm ? isa::Space::kSpm : isa::Space::kAcc;
    x.offset = static_cast<std::uint32_t>(bytes_);
    x.local = static_cast<std::uint32_t>(r.address - base);
    x.n0 = static_cast<std::uint32_t>(r.run);
    x.n1 = static_cast<std::uint16_t>(r.counts[2]);
    x.n2 = static_cast<std::uint16_t>(r.counts[1]);
    x.n3 = static_cast<std::uint16_t>(r.counts[0]);
    x.t1 = stride(2);
    x.t2 = stride(1);
    x.t3 = stride(0);
    x.s1 = static_cast<std::int32_t>(r.run);
    x.s2 = static_cast<std::int32_t>(r.run * r.counts[2]);
    x.s3 = static_cast<std::int32_t>(r.run * r.counts[2] * r.counts[1]);
    instructions_.push_back(x.encode());
    bytes_ += bytes_of(r);
  }
}

std::vector<Dump> Dump::whole(const runtime::Partition& p, unsigned window) {
  std::vector<Dump> out;
  const auto add = [&](Store store, std::uint32_t base, std::uint32_t bytes) {
    if (bytes == 0) return;
    const Region region{.address = base, .run = bytes};
    out.emplace_back(store, std::span(&region, 1), p, window);
  };
  add(Store::kSpm, p.spm_base, p.spm_bytes);
  add(Store::kAcc, p.acc_base, p.acc_bytes);
  return out;
}

void Dump::fetch(const tb::Dram& dram, std::uint64_t address, Shadow& shadow) const {
  const std::span<std::uint8_t> to = shadow.bytes(store_);
  for (const Region& region : regions_) {
    for_each_run(region, [&](std::uint64_t place, std::uint64_t offset) {
      dram.read(address + offset, to.data() + place, region.run);
    });
    address += bytes_of(region);
  }
}

}  // namespace girih::rtl
