// SPDX-License-Identifier: Apache-2.0
//
// What a DP16KD does, bit by bit: an address names bits, a write sets them, a read collects them. Bits
// that nobody has written are unknown, and so is what is read from them.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace girih::tb {

/// Some bits, and which of them are known.
struct Bits {
  std::uint64_t value = 0, known = 0;
  bool agrees(std::uint64_t got) const { return ((value ^ got) & known) == 0; }
};

struct RamPins {
  bool ce = false, we = false, oce = false, rst = false;
  unsigned cs = 0, address = 0;
};

class RamReference {
 public:
  enum class WriteMode { kNormal, kWriteThrough, kReadBeforeWrite };
  struct Options {
    std::array<unsigned, 2> width{18, 18};
    WriteMode mode = WriteMode::kNormal;
    bool output_register = false, async_reset = false;
    unsigned select = 0;
  };

  explicit RamReference(const Options& options) : options_(options) {}

  /// An edge of the clocks in `ports` (bit 0: A, bit 1: B). `data`: DIA, DIB.
  void edge(unsigned ports, const std::array<RamPins, 2>& pins,
            const std::array<unsigned, 2>& data) {
    std::array<Bits, 2> seen;
    for (unsigned p = 0; p < 2; ++p) seen[p] = read(p, pins, data);
    for (unsigned p = 0; p < 2; ++p) {
      if (!(ports >> p & 1)) continue;
      const RamPins& in = pins[p];
      if (options_.output_register) {
        if (in.rst) register_[p] = zero(p);
        else if (in.oce) register_[p] = latch_[p];
      }
      if (in.rst) latch_[p] = zero(p);
      else if (on(p, pins) && !(writes(p, pins) && options_.mode == WriteMode::kNormal))
        latch_[p] = seen[p];
    }
    for (unsigned p = 0; p < 2; ++p) {
      if (!(ports >> p & 1) || !writes(p, pins)) continue;
      const std::vector<unsigned> places = places_of(p, pins[p].address);
      const std::vector<bool> enabled = enables_of(p, pins[p].address);
      const std::uint64_t value = wdata(p, data);
      for (unsigned i = 0; i < places.size(); ++i) {
        if (enabled[i]) memory_[places[i]] = 2 | (value >> i & 1);
      }
    }
  }
  /// Resets that do not wait for a clock.
  void settle(const std::array<RamPins, 2>& pins) {
    if (!options_.async_reset) return;
    for (unsigned p = 0; p < 2; ++p) {
      if (pins[p].rst) latch_[p] = register_[p] = zero(p);
    }
  }
  /// Data of a port's word.
  Bits output(unsigned port) const {
    return options_.output_register ? register_[port] : latch_[port];
  }
  const Options& options() const { return options_; }

 private:
  bool wide() const { return options_.width[0] == 36 || options_.width[1] == 36; }
  bool on(unsigned p, const std::array<RamPins, 2>& pins) const {
    return pins[p].ce && !pins[p].rst && pins[p].cs == options_.select;
  }
  bool writes(unsigned p, const std::array<RamPins, 2>& pins) const {
    return on(p, pins) && pins[p].we && !(p == 1 && wide());
  }
  std::uint64_t wdata(unsigned p, const std::array<unsigned, 2>& data) const {
    return p == 1 ? data[1] : data[0] | std::uint64_t{data[1]} << 18;
  }
  Bits zero(unsigned p) const { return {0, (std::uint64_t{1} << options_.width[p]) - 1}; }

  /// The bits of the word at an address: number of the byte times nine, plus the place in it.
  std::vector<unsigned> places_of(unsigned p, unsigned address) const {
    const unsigned width = options_.width[p];
    std::vector<unsigned> out;
    if (width >= 9) {
      const unsigned bytes = width / 9, first = address / 8 / bytes * bytes;
      for (unsigned i = 0; i < width; ++i) out.push_back(first * 9 + i);
    } else {
      for (unsigned i = 0; i < width; ++i)
        out.push_back(address / 8 * 9 + address % 8 / width * width + i);
    }
    return out;
  }
  std::vector<bool> enables_of(unsigned p, unsigned address) const {
    const unsigned width = options_.width[p];
    std::vector<bool> out;
    for (unsigned i = 0; i < width; ++i) out.push_back(width < 18 || (address >> i / 9 & 1));
    return out;
  }
  Bits read(unsigned p, const std::array<RamPins, 2>& pins,
            const std::array<unsigned, 2>& data) const {
    const std::vector<unsigned> places = places_of(p, pins[p].address);
    Bits out;
    const auto set = [&](unsigned i, std::uint64_t bit, bool known) {
      out.value = (out.value & ~(std::uint64_t{1} << i)) | (bit & 1) << i;
      out.known = (out.known & ~(std::uint64_t{1} << i)) | std::uint64_t{known} << i;
    };
    for (unsigned i = 0; i < places.size(); ++i) {
      set(i, memory_[places[i]] & 1, memory_[places[i]] & 2);
      if (writes(1 - p, pins)) {                  // a collision: the complement
        const std::vector<unsigned> theirs = places_of(1 - p, pins[1 - p].address);
        const std::vector<bool> enabled = enables_of(1 - p, pins[1 - p].address);
        for (unsigned j = 0; j < theirs.size(); ++j) {
          if (theirs[j] == places[i] && enabled[j])
            set(i, ~memory_[places[i]], memory_[places[i]] & 2);
        }
      }
    }
    if (options_.mode == WriteMode::kWriteThrough && writes(p, pins)) {
      const std::vector<bool> enabled = enables_of(p, pins[p].address);
      for (unsigned i = 0; i < places.size(); ++i) {
        if (enabled[i]) set(i, wdata(p, data) >> i, true);
      }
    }
    return out;
  }

  const Options options_;
  std::vector<std::uint8_t> memory_ = std::vector<std::uint8_t>(2048 * 9);  // bit 0 value, bit 1 known
  std::array<Bits, 2> latch_{}, register_{};
};

}  // namespace girih::tb
