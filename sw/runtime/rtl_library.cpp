// SPDX-License-Identifier: Apache-2.0
#include "runtime/rtl_library.h"

#include <dlfcn.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "common/error.h"

namespace girih::runtime {
namespace {

/// <build>/lib of the build that made this program; the environment variable GIRIH_LIB overrides
/// it.
std::filesystem::path library_folder() {
  if (const char* folder = std::getenv("GIRIH_LIB")) return folder;
  return std::filesystem::path(GIRIH_LIB_FOLDER);
}

/// The function `symbol` of <folder>/<name>.so, which stays loaded until the program ends.
void* load(const std::string& name, const char* symbol, const std::string& target) {
  const std::filesystem::path file = library_folder() / (name + ".so");
  if (!std::filesystem::exists(file))
    throw Error("{} is not built; run: make {}", file.string(), target);
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw Error("{}: cannot be loaded: {}", file.string(), dlerror());
  void* function = dlsym(library, symbol);
  if (function == nullptr)
    throw Error("{}: has no {}; build it again: make {}", file.string(), symbol, target);
  return function;
}

}  // namespace

std::unique_ptr<Device> make_rtl_device(const isa::Preset& preset, const std::string& flavour,
                                        const RtlOptions& options) {
  const std::string suffix = flavour.empty() ? "" : "_" + flavour;
  const std::string target =
      fmt::format("rtl PRESET={}{}", preset.name, flavour.empty() ? "" : " FLAVOUR=" + flavour);
  void* function =
      load(fmt::format("girih_rtl_{}{}", preset.name, suffix), "girih_make_rtl_device", target);
  return std::unique_ptr<Device>(
      reinterpret_cast<decltype(&girih_make_rtl_device)>(function)(&options));
}

std::unique_ptr<Device> make_netlist_device(const isa::Preset& preset, const RtlOptions& options) {
  void* function = load(fmt::format("girih_netlist_{}", preset.name), "girih_make_netlist_device",
                        fmt::format("netlist PRESET={}", preset.name));
  return std::unique_ptr<Device>(
      reinterpret_cast<decltype(&girih_make_netlist_device)>(function)(&options));
}

double run_bare_array(const isa::Preset& preset, std::uint64_t cycles) {
  void* function = load(fmt::format("girih_array_{}", preset.name), "girih_run_array",
                        fmt::format("bench PRESET={}", preset.name));
  const auto start = std::chrono::steady_clock::now();
  reinterpret_cast<decltype(&girih_run_array)>(function)(cycles);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace girih::runtime
