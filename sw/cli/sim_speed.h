// SPDX-License-Identifier: Apache-2.0
//
// How fast the Verilated chip runs on this machine: wall clock, so only ratios mean anything.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "girih/presets.h"

namespace girih::cli {

struct SimSpeed {
  std::string preset;
  std::uint64_t chip_cycles = 0, array_cycles = 0;
  double chip_seconds = 0, array_seconds = 0;
};

/// A convolution that keeps the array busy, unchecked, assertions off; and the bare array
/// (girih_array_<preset>.so) fed every cycle, in the same run.
SimSpeed sim_speed(const isa::Preset& preset);

void print(const SimSpeed& speed);
nlohmann::json to_json(const SimSpeed& speed);

}  // namespace girih::cli
