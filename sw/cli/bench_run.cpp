// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_run.h"

#include <chrono>
#include <iostream>

#include "cli/chip.h"
#include "cli/inference.h"
#include "cli/report.h"
#include "common/error.h"
#include "common/progress.h"
#include "compiler/lower/lower.h"

namespace girih::cli {
namespace {

runtime::EngineCounters operator-(const runtime::EngineCounters& a,
                                  const runtime::EngineCounters& b) {
  return {a.busy - b.busy, a.stall_token - b.stall_token, a.stall_mem - b.stall_mem,
          a.stall_bus - b.stall_bus};
}

runtime::Counters operator-(const runtime::Counters& a, const runtime::Counters& b) {
  return {a.load - b.load,
          a.store - b.store,
          a.matrix - b.matrix,
          a.vector - b.vector,
          a.macs - b.macs,
          a.bytes_read - b.bytes_read,
          a.bytes_written - b.bytes_written,
          a.cycles - b.cycles,
          a.retired - b.retired};
}

double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

std::string stalls(const runtime::Counters& c) {
  return fmt::format("{:4.0f} {:4.0f} {:4.0f}", percent(c.matrix.stall_token, c.cycles),
                     percent(c.matrix.stall_mem, c.cycles), percent(c.load.stall_bus, c.cycles));
}

}  // namespace

BenchFigures bench(const BenchNetwork& network, const isa::Preset& preset, unsigned latency) {
  const graph::Graph graph = network.make();
  const compiler::Program program = compiler::compile(graph, target_of(preset));
  ChipOptions options;
  options.preset = preset.name;
  options.device = "rtl";
  options.check = "none";
  options.latency = latency;
  Inference inference(graph, program, options, "./girih bench " + network.name);
  std::vector<Samples> inputs;
  for (const compiler::Port& port : program.inputs) inputs.push_back(random_samples(port, 1, 1));
  std::vector<std::uint32_t> last;
  for (const compiler::Layer& layer : program.layers) last.push_back(layer.last);
  runtime::Device& device = inference.device();
  device.set_checkpoints(0, last);
  const auto start = std::chrono::steady_clock::now();
  {
    Progress progress(network.name, program.instructions.size());
    device.set_on_progress([&](std::uint64_t retired) { progress.update(retired); });
    inference.run(inputs, 0);
    device.set_on_progress({});
  }

  BenchFigures figures{.network = network.name,
                       .preset = std::string(preset.name),
                       .latency = latency,
                       .counters = device.counters(0),
                       .layers = {}};
  figures.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  figures.cycles = figures.counters.cycles;
  figures.compulsory_bytes = program.constants.size();
  for (const auto* ports : {&program.inputs, &program.outputs}) {
    for (const compiler::Port& port : *ports)
      figures.compulsory_bytes += static_cast<std::uint64_t>(port.elements());
  }
  const std::vector<runtime::Counters> at = device.checkpoints(0);
  if (at.size() != program.layers.size()) {
    throw Error("bench {}: {} of {} layers were seen to end", network.name, at.size(),
                program.layers.size());
  }
  runtime::Counters before;
  for (std::size_t i = 0; i < at.size(); ++i) {
    const compiler::Layer& layer = program.layers[i];
    figures.layers.push_back(
        {layer.node, layer.kind, layer.macs, layer.limit_cycles, at[i] - before});
    figures.macs += layer.macs;
    figures.limit_cycles += layer.limit_cycles;
    before = at[i];
  }
  return figures;
}

void print(const BenchFigures& f, const isa::Preset& preset) {
  std::cout << fmt::format(
      "\n{} on {}: {}x{} MACs, bus {} B/cycle shared by reads and writes, latency {} cycles\n",
      f.network, f.preset, preset.k_dim, preset.n_dim, preset.bus_bytes, f.latency);
  std::cout << fmt::format(
      "  {:24} {:>10} {:>9} {:>6} {:>9} {:>9} {:>7}   stalls %: MATRIX tokens, ports; LOAD bus\n",
      "layer", "cycles", "MACs/cyc", "util", "read B", "write B", "% limit");
  const auto row = [&](const std::string& name, const runtime::Counters& c, std::uint64_t macs,
                       std::uint64_t limit) {
    std::cout << fmt::format(
        "  {:24} {:>10} {:>9.1f} {:>5.1f}% {:>9} {:>9} {:>6.1f}%   {}\n", name, c.cycles,
        c.cycles == 0 ? 0 : static_cast<double>(macs) / static_cast<double>(c.cycles),
        utilisation(preset, macs, c.cycles), c.bytes_read, c.bytes_written,
        percent(limit, c.cycles), stalls(c));
  };
  for (const LayerFigures& layer : f.layers)
    row(fmt::format("{} ({})", layer.node, layer.kind).substr(0, 24), layer.counters, layer.macs,
        layer.limit_cycles);
  row("network", f.counters, f.macs, f.limit_cycles);
  std::cout << fmt::format("  DRAM: {} bytes moved, {} compulsory (weights, inputs, outputs)\n",
                           f.counters.bytes_read + f.counters.bytes_written, f.compulsory_bytes)
            << std::flush;  // before the next line on standard error
}

nlohmann::json to_json(const BenchFigures& f, const isa::Preset& preset) {
  nlohmann::json layers = nlohmann::json::array();
  for (const LayerFigures& layer : f.layers) {
    layers.push_back(
        {{"node", layer.node},
         {"kind", layer.kind},
         {"macs", layer.macs},
         {"limit_cycles", layer.limit_cycles},
         {"cycles", layer.counters.cycles},
         {"utilisation_percent", utilisation(preset, layer.macs, layer.counters.cycles)},
         {"counters", to_json(layer.counters)}});
  }
  return {{"network", f.network},
          {"preset", f.preset},
          {"latency", f.latency},
          {"bus_bytes", preset.bus_bytes},
          {"cycles", f.cycles},
          {"limit_cycles", f.limit_cycles},
          {"macs", f.macs},
          {"utilisation_percent", utilisation(preset, f.macs, f.cycles)},
          {"compulsory_bytes", f.compulsory_bytes},
          {"counters", to_json(f.counters)},
          {"layers", layers}};
}

}  // namespace girih::cli
