// SPDX-License-Identifier: Apache-2.0
//
// Who holds which pages of the cache. A page is the same place in all layers and kv heads.
#pragma once

#include <cstdint>
#include <vector>

namespace girih::llm {

/// The free pages, the last one given back first.
class PagePool {
 public:
  explicit PagePool(std::int64_t pages);

  std::int64_t pages() const { return pages_; }
  std::int64_t free() const { return std::ssize(free_); }
  /// Throws girih::Error when there is none.
  std::uint32_t take();
  void give(std::uint32_t page) { free_.push_back(page); }

 private:
  std::int64_t pages_;
  std::vector<std::uint32_t> free_;
};

/// The tokens that a sequence has in the cache. Gives its pages back when it ends.
class Sequence {
 public:
  Sequence(PagePool& pool, std::int64_t page_slots) : pool_(pool), slots_(page_slots) {}
  ~Sequence() { truncate(0); }
  Sequence(const Sequence&) = delete;
  Sequence& operator=(const Sequence&) = delete;

  std::int64_t length() const { return length_; }
  const std::vector<std::uint32_t>& pages() const { return pages_; }
  std::int64_t slot(std::int64_t position) const {
    return pages_[static_cast<std::size_t>(position / slots_)] * slots_ + position % slots_;
  }
  /// Takes pages for `tokens` more; all or, with girih::Error, none.
  void extend(std::int64_t tokens);
  /// Forgets what comes after the first `tokens`.
  void truncate(std::int64_t tokens);

 private:
  PagePool& pool_;
  std::int64_t slots_, length_ = 0;
  std::vector<std::uint32_t> pages_;
};

}  // namespace girih::llm
