// SPDX-License-Identifier: Apache-2.0
//
// Options that choose a chip, and what they make: preset, partition, device.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "compiler/lower/builder.h"
#include "runtime/device.h"
#include "runtime/rtl_library.h"

namespace girih::cli {

struct ChipOptions {
  std::string preset = "base";
  std::string device = "golden";
  std::string check = "tiles";
  std::uint32_t seed = 1;
  double stalls = 0;
  unsigned latency = 100;
  std::string waves;
  std::string waves_at;

  void add_preset(CLI::App& app);
  void add_device(CLI::App& app);
  bool rtl() const { return device == "rtl"; }
  bool netlist() const { return device == "netlist"; }
  /// A simulated chip, not the golden model alone.
  bool simulated() const { return rtl() || netlist(); }
};

/// Top of the source tree, where models and baselines lie: the launcher says so.
std::filesystem::path source_tree();

const isa::Preset& preset_named(const std::string& name);

/// The whole chip of a preset for one program.
compiler::Target target_of(const isa::Preset& preset);

std::unique_ptr<runtime::Device> make_device(const ChipOptions& options,
                                             const std::string& reproduce);

}  // namespace girih::cli
