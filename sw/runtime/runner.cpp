// SPDX-License-Identifier: Apache-2.0
#include "runtime/runner.h"

#include <algorithm>

#include "common/error.h"
#include "compiler/schedule/tokens.h"
#include "isa/text.h"

namespace girih::runtime {
namespace {

constexpr std::uint64_t kPage = 4096;
std::uint64_t pages(std::uint64_t bytes) {
  return std::max<std::uint64_t>(1, (bytes + kPage - 1) / kPage) * kPage;
}

}  // namespace

Runner::Runner(Device& device, const compiler::Program& program, const Place& place)
    : device_(device), program_(program), place_(place) {
  const isa::Preset& preset = device.preset();
  if (program.preset != preset.name) {
    throw Error(
        "the program was compiled for preset \"{}\", the device is \"{}\"; compile it again with "
        "--preset {}",
        program.preset, preset.name, preset.name);
  }
  if (std::uint64_t{place.spm_base} + program.spm_bytes > preset.spm_kib * 1024 ||
      std::uint64_t{place.acc_base} + program.acc_bytes > preset.acc_kib * 1024) {
    throw Error(
        "the program needs {} bytes of scratchpad and {} of accumulators from {} and {} on; \"{}\" "
        "has {} KiB and {} KiB",
        program.spm_bytes, program.acc_bytes, place.spm_base, place.acc_base, preset.name,
        preset.spm_kib, preset.acc_kib);
  }
  const std::uint32_t ring = Feeder::ring_instructions(program.instructions.size());
  ring_bytes_ = pages(std::uint64_t{ring} * isa::kBytes);
  constants_address_ = place.dram;
  workspace_address_ = constants_address_ + pages(program.constants.size());
  ring_address_ = workspace_address_ + pages(program.workspace_bytes);

  const unsigned c = place.context;
  device.set_partition(c, {place.spm_base, program.spm_bytes, place.acc_base, program.acc_bytes});
  device.set_window(c, compiler::kRingWindow, {ring_address_, ring_bytes_, true, false});
  device.set_window(c, compiler::kConstantWindow,
                    {constants_address_, pages(program.constants.size()), true, false});
  device.set_window(c, compiler::kWorkspaceWindow,
                    {workspace_address_, pages(program.workspace_bytes), true, true});
  feeder_.emplace(device, c, compiler::kRingWindow, ring_address_, ring);
  device.set_namer(c, [this](std::uint32_t index, std::uint32_t) { return this->place(index); });
  device.write(constants_address_, program.constants);
}

void Runner::set_input(std::size_t port, std::span<const std::uint8_t> bytes) {
  device_.write(workspace_address_ + program_.inputs.at(port).offset, bytes);
}

std::vector<std::uint8_t> Runner::output(std::size_t port) {
  const compiler::Port& from = program_.outputs.at(port);
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(from.elements()));
  device_.read(workspace_address_ + from.offset, bytes);
  return bytes;
}

std::string Runner::place(std::uint32_t ring_index) const {
  const std::uint32_t i = ring_index - feeder_->started();
  if (i >= program_.instructions.size()) return fmt::format("ring index {}", ring_index);
  const compiler::Layer* layer = program_.layer_of(i);
  return fmt::format("{}instruction {} of the program",
                     layer == nullptr ? "" : fmt::format("{} \"{}\", ", layer->kind, layer->node),
                     i);
}

std::string Runner::name(std::uint32_t ring_index) const {
  const std::uint32_t i = ring_index - feeder_->started();
  if (i >= program_.instructions.size()) return place(ring_index);
  return place(ring_index) + ": " + isa::to_text(program_.instructions[i], device_.preset());
}

void Runner::run() {
  const Fault fault = feeder_->run(program_.instructions);
  if (fault.code == isa::ErrorCode::kNone) return;
  throw Error("context {} stopped with {} (detail {:#x}) at {}", place_.context,
              isa::to_string(fault.code), fault.detail, name(fault.index));
}

}  // namespace girih::runtime
