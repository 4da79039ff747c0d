// SPDX-License-Identifier: Apache-2.0
#include "runtime/rtl_library.h"

#include <dlfcn.h>

#include <filesystem>

#include "common/error.h"

namespace girih::runtime {
namespace {

/// <build>/lib of the build that made this program; the environment variable GIRIH_LIB overrides it.
std::filesystem::path library_folder() {
  if (const char* folder = std::getenv("GIRIH_LIB")) return folder;
  return std::filesystem::path(GIRIH_LIB_FOLDER);
}

}  // namespace

std::unique_ptr<Device> make_rtl_device(const isa::Preset& preset, const std::string& flavour, const RtlOptions& options) {
  const std::string name = fmt::format("girih_rtl_{}{}{}.so", preset.name, flavour.empty() ? "" : "_", flavour);
  const std::filesystem::path file = library_folder() / name;
  if (!std::filesystem::exists(file)) {
    throw Error("the Verilated chip for preset \"{}\" is not built ({}); run: make rtl PRESET={}{}", preset.name, file.string(),
                preset.name, flavour.empty() ? "" : " FLAVOUR=" + flavour);
  }
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);  // stays loaded until the program ends
  if (library == nullptr) throw Error("{}: cannot be loaded: {}", file.string(), dlerror());
  const auto make = reinterpret_cast<decltype(&girih_make_rtl_device)>(dlsym(library, "girih_make_rtl_device"));
  if (make == nullptr) throw Error("{}: is no Verilated chip of Girih", file.string());
  return std::unique_ptr<Device>(make(&options));
}

}  // namespace girih::runtime
