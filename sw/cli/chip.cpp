// SPDX-License-Identifier: Apache-2.0
#include "cli/chip.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "common/error.h"
#include "runtime/golden_device.h"

namespace girih::cli {
namespace {

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const isa::Preset& preset : isa::kPresets) names.emplace_back(preset.name);
  return names;
}

}  // namespace

void ChipOptions::add_preset(CLI::App& app) {
  app.add_option("--preset", preset, "sizes of the chip (girih presets lists them)")
      ->check(CLI::IsMember(preset_names()))
      ->capture_default_str();
}

void ChipOptions::add_device(CLI::App& app) {
  app.add_option("--device", device,
                 "what runs the program: the golden model, the Verilated RTL, or the Verilated "
                 "netlist of the chip mapped for an FPGA (tiny and ecp5; a few kHz)")
      ->check(CLI::IsMember({"golden", "rtl", "netlist"}))
      ->capture_default_str();
  app.add_option("--check", check,
                 "tiles: every instruction's result against the golden model, as it retires (rtl) "
                 "or one by one, fetched by debug STOREs (netlist); output: the results alone, on "
                 "a netlist all of DRAM; none. On golden, tiles and output compare the results "
                 "with the graph's interpreter")
      ->check(CLI::IsMember({"tiles", "output", "none"}))
      ->capture_default_str();
  app.add_option("--seed", seed, "of start-up contents, stalls and random inputs")
      ->capture_default_str();
  app.add_option("--stalls", stalls, "probability per cycle that an AXI channel stalls")
      ->check(CLI::Range(0.0, 0.95))
      ->capture_default_str();
  app.add_option("--latency", latency, "read latency of the memory in cycles")
      ->check(CLI::Range(1u, 100'000u))
      ->capture_default_str();
  app.add_option("--waves", waves,
                 "write a waveform of the window --waves-at to this FST file (rtl)");
  app.add_option("--waves-at", waves_at, "cycles FROM:TO of the waveform")->needs("--waves");
}

std::filesystem::path source_tree() {
  const char* root = std::getenv("GIRIH_ROOT");
  return root == nullptr ? "." : root;
}

const isa::Preset& preset_named(const std::string& name) {
  const isa::Preset* preset = isa::find_preset(name);
  if (preset == nullptr)
    throw Error("--preset {}: there is no such preset; girih presets lists them", name);
  return *preset;
}

compiler::Target target_of(const isa::Preset& preset) {
  return {preset, preset.spm_kib * 1024, preset.acc_kib * 1024};
}

std::unique_ptr<runtime::Device> make_device(const ChipOptions& options,
                                             const std::string& reproduce) {
  const isa::Preset& preset = preset_named(options.preset);
  if (std::isnan(options.stalls)) throw Error("--stalls: a number of 0 to 0.95 is expected");
  if (!options.simulated()) {
    if (!options.waves.empty())
      throw Error("--waves: the golden model has no signals; add --device rtl");
    return std::make_unique<runtime::GoldenDevice>(preset);
  }
  runtime::RtlOptions rtl;
  rtl.check_tiles = options.check == "tiles";
  rtl.seed = options.seed;
  rtl.stalls = options.stalls;
  rtl.read_latency = options.latency;
  rtl.reproduce = reproduce;
  if (options.netlist()) {
    if (!options.waves.empty())
      throw Error("--waves: the netlist's nets have no names to look at; add --device rtl");
    if (preset.name != "tiny" && preset.name != "ecp5")
      throw Error("--preset {}: there are netlists of tiny and ecp5", preset.name);
    rtl.check_end = options.check == "output";
    return runtime::make_netlist_device(preset, rtl);
  }
  std::string flavour = options.check == "none" ? "fast" : "";
  if (!options.waves.empty()) {
    rtl.waves = options.waves;
    rtl.waves_to = ~std::uint64_t{0};
    if (!options.waves_at.empty()) {
      const char* const end = options.waves_at.data() + options.waves_at.size();
      const auto from = std::from_chars(options.waves_at.data(), end, rtl.waves_from);
      const bool colon = from.ec == std::errc{} && from.ptr != end && *from.ptr == ':';
      const auto to = std::from_chars(colon ? from.ptr + 1 : end, end, rtl.waves_to);
      if (to.ec != std::errc{} || to.ptr != end || rtl.waves_to < rtl.waves_from)
        throw Error("--waves-at {}: two cycle numbers FROM:TO are expected", options.waves_at);
    }
    flavour = "trace";
  }
  return runtime::make_rtl_device(preset, flavour, rtl);
}

}  // namespace girih::cli
