// SPDX-License-Identifier: Apache-2.0
#include "cli/sim_speed.h"

#include <iostream>

#include "cli/bench_run.h"
#include "common/error.h"
#include "runtime/rtl_library.h"

namespace girih::cli {
namespace {

/// 3x3 convolution, 32x32 pixels, 64 to 64 channels: the array works in nearly every cycle.
graph::Graph convolution() {
  constexpr std::int64_t kChannels = 64;
  const graph::Quantisation quant{{0.05F}, 0, -1};
  graph::Tensor w{.name = "w",
                  .shape = {kChannels, kChannels, 3, 3},
                  .quant = quant,
                  .constant = true,
                  .data = {}};
  w.data.resize(static_cast<std::size_t>(graph::elements(w.shape)));
  for (std::size_t i = 0; i < w.data.size(); ++i)
    w.data[i] = static_cast<std::uint8_t>(i * 37 >> 3);
  graph::Tensor x{.name = "x", .shape = {1, kChannels, 32, 32}, .quant = quant, .data = {}};
  graph::Tensor y{.name = "y", .shape = {1, kChannels, 32, 32}, .quant = quant, .data = {}};
  graph::Conv op{.window = {.kernel = {3, 3}, .pad_begin = {1, 1}, .pad_end = {1, 1}},
                 .bias = std::vector<std::int32_t>(kChannels, 0),
                 .multiplier = std::vector<float>(kChannels, 0.001F)};
  return one_node("convolution", std::move(x), std::move(w), std::move(y), std::move(op));
}

/// Cycles per second, or 0 when there is nothing to divide by.
double rate(std::uint64_t cycles, double seconds) {
  return seconds > 0 ? static_cast<double>(cycles) / seconds : 0;
}

}  // namespace

SimSpeed sim_speed(const isa::Preset& preset) {
  SimSpeed speed{.preset = std::string(preset.name)};
  const BenchNetwork network{"convolution", "3x3, 32x32x64 to 64", convolution};
  ChipOptions options;
  options.preset = preset.name;
  options.device = "rtl";
  options.check = "none";
  for (int round = 0; round < 3; ++round) {  // the best of three: others use the machine too
    const BenchFigures figures = bench(network, options);
    if (round == 0 || figures.seconds < speed.chip_seconds) speed.chip_seconds = figures.seconds;
    speed.chip_cycles = figures.cycles;
  }
  speed.array_cycles = speed.chip_cycles;
  for (int round = 0; round < 3; ++round) {
    const double seconds = runtime::run_bare_array(preset, speed.array_cycles);
    if (round == 0 || seconds < speed.array_seconds) speed.array_seconds = seconds;
  }
  return speed;
}

void print(const SimSpeed& s) {
  std::cout << fmt::format(
      "\nsim-speed on {}: a convolution, unchecked, assertions off, one core, best of three\n",
      s.preset);
  std::cout << fmt::format("  {:<10} {:>9.3f} M cycles/s ({} cycles)\n", "chip",
                           rate(s.chip_cycles, s.chip_seconds) / 1e6, s.chip_cycles);
  std::cout << fmt::format("  {:<10} {:>9.3f} M cycles/s; the chip runs at {:.0f} % of it\n",
                           "bare array", rate(s.array_cycles, s.array_seconds) / 1e6,
                           100 * s.array_seconds / s.chip_seconds);
}

nlohmann::json to_json(const SimSpeed& s) {
  return {{"network", "sim-speed"},
          {"preset", s.preset},
          {"cycles", s.chip_cycles},
          {"chip_cycles_per_second", rate(s.chip_cycles, s.chip_seconds)},
          {"array_cycles_per_second", rate(s.array_cycles, s.array_seconds)}};
}

}  // namespace girih::cli
