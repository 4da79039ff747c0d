// SPDX-License-Identifier: Apache-2.0
#include <exception>
#include <iostream>

#include "cli/commands.h"
#include "common/error.h"

namespace {

/// The command as a shell would take it again.
std::string quoted(int argc, char** argv) {
  std::string line = "./girih";
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const bool plain =
        !word.empty() && word.find_first_of(" \t\n'\"\\$`*?[]{}()<>|&;#~!") == std::string::npos;
    line += plain ? " " + word : " '" + word + "'";
  }
  return line;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Girih, an open inference accelerator: compiles trained models and runs them on the golden "
      "model or the "
      "Verilated RTL.");
  app.name("girih");
  app.require_subcommand(1);
  app.set_help_all_flag("--help-all", "help of every subcommand");
  app.footer(
      "Exit status: 0 every comparison held, 1 a comparison failed, 2 the input or an option is "
      "wrong, or the chip stopped or hangs.\n"
      "Language models: ./girih generate, perplexity, embed, demo-llm; each explains itself with "
      "--help.\n"
      "Start with: ./girih demo");
  girih::cli::Invocation invocation;
  invocation.command_line = quoted(argc, argv);
  girih::cli::add_run(app, invocation);
  girih::cli::add_demo(app, invocation);
  girih::cli::add_compile(app, invocation);
  girih::cli::add_inspect(app, invocation);
  girih::cli::add_disasm(app, invocation);
  girih::cli::add_presets(app, invocation);
  girih::cli::add_bench(app, invocation);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::bad_alloc&) {
    std::cerr << "girih: not enough memory\n";
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "girih: " << error.what() << "\n";
    return 2;
  }
  return invocation.status;
}
