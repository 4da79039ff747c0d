// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iostream>

#include "cli/chip.h"
#include "cli/commands.h"
#include "compiler/onnx/importer.h"
#include "compiler/onnx/report.h"

namespace girih::cli {

void add_inspect(CLI::App& app, Invocation& invocation) {
  struct Options {
    std::string model;
    bool json = false;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "inspect", "say for every node of an ONNX model whether it is supported, and why not");
  command->add_option("model", options->model, "ONNX file")->required();
  command->add_flag("--json", options->json, "as JSON");
  command->footer(
      "Exit status: 0 every node is supported, 1 some are not, 2 the file cannot be read.");
  command->callback([options, &invocation] {
    const onnx::ModelReport report = onnx::inspect_model(options->model);
    invocation.status = report.supported() ? 0 : 1;
    if (options->json) {
      std::cout << onnx::to_json(report).dump(2) << "\n";
      return;
    }
    std::size_t width = 4;
    for (const onnx::NodeReport& node : report.nodes) width = std::max(width, node.name.size());
    std::cout << fmt::format("{} (opset {})\n{:{}}  {:22} {:20} {:>12}  {}\n", report.model,
                             report.opset, "node", width, "operator", "output", "MACs", "becomes");
    for (const onnx::NodeReport& node : report.nodes) {
      std::cout << fmt::format("{:{}}  {:22} {:20} {:>12}  {}\n", node.name, width, node.op,
                               graph::to_string(node.output_shape), node.macs,
                               node.supported ? node.becomes : "UNSUPPORTED: " + node.reason);
    }
    for (const std::string& problem : report.problems) std::cout << "problem: " << problem << "\n";
    std::cout << fmt::format("{} nodes, {} MACs, {} bytes of weights: {}\n", report.nodes.size(),
                             report.macs, report.weight_bytes,
                             report.supported() ? "supported" : "not supported");
  });
}

void add_presets(CLI::App& app, Invocation&) {
  CLI::App* command = app.add_subcommand("presets", "list the presets and their sizes");
  command->callback([] {
    std::cout << fmt::format("{:6} {:>7} {:>5} {:>8} {:>6} {:>8} {:>8} {:>9}\n", "name", "array",
                             "bus", "weights", "lanes", "spm", "acc", "contexts");
    for (const isa::Preset& p : isa::kPresets) {
      std::cout << fmt::format("{:6} {:>7} {:>3} B {:>6}/c {:>6} {:>4} KiB {:>4} KiB {:>9}{}\n",
                               p.name, fmt::format("{}x{}", p.k_dim, p.n_dim), p.bus_bytes,
                               p.weight_port, p.vec_lanes, p.spm_kib, p.acc_kib, p.contexts,
                               p.name == isa::kDefaultPreset ? "  (default)" : "");
    }
  });
}

}  // namespace girih::cli
