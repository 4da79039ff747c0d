// SPDX-License-Identifier: Apache-2.0
#include "llm/lower/stream.h"

#include "common/error.h"
#include "compiler/schedule/tokens.h"

namespace girih::llm {

void Stream::expect(std::uint32_t offset, std::int64_t bytes, std::uint32_t tag) {
  if (bytes > slots_.bytes)
    throw Error("a piece of {} bytes does not fit a slot of {}", bytes, slots_.bytes);
  pieces_.push_back({offset, bytes, tag});
}

bool Stream::may_load() const {
  if (loaded_ == pieces_.size() || loaded_ == released_ + static_cast<std::size_t>(slots_.count))
    return false;
  return resumed_ == pauses_.size() || loaded_ < pauses_[resumed_].piece ||
         pieces_[loaded_].bytes <= pauses_[resumed_].bytes;
}

void Stream::start() {
  while (may_load()) load();
}

void Stream::resume() {
  if (resumed_ < pauses_.size()) ++resumed_;
  start();
}

void Stream::load() {
  const Piece& piece = pieces_[loaded_];
  isa::Load load;
  load.window = compiler::kConstantWindow;
  load.offset = piece.offset;
  load.local = static_cast<std::uint32_t>(address(loaded_));
  load.n0 = static_cast<std::uint32_t>(piece.bytes);
  builder_.emit(load, piece.tag);
  if (resumed_ < pauses_.size() && loaded_ >= pauses_[resumed_].piece)
    pauses_[resumed_].bytes -= piece.bytes;
  ++loaded_;
}

std::int64_t Stream::take() {
  if (taken_ == loaded_) throw Error("a stream has nothing loaded for its piece {}", taken_);
  return address(taken_++);
}

void Stream::release() {
  ++released_;
  start();
}

}  // namespace girih::llm
