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

#include "chip.h"
#include "counters.h"
#include "matrix_undo.h"
#include "model_ports.h"

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

class VerilatedChip final : public ModelPorts<VerilatedChip, Model, Chip> {
 public:
  explicit VerilatedChip(const ChipOptions& options)
      : ModelPorts(options, preset_of_model()), undo_(4 * preset_.n_dim) {
    find_memories();
    reset();
  }
  ~VerilatedChip() override {
#if VM_TRACE
    if (trace_) trace_->close();
#endif
  }

  bool idle() const override {
    return memory_->idle() && model_->rootp->girih_top__DOT__engine_idle == 0xf;
  }

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
  friend class ModelPorts<VerilatedChip, Model, Chip>;

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

  void dump([[maybe_unused]] unsigned half) {
#if VM_TRACE
    if (trace_ && cycle_ >= trace_from_ && cycle_ <= trace_to_) trace_->dump(2 * cycle_ + half);
#endif
  }

  void before_edge() {
    const Root& root = *model_->rootp;
    // A write reaches the RAM the cycle after its grant: only then the one before has, to the same row too.
    if (acc_writes_) undo_.written(cycle_ - 1, acc_written_, acc_row(acc_written_));
    acc_writes_ = root.girih_top__DOT__acc_wr_valid & 1;
    acc_written_ = root.girih_top__DOT__acc_wr_row[0];
    if (root.girih_top__DOT__done_valid & 4) undo_.done(cycle_);
    book_ = root.girih_top__DOT__u_frontend__DOT__u_retire__DOT__book_valid_o;
    matrix_ = root.girih_top__DOT__u_frontend__DOT__u_retire__DOT__book_source_o == 2;
    errors_ = root.girih_top__DOT__irq_error;
  }

  void after_edge() {
    if (context_->gotError()) {
      throw AssertionFailed("an assertion of the RTL failed in cycle {} (the line above names it)",
                            cycle_);
    }
    if (book_ || errors_ != 0) report();
  }

  /// book_q and the error records are new.
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

  MatrixUndo undo_;
  bool acc_writes_ = false;  // MATRIX, in the cycle before, this row
  std::uint32_t acc_written_ = 0;
  std::array<const std::uint8_t*, 8> spm_{};
  std::array<const std::uint8_t*, 2> acc_{};
  bool book_ = false, matrix_ = false;
  std::uint32_t errors_ = 0;
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
