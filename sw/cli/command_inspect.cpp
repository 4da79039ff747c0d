// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <iostream>

#include "cli/chip.h"
#include "cli/commands.h"
#include "compiler/onnx/importer.h"
#include "compiler/onnx/report.h"
#include "llm/import/load_model.h"
#include "llm/report/model_report.h"

namespace girih::cli {
namespace {

struct InspectOptions {
  std::string model;
  bool json = false;
  ChipOptions chip;
  std::int64_t context = 0;
  unsigned activations = 8;
};

int inspect_onnx(const InspectOptions& options) {
  const onnx::ModelReport report = onnx::inspect_model(options.model);
  const int status = report.supported() ? 0 : 1;
  if (options.json) {
    std::cout << onnx::to_json(report).dump(2) << "\n";
    return status;
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
  return status;
}

int inspect_language(const InspectOptions& options) {
  constexpr std::int64_t kContext = 1024;
  const llm::Model model = llm::load_model(options.model);
  const std::int64_t context =
      options.context != 0 ? options.context : std::min(kContext, model.config.max_positions);
  const llm::ModelReport report =
      llm::report_model(model, {preset_named(options.chip.preset), options.activations}, context);
  std::cout << (options.json ? llm::to_json(report).dump(2) + "\n" : llm::to_text(report));
  return report.problem.empty() ? 0 : 1;
}

}  // namespace

void add_inspect(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<InspectOptions>();
  CLI::App* command = app.add_subcommand(
      "inspect", "say what a model consists of, what of it is supported, and what it costs");
  command->add_option("model", options->model, "ONNX file, or directory of a language model")
      ->required();
  command->add_flag("--json", options->json, "as JSON");
  CLI::Option_group* language = command->add_option_group("Language models");
  options->chip.add_preset(*language);
  language
      ->add_option(
          "--context", options->context,
          "tokens in the cache at the step whose cost is said (1024, or what the model has)")
      ->check(CLI::PositiveNumber);
  language->add_option("--activations", options->activations, "bits of activations")
      ->check(CLI::IsMember({8, 16}))
      ->capture_default_str();
  command->footer(
      "Exit status: 0 every node is supported (a step fits the chip), 1 not, 2 the model cannot be "
      "read.");
  command->callback([options, &invocation] {
    std::error_code error;
    invocation.status = std::filesystem::is_directory(options->model, error)
                            ? inspect_language(*options)
                            : inspect_onnx(*options);
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
