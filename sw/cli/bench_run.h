// SPDX-License-Identifier: Apache-2.0
//
// One network on the Verilated chip with the benchmarks' memory: cycles per layer, stalls, limits.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/bench_networks.h"
#include "cli/chip.h"
#include "runtime/device.h"

namespace girih::cli {

struct LayerFigures {
  std::string node, kind;
  std::uint64_t macs = 0, limit_cycles = 0;
  runtime::Counters
      counters;  ///< of this layer alone: from the last retirement of the one before to its own
};

struct BenchFigures {
  std::string network, preset;
  unsigned latency = 100;
  std::uint64_t cycles = 0, macs = 0, limit_cycles = 0, compulsory_bytes = 0;
  double seconds = 0;  ///< of simulation; wall clock, for ratios only
  runtime::Counters counters;
  runtime::Checked checked;
  std::vector<LayerFigures> layers;
};

runtime::Counters operator-(const runtime::Counters& a, const runtime::Counters& b);
runtime::Counters operator+(const runtime::Counters& a, const runtime::Counters& b);

/// On the device of `options`.
BenchFigures bench(const BenchNetwork& network, const ChipOptions& options);

void print(const BenchFigures& figures, const isa::Preset& preset);
nlohmann::json to_json(const BenchFigures& figures, const isa::Preset& preset);

}  // namespace girih::cli
