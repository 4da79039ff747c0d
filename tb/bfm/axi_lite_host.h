// SPDX-License-Identifier: Apache-2.0
//
// A host on an AXI4-Lite port: one 32-bit access at a time. It needs somebody who ticks the clock; an
// access that is not answered in time is an Error.
#pragma once

#include <verilated.h>

#include <cstdint>
#include <functional>
#include <utility>

#include "common/error.h"
#include "dut.h"

namespace girih::tb {

struct AxiLitePorts {
  CData& awvalid;
  const CData& awready;
  IData& awaddr;
  CData& wvalid;
  const CData& wready;
  IData& wdata;
  CData& wstrb;
  const CData& bvalid;
  CData& bready;
  const CData& bresp;
  CData& arvalid;
  const CData& arready;
  IData& araddr;
  const CData& rvalid;
  CData& rready;
  const IData& rdata;
  const CData& rresp;
};

/// The ports `s_axil_<signal>_{i,o}` of a model; the addresses have 17 to 32 bits.
template <class Model>
AxiLitePorts bind_s_axil(Model& m) {
  return AxiLitePorts{m.s_axil_awvalid_i, m.s_axil_awready_o, m.s_axil_awaddr_i, m.s_axil_wvalid_i,
                      m.s_axil_wready_o, m.s_axil_wdata_i, m.s_axil_wstrb_i, m.s_axil_bvalid_o,
                      m.s_axil_bready_i, m.s_axil_bresp_o, m.s_axil_arvalid_i, m.s_axil_arready_o,
                      m.s_axil_araddr_i, m.s_axil_rvalid_o, m.s_axil_rready_i, m.s_axil_rdata_o,
                      m.s_axil_rresp_o};
}

class AxiLiteHost final : public Agent {
 public:
  /// `tick` advances the simulation by one cycle, this agent included.
  AxiLiteHost(const AxiLitePorts& ports, std::function<void()> tick, unsigned timeout = 10000)
      : ports_(ports), tick_(std::move(tick)), timeout_(timeout) {}

  /// Response of the last access: 0 OKAY, 2 SLVERR, 3 DECERR.
  unsigned response() const { return response_; }

  /// Throws when the answer is not OKAY; `try_` forms do not.
  std::uint32_t read32(std::uint32_t address) {
    const std::uint32_t value = try_read32(address);
    if (response_ != 0) throw Error("register read at {:#x} was answered with error {}", address, response_);
    return value;
  }
  void write32(std::uint32_t address, std::uint32_t value) {
    try_write32(address, value);
    if (response_ != 0) throw Error("register write at {:#x} was answered with error {}", address, response_);
  }
  /// Low word first: reading it latches the high word of a counter.
  std::uint64_t read64(std::uint32_t address) {
    const std::uint64_t low = read32(address);
    return low | std::uint64_t{read32(address + 4)} << 32;
  }

  std::uint32_t try_read32(std::uint32_t address) {
    ar_ = r_ = true;
    address_ = address;
    finish("read", address);
    return data_;
  }
  void try_write32(std::uint32_t address, std::uint32_t value, unsigned strobe = 0xf) {
    aw_ = w_ = b_ = true;
    address_ = address;
    data_ = value;
    strobe_ = strobe;
    finish("write", address);
  }

  void drive() override {
    ports_.awvalid = aw_;
    ports_.wvalid = w_;
    ports_.arvalid = ar_;
    ports_.bready = b_;
    ports_.rready = r_;
    if (aw_) ports_.awaddr = address_;
    if (ar_) ports_.araddr = address_;
    if (w_) ports_.wdata = data_, ports_.wstrb = static_cast<CData>(strobe_);
  }
  void sample() override {
    if (aw_ && ports_.awready) aw_ = false;
    if (w_ && ports_.wready) w_ = false;
    if (ar_ && ports_.arready) ar_ = false;
    if (b_ && ports_.bvalid) b_ = false, response_ = ports_.bresp;
    if (r_ && ports_.rvalid) r_ = false, response_ = ports_.rresp, data_ = ports_.rdata;
  }

 private:
  void finish(const char* what, std::uint32_t address) {
    for (unsigned cycles = 0; aw_ || w_ || b_ || ar_ || r_; ++cycles) {
      if (cycles == timeout_) {
        throw Error("register {} at {:#x} was not answered within {} cycles", what, address, timeout_);
      }
      tick_();
    }
  }

  AxiLitePorts ports_;
  std::function<void()> tick_;
  unsigned timeout_;
  bool aw_ = false, w_ = false, b_ = false, ar_ = false, r_ = false;
  std::uint32_t address_ = 0, data_ = 0;
  unsigned strobe_ = 0, response_ = 0;
};

}  // namespace girih::tb
