// SPDX-License-Identifier: Apache-2.0
//
// The sequences' page lists in the scratchpad: whole where they fit, else a stretch at a time.
#pragma once

#include "llm/lower/lowering.h"

namespace girih::llm {

class PageLists {
 public:
  explicit PageLists(Lowering& l)
      : l_(l), pool_(l.plan.page_lists.bytes, l.plan.page_lists.count, l.plan.page_lists.base) {}

  /// Address of the pages of a sequence's tile; loads them when they are not there.
  std::uint32_t find(std::int64_t sequence, std::int64_t tile);

 private:
  Lowering& l_;
  compiler::Pool pool_;
};

}  // namespace girih::llm
