// SPDX-License-Identifier: Apache-2.0
//
// The door of a chip's shared library: what sw/runtime/rtl_library.h looks up.
#include "rtl_device.h"
#include "runtime/rtl_library.h"

extern "C" girih::runtime::Device* girih_make_rtl_device(
    const girih::runtime::RtlOptions* options) {
  girih::rtl::DeviceOptions wanted;
  wanted.chip.seed = options->seed;
  wanted.chip.memory.read_latency = options->read_latency;
  wanted.chip.memory.stalls = options->stalls;
  wanted.chip.memory.shared_bus = true;
  wanted.check_tiles = options->check_tiles;
  wanted.reproduce = options->reproduce;
  wanted.hang_cycles = options->hang_cycles;
  auto device = std::make_unique<girih::rtl::RtlDevice>(wanted);
  if (!options->waves.empty())
    device->chip().trace(options->waves, options->waves_from, options->waves_to);
  return device.release();
}
