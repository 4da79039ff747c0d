// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "cli/commands.h"
#include "cli/inference.h"
#include "cli/report.h"
#include "common/error.h"
#include "common/progress.h"
#include "compiler/lower/lower.h"
#include "compiler/onnx/importer.h"

namespace girih::cli {
namespace {

struct RunOptions {
  std::string model;
  std::vector<std::string> inputs;
  std::string output, report;
  std::size_t random = 0;
  ChipOptions chip;
};

/// "name=file" or "file": the file of every graph input.
std::vector<Samples> read_inputs(const RunOptions& options, const compiler::Program& program) {
  std::vector<Samples> samples(program.inputs.size());
  if (options.random > 0) {
    for (std::size_t p = 0; p < samples.size(); ++p) {
      samples[p] = random_samples(program.inputs[p], options.random,
                                  options.chip.seed + static_cast<std::uint32_t>(p));
    }
    return samples;
  }
  std::size_t next = 0;
  for (const std::string& input : options.inputs) {
    std::size_t port = next;
    std::string file = input;
    for (std::size_t p = 0; p < program.inputs.size(); ++p) {
      const std::string prefix = program.inputs[p].name + "=";
      if (input.starts_with(prefix)) {
        port = p;
        file = input.substr(prefix.size());
      }
    }
    if (port >= samples.size()) {
      throw Error("--input {}: the model has {} input{}", input, samples.size(),
                  samples.size() == 1 ? "" : "s");
    }
    samples[port] = samples_of(read_npy(file), program.inputs[port], file);
    ++next;
  }
  for (std::size_t p = 0; p < samples.size(); ++p) {
    if (samples[p].count == 0) {
      throw Error("input \"{}\" {} has no data; give --input {}=FILE.npy, or --random N",
                  program.inputs[p].name, graph::to_string(program.inputs[p].shape),
                  program.inputs[p].name);
    }
    if (samples[p].count != samples[0].count) {
      throw Error("input \"{}\" has {} samples, \"{}\" has {}; all need the same number",
                  program.inputs[p].name, samples[p].count, program.inputs[0].name,
                  samples[0].count);
    }
  }
  return samples;
}

/// Cycles of a netlist that is compared tile by tile are not those of the program alone.
const char* dumps(const ChipOptions& chip) {
  const bool apart = chip.netlist() && chip.check == "tiles";
  return apart ? " (one instruction at a time, debug STOREs in between)" : "";
}

void print_summary(const compiler::Program& program, const RunOptions& options,
                   runtime::Device& device, std::size_t samples, std::uint64_t compared,
                   std::uint64_t differing) {
  const runtime::Counters counters = device.counters(0);
  const runtime::Checked checked = device.checked();
  std::cout << fmt::format("{} on {} ({}): {} sample{}, {} instructions retired, {} MACs\n",
                           program.model, options.chip.device, options.chip.preset, samples,
                           samples == 1 ? "" : "s", counters.retired, counters.macs);
  if (counters.cycles > 0) {
    std::cout << fmt::format("{} cycles{}, {:.1f} % of the array's peak, {} bytes read, {} "
                             "written\n",
                             counters.cycles, dumps(options.chip),
                             utilisation(device.preset(), counters.macs, counters.cycles),
                             counters.bytes_read, counters.bytes_written);
  }
  if (options.chip.simulated() && options.chip.check == "tiles") {
    std::cout << fmt::format(
        "{} tiles ({} elements, {} bytes) compared with the golden model, {} mismatches\n",
        checked.instructions, checked.elements, checked.bytes, checked.mismatches);
  }
  if (options.chip.check != "none") {
    std::cout << fmt::format(
        "{} output elements compared with the graph's interpreter, {} differ\n", compared,
        differing);
  }
}

void run(const RunOptions& options, Invocation& invocation) {
  for (const std::string& file : {options.output, options.report}) {
    if (!file.empty()) require_writable(file);
  }
  const graph::Graph graph = onnx::import_model(options.model);
  const compiler::Program program =
      compiler::compile(graph, target_of(preset_named(options.chip.preset)));
  const std::vector<Samples> inputs = read_inputs(options, program);
  const std::size_t samples = inputs.front().count;
  Inference inference(graph, program, options.chip, invocation.command_line);
  std::vector<std::vector<float>> outputs(program.outputs.size());
  std::uint64_t compared = 0;
  std::uint64_t differing = 0;
  {
    Progress progress("instructions", samples * program.instructions.size());
    inference.device().set_on_progress([&](std::uint64_t retired) { progress.update(retired); });
    for (std::size_t i = 0; i < samples && inference.device().checked().mismatches == 0; ++i) {
      const Result result = inference.run(inputs, i);
      for (std::size_t p = 0; p < result.outputs.size(); ++p) {
        outputs[p].insert(outputs[p].end(), result.outputs[p].begin(), result.outputs[p].end());
      }
      compared += result.compared;
      differing += result.differing;
      progress.update((i + 1) * program.instructions.size());
    }
    inference.device().set_on_progress({});
  }
  runtime::Device& device = inference.device();
  const runtime::Checked checked = device.checked();
  const runtime::Counters counters = device.counters(0);
  if (!checked.first_mismatch.empty()) std::cerr << checked.first_mismatch << "\n";
  print_summary(program, options, device, samples, compared, differing);

  const bool tiles = options.chip.simulated() && options.chip.check == "tiles";
  bool held = checked.mismatches == 0 && differing == 0;
  if (held && tiles && (checked.instructions == 0 || checked.instructions != counters.retired)) {
    std::cerr << fmt::format("girih: {} instructions retired, {} were compared\n", counters.retired,
                             checked.instructions);
    held = false;
  }
  if (held && counters.macs != samples * program.array_macs) {
    std::cerr << fmt::format("girih: the chip counted {} MACs, the program has {}\n", counters.macs,
                             samples * program.array_macs);
    held = false;
  }
  if (!options.output.empty() && held) {
    // One output goes to the file as named; several get their numbers appended.
    for (std::size_t p = 0; p < outputs.size(); ++p) {
      graph::Shape shape = program.outputs[p].shape;
      if (samples > 1) {
        if (!shape.empty() && shape.front() == 1)
          shape.front() = static_cast<std::int64_t>(samples);
        else
          shape.insert(shape.begin(), static_cast<std::int64_t>(samples));
      }
      const std::filesystem::path file = options.output;
      write_npy(outputs.size() == 1
                    ? file
                    : file.parent_path() / fmt::format("{}_{}{}", file.stem().string(), p,
                                                       file.extension().string()),
                shape, outputs[p]);
    }
  }
  if (!options.report.empty()) {
    nlohmann::json report = run_report(program, options.chip, counters, checked, samples);
    report["output_elements_compared"] = compared;
    report["output_elements_differing"] = differing;
    report["held"] = held;
    report["reproduce"] = invocation.command_line;
    write_json(options.report, report);
  }
  invocation.status = held ? 0 : 1;
}

}  // namespace

void add_run(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command = app.add_subcommand("run", "compile an ONNX model and run it");
  command->add_option("model", options->model, "ONNX file, quantised (QDQ)")->required();
  auto* input = command->add_option(
      "--input", options->inputs,
      "FILE.npy, or NAME=FILE.npy for a model with several inputs; a longer first dimension "
      "means several samples");
  command->add_option("--random", options->random, "N random samples instead of --input")
      ->check(CLI::Range(1, 100'000))
      ->excludes(input);
  command->add_option("--output", options->output,
                      "write the results to this .npy file; of several outputs number i goes to "
                      "NAME_i.npy");
  command->add_option("--report", options->report, "write a JSON report");
  options->chip.add_preset(*command);
  options->chip.add_device(*command);
  command->callback([options, &invocation] { run(*options, invocation); });
}

}  // namespace girih::cli
