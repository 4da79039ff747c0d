// SPDX-License-Identifier: Apache-2.0
#include "runtime/golden_device.h"

namespace girih::runtime {

GoldenDevice::GoldenDevice(const isa::Preset& preset)
    : preset_(preset), golden_(golden::Golden::make(preset_, memory_)) {}

void GoldenDevice::write(std::uint64_t address, std::span<const std::uint8_t> bytes) {
  memory_.write(address, bytes);
}
void GoldenDevice::read(std::uint64_t address, std::span<std::uint8_t> bytes) {
  memory_.read(address, bytes);
}

void GoldenDevice::set_partition(unsigned context, const Partition& p) {
  golden_->set_partition(context, {p.spm_base, p.spm_bytes, p.acc_base, p.acc_bytes});
}

void GoldenDevice::set_window(unsigned context, unsigned window, const Window& w) {
  constexpr std::uint64_t kPage = golden::Window::kPageBytes;
  golden_->set_window(context, window,
                      {static_cast<std::uint32_t>(w.address / kPage),
                       static_cast<std::uint32_t>(w.bytes / kPage), w.read, w.write});
}

void GoldenDevice::set_ring(unsigned context, const Ring& ring) {
  golden_->set_ring(context, {ring.window, ring.offset, ring.instructions});
}

void GoldenDevice::set_param(unsigned context, unsigned index, std::uint32_t value) {
  golden_->set_param(context, index, value);
}

void GoldenDevice::run(unsigned context, std::uint32_t count) {
  golden_->set_doorbell(context, doorbell_.at(context) += count);
  golden_->run(context);
}

Fault GoldenDevice::fault(unsigned context) {
  const golden::ErrorRecord record = golden_->status(context).error;
  return {record.code, record.index, record.tag, record.detail};
}

void GoldenDevice::reset(unsigned context) {
  golden_->reset(context);
  doorbell_.at(context) = 0;
}

Counters GoldenDevice::counters(unsigned context) {
  const golden::Status status = golden_->status(context);
  Counters counters;
  counters.macs = status.macs;
  counters.retired = status.retired;
  return counters;
}

}  // namespace girih::runtime
