// SPDX-License-Identifier: Apache-2.0
//
// What accumulator rows held before MATRIX wrote them, for the last few hundred writes. A MATRIX
// instruction may go on with the rows of the one before it while that one is still on its way to
// its retirement; whoever compares then must look at the rows as the earlier one left them.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <deque>
#include <span>

namespace girih::rtl {

class MatrixUndo {
 public:
  /// MATRIX says done this many cycles after its last write was granted.
  static constexpr std::uint64_t kWriteToDone = 2;

  explicit MatrixUndo(unsigned row_bytes) : row_bytes_(row_bytes) {}

  /// A row is written in this cycle; `old` is what it holds until then.
  void written(std::uint64_t cycle, std::uint32_t row, const void* old) {
    Entry& entry = entries_[count_++ % kEntries];
    entry.cycle = cycle;
    entry.row = row;
    std::memcpy(entry.old.data(), old, row_bytes_);
  }
  /// An instruction is done in this cycle: it wrote up to here.
  void done(std::uint64_t cycle) {
    std::uint64_t end = count_;
    while (end > 0 && count_ - end < kEntries &&
           entries_[(end - 1) % kEntries].cycle + kWriteToDone > cycle)
      --end;
    ends_.push_back(end);
  }
  /// The oldest instruction that is done retires.
  void retired() {
    current_ = ends_.front();
    ends_.pop_front();
  }

  /// `bytes` holds the accumulators from `address` on: takes back what was written after the
  /// instruction that retired last. True when the log still reaches that far.
  bool take_back(std::uint64_t address, std::span<std::uint8_t> bytes) const {
    if (count_ - current_ > kEntries) return false;
    const std::uint64_t end = address + bytes.size();
    for (std::uint64_t i = count_; i-- > current_;) {
      const Entry& entry = entries_[i % kEntries];
      const std::uint64_t row = std::uint64_t{entry.row} * row_bytes_;
      const std::uint64_t from = row > address ? row : address;
      const std::uint64_t to = row + row_bytes_ < end ? row + row_bytes_ : end;
      if (from < to)
        std::memcpy(bytes.data() + (from - address), entry.old.data() + (from - row), to - from);
    }
    return true;
  }

 private:
  static constexpr std::uint64_t kEntries = 1024;
  struct Entry {
    std::uint64_t cycle;
    std::uint32_t row;
    std::array<std::uint8_t, 128> old;  // a row of the widest preset
  };

  unsigned row_bytes_;
  std::array<Entry, kEntries> entries_;
  std::uint64_t count_ = 0;         // writes so far
  std::deque<std::uint64_t> ends_;  // done and not retired: count_ after their last write
  std::uint64_t current_ = 0;
};

}  // namespace girih::rtl
