// SPDX-License-Identifier: Apache-2.0
#include "cli/report.h"

#include <filesystem>
#include <fstream>

#include "common/error.h"

namespace girih::cli {
namespace {

nlohmann::json to_json(const runtime::EngineCounters& c) {
  return {{"busy", c.busy},
          {"stall_token", c.stall_token},
          {"stall_mem", c.stall_mem},
          {"stall_bus", c.stall_bus}};
}

}  // namespace

nlohmann::json to_json(const runtime::Counters& c) {
  return {{"cycles", c.cycles},
          {"retired", c.retired},
          {"macs", c.macs},
          {"bytes_read", c.bytes_read},
          {"bytes_written", c.bytes_written},
          {"load", to_json(c.load)},
          {"store", to_json(c.store)},
          {"matrix", to_json(c.matrix)},
          {"vector", to_json(c.vector)}};
}

nlohmann::json to_json(const runtime::Checked& c) {
  return {{"instructions", c.instructions},
          {"elements", c.elements},
          {"bytes", c.bytes},
          {"mismatches", c.mismatches},
          {"first_mismatch", c.first_mismatch}};
}

double utilisation(const isa::Preset& preset, std::uint64_t macs, std::uint64_t cycles) {
  return cycles == 0 ? 0
                     : 100.0 * static_cast<double>(macs) /
                           (static_cast<double>(cycles) * preset.k_dim * preset.n_dim);
}

nlohmann::json run_report(const compiler::Program& program, const ChipOptions& options,
                          const runtime::Counters& counters, const runtime::Checked& checked,
                          std::size_t samples) {
  const isa::Preset& preset = preset_named(options.preset);
  nlohmann::json layers = nlohmann::json::array();
  for (const compiler::Layer& layer : program.layers) {
    layers.push_back({{"node", layer.node},
                      {"kind", layer.kind},
                      {"instructions", layer.count},
                      {"macs", layer.macs},
                      {"limit_cycles", layer.limit_cycles}});
  }
  nlohmann::json host = nlohmann::json::array();
  for (const compiler::Port& port : program.inputs)
    host.push_back("layout and quantisation of input \"" + port.name + "\"");
  for (const compiler::Port& port : program.outputs) {
    host.push_back("layout and dequantisation of output \"" + port.name + "\"");
    if (port.tail.kind != compiler::HostTail::Kind::kNone) {
      host.push_back(
          (port.tail.kind == compiler::HostTail::Kind::kSoftmax ? "Softmax \"" : "Sigmoid \"") +
          port.tail.node + "\"");
    }
  }
  return {{"model", program.model},
          {"preset", options.preset},
          {"device", options.device},
          {"check", options.check},
          {"seed", options.seed},
          {"stalls", options.stalls},
          {"latency", options.latency},
          {"samples", samples},
          {"instructions", program.instructions.size()},
          {"array_macs", program.array_macs},
          {"constants_bytes", program.constants.size()},
          {"workspace_bytes", program.workspace_bytes},
          {"utilisation_percent", utilisation(preset, counters.macs, counters.cycles)},
          {"counters", to_json(counters)},
          {"compared", to_json(checked)},
          {"layers", layers},
          {"on_host", host}};
}

void require_writable(const std::string& file) {
  const bool existed = std::filesystem::exists(file);
  if (!std::ofstream(file, std::ios::app)) {
    throw Error("{}: cannot be written; give a file in a folder that exists and is yours", file);
  }
  if (!existed) std::filesystem::remove(file);
}

void write_json(const std::string& file, const nlohmann::json& json) {
  std::ofstream stream(file);
  stream << json.dump(2) << "\n";
  if (!stream.flush()) throw Error("{}: cannot be written", file);
}

}  // namespace girih::cli
