// SPDX-License-Identifier: Apache-2.0
#include "llm/runtime/cache.h"

#include "common/error.h"

namespace girih::llm {

PagePool::PagePool(std::int64_t pages) : pages_(pages) {
  for (std::int64_t page = pages; page-- > 0;) free_.push_back(static_cast<std::uint32_t>(page));
}

std::uint32_t PagePool::take() {
  if (free_.empty()) {
    throw Error("all {} pages of the cache are taken; end a sequence or use a larger cache",
                pages_);
  }
  const std::uint32_t page = free_.back();
  free_.pop_back();
  return page;
}

void Sequence::extend(std::int64_t tokens) {
  const std::int64_t wanted = (length_ + tokens + slots_ - 1) / slots_ - std::ssize(pages_);
  if (wanted > pool_.free()) {
    throw Error("{} more tokens need {} pages of the cache, {} of {} are free", tokens, wanted,
                pool_.free(), pool_.pages());
  }
  for (std::int64_t i = 0; i < wanted; ++i) pages_.push_back(pool_.take());
  length_ += tokens;
}

void Sequence::truncate(std::int64_t tokens) {
  length_ = tokens;
  while (std::ssize(pages_) * slots_ >= tokens + slots_) {
    pool_.give(pages_.back());
    pages_.pop_back();
  }
}

}  // namespace girih::llm
