// SPDX-License-Identifier: Apache-2.0
//
// Chip for one Verilated girih_top. Compiled once per model: GIRIH_MODEL is its class,
// GIRIH_PRESET_NAME its preset.
#include <verilated.h>
#if VM_TRACE
#include <verilated_fst_c.h>
#endif

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_set>

#include "axi_lite_host.h"
#include "axi_memory.h"
#include "chip.h"
#include "counters.h"
#include "matrix_undo.h"

#define GIRIH_TEXT_(x) #x
#define GIRIH_TEXT(x) GIRIH_TEXT_(x)
#define GIRIH_JOIN_(x, y) x##y
#define GIRIH_JOIN(x, y) GIRIH_JOIN_(x, y)
#include GIRIH_TEXT(GIRIH_MODEL.h)
#include GIRIH_TEXT(GIRIH_JOIN(GIRIH_MODEL, ___024root).h)
#ifdef GIRIH_SEEDED_BUGS
#include GIRIH_TEXT(GIRIH_JOIN(GIRIH_MODEL, _girih_bug_pkg).h)
#endif

#define GIRIH_BANK(memory, n)                                           \
  root.GIRIH_JOIN(girih_top__DOT__u_,                                   \
                  GIRIH_JOIN(memory, GIRIH_JOIN(__DOT__gen_bank__BRA__, \
                                                GIRIH_JOIN(n, __KET____DOT__u_ram__DOT__word_q))))

namespace girih::rtl {
namespace {

using Model = GIRIH_MODEL;
using Root = GIRIH_JOIN(GIRIH_MODEL, ___024root);

const isa::Preset& preset_of_model() { return *isa::find_preset(GIRIH_PRESET_NAME); }

tb::AxiMemoryOptions bus_options(const ChipOptions& options, const isa::Preset& preset) {
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

class VerilatedChip final : public Chip {
 public:
  explicit VerilatedChip(const ChipOptions& options)
      : preset_(preset_of_model()),
        undo_(4 * preset_.n_dim),
        context_(std::make_unique<VerilatedContext>()) {
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
    find_memories();
    model_->test_scan_i = options.clocks_always_on;
    model_->test_ram_cfg_i = 0;
    model_->s_axil_awprot_i = 0;
    model_->s_axil_arprot_i = 0;
    reset();
  }
  ~VerilatedChip() override {
#if VM_TRACE
    if (trace_) trace_->close();
#endif
    model_->final();
  }

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
  bool idle() const override {
    return memory_->idle() && model_->rootp->girih_top__DOT__engine_idle == 0xf;
  }
  BusStatistics bus_statistics() const override {
    const tb::AxiStatistics& s = memory_->statistics();
    return {s.read_bursts, s.read_beats, s.write_bursts,
            s.write_beats, s.most_reads, s.most_writes};
  }
  const std::vector<std::uint64_t>& written_pages() const override { return pages_; }

  void read_store(Store store, std::uint64_t address,
                  std::span<std::uint8_t> bytes) const override {
    const unsigned unit = store == Store::kSpm ? preset_.spm_word_bytes : 4 * preset_.n_dim;
    std::size_t done = 0;
    while (done < bytes.size()) {
      const std::uint64_t word = (address + done) / unit, offset = (address + done) % unit;
      const std::size_t part = std::min<std::size_t>(unit - offset, bytes.size() - done);
      const std::uint8_t* from = store == Store::kSpm ? spm_word(word) : acc_row(word);
      std::memcpy(bytes.data() + done, from + offset, part);
      done += part;
    }
  }
  void read_acc_of_matrix(std::uint64_t address, std::span<std::uint8_t> bytes) const override {
    read_store(Store::kAcc, address, bytes);
    if (!undo_.take_back(address, bytes))
      throw Error("cycle {}: the log of MATRIX's writes is too short", cycle_);
  }

  std::uint64_t counter(unsigned context, unsigned number) const override {
    return GIRIH_COUNTER(*model_->rootp, girih_top__DOT__u_csr__DOT__u_counters__DOT__, context, number);
  }

  void trace([[maybe_unused]] const std::string& file, [[maybe_unused]] std::uint64_t from,
             [[maybe_unused]] std::uint64_t to) override {
#if VM_TRACE
    trace_ = std::make_unique<VerilatedFstC>();
    model_->trace(trace_.get(), 99);
    trace_->open(file.c_str());
    trace_from_ = from;
    trace_to_ = to;
#else
    throw Error(
        "this Verilated chip writes no waveforms; use the flavour \"trace\" (make rtl PRESET={} "
        "FLAVOUR=trace)",
        preset_.name);
#endif
  }
  void select_bug([[maybe_unused]] int id) override {
#ifdef GIRIH_SEEDED_BUGS
    model_->__PVT__girih_bug_pkg->selected = id;
#else
    throw Error("this Verilated chip was built without seeded bugs");
#endif
  }

 private:
  void find_memories() {
    const Root& root = *model_->rootp;
    spm_ = {bytes(GIRIH_BANK(spm, 0)), bytes(GIRIH_BANK(spm, 1)), bytes(GIRIH_BANK(spm, 2)),
            bytes(GIRIH_BANK(spm, 3)), bytes(GIRIH_BANK(spm, 4)), bytes(GIRIH_BANK(spm, 5)),
            bytes(GIRIH_BANK(spm, 6)), bytes(GIRIH_BANK(spm, 7))};
    acc_ = {bytes(GIRIH_BANK(acc, 0)), bytes(GIRIH_BANK(acc, 1))};
  }
  template <class Array>
  static const std::uint8_t* bytes(const Array& array) {
    return reinterpret_cast<const std::uint8_t*>(&array[0]);
  }
  /// rtl/mem/spm.sv: word x lies in bank x ^ x>>3 ^ x>>5 ^ ... (low 3 bits), at row x / 8.
  const std::uint8_t* spm_word(std::uint64_t x) const {
    std::uint64_t hash = x;
    for (unsigned shift = 3; shift < 20; shift += 2) hash ^= x >> shift;
    return spm_[hash & 7] + (x >> 3) * preset_.spm_word_bytes;
  }
  /// rtl/mem/acc.sv: even and odd rows.
  const std::uint8_t* acc_row(std::uint64_t x) const {
    return acc_[x & 1] + (x >> 1) * 4 * preset_.n_dim;
  }

  /// The reset pin falls without a clock, as prim_rst_sync allows; nothing may be seen of what was
  /// before.
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

  void edge() {
    model_->clk_i = 0;
    model_->eval();
    dump(0);
    model_->clk_i = 1;
    model_->eval();
    dump(1);
    context_->timeInc(1);
    ++cycle_;
  }

  void dump([[maybe_unused]] unsigned half) {
#if VM_TRACE
    if (trace_ && cycle_ >= trace_from_ && cycle_ <= trace_to_) trace_->dump(2 * cycle_ + half);
#endif
  }

  void tick() {
    memory_->drive();
    host_->drive();
    model_->clk_i = 0;
    model_->eval();
    dump(0);
    memory_->sample();
    host_->sample();
    observe();
    model_->clk_i = 1;
    model_->eval();
    dump(1);
    context_->timeInc(1);
    ++cycle_;
    if (context_->gotError()) {
      throw AssertionFailed("an assertion of the RTL failed in cycle {} (the line above names it)",
                            cycle_);
    }
    if (book_ || errors_ != 0) report();
  }

  /// Just before the edge.
  void observe() {
    const Root& root = *model_->rootp;
    if (root.girih_top__DOT__acc_wr_valid & 1) {
      const std::uint32_t row = root.girih_top__DOT__acc_wr_row[0];
      undo_.written(cycle_, row, acc_row(row));
    }
    if (root.girih_top__DOT__done_valid & 4) undo_.done(cycle_);
    book_ = root.girih_top__DOT__u_frontend__DOT__u_retire__DOT__book_valid_o;
    matrix_ = root.girih_top__DOT__u_frontend__DOT__u_retire__DOT__book_source_o == 2;
    errors_ = root.girih_top__DOT__irq_error;
  }

  /// Just after the edge: book_q and the error records are new.
  void report() {
    const Root& root = *model_->rootp;
    Retirement booked;
    if (book_) {
      // retire_t: valid 71, ctx 70:68, index 67:36, error 35:32, detail 31:0.
      const auto& q = root.girih_top__DOT__u_frontend__DOT__book_q;
      booked = {cycle_, q[2] >> 4 & 7, q[1] >> 4 | q[2] << 28,
                static_cast<isa::ErrorCode>(q[1] & 0xf), q[0]};
      if (matrix_) undo_.retired();
      if (on_retired) on_retired(booked);
    }
    for (unsigned c = 0; errors_ >> c; ++c) {
      if (!(errors_ >> c & 1)) continue;
      // error_record_t: code 99:96, index 95:64, tag 63:32, detail 31:0.
      const auto& record = root.girih_top__DOT__error[c];
      const Retirement stopped{cycle_, c, record[2], static_cast<isa::ErrorCode>(record[3] & 0xf),
                               record[0]};
      const bool known = book_ && booked.context == c && booked.error != isa::ErrorCode::kNone;
      if (!known && on_retired) on_retired(stopped);
    }
  }

  void note_page(std::uint64_t page) {
    if (seen_.insert(page).second) pages_.push_back(page);
  }

  const isa::Preset preset_;
  tb::Dram dram_;
  MatrixUndo undo_;
  std::unique_ptr<VerilatedContext> context_;  // outlives the model
  std::unique_ptr<Model> model_;
  std::unique_ptr<tb::AxiMemory> memory_;
  std::unique_ptr<tb::AxiLiteHost> host_;
  std::array<const std::uint8_t*, 8> spm_{};
  std::array<const std::uint8_t*, 2> acc_{};
  std::uint64_t cycle_ = 0;
  bool book_ = false, matrix_ = false;
  std::uint32_t errors_ = 0;
  std::unordered_set<std::uint64_t> seen_;
  std::vector<std::uint64_t> pages_;
#if VM_TRACE
  std::unique_ptr<VerilatedFstC> trace_;
  std::uint64_t trace_from_ = 0, trace_to_ = 0;
#endif
};

}  // namespace

std::unique_ptr<Chip> make_chip(const ChipOptions& options) {
  return std::make_unique<VerilatedChip>(options);
}

}  // namespace girih::rtl
