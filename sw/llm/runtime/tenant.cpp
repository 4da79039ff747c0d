// SPDX-License-Identifier: Apache-2.0
#include "llm/runtime/tenant.h"

#include <algorithm>

#include "common/error.h"
#include "compiler/schedule/tokens.h"
#include "isa/text.h"
#include "llm/lower/lowering.h"

namespace girih::llm {
namespace {

constexpr std::uint64_t kWindowBytes = std::uint64_t{1} << 32;
constexpr std::uint32_t kRing = 4096;

std::uint64_t whole_pages(std::uint64_t bytes) {
  constexpr std::uint64_t kPage = 4096;
  return std::max<std::uint64_t>(1, (bytes + kPage - 1) / kPage) * kPage;
}

}  // namespace

Tenant::Tenant(runtime::Device& device, const Image& image, unsigned context, std::uint64_t dram)
    : device_(device), image_(image), context_(context), end_(dram) {
  const isa::Preset& preset = device.preset();
  if (preset.name != image.preset.name) {
    throw Error("the model was prepared for preset \"{}\", the device is \"{}\"", image.preset.name,
                preset.name);
  }
  device.set_partition(context, {0, static_cast<std::uint32_t>(preset.spm_kib) * 1024, 0,
                                 static_cast<std::uint32_t>(preset.acc_kib) * 1024});
  device.write(map(compiler::kConstantWindow, image.constants.size(), false, "weights").address,
               image.constants);
  device.write(map(kTableWindow, image.tables.size(), false, "embedding").address, image.tables);
  const Region ring = map(compiler::kRingWindow, kRing * isa::kBytes, false, "ring");
  feeder_.emplace(device, context, compiler::kRingWindow, ring.address, kRing);
  device.set_namer(context, [layers = image.config.layers](std::uint32_t, std::uint32_t tag) {
    return part_name(tag, layers);
  });
}

Region Tenant::map(unsigned window, std::uint64_t bytes, bool write, const char* what) {
  const Region region{end_, whole_pages(bytes)};
  if (region.bytes > kWindowBytes) {
    throw Error("a window of {} bytes is needed for the {}, {} are accepted", region.bytes, what,
                kWindowBytes);
  }
  device_.set_window(context_, window, {region.address, region.bytes, true, write});
  end_ += region.bytes;
  return region;
}

void Tenant::run(const StepProgram& program) {
  const runtime::Fault fault = feeder_->run(program.instructions);
  if (fault.code == isa::ErrorCode::kNone) return;
  const std::uint32_t i = fault.index - feeder_->started();
  throw Error(
      "context {} stopped with {} (detail {:#x}) at {}, instruction {} of the step: {}", context_,
      isa::to_string(fault.code), fault.detail, part_name(fault.tag, image_.config.layers), i,
      i < program.instructions.size() ? isa::to_text(program.instructions[i], image_.preset) : "");
}

}  // namespace girih::llm
