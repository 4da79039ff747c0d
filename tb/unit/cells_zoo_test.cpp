// SPDX-License-Identifier: Apache-2.0
//
// RTL, its netlist on the cells' models, and its netlist as text: the same outputs in every cycle.
#include <gtest/gtest.h>

#include <random>

#include "Vcells_zoo.h"
#include "Vcells_zoo_netlist.h"
#include "Vcells_zoo_text.h"

namespace girih::tb {
namespace {

struct Inputs {
  bool reset = false, en = false, we = false, re = false;
  unsigned be = 0, write = 0, read = 0, c = 0;
  std::uint64_t a = 0, b = 0;
};
using Outputs = std::vector<std::pair<const char*, std::uint64_t>>;

template <class Model>
class Zoo {
 public:
  explicit Zoo(std::uint32_t seed) {
    context_.randReset(2);
    context_.randSeed(static_cast<int>(seed * 2 + 1));
    model_ = std::make_unique<Model>(&context_);
    model_->clk_i = 0;
    model_->rst_ni = 1;
    model_->eval();
  }
  ~Zoo() { model_->final(); }

  void set(const Inputs& in) {
    model_->rst_ni = !in.reset;
    model_->en_i = in.en, model_->we_i = in.we, model_->re_i = in.re;
    model_->be_i = static_cast<CData>(in.be);
    model_->waddr_i = static_cast<SData>(in.write), model_->raddr_i = static_cast<SData>(in.read);
    model_->a_i = in.a, model_->b_i = in.b, model_->c_i = in.c;
    model_->eval();
  }
  void clock(bool level) {
    model_->clk_i = level;
    model_->eval();
  }
  Outputs outputs() const {
    const Model& m = *model_;
    return {{"sum_o", m.sum_o},
            {"difference_o", m.difference_o},
            {"product_o", m.product_o},
            {"product_signed_o", m.product_signed_o},
            {"product_9_o", m.product_9_o},
            {"product_24_o", m.product_24_o},
            {"compare_o", m.compare_o},
            {"ones_o", m.ones_o},
            {"first_o", m.first_o},
            {"shifted_o", m.shifted_o},
            {"select_o", m.select_o},
            {"plain_q", m.plain_q},
            {"enabled_q", m.enabled_q},
            {"reset_q", m.reset_q},
            {"reset_enabled_q", m.reset_enabled_q},
            {"set_q", m.set_q},
            {"enable_first_q", m.enable_first_q},
            {"async_q", m.async_q},
            {"falling_q", m.falling_q},
            {"low_enable_q", m.low_enable_q},
            {"counter_q", m.counter_q},
            {"ram_36_o", m.ram_36_o},
            {"ram_18_o", m.ram_18_o},
            {"ram_reset_o", m.ram_reset_o},
            {"ram_9_o", m.ram_9_o},
            {"ram_4_o", m.ram_4_o},
            {"ram_2_o", m.ram_2_o},
            {"ram_1_o", m.ram_1_o},
            {"ram_first_o", m.ram_first_o},
            {"ram_through_o", m.ram_through_o},
            {"ram_hold_o", m.ram_hold_o},
            {"shallow_16_o", m.shallow_16_o},
            {"shallow_32_o", m.shallow_32_o}};
  }

 private:
  VerilatedContext context_;
  std::unique_ptr<Model> model_;
};

class CellsZoo : public testing::TestWithParam<std::uint32_t> {};

TEST_P(CellsZoo, NetlistAndTextDoWhatTheRtlDoes) {
  std::mt19937 rng(GetParam());
  Zoo<Vcells_zoo> rtl(1);
  Zoo<Vcells_zoo_netlist> netlist(2);  // other start-up contents: nothing may depend on them
  Zoo<Vcells_zoo_text> text(3);
  constexpr unsigned kFill = 16384, kCycles = kFill + 4000;
  unsigned compared = 0;
  for (unsigned cycle = 0; cycle < kCycles; ++cycle) {
    const bool fill = cycle < kFill;  // every word of every memory is written
    Inputs in;
    in.reset = fill ? cycle < 4 : rng() % 16 == 0;
    in.en = cycle < kFill / 2 || rng() % 2 == 0;
    in.we = fill || rng() % 2 == 0;
    in.re = rng() % 3 != 0;
    in.be = fill ? 15 : rng() % 16;
    in.write = fill ? cycle : rng() % 16384;
    in.read = (in.write & (rng() % 2 ? 0x3ff0U : 0U)) | rng() % 16384;
    if (in.read % 16 == in.write % 16) in.read ^= 1;  // never what is being written
    in.c = rng() & 0x3ffff;
    in.a = (std::uint64_t{rng()} << 32 | rng()) & 0xfffffffff;
    in.b = rng() % 4 == 0 ? in.a ^ (std::uint64_t{1} << rng() % 36)
                          : (std::uint64_t{rng()} << 32 | rng()) & 0xfffffffff;
    for (const int phase : {0, 1, 2}) {
      const auto all = [&](auto& zoo) {
        if (phase == 0) {
          zoo.set(in);
        } else {
          zoo.clock(phase == 1);
        }
      };
      all(rtl), all(netlist), all(text);
      if (fill) continue;
      const Outputs want = rtl.outputs(), mapped = netlist.outputs(), written = text.outputs();
      for (std::size_t i = 0; i < want.size(); ++i) {
        // A read port shows something known from its first read after the memories were written.
        if (cycle < kFill + 64 && i >= 21) continue;
        ASSERT_EQ(mapped[i].second, want[i].second)
            << "netlist, " << want[i].first << ", cycle " << cycle << " phase " << phase;
        ASSERT_EQ(written[i].second, want[i].second)
            << "text, " << want[i].first << ", cycle " << cycle << " phase " << phase;
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 300'000U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, CellsZoo, testing::Values(1, 2));

}  // namespace
}  // namespace girih::tb
