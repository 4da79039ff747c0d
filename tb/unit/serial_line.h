// SPDX-License-Identifier: Apache-2.0
//
// The far end of a serial line: sends bytes bit by bit and puts together those that come back.
#pragma once

#include <verilated.h>

#include <cstdint>
#include <deque>

#include "dut.h"

namespace girih::tb {

/// A line of `divisor` clocks a bit, 8 data bits, one stop bit. Each side may run a little off the
/// other's clock: `slack` clocks are added to every byte sent.
class SerialLine final : public Agent {
 public:
  SerialLine(CData& to_chip, const CData& from_chip, unsigned divisor, unsigned slack = 0)
      : to_chip_(to_chip), from_chip_(from_chip), divisor_(divisor), slack_(slack) {
    to_chip_ = 1;
  }

  void send(std::uint8_t byte) { out_.push_back(byte); }
  bool sent() const { return out_.empty() && out_left_ == 0; }
  std::deque<std::uint8_t>& received() { return in_; }
  unsigned bad_stop_bits() const { return bad_stop_bits_; }

  void drive() override {
    if (out_left_ == 0) {
      to_chip_ = 1;
      if (out_.empty()) return;
      frame_ = 0x200U | std::uint32_t{out_.front()} << 1;  // start 0, data, stop 1
      out_.pop_front();
      out_left_ = 10 * divisor_ + slack_;
      out_clock_ = 0;
    }
    const unsigned bit = out_clock_++ / divisor_;
    to_chip_ = bit < 10 ? frame_ >> bit & 1 : 1;
    --out_left_;
  }

  void sample() override {
    if (in_clock_ == 0) {
      if (from_chip_ == 0) in_clock_ = 1;
      return;
    }
    if (in_clock_ % divisor_ == divisor_ / 2) {
      const unsigned bit = in_clock_ / divisor_;
      if (bit >= 1 && bit <= 8) in_byte_ = static_cast<std::uint8_t>(in_byte_ >> 1 | from_chip_ << 7);
      if (bit == 9) {
        if (from_chip_ == 0) ++bad_stop_bits_;
        in_.push_back(in_byte_);
        in_clock_ = 0;
        return;
      }
    }
    ++in_clock_;
  }

 private:
  CData& to_chip_;
  const CData& from_chip_;
  const unsigned divisor_, slack_;
  std::deque<std::uint8_t> out_, in_;
  std::uint32_t frame_ = 0;
  unsigned out_left_ = 0, out_clock_ = 0, in_clock_ = 0, bad_stop_bits_ = 0;
  std::uint8_t in_byte_ = 0;
};

}  // namespace girih::tb
