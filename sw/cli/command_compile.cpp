// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "cli/chip.h"
#include "cli/commands.h"
#include "common/error.h"
#include "compiler/lower/lower.h"
#include "compiler/onnx/importer.h"
#include "isa/text.h"

namespace girih::cli {

void add_compile(CLI::App& app, Invocation&) {
  struct Options {
    std::string model, output;
    ChipOptions chip;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("compile", "compile an ONNX model to a program file");
  command->add_option("model", options->model, "ONNX file, quantised (QDQ)")->required();
  command->add_option("--output,-o", options->output,
                      "program file (default: the model's name with .girih)");
  options->chip.add_preset(*command);
  command->callback([options] {
    const compiler::Program program = compiler::compile(
        onnx::import_model(options->model), target_of(preset_named(options->chip.preset)));
    const std::filesystem::path file =
        options->output.empty()
            ? std::filesystem::path(options->model).filename().replace_extension(".girih")
            : std::filesystem::path(options->output);
    compiler::save(program, file);
    std::cout << fmt::format(
        "{}: {} instructions, {} bytes of constants, {} bytes of workspace, {} MACs, preset {}\n",
        file.string(), program.instructions.size(), program.constants.size(),
        program.workspace_bytes, program.array_macs, program.preset);
  });
}

void add_disasm(CLI::App& app, Invocation&) {
  auto file = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("disasm", "list the instructions of a program file");
  command->add_option("program", *file, "written by girih compile")->required();
  command->callback([file] {
    const compiler::Program program = compiler::load_program(*file);
    const isa::Preset& preset = preset_named(program.preset);
    const compiler::Layer* last = nullptr;
    for (std::uint32_t i = 0; i < program.instructions.size(); ++i) {
      const compiler::Layer* layer = program.layer_of(i);
      if (layer != nullptr && layer != last) {
        std::cout << fmt::format("; {} \"{}\": {} MACs, at least {} cycles\n", layer->kind,
                                 layer->node, layer->macs, layer->limit_cycles);
      }
      last = layer;
      std::cout << fmt::format("{:6}  {}\n", i, isa::to_text(program.instructions[i], preset));
    }
  });
}

}  // namespace girih::cli
