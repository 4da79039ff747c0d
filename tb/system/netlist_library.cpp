// SPDX-License-Identifier: Apache-2.0
//
// The door of a netlist's shared library: what sw/runtime/rtl_library.h looks up.
#include "netlist_device.h"
#include "runtime/rtl_library.h"

extern "C" girih::runtime::Device* girih_make_netlist_device(
    const girih::runtime::RtlOptions* options) {
  using girih::rtl::NetlistDevice;
  girih::rtl::DeviceOptions wanted;
  wanted.chip.seed = options->seed;
  wanted.chip.memory.read_latency = options->read_latency;
  wanted.chip.memory.stalls = options->stalls;
  wanted.chip.memory.shared_bus = true;
  wanted.check_tiles = options->check_tiles || options->check_end;
  wanted.reproduce = options->reproduce;
  wanted.hang_cycles = options->hang_cycles;
  return new NetlistDevice(wanted, options->check_tiles ? NetlistDevice::Mode::kTiles
                                                        : NetlistDevice::Mode::kEnd);
}
