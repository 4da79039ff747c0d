// SPDX-License-Identifier: Apache-2.0
//
// Contents of a 40-bit byte-addressed memory. Pages of 4 KiB appear when first written; the rest reads
// as zero. One Dram may be shared by a bus model, a loader and a checker.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

namespace girih::tb {

class Dram {
 public:
  static constexpr std::uint64_t kPageBytes = 4096;
  static constexpr std::uint64_t kBytes = std::uint64_t{1} << 40;

  std::uint8_t load(std::uint64_t address) const {
    const std::uint8_t* bytes = find(address);
    return bytes ? bytes[address % kPageBytes] : 0;
  }
  void store(std::uint64_t address, std::uint8_t value) {
    make(address)[address % kPageBytes] = value;
  }

  /// Copies out of the memory; any length and alignment. Addresses wrap at 2^40.
  void read(std::uint64_t address, void* to, std::size_t bytes) const {
    auto* out = static_cast<std::uint8_t*>(to);
    while (bytes > 0) {
      const std::size_t part = in_page(address, bytes);
      if (const std::uint8_t* page = find(address)) {
        std::memcpy(out, page + address % kPageBytes, part);
      } else {
        std::memset(out, 0, part);
      }
      address += part, out += part, bytes -= part;
    }
  }

  void write(std::uint64_t address, const void* from, std::size_t bytes) {
    const auto* in = static_cast<const std::uint8_t*>(from);
    while (bytes > 0) {
      const std::size_t part = in_page(address, bytes);
      std::memcpy(make(address) + address % kPageBytes, in, part);
      address += part, in += part, bytes -= part;
    }
  }
  void write(std::uint64_t address, std::span<const std::uint8_t> from) {
    write(address, from.data(), from.size());
  }

  /// Writes those of `bytes` bytes whose bit in the byte-packed mask `strobe` is set.
  void write_masked(std::uint64_t address, const std::uint8_t* from, const std::uint8_t* strobe,
                    std::size_t bytes) {
    std::uint8_t* to = make(address) + address % kPageBytes;  // a beat lies in one page
    for (std::size_t i = 0; i < bytes; i += 8) {
      const unsigned mask = strobe[i / 8];
      const std::size_t count = std::min<std::size_t>(8, bytes - i);
      if (mask == 0xff && count == 8) {
        std::memcpy(to + i, from + i, 8);
      } else {
        for (std::size_t j = 0; j < count; ++j) {
          if (mask >> j & 1) to[i + j] = from[i + j];
        }
      }
    }
  }

  void clear() { root_ = std::vector<std::unique_ptr<Directory>>(kRoot); }

 private:
  static constexpr std::uint64_t kFan = 1 << 14;            // pages of a directory
  static constexpr std::uint64_t kRoot = kBytes / kPageBytes / kFan;
  using Page = std::array<std::uint8_t, kPageBytes>;
  using Directory = std::array<std::unique_ptr<Page>, kFan>;

  static std::size_t in_page(std::uint64_t address, std::size_t bytes) {
    return std::min<std::uint64_t>(bytes, kPageBytes - address % kPageBytes);
  }
  const std::uint8_t* find(std::uint64_t address) const {
    const std::uint64_t page = address % kBytes / kPageBytes;
    const auto& directory = root_[page / kFan];
    if (!directory) return nullptr;
    const auto& found = (*directory)[page % kFan];
    return found ? found->data() : nullptr;
  }
  std::uint8_t* make(std::uint64_t address) {
    const std::uint64_t page = address % kBytes / kPageBytes;
    auto& directory = root_[page / kFan];
    if (!directory) directory = std::make_unique<Directory>();
    auto& found = (*directory)[page % kFan];
    if (!found) found = std::make_unique<Page>();
    return found->data();
  }

  std::vector<std::unique_ptr<Directory>> root_ = std::vector<std::unique_ptr<Directory>>(kRoot);
};

}  // namespace girih::tb
