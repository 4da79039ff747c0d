// SPDX-License-Identifier: Apache-2.0
//
// What lowering writes into: instructions without tokens, constants, layers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/error.h"
#include "compiler/lower/accumulators.h"
#include "girih/presets.h"
#include "isa/forms.h"

namespace girih::compiler {

/// A chip, and how much of it the program may use.
struct Target {
  isa::Preset preset;
  std::uint32_t spm_bytes = 0;
  std::uint32_t acc_bytes = 0;
  std::uint32_t bias_zone = 0;  ///< of acc_bytes: where bias rows rotate (accumulators.h)
};

/// The part of the scratchpad that a layer works in: its operands' slots.
struct Area {
  std::int64_t base = 0;
  std::int64_t bytes = 0;  ///< what the choice of tiles may count on
};

class Builder {
 public:
  explicit Builder(const Target& target)
      : target_(target), accumulators_(target.acc_bytes, target.bias_zone) {}

  const Target& target() const { return target_; }
  std::int64_t k_dim() const { return target_.preset.k_dim; }
  std::int64_t n_dim() const { return target_.preset.n_dim; }
  std::int64_t lanes() const { return target_.preset.vec_lanes; }
  std::int64_t row_bytes() const { return 4 * n_dim(); }

  /// Appends an instruction; its tag is the layer's number, or the given one.
  template <class Form>
  void emit(Form form) {
    emit(form, layer_);
  }
  template <class Form>
  void emit(Form form, std::uint32_t tag) {
    form.header.tag = tag;
    instructions_.push_back(form.encode());
  }

  /// The same, before instruction `at`.
  template <class Form>
  void insert(std::size_t at, Form form) {
    form.header.tag = layer_;
    instructions_.insert(instructions_.begin() + static_cast<std::ptrdiff_t>(at), form.encode());
  }

  void begin_layer(std::uint32_t layer) { layer_ = layer; }
  std::vector<isa::Instruction>& instructions() { return instructions_; }
  std::uint64_t& array_macs() { return array_macs_; }
  Accumulators& accumulators() { return accumulators_; }

  /// Puts bytes among the constants, at a multiple of 64; returns their offset in the window.
  std::uint32_t constant(std::span<const std::uint8_t> bytes) {
    constants_.resize((constants_.size() + 63) / 64 * 64);
    const std::size_t offset = constants_.size();
    if (offset + bytes.size() > 0xffffffffu)
      throw Error("the model's constants exceed a window of 4 GiB");
    constants_.insert(constants_.end(), bytes.begin(), bytes.end());
    return static_cast<std::uint32_t>(offset);
  }
  template <class T>
  std::uint32_t constant(const std::vector<T>& values) {
    return constant(
        std::span(reinterpret_cast<const std::uint8_t*>(values.data()), values.size() * sizeof(T)));
  }
  const std::vector<std::uint8_t>& constants() const { return constants_; }

 private:
  Target target_;
  Accumulators accumulators_;
  std::uint32_t layer_ = 0;
  std::vector<isa::Instruction> instructions_;
  std::vector<std::uint8_t> constants_;
  std::uint64_t array_macs_ = 0;
};

/// Hands out scratchpad bytes from the bottom of an area, for one layer.
class Arena {
 public:
  Arena(const Area& area, std::int64_t alignment)
      : base_(area.base), bytes_(area.bytes), alignment_(alignment) {}
  std::int64_t take(std::int64_t size) {
    const std::int64_t at = base_ + used_;
    used_ += round(size);
    if (used_ > bytes_)
      throw Error("a tile of {} bytes does not fit {} bytes of memory", used_, bytes_);
    return at;
  }
  std::int64_t round(std::int64_t size) const {
    return (size + alignment_ - 1) / alignment_ * alignment_;
  }

 private:
  std::int64_t base_, bytes_, alignment_, used_ = 0;
};

/// Slots of one size that hold tiles; the oldest tile makes room.
class Pool {
 public:
  Pool(Arena& arena, std::int64_t slot_bytes, std::int64_t slots)
      : Pool(arena.round(slot_bytes), slots, arena.take(arena.round(slot_bytes) * slots)) {}
  /// Slots of exactly `slot_bytes` from `base` on.
  Pool(std::int64_t slot_bytes, std::int64_t slots, std::int64_t base)
      : slot_bytes_(slot_bytes), base_(base), keys_(static_cast<std::size_t>(slots), kEmpty) {}

  struct Slot {
    std::uint32_t address;
    bool fresh;  ///< the tile has to be brought in
  };
  Slot find(std::uint64_t key) {
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      if (keys_[i] == key) return {address(i), false};
    }
    const std::size_t i = next_++ % keys_.size();
    keys_[i] = key;
    return {address(i), true};
  }
  std::uint32_t next() { return address(next_++ % keys_.size()); }

 private:
  static constexpr std::uint64_t kEmpty = ~std::uint64_t{0};
  std::uint32_t address(std::size_t i) const {
    return static_cast<std::uint32_t>(base_ + static_cast<std::int64_t>(i) * slot_bytes_);
  }
  std::int64_t slot_bytes_, base_;
  std::vector<std::uint64_t> keys_;
  std::size_t next_ = 0;
};

/// An activation's or a weight's type.
constexpr isa::Type type8(bool is_unsigned) {
  return is_unsigned ? isa::Type::kUint8 : isa::Type::kInt8;
}

constexpr std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

}  // namespace girih::compiler
