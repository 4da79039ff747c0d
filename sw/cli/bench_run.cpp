// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_run.h"

#include <chrono>
#include <functional>
#include <iostream>

#include "cli/bench_language.h"
#include "cli/inference.h"
#include "cli/report.h"
#include "common/error.h"
#include "common/progress.h"
#include "compiler/lower/lower.h"

namespace girih::cli {
namespace {

template <class Op>
runtime::EngineCounters combine(const runtime::EngineCounters& a, const runtime::EngineCounters& b,
                                Op op) {
  return {op(a.busy, b.busy), op(a.stall_token, b.stall_token), op(a.stall_mem, b.stall_mem),
          op(a.stall_bus, b.stall_bus)};
}

template <class Op>
runtime::Counters combine(const runtime::Counters& a, const runtime::Counters& b, Op op) {
  return {combine(a.load, b.load, op),
          combine(a.store, b.store, op),
          combine(a.matrix, b.matrix, op),
          combine(a.vector, b.vector, op),
          op(a.macs, b.macs),
          op(a.bytes_read, b.bytes_read),
          op(a.bytes_written, b.bytes_written),
          op(a.cycles, b.cycles),
          op(a.retired, b.retired)};
}

double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

std::string stalls(const runtime::Counters& c) {
  return fmt::format("{:4.0f} {:4.0f} {:4.0f}", percent(c.matrix.stall_token, c.cycles),
                     percent(c.matrix.stall_mem, c.cycles), percent(c.load.stall_bus, c.cycles));
}

}  // namespace

runtime::Counters operator-(const runtime::Counters& a, const runtime::Counters& b) {
  return combine(a, b, std::minus<>());
}
runtime::Counters operator+(const runtime::Counters& a, const runtime::Counters& b) {
  return combine(a, b, std::plus<>());
}

BenchFigures bench(const BenchNetwork& network, const ChipOptions& options) {
  if (network.language) return bench_language(network, options);
  const isa::Preset& preset = preset_named(options.preset);
  const graph::Graph graph = network.make();
  const compiler::Program program = compiler::compile(graph, target_of(preset));
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
                       .latency = options.latency,
                       .counters = device.counters(0),
                       .checked = device.checked(),
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
    row((layer.kind.empty() ? layer.node : fmt::format("{} ({})", layer.node, layer.kind))
            .substr(0, 24),
        layer.counters, layer.macs, layer.limit_cycles);
  row("network", f.counters, f.macs, f.limit_cycles);
  const auto engine = [&](const char* name, const runtime::EngineCounters& e) {
    const auto of = [&](std::uint64_t part) { return percent(part, f.cycles); };
    std::cout << fmt::format(
        "  {:24} busy {:5.1f} %; stalled: tokens {:.1f}, ports {:.1f}, bus "
        "{:.1f} %\n",
        name, of(e.busy), of(e.stall_token), of(e.stall_mem), of(e.stall_bus));
  };
  engine("LOAD", f.counters.load);
  engine("MATRIX", f.counters.matrix);
  engine("VECTOR", f.counters.vector);
  engine("STORE", f.counters.store);
  const std::uint64_t moved = f.counters.bytes_read + f.counters.bytes_written;
  std::cout << fmt::format(
      "  DRAM: {} bytes moved ({:.1f} % of the bus), {} compulsory (weights, "
      "inputs, outputs)\n",
      moved, percent(moved, f.cycles * preset.bus_bytes), f.compulsory_bytes);
  if (f.checked.instructions != 0) {
    std::cout << fmt::format("  {} tiles compared, {} mismatches\n{}", f.checked.instructions,
                             f.checked.mismatches, f.checked.first_mismatch);
  }
  std::cout << std::flush;  // before the next line on standard error
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
          {"compared", to_json(f.checked)},
          {"layers", layers}};
}

}  // namespace girih::cli
