// SPDX-License-Identifier: Apache-2.0
//
// What a run was like, as JSON and as a few lines for people.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "cli/chip.h"
#include "compiler/program/program.h"
#include "runtime/device.h"

namespace girih::cli {

nlohmann::json to_json(const runtime::Counters& counters);
nlohmann::json to_json(const runtime::Checked& checked);

/// Model, chip, options and counters of a finished run.
nlohmann::json run_report(const compiler::Program& program, const ChipOptions& options,
                          const runtime::Counters& counters, const runtime::Checked& checked,
                          std::size_t samples);

/// Percent of the array's peak that `macs` in `cycles` are; 0 without cycles.
double utilisation(const isa::Preset& preset, std::uint64_t macs, std::uint64_t cycles);

/// Throws girih::Error when results could not be written to `file` at the end of a long run.
void require_writable(const std::string& file);

void write_json(const std::string& file, const nlohmann::json& json);

}  // namespace girih::cli
