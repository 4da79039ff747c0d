// SPDX-License-Identifier: Apache-2.0
//
// The models of the FPGA's cells against plain C++: tables looked up, flip-flops by their rules, memories
// bit by bit, products multiplied.
#include <gtest/gtest.h>

#include <random>

#include "Vcells_bench.h"
#include "cells_ram_reference.h"

namespace girih::tb {
namespace {

/// As cells_bench.sv has it.
std::uint16_t table_of(std::uint32_t i) {
  return static_cast<std::uint16_t>((i + 1) * 40503U ^ ((i + 1) * 2654435761U) >> 13);
}
bool look_up(std::uint16_t table, unsigned inputs) { return table >> inputs & 1; }

class Cells : public testing::TestWithParam<std::uint32_t> {
 protected:
  Cells() : rng_(GetParam()) {
    context_.randReset(2);
    context_.randSeed(static_cast<int>(GetParam() * 2 + 1));
    bench_ = std::make_unique<Vcells_bench>(&context_);
    bench_->clk_i = bench_->clk_b_i = 0;  // inputs are random, too
    bench_->ff_lsr_i = bench_->ram_rst_a = bench_->ram_rst_b = 0;
    bench_->eval();
  }
  ~Cells() override { bench_->final(); }
  /// True with probability 1/n.
  bool one_in(unsigned n) { return rng_() % n == 0; }

  VerilatedContext context_;
  std::unique_ptr<Vcells_bench> bench_;
  std::mt19937 rng_;
};

TEST_P(Cells, TablesAndMultiplexers) {
  for (unsigned round = 0; round < 256; ++round) {
    bench_->lut_i = round % 16;
    bench_->select_i = round & 1;
    bench_->other_i = rng_() % 4;
    bench_->eval();
    for (unsigned i = 0; i < 64; ++i)
      ASSERT_EQ(bench_->lut_o >> i & 1, look_up(table_of(i), round % 16)) << "table " << i;
    const unsigned other = bench_->other_i;
    EXPECT_EQ(bench_->pfumx_o, round & 1 ? other >> 1 : other & 1);
    EXPECT_EQ(bench_->l6mux_o, round & 1 ? other >> 1 : other & 1);
  }
}

TEST_P(Cells, CarryChains) {
  for (unsigned round = 0; round < 512; ++round) {  // all inputs of two bits and the carry
    const std::array<unsigned, 2> inputs{round % 16, round / 16 % 16};
    const bool carry_in = round >> 8;
    bench_->carry_0_i = static_cast<CData>(inputs[0]);
    bench_->carry_1_i = static_cast<CData>(inputs[1]);
    bench_->carry_i = carry_in;
    bench_->eval();
    for (unsigned i = 0; i < 64; ++i) {
      bool carry = carry_in;
      for (unsigned b = 0; b < 2; ++b) {
        const std::uint16_t table = table_of(2 * i + b);
        const bool cut = i >> b & 1, propagate = look_up(table, inputs[b]);
        const bool sum = propagate != (carry && !cut);
        ASSERT_EQ(bench_->carry_s_o[i] >> b & 1, sum) << "cell " << i << " bit " << b;
        if (!propagate) carry = !cut && look_up(table, inputs[b] & 3);
      }
      ASSERT_EQ(bench_->carry_o >> i & 1, carry) << "cell " << i;
    }
  }
}

TEST_P(Cells, FlipFlopsInEveryMode) {
  constexpr unsigned kAll = 192;
  const auto got = [&](unsigned i) { return bench_->ff_o[i / 32] >> i % 32 & 1; };
  std::array<bool, kAll> want, asserted;
  for (unsigned i = 0; i < kAll; ++i) {
    want[i] = got(i);
    asserted[i] = i / 8 % 2 == 1;  // LSR is 0: inverted it is active from the start
  }
  bool clock = false;
  unsigned changes = 0;
  for (unsigned round = 0; round < 4000; ++round) {
    const bool edge = round % 2 == 1;  // inputs and clock change in turn
    if (edge) {
      clock = !clock;
    } else {
      bench_->ff_ce_i = rng_() & 1;
      bench_->ff_lsr_i = one_in(4);
      bench_->ff_di_i = rng_() & 1;
      bench_->ff_m_i = rng_() & 1;
    }
    bench_->clk_i = clock;
    bench_->eval();
    for (unsigned i = 0; i < kAll; ++i) {
      const unsigned ce = i % 4, sr = i / 16 % 3;
      const bool enabled = ce == 0 ? bench_->ff_ce_i : ce == 1 ? !bench_->ff_ce_i : ce == 2;
      const bool reset = (i / 8 % 2 == 1) != static_cast<bool>(bench_->ff_lsr_i);
      const bool value = i / 96 ? bench_->ff_m_i : i / 48 % 2 == 1;
      const bool clocked = edge && clock == (i / 4 % 2 == 0);
      const bool began = reset && !asserted[i];
      asserted[i] = reset;
      const bool before = want[i];
      if (sr == 2 && (began || (clocked && reset))) {
        want[i] = value;
      } else if (clocked) {
        if (sr == 0 && reset) want[i] = value;
        else if (enabled) want[i] = sr == 1 && reset ? value : bench_->ff_di_i;
      }
      changes += want[i] != before;
      ASSERT_EQ(got(i), want[i]) << "flip-flop " << i << ", round " << round;
    }
  }
  EXPECT_GT(changes, 50'000U);
}

TEST_P(Cells, DistributedMemories) {
  std::array<std::array<unsigned, 16>, 3> memory;
  std::array<std::array<bool, 16>, 3> known{};
  unsigned compared = 0;
  for (unsigned round = 0; round < 2000; ++round) {
    bench_->dist_wad_i = rng_() % 16;
    bench_->dist_di_i = rng_() % 16;
    bench_->dist_wre_i = rng_() & 1;
    bench_->dist_rad_i = rng_() % 16;
    bench_->eval();
    bench_->clk_i = !bench_->clk_i;
    bench_->eval();
    for (unsigned i = 0; i < 3; ++i) {
      const bool clocked = bench_->clk_i == (i != 1), enabled = bench_->dist_wre_i == (i != 2);
      if (clocked && enabled) {
        memory[i][bench_->dist_wad_i] = bench_->dist_di_i;
        known[i][bench_->dist_wad_i] = true;
      }
      if (!known[i][bench_->dist_rad_i]) continue;
      ASSERT_EQ(bench_->dist_o[i], memory[i][bench_->dist_rad_i]) << "memory " << i;
      ++compared;
    }
    ASSERT_EQ(bench_->dist_o[3], bench_->dist_rad_i) << "contents";  // word i is i, nothing writes
  }
  EXPECT_GT(compared, 5000U);
}

TEST_P(Cells, BlockRamsInEveryWidthAndMode) {
  constexpr std::array<unsigned, 6> kWidths{1, 2, 4, 9, 18, 36};
  using Mode = RamReference::WriteMode;
  std::vector<RamReference> widths, modes;
  for (unsigned i = 0; i < 36; ++i)
    widths.emplace_back(RamReference::Options{.width = {kWidths[i % 6], kWidths[i / 6]}});
  modes.emplace_back(RamReference::Options{});
  modes.emplace_back(RamReference::Options{.mode = Mode::kWriteThrough});
  modes.emplace_back(RamReference::Options{.mode = Mode::kReadBeforeWrite});
  modes.emplace_back(RamReference::Options{.output_register = true});
  modes.emplace_back(RamReference::Options{.output_register = true, .async_reset = true});
  modes.emplace_back(RamReference::Options{.select = 5});
  modes.emplace_back(RamReference::Options{});

  std::array<RamPins, 2> pins;
  std::array<unsigned, 2> data{};
  const auto drive = [&] {
    bench_->ram_ce_a = pins[0].ce, bench_->ram_we_a = pins[0].we;
    bench_->ram_oce_a = pins[0].oce, bench_->ram_rst_a = pins[0].rst;
    bench_->ram_ce_b = pins[1].ce, bench_->ram_we_b = pins[1].we;
    bench_->ram_oce_b = pins[1].oce, bench_->ram_rst_b = pins[1].rst;
    bench_->ram_cs_a = static_cast<CData>(pins[0].cs);
    bench_->ram_cs_b = static_cast<CData>(pins[1].cs);
    bench_->ram_ad_a = static_cast<SData>(pins[0].address);
    bench_->ram_ad_b = static_cast<SData>(pins[1].address);
    bench_->ram_di_a = data[0];
    bench_->ram_di_b = data[1];
  };
  // What each RAM's pins are tied to in the bench.
  const auto tied = [&](std::array<RamPins, 2> in, bool resets, bool selects) {
    for (RamPins& p : in) {
      p.rst = p.rst && resets;
      if (!selects) p.cs = 0;
    }
    return in;
  };
  unsigned compared = 0;
  const auto compare = [&](const RamReference& ram, unsigned port, unsigned do_a, unsigned do_b,
                           const std::string& name) {
    if (port == 0 && (ram.options().width[0] == 36 || ram.options().width[1] == 36)) return;
    const Bits want = ram.output(port);
    const std::uint64_t got = ram.options().width[1] == 36 ? do_a | std::uint64_t{do_b} << 18
                              : port == 0                  ? do_a
                                                           : do_b;
    compared += want.known != 0;
    ASSERT_TRUE(want.agrees(got)) << name << " port " << "AB"[port] << ": got " << std::hex << got
                                  << ", expected " << want.value << " of known " << want.known
                                  << ", address " << pins[port].address;
  };

  constexpr unsigned kFill = 16384, kRounds = kFill + 5000;
  for (unsigned round = 0; round < kRounds && !HasFatalFailure(); ++round) {
    const bool fill = round < kFill;  // every bit that port A reaches is written once
    for (unsigned p = 0; p < 2; ++p) {
      RamPins& in = pins[p];
      in.ce = fill ? p == 0 : !one_in(4);
      in.we = fill ? p == 0 : one_in(2);
      in.oce = rng_() & 1;
      in.rst = !fill && one_in(12);
      in.cs = one_in(3) ? rng_() % 8 : 5;
      if (fill) in.cs = 5;
      in.address = fill ? round : rng_() % 16384;
      data[p] = rng_() & 0x3ffff;
    }
    if (!fill && one_in(2)) {  // near each other, to meet
      pins[1].address = (pins[0].address & ~31U) | rng_() % 32;
      if (pins[0].we && pins[1].we) pins[rng_() % 2].we = false;
    } else if (pins[0].address / 32 == pins[1].address / 32) {
      pins[1].address ^= 32;
    }
    drive();
    bench_->eval();
    for (RamReference& ram : modes) ram.settle(tied(pins, true, ram.options().select != 0));
    bench_->clk_i = 1;
    bench_->eval();
    for (unsigned i = 0; i < 36; ++i) widths[i].edge(3, tied(pins, false, false), data);
    for (unsigned i = 0; i < 7; ++i)
      modes[i].edge(i == 6 ? 1 : 3, tied(pins, true, i == 5), data);
    bench_->clk_i = 0;
    bench_->eval();
    if (bench_->clk_b_i == 1)  // mode 6: the falling edge of the other clock
      modes[6].edge(2, tied(pins, true, false), data);
    bench_->clk_b_i = !bench_->clk_b_i;
    bench_->eval();
    for (unsigned p = 0; p < 2 && !HasFatalFailure(); ++p) {
      for (unsigned i = 0; i < 36 && !HasFatalFailure(); ++i) {
        compare(widths[i], p, bench_->ram_widths_a_o[i], bench_->ram_widths_b_o[i],
                "widths " + std::to_string(kWidths[i % 6]) + ", " + std::to_string(kWidths[i / 6]));
      }
      for (unsigned i = 0; i < 7 && !HasFatalFailure(); ++i) {
        compare(modes[i], p, bench_->ram_modes_a_o[i], bench_->ram_modes_b_o[i],
                "mode " + std::to_string(i));
      }
    }
  }
  EXPECT_GT(compared, 300'000U);
}

TEST_P(Cells, ContentsOfBlockRams) {
  bench_->ram_ce_b = 1;
  for (const unsigned word : {0U, 1U, 15U, 1023U}) {
    bench_->ram_ad_b = static_cast<SData>(word << 4);
    for (const int clock : {0, 1}) {
      bench_->clk_i = static_cast<CData>(clock);
      bench_->eval();
    }
    EXPECT_EQ(bench_->ram_contents_o, word == 1023 ? 0x3ffffU : 0x20100U + word);
  }
}

TEST_P(Cells, Multipliers) {
  const auto value = [](unsigned bits, bool is_signed) {
    return is_signed && bits >> 17 ? std::int64_t{bits} - (1 << 18) : std::int64_t{bits};
  };
  constexpr std::array<unsigned, 6> kEdges{0, 1, 0x1ffff, 0x20000, 0x3ffff, 0xff};
  for (unsigned round = 0; round < 4000; ++round) {
    const unsigned a = one_in(3) ? kEdges[rng_() % 6] : rng_() & 0x3ffff;
    const unsigned b = one_in(3) ? kEdges[rng_() % 6] : rng_() & 0x3ffff;
    bench_->mul_a = a, bench_->mul_b = b;
    bench_->mul_sign_a = round & 1, bench_->mul_sign_b = round >> 1 & 1;
    bench_->eval();
    const std::int64_t product = value(a, round & 1) * value(b, round >> 1 & 1);
    ASSERT_EQ(bench_->mul_p_o, static_cast<std::uint64_t>(product) & 0xfffffffff) << a << " * " << b;
    EXPECT_EQ(bench_->mul_sign_o, (round & 3) != 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Cells, testing::Values(1, 2, 3));

}  // namespace
}  // namespace girih::tb
