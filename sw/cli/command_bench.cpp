// SPDX-License-Identifier: Apache-2.0
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "cli/bench_run.h"
#include "cli/chip.h"
#include "cli/commands.h"
#include "cli/report.h"
#include "cli/sim_speed.h"
#include "common/error.h"
#include "common/progress.h"

namespace girih::cli {
namespace {

struct BenchOptions {
  std::vector<std::string> names;
  std::string json;
  std::vector<unsigned> latencies{100, 200};
  bool update = false;
  ChipOptions chip;
};

std::filesystem::path baseline_file() {
  return source_tree() / "tests" / "baselines" / "cycles.json";
}

nlohmann::json read_baselines() {
  std::ifstream stream(baseline_file());
  if (!stream) return nlohmann::json::object();
  try {
    return nlohmann::json::parse(stream);
  } catch (const nlohmann::json::exception& error) {
    throw Error("{}: {}", baseline_file().string(), error.what());
  }
}

bool named(const BenchOptions& options, const std::string& name) {
  return std::ranges::find(options.names, name) != options.names.end();
}

bool wanted(const BenchOptions& options, const BenchNetwork& network) {
  if (!options.names.empty()) return named(options, network.name);
  return network.presets.empty() ||
         std::ranges::find(network.presets, options.chip.preset) != network.presets.end();
}

/// Cycle counts are exact: equal to the baseline, or something has changed.
bool hold(const nlohmann::json& baselines, const BenchFigures& f) {
  if (f.checked.mismatches != 0) return false;
  const nlohmann::json* at = &baselines;
  for (const std::string& key : {f.preset, f.network, std::to_string(f.latency)}) {
    if (!at->contains(key)) {
      std::cout << fmt::format(
          "  no baseline for {} on {} at latency {}; --update-baselines records it\n", f.network,
          f.preset, f.latency);
      return false;
    }
    at = &at->at(key);
  }
  const auto baseline = at->get<std::uint64_t>();
  if (baseline == f.cycles) return true;
  std::cout << fmt::format(
      "  {} cycles, the baseline has {} ({:+.2f} %): explain the change and run with "
      "--update-baselines\n",
      f.cycles, baseline,
      100.0 * (static_cast<double>(f.cycles) / static_cast<double>(baseline) - 1));
  return false;
}

void run(const BenchOptions& options, Invocation& invocation) {
  const isa::Preset& preset = preset_named(options.chip.preset);
  ChipOptions chip = options.chip;
  chip.device = "rtl";
  if (!options.json.empty()) require_writable(options.json);
  nlohmann::json baselines = read_baselines();
  nlohmann::json results = nlohmann::json::array();
  bool held = true;
  for (const BenchNetwork& network : bench_networks()) {
    if (!wanted(options, network)) continue;
    for (const unsigned latency : options.latencies) {
      say(fmt::format("{} on {}, latency {}", network.name, preset.name, latency));
      chip.latency = latency;
      const BenchFigures figures = bench(network, chip);
      print(figures, preset);
      results.push_back(to_json(figures, preset));
      if (options.update) {
        baselines[figures.preset][figures.network][std::to_string(latency)] = figures.cycles;
      } else {
        held = hold(baselines, figures) && held;
      }
    }
  }
  if (options.names.empty() || named(options, "sim-speed")) {
    const SimSpeed speed = sim_speed(preset);
    print(speed);
    results.push_back(to_json(speed));
  }
  if (options.update) {
    std::filesystem::create_directories(baseline_file().parent_path());
    write_json(baseline_file().string(), baselines);
  }
  if (!options.json.empty()) write_json(options.json, results);
  invocation.status = held ? 0 : 1;
}

}  // namespace

void add_bench(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<BenchOptions>();
  CLI::App* command = app.add_subcommand(
      "bench", "cycles of networks and layers against their limits and the checked-in baselines");
  std::vector<std::string> names{"sim-speed"};
  std::string list = "sim-speed: cycles simulated per second while a convolution runs\n";
  for (const BenchNetwork& network : bench_networks()) {
    names.push_back(network.name);
    list += fmt::format("{}: {}{}\n", network.name, network.description,
                        network.presets.empty() ? ""
                                                : fmt::format(" (only {}, or when named)",
                                                              fmt::join(network.presets, ", ")));
  }
  command->add_option("names", options->names, "what to run; everything when none is named")
      ->check(CLI::IsMember(names));
  command->add_option("--json", options->json, "write the figures to this file");
  command->add_option("--latencies", options->latencies, "read latencies of the memory in cycles")
      ->check(CLI::Range(1u, 100'000u))
      ->capture_default_str();
  command->add_flag("--update-baselines", options->update,
                    "record the cycle counts in tests/baselines/cycles.json");
  options->chip.add_preset(*command);
  options->chip.check = "none";
  command
      ->add_option("--check", options->chip.check,
                   "tiles: every instruction's result against the golden model, as it retires")
      ->check(CLI::IsMember({"tiles", "none"}))
      ->capture_default_str();
  command->footer(list +
                  "Exit status: 1 when a cycle count differs from its baseline, or a tile from the "
                  "golden model.");
  command->callback([options, &invocation] { run(*options, invocation); });
}

}  // namespace girih::cli
