// SPDX-License-Identifier: Apache-2.0
//
// Options of the devices that simulate a chip (rtl_device.h, netlist_device.h).
#pragma once

#include <cstdint>
#include <string>

#include "chip.h"

namespace girih::rtl {

struct DeviceOptions {
  ChipOptions chip;
  bool check_tiles = true;
  std::string reproduce;                  ///< command line that a mismatch report repeats
  std::uint64_t hang_cycles = 5'000'000;  ///< cycles without a retirement that count as a hang
};

}  // namespace girih::rtl
