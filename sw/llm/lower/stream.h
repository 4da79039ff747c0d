// SPDX-License-Identifier: Apache-2.0
//
// Data that the program reads once and in a known order, such as weights: fetched ahead into slots
// that are filled in turn. The LOAD of a piece stands in the ring right behind the last use of what
// its slot held before, so LOAD is always as many slots ahead as there are.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/lower/builder.h"
#include "llm/lower/plan.h"

namespace girih::llm {

class Stream {
 public:
  Stream(compiler::Builder& builder, const Slots& slots) : builder_(builder), slots_(slots) {}

  /// `bytes` of the constants at `offset` will be taken next, for part `tag`.
  void expect(std::uint32_t offset, std::int64_t bytes, std::uint32_t tag);
  /// What is expected from here on is not fetched, but for so many bytes, before resume(): LOAD
  /// should be free for something else by then.
  void pause(std::int64_t bytes) { pauses_.push_back({pieces_.size(), bytes}); }
  void resume();
  /// Emits the first loads; everything has been expected.
  void start();
  /// Address of the next piece.
  std::int64_t take();
  /// The oldest piece taken is not read any more.
  void release();
  bool exhausted() const { return taken_ == pieces_.size() && released_ == taken_; }

 private:
  struct Piece {
    std::uint32_t offset;
    std::int64_t bytes;
    std::uint32_t tag;
  };
  std::int64_t address(std::size_t piece) const {
    return slots_.base + static_cast<std::int64_t>(piece) % slots_.count * slots_.bytes;
  }
  struct Pause {
    std::size_t piece;
    std::int64_t bytes;  ///< that may be fetched all the same
  };
  bool may_load() const;
  void load();

  compiler::Builder& builder_;
  Slots slots_;
  std::vector<Piece> pieces_;
  std::vector<Pause> pauses_;
  std::size_t loaded_ = 0, taken_ = 0, released_ = 0, resumed_ = 0;
};

}  // namespace girih::llm
