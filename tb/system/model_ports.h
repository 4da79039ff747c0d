// SPDX-License-Identifier: Apache-2.0
//
// The ports of a Verilated girih_top: clock and reset, a memory behind AXI4, a host behind AXI4-Lite.
// For the RTL (chip_model.cpp) and for netlists (netlist_model.cpp), which have the same ports.
//
// Derived may look at the model at three places, each an ordinary function that it hides:
//   before_edge()   all signals have settled, the clock is about to rise
//   after_edge()    the clock has risen and the cycle is counted
//   dump(half)      the signals of a half cycle (0: clock low) are final
#pragma once

#include <verilated.h>

#include <memory>
#include <unordered_set>
#include <vector>

#include "axi_lite_host.h"
#include "axi_memory.h"
#include "chip.h"

namespace girih::rtl {

inline tb::AxiMemoryOptions bus_options(const ChipOptions& options, const isa::Preset& preset) {
  const MemoryTiming& t = options.memory;
  tb::AxiMemoryOptions out;
  out.read_latency = t.read_latency;
  out.read_latency_spread = t.read_spread;
  out.write_latency = t.write_latency;
  out.write_latency_spread = t.write_spread;
  out.stalls(t.stalls);
  out.reorder = t.reorder;
  out.interleave = t.interleave;
  out.shared_bus = t.shared_bus;
  // docs/host.md: 0 ring fetch, 1 FENCE, 2 STORE, 4.. LOAD with one burst in flight each.
  const std::uint64_t load = ((std::uint64_t{1} << preset.reads_in_flight) - 1) << 4;
  out.read_ids = load | 1;
  out.single_ids = load;
  out.write_ids = 2 | 4;
  out.seed = options.seed;
  return out;
}

template <class Derived, class Model, class Interface>
class ModelPorts : public Interface {
 public:
  const isa::Preset& preset() const override { return preset_; }
  std::uint64_t cycle() const override { return cycle_; }
  void step(std::uint64_t cycles) override {
    for (std::uint64_t i = 0; i < cycles; ++i) tick();
  }

  std::uint32_t read32(std::uint32_t address) override { return host_->read32(address); }
  void write32(std::uint32_t address, std::uint32_t value) override {
    host_->write32(address, value);
  }
  Response try_read32(std::uint32_t address, std::uint32_t& value) override {
    value = host_->try_read32(address);
    return static_cast<Response>(host_->response());
  }
  Response try_write32(std::uint32_t address, std::uint32_t value) override {
    host_->try_write32(address, value);
    return static_cast<Response>(host_->response());
  }
  std::uint32_t irq() const override { return model_->irq_o; }

  tb::Dram& dram() override { return dram_; }
  void fail_range(std::uint64_t first, std::uint64_t last, Response response) override {
    memory_->fail_range(first, last, static_cast<tb::AxiResponse>(response));
  }
  void clear_bus_errors() override { memory_->clear_errors(); }
  const std::vector<std::string>& bus_failures() const override { return memory_->failures(); }
  BusStatistics bus_statistics() const override {
    const tb::AxiStatistics& s = memory_->statistics();
    return {s.read_bursts, s.read_beats, s.write_bursts,
            s.write_beats, s.most_reads, s.most_writes};
  }
  const std::vector<std::uint64_t>& written_pages() const override { return pages_; }

 protected:
  ModelPorts(const ChipOptions& options, const isa::Preset& preset)
      : preset_(preset), context_(std::make_unique<VerilatedContext>()) {
    context_->randReset(2);
    context_->randSeed(static_cast<int>(options.seed & 0x3fffffff) * 2 + 1);
    context_->fatalOnError(false);  // a failing assertion becomes an exception
#if VM_TRACE
    context_->traceEverOn(true);
#endif
    model_ = std::make_unique<Model>(context_.get());
    memory_ = std::make_unique<tb::AxiMemory>(tb::bind_m_axi(*model_, preset_.bus_bytes), dram_,
                                              bus_options(options, preset_));
    memory_->on_write = [this](const tb::AxiBurst& burst) { note_page(burst.address / 4096); };
    host_ = std::make_unique<tb::AxiLiteHost>(tb::bind_s_axil(*model_), [this] { tick(); });
    model_->test_scan_i = options.clocks_always_on;
    model_->test_ram_cfg_i = 0;
    model_->s_axil_awprot_i = 0;
    model_->s_axil_arprot_i = 0;
  }
  ~ModelPorts() override { model_->final(); }

  void before_edge() {}
  void after_edge() {}
  void dump(unsigned /*half*/) {}

  /// The reset pin falls without a clock, as prim_rst_sync allows; nothing may be seen of what was
  /// before. Derived's constructor calls it.
  void reset() {
    memory_->drive();
    host_->drive();
    model_->clk_i = 0;
    model_->rst_ni = 1;
    model_->eval();
    for (int i = 0; i < 8; ++i) {
      model_->rst_ni = i >= 4;
      edge();
    }
    cycle_ = 0;
  }

  const isa::Preset preset_;
  tb::Dram dram_;
  std::unique_ptr<VerilatedContext> context_;  // outlives the model
  std::unique_ptr<Model> model_;
  std::unique_ptr<tb::AxiMemory> memory_;
  std::unique_ptr<tb::AxiLiteHost> host_;
  std::uint64_t cycle_ = 0;

 private:
  Derived& derived() { return static_cast<Derived&>(*this); }

  void edge() {
    model_->clk_i = 0;
    model_->eval();
    derived().dump(0);
    rise();
  }

  void tick() {
    memory_->drive();
    host_->drive();
    model_->clk_i = 0;
    model_->eval();
    derived().dump(0);
    memory_->sample();
    host_->sample();
    derived().before_edge();
    rise();
    derived().after_edge();
  }

  void rise() {
    model_->clk_i = 1;
    model_->eval();
    derived().dump(1);
    context_->timeInc(1);
    ++cycle_;
  }

  void note_page(std::uint64_t page) {
    if (seen_.insert(page).second) pages_.push_back(page);
  }

  std::unordered_set<std::uint64_t> seen_;
  std::vector<std::uint64_t> pages_;
};

}  // namespace girih::rtl
