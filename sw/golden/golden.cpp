// SPDX-License-Identifier: Apache-2.0
#include "golden/golden.h"

#include <vector>

#include "golden/context.h"
#include "isa/text.h"

namespace girih::golden {
namespace {

class Simulator final : public Golden {
 public:
  Simulator(const isa::Preset& preset, Memory& dram)
      : preset_(preset),
        dram_(dram),
        spm_(std::size_t{preset.spm_kib} * 1024),
        acc_(std::size_t{preset.acc_kib} * 1024) {
    contexts_.reserve(preset.contexts);
    for (unsigned i = 0; i < preset.contexts; ++i) {
      contexts_.push_back(
          std::make_unique<Context>(i, preset_, spm_, acc_, dram_, max_instr_cycles_));
    }
  }

  void set_partition(unsigned context, const Partition& x) override {
    const auto inside = [](std::uint64_t base, std::uint64_t size, const auto& memory) {
      return base + size <= memory.size();
    };
    if (!inside(x.spm_base, x.spm_size, spm_) || !inside(x.acc_base, x.acc_size, acc_)) {
      throw girih::Error(
          "context {}: partition spm {:#x}+{:#x}, acc {:#x}+{:#x} is beyond the chip's {} and {} "
          "bytes",
          context, x.spm_base, x.spm_size, x.acc_base, x.acc_size, spm_.size(), acc_.size());
    }
    at(context).partition = x;
  }
  void set_window(unsigned context, unsigned window, const Window& value) override {
    if (window >= Windows{}.size()) throw girih::Error("window {}: there are 0 to 7", window);
    at(context).windows[window] = value;
  }
  void set_max_instr_cycles(std::uint64_t cycles) override { max_instr_cycles_ = cycles; }

  void set_ring(unsigned context, const Ring& ring) override { at(context).ring = ring; }
  void set_param(unsigned context, unsigned index, std::uint32_t value) override {
    at(context).params.at(index) = value;
  }
  std::uint32_t param(unsigned context, unsigned index) const override {
    return at(context).params.at(index);
  }
  void set_doorbell(unsigned context, std::uint32_t count) override {
    at(context).doorbell = count;
  }
  void clear_fence_irq(unsigned context) override { at(context).status.fence_irq = false; }
  void reset(unsigned context) override { at(context).reset(); }
  Status status(unsigned context) const override { return at(context).status; }

  std::span<std::uint8_t> spm() override { return spm_; }
  std::span<std::uint8_t> acc() override { return acc_; }
  std::span<const std::uint8_t> view(Place place, std::uint64_t address,
                                     std::uint64_t length) override {
    switch (place) {
      case Place::kSpm:
        return std::span(spm_).subspan(address, length);
      case Place::kAcc:
        return std::span(acc_).subspan(address, length);
      case Place::kDram:
        return dram_.view(address, length);
      case Place::kNone:
        break;
    }
    return {};
  }

  void run(unsigned context, const OnRetired& on_retired) override { at(context).run(on_retired); }
  Destination retired(unsigned context, std::uint32_t index) override {
    return at(context).retired(index);
  }
  Destination faulted(unsigned context, std::uint32_t index, isa::ErrorCode code,
                      std::uint32_t detail) override {
    return at(context).faulted(index, code, detail);
  }
  isa::Instruction instruction(unsigned context, std::uint32_t index) override {
    return at(context).instruction(index);
  }
  std::string text(unsigned context, std::uint32_t index) override {
    return isa::to_text(instruction(context, index), preset_);
  }

 private:
  Context& at(unsigned context) const {
    if (context >= contexts_.size()) {
      throw girih::Error("context {}: preset {} has 0 to {}", context, preset_.name,
                         contexts_.size() - 1);
    }
    return *contexts_[context];
  }

  const isa::Preset preset_;
  Memory& dram_;
  std::vector<std::uint8_t> spm_, acc_;
  std::uint64_t max_instr_cycles_ = std::uint64_t{1} << 24;
  std::vector<std::unique_ptr<Context>> contexts_;
};

}  // namespace

std::unique_ptr<Golden> Golden::make(const isa::Preset& preset, Memory& dram) {
  return std::make_unique<Simulator>(preset, dram);
}

}  // namespace girih::golden
