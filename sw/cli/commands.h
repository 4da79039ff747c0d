// SPDX-License-Identifier: Apache-2.0
//
// The subcommands of ./girih. Each adds itself to the parser and, when chosen, sets `status`: 0 all
// comparisons held, 1 one did not. Bad input is thrown as girih::Error; main turns it into
// status 2.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace girih::cli {

struct Invocation {
  std::string command_line;  ///< as typed, for reports that say how to repeat
  int status = 0;
};

void add_run(CLI::App& app, Invocation& invocation);
void add_compile(CLI::App& app, Invocation& invocation);
void add_inspect(CLI::App& app, Invocation& invocation);
void add_presets(CLI::App& app, Invocation& invocation);
void add_disasm(CLI::App& app, Invocation& invocation);
void add_demo(CLI::App& app, Invocation& invocation);
void add_bench(CLI::App& app, Invocation& invocation);

}  // namespace girih::cli
