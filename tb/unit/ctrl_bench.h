// SPDX-License-Identifier: Apache-2.0
//
// Registers and frontend on a modelled AXI memory, with four modelled engines: they take commands, keep
// them for a random time, report done in order. What must hold at every command is checked here:
// tokens taken were given before, `order` found the engine free of its context.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <deque>
#include <map>
#include <vector>

#include GIRIH_MODEL_HEADER
#include "ask_port.h"
#include "axi_lite_host.h"
#include "axi_memory.h"
#include "dut.h"
#include "girih/presets.h"
#include "girih/registers.h"
#include "golden/validate.h"
#include "isa/forms.h"
#include "stream.h"

namespace girih::tb {

inline const isa::Preset& bench_preset() {
  for (const isa::Preset& preset : isa::kPresets) {
    if (preset.name == GIRIH_PRESET_NAME) return preset;
  }
  throw Error("no preset {}", GIRIH_PRESET_NAME);
}

struct Command {
  unsigned engine, ctx;
  std::uint32_t index;
  std::uint64_t cycle;  ///< in which the engine took it
  isa::Instruction instruction;
};

struct Booked {
  unsigned ctx;
  std::uint32_t index;
  unsigned error;
};

struct EngineOptions {
  unsigned least = 1, spread = 40;  ///< cycles an instruction takes
  double stall = 0;                 ///< cmd_ready low, per cycle
  unsigned depth = 2;               ///< commands an engine holds
};

class Engines final : public Agent {
 public:
  Engines(GIRIH_MODEL& model, std::mt19937& rng, EngineOptions options)
      : m_(model), rng_(rng), options_(options) {}

  EngineOptions& options() { return options_; }
  std::array<bool, 4> hold{};  ///< the engine takes commands but finishes nothing
  std::map<std::pair<unsigned, std::uint32_t>, std::pair<unsigned, std::uint32_t>> errors;  ///< (ctx, index)
  std::vector<Command> started;
  std::vector<Booked> booked;
  std::uint64_t now = 0;

  bool idle() const {
    for (const auto& queue : held_)
      if (!queue.empty()) return false;
    return true;
  }
  void forget_tokens(unsigned ctx) { taken_[ctx] = {}, given_[ctx] = {}; }
  std::size_t held(unsigned engine) const { return held_[engine].size(); }

  void drive() override {
    m_.done_valid_i = 0;
    m_.cmd_ready_i = m_.busy_i = 0;
    for (unsigned e = 0; e < 4; ++e) {
      auto& queue = held_[e];
      if (!queue.empty()) {
        m_.busy_i |= 1 << e;
        m_.busy_ctx_i[e] = queue.front().command.ctx;
        if (queue.front().left > 0) --queue.front().left;
        if (queue.front().left == 0 && !hold[e]) finish(e);
      }
      if (queue.size() < options_.depth && !chance(rng_, options_.stall)) m_.cmd_ready_i |= 1 << e;
    }
  }
  void sample() override {
    ++now;
    for (unsigned e = 0; e < 4; ++e) {
      if ((m_.cmd_valid_o & m_.cmd_ready_i) >> e & 1) take(e);
    }
    if (m_.book_valid_o) {
      booked.push_back({m_.book_ctx_o, m_.book_index_o, m_.book_error_o});
    }
  }

 private:
  struct Held {
    Command command;
    isa::Header header;
    unsigned left;
  };

  void take(unsigned e) {
    Command command{e, m_.cmd_ctx_o[e], m_.cmd_index_o[e], now, {}};
    for (unsigned w = 0; w < 32; ++w) command.instruction.words[w] = m_.cmd_o[e][w];
    const isa::Header header = isa::decode_header(command.instruction);
    for (unsigned t = 0; t < 16; ++t) {
      if (!(header.wait >> t & 1)) continue;
      ++taken_[command.ctx][t];
      EXPECT_LE(taken_[command.ctx][t], given_[command.ctx][t])
          << "instruction " << command.index << " took token " << t << " before it was given";
    }
    if (header.order) {
      for (const Held& held : held_[e]) {
        EXPECT_NE(held.command.ctx, command.ctx) << "order not kept by instruction " << command.index;
      }
    }
    EXPECT_EQ(command.instruction.opcode(), e + 1);
    const unsigned time = options_.least + static_cast<unsigned>(rng_() % (options_.spread + 1));
    held_[e].push_back({command, header, time});
    started.push_back(command);
  }

  void finish(unsigned e) {
    const Held held = held_[e].front();
    held_[e].pop_front();
    m_.done_valid_i |= 1 << e;
    m_.done_ctx_i[e] = held.command.ctx;
    m_.done_index_i[e] = held.command.index;
    const auto error = errors.find({held.command.ctx, held.command.index});
    m_.done_error_i[e] = error == errors.end() ? 0 : error->second.first;
    m_.done_detail_i[e] = error == errors.end() ? 0 : error->second.second;
    for (unsigned t = 0; t < 16; ++t) given_[held.command.ctx][t] += held.header.give >> t & 1;
  }

  GIRIH_MODEL& m_;
  std::mt19937& rng_;
  EngineOptions options_;
  std::array<std::deque<Held>, 4> held_;
  std::array<std::array<int, 16>, 8> taken_{}, given_{};

 public:
  /// SETPARAM and FENCE take and give in the frontend: the bench says so when they are booked.
  void own_booked(unsigned ctx, const isa::Header& header) {
    for (unsigned t = 0; t < 16; ++t) {
      taken_[ctx][t] += header.wait >> t & 1;
      given_[ctx][t] += header.give >> t & 1;
    }
  }
};

/// The scratchpad port of SETPARAM: serves when it feels like it.
class SpmPort final : public Agent {
 public:
  SpmPort(GIRIH_MODEL& model, std::mt19937& rng) : m_(model), rng_(rng), bytes(1 << 20) {}
  void drive() override {
    const unsigned width = bench_preset().spm_word_bytes;
    port_.drive(rng_, 0.5, [&](std::uint64_t word) {
      const auto at = bytes.begin() + static_cast<std::ptrdiff_t>(word * width);
      return std::vector<std::uint8_t>(at, at + width);
    });
    m_.spm_rd_ready_i = port_.ready;
    m_.spm_rd_came_i = port_.came;
    auto* data = reinterpret_cast<std::uint8_t*>(&m_.spm_rd_data_i);
    for (unsigned i = 0; i < width; ++i) data[i] = port_.data.empty() ? rng_() : port_.data[i];
  }
  void sample() override { port_.sample(0, m_.spm_rd_valid_o, true, m_.spm_rd_word_o); }

 private:
  GIRIH_MODEL& m_;
  std::mt19937& rng_;
  AskPort port_{1, 3};

 public:
  std::vector<std::uint8_t> bytes;
};

/// The whole bench. Every context gets an equal share of the memories and eight windows of 1 MiB: 0 to 5
/// read and write, 6 read only, 7 nothing; its ring lies in window 0 at offset 64 KiB.
class Bench {
 public:
  static constexpr std::uint32_t kRingOffset = 0x10000, kWindowPages = 256;

  explicit Bench(std::uint32_t seed, double stall = 0, unsigned latency = 20,
                 EngineOptions engine_options = {})
      : rng(seed),
        dut(static_cast<std::uint32_t>(rng())),
        memory(bind_m_axi(dut.model(), preset().bus_bytes), dram, memory_options(seed, stall, latency)),
        host(bind_s_axil(dut.model()), [this] { tick(); }),
        engines(dut.model(), rng, engine_options),
        spm(dut.model(), rng) {
    dut->rst_ni = 0;
    dut->overflow_valid_i = dut->load_bytes_i = dut->store_bytes_i = 0;
    dut->stall_mem_i = dut->stall_bus_i = dut->busy_i = dut->done_valid_i = 0;
    dut.attach(memory);
    dut.attach(host);
    dut.attach(engines);
    dut.attach(spm);
    for (auto& byte : spm.bytes) byte = static_cast<std::uint8_t>(rng());
    host.drive(), memory.drive();
    dut.reset();
    for (unsigned c = 0; c < contexts(); ++c) configure(c);
  }
  ~Bench() {
    for (const std::string& failure : memory.failures()) ADD_FAILURE() << failure;
  }

  static const isa::Preset& preset() { return bench_preset(); }
  static unsigned contexts() { return preset().contexts; }
  void tick() { dut.tick(); }
  void run(unsigned cycles) {
    for (unsigned i = 0; i < cycles; ++i) tick();
  }

  golden::Partition partition(unsigned c) const {
    const std::uint32_t spm_size = preset().spm_kib * 1024 / contexts(),
                        acc_size = preset().acc_kib * 1024 / contexts();
    return {c * spm_size, spm_size, c * acc_size, acc_size};
  }
  golden::Windows windows(unsigned c) const {
    golden::Windows out;
    for (std::uint32_t w = 0; w < 8; ++w) {
      out[w] = {0x10000 + (c * 8 + w) * kWindowPages, w == 5 ? 0x100000 : kWindowPages, w < 7, w < 6};
    }
    return out;
  }

  void configure(unsigned c, std::uint32_t ring_size = 64) {
    const golden::Partition p = partition(c);
    const golden::Windows w = windows(c);
    namespace tenant = regs::admin::tenant;
    host.write32(tenant::SPM_BASE(c), p.spm_base);
    host.write32(tenant::SPM_SIZE(c), p.spm_size);
    host.write32(tenant::ACC_BASE(c), p.acc_base);
    host.write32(tenant::ACC_SIZE(c), p.acc_size);
    for (unsigned i = 0; i < 8; ++i) {
      host.write32(tenant::windows::WIN_BASE(c, i), w[i].base);
      host.write32(tenant::windows::WIN_PAGES(c, i), w[i].pages);
      host.write32(tenant::windows::WIN_PERM(c, i), w[i].read | w[i].write << 1);
    }
    host.write32(regs::ctx::RING_WINDOW(c), 0);
    host.write32(regs::ctx::RING_OFFSET(c), kRingOffset);
    set_ring_size(c, ring_size);
    host.write32(regs::ctx::IRQ_ENABLE(c), 3);
  }
  void set_ring_size(unsigned c, std::uint32_t size) {
    ring_size[c] = size;
    host.write32(regs::ctx::RING_SIZE(c), size);
  }
  void enable(unsigned c) { host.write32(regs::ctx::CTRL(c), 1); }

  /// Writes instruction `index` into the ring; doorbell() makes it available.
  void put(unsigned c, std::uint32_t index, const isa::Instruction& instruction) {
    const auto bytes = instruction.bytes();
    dram.write(windows(c)[0].address() + kRingOffset + index % ring_size[c] * 128u, bytes.data(),
               bytes.size());
  }
  void doorbell(unsigned c, std::uint32_t count) { host.write32(regs::ctx::DOORBELL(c), count); }
  void start(unsigned c, const std::vector<isa::Instruction>& program) {
    for (std::uint32_t i = 0; i < program.size(); ++i) put(c, i, program[i]);
    enable(c);
    doorbell(c, static_cast<std::uint32_t>(program.size()));
  }
  void reset_context(unsigned c) {
    host.write32(regs::ctx::CTRL(c), 2);
    for (int i = 0; host.read32(regs::ctx::CTRL(c)) & 2; ++i)
      ASSERT_LT(i, 1000) << "context reset does not end";
    engines.forget_tokens(c);
  }
  std::uint64_t retired(unsigned c) { return host.read64(regs::ctx::counters::RETIRED_LO(c)); }
  bool halted(unsigned c) { return host.read32(regs::ctx::STATUS(c)) & 2; }

  /// (code, index, tag, detail)
  std::array<std::uint32_t, 4> error(unsigned c) {
    return {host.read32(regs::ctx::ERR_CODE(c)), host.read32(regs::ctx::ERR_INDEX(c)),
            host.read32(regs::ctx::ERR_TAG(c)), host.read32(regs::ctx::ERR_DETAIL(c))};
  }
  bool wait_irq(unsigned c, unsigned limit = 20000) {
    return dut.run_until([&] { return dut->irq_o >> c & 1; }, limit);
  }

  static AxiMemoryOptions memory_options(std::uint32_t seed, double stall, unsigned latency) {
    AxiMemoryOptions options;
    options.read_latency = latency;
    options.read_latency_spread = latency / 2;
    options.write_latency = latency / 2 + 1;
    options.seed = seed;
    return options.stalls(stall);
  }

  std::mt19937 rng;
  Dut<GIRIH_MODEL> dut;
  Dram dram;
  AxiMemory memory;
  AxiLiteHost host;
  Engines engines;
  SpmPort spm;
  std::array<std::uint32_t, 8> ring_size{};
};

/// Small legal instructions.
inline isa::Instruction simple(unsigned engine, isa::Header header = {}) {
  switch (engine) {
    case 0: {
      isa::Load x;
      x.header = header;
      x.n0 = 16;
      return x.encode();
    }
    case 1: {
      isa::Store x;
      x.header = header;
      x.n0 = 16;
      return x.encode();
    }
    case 2: {
      isa::Matrix x;
      x.header = header;
      x.m0 = 3;
      x.k0 = 5;
      x.n = 7;
      return x.encode();
    }
    default: {
      isa::Vector x;
      x.header = header;
      x.n0 = 4;
      return x.encode();
    }
  }
}
inline isa::Instruction fence(std::uint64_t seq, bool write = true, bool irq = true, isa::Header header = {},
                              std::uint32_t offset = 0) {
  isa::Fence x;
  x.header = header;
  x.window = 1;
  x.write = write;
  x.irq = irq;
  x.offset = offset;
  x.seq_lo = static_cast<std::uint32_t>(seq);
  x.seq_hi = static_cast<std::uint32_t>(seq >> 32);
  return x.encode();
}

}  // namespace girih::tb
