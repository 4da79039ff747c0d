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

void Stream::start() {
  while (loaded_ < pieces_.size() && static_cast<std::int64_t>(loaded_) < slots_.count) load();
}

void Stream::load() {
  const Piece& piece = pieces_[loaded_];
  isa::Load load;
  load.window = compiler::kConstantWindow;
  load.offset = piece.offset;
  load.local = static_cast<std::uint32_t>(address(loaded_));
  load.n0 = static_cast<std::uint32_t>(piece.bytes);
  builder_.emit(load, piece.tag);
  ++loaded_;
}

std::int64_t Stream::take() {
  if (taken_ == loaded_) throw Error("a stream has nothing loaded for its piece {}", taken_);
  return address(taken_++);
}

void Stream::release() {
  ++released_;
  if (loaded_ < pieces_.size()) load();
}

}  // namespace girih::llm
