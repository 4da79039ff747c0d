// SPDX-License-Identifier: Apache-2.0
//
// A golden device whose memories start with any contents, and which remembers what every
// instruction left: a program that reads what it has not written shows.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "golden/golden.h"
#include "runtime/device.h"

namespace girih::llm {

class DirtyDevice final : public runtime::Device {
 public:
  DirtyDevice(const isa::Preset& preset, std::uint8_t contents)
      : preset_(preset), golden_(golden::Golden::make(preset_, memory_)) {
    std::ranges::fill(golden_->spm(), contents);
    std::ranges::fill(golden_->acc(), contents);
  }

  /// Of every instruction's destination, in the order of their retirement.
  const std::vector<std::uint64_t>& results() const { return results_; }

  const isa::Preset& preset() const override { return preset_; }
  std::string_view kind() const override { return "golden"; }
  void write(std::uint64_t address, std::span<const std::uint8_t> bytes) override {
    memory_.write(address, bytes);
  }
  void read(std::uint64_t address, std::span<std::uint8_t> bytes) override {
    memory_.read(address, bytes);
  }
  void set_partition(unsigned c, const runtime::Partition& p) override {
    golden_->set_partition(c, {p.spm_base, p.spm_bytes, p.acc_base, p.acc_bytes});
  }
  void set_window(unsigned c, unsigned window, const runtime::Window& w) override {
    golden_->set_window(c, window,
                        {static_cast<std::uint32_t>(w.address / 4096),
                         static_cast<std::uint32_t>(w.bytes / 4096), w.read, w.write});
  }
  void set_ring(unsigned c, const runtime::Ring& r) override {
    golden_->set_ring(c, {r.window, r.offset, r.instructions});
  }
  void set_param(unsigned c, unsigned i, std::uint32_t value) override {
    golden_->set_param(c, i, value);
  }
  void set_namer(unsigned, runtime::Namer) override {}
  void run(unsigned c, std::uint32_t count) override {
    golden_->set_doorbell(c, doorbell_ += count);
    golden_->run(c, [&](std::uint32_t, const isa::Instruction&, const golden::Destination& d) {
      std::uint64_t hash = 14695981039346656037U;
      d.for_each_run([&](std::uint64_t address, std::uint64_t length) {
        while (length > 0) {
          const auto bytes = golden_->view(d.place(), address, length);
          for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 1099511628211U;
          address += bytes.size();
          length -= bytes.size();
        }
      });
      results_.push_back(hash);
    });
  }
  runtime::Fault fault(unsigned c) override {
    const golden::ErrorRecord e = golden_->status(c).error;
    return {e.code, e.index, e.tag, e.detail};
  }
  void reset(unsigned c) override { golden_->reset(c); }
  runtime::Counters counters(unsigned) override { return {}; }

 private:
  const isa::Preset preset_;
  golden::PagedMemory memory_;
  std::unique_ptr<golden::Golden> golden_;
  std::uint32_t doorbell_ = 0;
  std::vector<std::uint64_t> results_;
};

}  // namespace girih::llm
