// SPDX-License-Identifier: Apache-2.0
//
// DRAM as the golden model sees it: bytes by physical address.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>

namespace girih::golden {

class Memory {
 public:
  virtual ~Memory() = default;
  virtual void read(std::uint64_t address, std::span<std::uint8_t> data) = 0;
  virtual void write(std::uint64_t address, std::span<const std::uint8_t> data) = 0;
  /// Bytes from `address` on that lie together in the host's memory: at least one, at most
  /// `length`. Valid until the next write.
  virtual std::span<const std::uint8_t> view(std::uint64_t address, std::size_t length) = 0;
};

/// Any address; pages that were never written are zero and cost nothing.
class PagedMemory final : public Memory {
 public:
  static constexpr std::size_t kPageBytes = 64 * 1024;

  void read(std::uint64_t address, std::span<std::uint8_t> data) override;
  void write(std::uint64_t address, std::span<const std::uint8_t> data) override;
  std::span<const std::uint8_t> view(std::uint64_t address, std::size_t length) override;

  std::size_t bytes_allocated() const { return pages_.size() * kPageBytes; }

 private:
  using Page = std::array<std::uint8_t, kPageBytes>;

  Page* find(std::uint64_t number);

  std::unordered_map<std::uint64_t, std::unique_ptr<Page>> pages_;
  std::uint64_t last_number_ =
      ~std::uint64_t{0};  // accesses come in runs: most hit the last page again
  Page* last_ = nullptr;
};

}  // namespace girih::golden
