// SPDX-License-Identifier: Apache-2.0
#include "golden/memory.h"

#include <algorithm>
#include <cstring>

namespace girih::golden {

PagedMemory::Page* PagedMemory::find(std::uint64_t number) {
  if (number != last_number_ || last_ == nullptr) {
    const auto found = pages_.find(number);
    last_number_ = number;
    last_ = found == pages_.end() ? nullptr : found->second.get();
  }
  return last_;
}

std::span<const std::uint8_t> PagedMemory::view(std::uint64_t address, std::size_t length) {
  static constexpr Page kZeros{};
  const std::size_t at = address % kPageBytes;
  const Page* page = find(address / kPageBytes);
  return std::span(page ? *page : kZeros).subspan(at, std::min(length, kPageBytes - at));
}

void PagedMemory::read(std::uint64_t address, std::span<std::uint8_t> data) {
  while (!data.empty()) {
    const auto piece = view(address, data.size());
    std::memcpy(data.data(), piece.data(), piece.size());
    data = data.subspan(piece.size());
    address += piece.size();
  }
}

void PagedMemory::write(std::uint64_t address, std::span<const std::uint8_t> data) {
  while (!data.empty()) {
    const std::size_t at = address % kPageBytes;
    const std::size_t size = std::min(data.size(), kPageBytes - at);
    Page* page = find(address / kPageBytes);
    if (page == nullptr) {
      auto& slot = pages_[address / kPageBytes];
      slot = std::make_unique<Page>();
      page = last_ = slot.get();
    }
    std::memcpy(page->data() + at, data.data(), size);
    data = data.subspan(size);
    address += size;
  }
}

}  // namespace girih::golden
