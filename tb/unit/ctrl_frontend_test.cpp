// SPDX-License-Identifier: Apache-2.0
//
// Programs through the frontend: random legal ones in every context at once, rings that wrap, full
// queues, fairness, FENCE and SETPARAM, context resets at random moments.
#include "ctrl_bench.h"

namespace girih::tb {
namespace {

/// A random legal program: every wait is satisfied by gives that stand earlier, and every counter has one
/// consumer (an engine, or the frontend itself). With two, one may take the token that was meant for the
/// other, whose own then never comes.
struct Program {
  std::vector<isa::Instruction> raw;
  std::vector<isa::Instruction> patched;  ///< with the parameters' values at that place
  std::vector<std::uint64_t> fences;      ///< sequence numbers, in order
  std::uint64_t macs = 0;
  golden::Params params{};  ///< after the program
};

Program random_program(Bench& bench, unsigned ctx, unsigned length) {
  std::mt19937& rng = bench.rng;
  Program out;
  std::array<int, 16> tokens{};
  const auto header = [&](unsigned consumer) {
    isa::Header h;
    h.order = rng() % 3 == 0;
    h.tag = static_cast<std::uint32_t>(rng());
    for (unsigned t = 0; t < 16; ++t) {
      if (t % 5 == consumer && tokens[t] > 0 && rng() % 2 == 0) h.wait |= 1 << t, --tokens[t];
    }
    for (unsigned t = 0; t < 16; ++t) {
      if (tokens[t] < 12 && rng() % 8 == 0) h.give |= 1 << t, ++tokens[t];
    }
    return h;
  };
  for (unsigned i = 0; i < length; ++i) {
    isa::Instruction x;
    const unsigned kind = rng() % 20;
    if (kind < 16) {
      isa::Header h = header(kind % 4);
      const bool patch = rng() % 4 == 0;
      const unsigned engine = kind % 4;
      if (patch && engine == 3) {  // VECTOR's scale may hold anything
        h.patch[rng() % 4] = {
            .en = true, .add = rng() % 2 == 0, .word = 9, .param = static_cast<std::uint8_t>(rng() % 32)};
      }
      x = simple(engine, h);
      if (engine == 2) out.macs += isa::Matrix::decode(x).macs();
    } else if (kind < 18) {
      isa::SetParam s;
      s.header = header(4);
      s.param = static_cast<std::uint8_t>(rng() % 32);
      s.source = static_cast<isa::Source>(rng() % 2);
      s.value = static_cast<std::uint32_t>(rng());
      s.local = 4 * (rng() % 256);
      x = s.encode();
    } else {
      out.fences.push_back(i + 1000u);
      x = fence(i + 1000u, true, false, header(4), 8 * static_cast<std::uint32_t>(out.fences.size() - 1));
    }
    out.raw.push_back(x);
    const auto checked =
        golden::check(x, out.params, {Bench::preset(), bench.partition(ctx), bench.windows(ctx), 1u << 24});
    EXPECT_FALSE(checked.fault) << isa::to_string(checked.fault.code) << " " << checked.fault.detail;
    out.patched.push_back(checked.instruction);
    if (x.opcode() == 5) {
      const auto s = isa::SetParam::decode(x);
      std::uint32_t word = s.value;
      if (s.source == isa::Source::kSpm)
        std::memcpy(&word, &bench.spm.bytes[bench.partition(ctx).spm_base + s.local], 4);
      out.params[s.param] = word;
    }
  }
  out.raw.push_back(fence(0xfeedull << 32 | length, true, true, {}, 0x1000));
  out.patched.push_back(out.raw.back());
  return out;
}

/// Runs programs in several contexts, the host keeping every ring as full as allowed.
class Runner final : public Agent {
 public:
  Runner(Bench& bench) : bench_(bench) { bench.dut.attach(*this); }
  void add(unsigned c, Program program) {
    programs_[c] = std::move(program);
    retired_[c] = 0;
  }
  const Program& program(unsigned c) const { return programs_.at(c); }

  void drive() override {}
  void sample() override {
    for (; seen_ < bench_.engines.booked.size(); ++seen_) {
      const Booked& b = bench_.engines.booked[seen_];
      if (!programs_.count(b.ctx)) continue;
      const auto& words = programs_[b.ctx].patched;
      EXPECT_EQ(b.error, 0u);
      if (b.index < words.size() && words[b.index].opcode() > 4) {
        // In ring order, so everything earlier must have been booked when a FENCE is.
        if (words[b.index].opcode() == 6) {
          EXPECT_EQ(retired_[b.ctx], b.index) << "FENCE before its time";
        }
        bench_.engines.own_booked(b.ctx, isa::decode_header(words[b.index]));
      }
      ++retired_[b.ctx];
    }
  }

  /// Feeds the rings until every program's last fence has raised its interrupt.
  bool run(unsigned limit) {
    std::map<unsigned, std::uint32_t> put;
    for (auto& [c, p] : programs_) bench_.enable(c);
    const std::uint64_t end = bench_.dut.cycle() + limit;
    while (bench_.dut.cycle() < end) {
      bool all = true;
      for (auto& [c, p] : programs_) {
        const std::uint32_t size = static_cast<std::uint32_t>(p.raw.size());
        const std::uint32_t room = std::min<std::uint32_t>(size, retired_[c] + bench_.ring_size[c]);
        if (put[c] < room) {
          for (; put[c] < room; ++put[c]) bench_.put(c, put[c], p.raw[put[c]]);
          bench_.doorbell(c, put[c]);
        }
        all &= retired_[c] == size;
      }
      if (all) return true;
      bench_.run(bench_.rng() % 30);
    }
    for (auto& [c, p] : programs_) {
      const auto record = bench_.error(c);
      std::printf("context %u: status %u, doorbell %u of %zu, head %u, retired %u, error %u %u %u %u\n", c,
                  bench_.host.read32(regs::ctx::STATUS(c)), put[c], p.raw.size(),
                  bench_.host.read32(regs::ctx::HEAD(c)), retired_[c], record[0], record[1], record[2],
                  record[3]);
    }
    return false;
  }

  void check(unsigned c) {
    const Program& p = programs_.at(c);
    std::array<std::vector<std::uint32_t>, 4> expected, got;
    for (std::uint32_t i = 0; i < p.patched.size(); ++i) {
      if (p.patched[i].opcode() <= 4) expected[p.patched[i].opcode() - 1].push_back(i);
    }
    for (const Command& command : bench_.engines.started) {
      if (command.ctx != c) continue;
      got[command.engine].push_back(command.index);
      ASSERT_LT(command.index, p.patched.size());
      ASSERT_EQ(command.instruction, p.patched[command.index])
          << "context " << c << " index " << command.index;
    }
    EXPECT_EQ(got, expected) << "context " << c;
    const std::uint64_t window = bench_.windows(c)[1].address();
    for (std::size_t f = 0; f < p.fences.size(); ++f) {
      std::uint64_t seq = 0;
      bench_.dram.read(window + 8 * f, &seq, 8);
      EXPECT_EQ(seq, p.fences[f]);
    }
    std::uint64_t seq = 0;
    bench_.dram.read(window + 0x1000, &seq, 8);
    EXPECT_EQ(seq, 0xfeedull << 32 | (p.raw.size() - 1));
    namespace counters = regs::ctx::counters;
    EXPECT_EQ(bench_.retired(c), p.raw.size());
    EXPECT_EQ(bench_.host.read64(counters::MACS_LO(c)), p.macs);
    EXPECT_EQ(bench_.host.read64(counters::BYTES_READ_LO(c)), 128 * p.raw.size());
    EXPECT_EQ(bench_.host.read64(counters::BYTES_WRITTEN_LO(c)), 8 * (p.fences.size() + 1));
    EXPECT_EQ(bench_.host.read32(regs::ctx::HEAD(c)), p.raw.size());
    EXPECT_EQ(bench_.host.read32(regs::ctx::STATUS(c)), 0u);
    EXPECT_EQ(bench_.host.read32(regs::ctx::ERR_CODE(c)), 0u);
    EXPECT_EQ(bench_.host.read32(regs::ctx::IRQ_STATUS(c)), 1u);
    for (unsigned i = 0; i < 32; ++i)
      EXPECT_EQ(bench_.host.read32(regs::ctx::params::PARAM(c, i)), p.params[i]);
  }

 private:
  Bench& bench_;
  std::map<unsigned, Program> programs_;
  std::map<unsigned, std::uint32_t> retired_;
  std::size_t seen_ = 0;
};

using CtrlPrograms = testing::TestWithParam<std::tuple<double, std::uint32_t>>;

TEST_P(CtrlPrograms, EveryContextRunsItsProgramExactlyOnceInOrder) {
  const auto [stall, seed] = GetParam();
  Bench bench(seed, stall, stall > 0 ? 60 : 5,
              {.least = 1, .spread = seed % 2 ? 20u : 200u, .stall = stall, .depth = 1 + seed % 3});
  Runner runner(bench);
  for (unsigned c = 0; c < Bench::contexts(); ++c) {
    for (unsigned i = 0; i < 32; ++i) bench.host.write32(regs::ctx::params::PARAM(c, i), 0);
    bench.set_ring_size(c, 2u << (seed + c) % 6);
    runner.add(c, random_program(bench, c, 400));
  }
  ASSERT_TRUE(runner.run(2000000)) << "seed " << seed;
  for (unsigned c = 0; c < Bench::contexts(); ++c) runner.check(c);
}

INSTANTIATE_TEST_SUITE_P(, CtrlPrograms,
                         testing::Combine(testing::Values(0.0, 0.5), testing::Values(1u, 2u, 3u, 4u)));

TEST(CtrlFrontend, EnginesAreSharedRoundRobin) {
  Bench bench(3, 0, 5, {.least = 60, .spread = 0, .depth = 1});
  for (unsigned c = 0; c < 2; ++c) bench.start(c, std::vector<isa::Instruction>(40, simple(2)));
  ASSERT_TRUE(bench.dut.run_until([&] { return bench.engines.started.size() == 80; }, 20000));
  unsigned turns = 0;
  for (std::size_t i = 11; i < 60; ++i)
    turns += bench.engines.started[i].ctx != bench.engines.started[i - 1].ctx;
  EXPECT_EQ(turns, 49u);
}

TEST(CtrlFrontend, AnEngineIdlesAtMostTwoCyclesBetweenReadyInstructions) {
  Bench bench(4, 0, 5, {.least = 50, .spread = 0, .depth = 1});
  bench.start(0, std::vector<isa::Instruction>(20, simple(3)));
  ASSERT_TRUE(bench.dut.run_until([&] { return bench.engines.started.size() == 20; }, 20000));
  for (std::size_t i = 6; i < 20; ++i) {
    EXPECT_LE(bench.engines.started[i].cycle - bench.engines.started[i - 1].cycle, 50u + 2);
  }
}

TEST(CtrlFrontend, ATokenThatArrivesStartsAWaitingInstructionSoon) {
  Bench bench(4, 0, 5, {.least = 200, .spread = 0, .depth = 1});
  bench.start(0, {simple(0, {.give = 4}), simple(2, {.wait = 4})});
  ASSERT_TRUE(bench.dut.run_until([&] { return bench.engines.started.size() == 2; }, 20000));
  const std::uint64_t done = bench.engines.started[0].cycle + 200;
  EXPECT_LE(bench.engines.started[1].cycle - done, 7u);
}

TEST(CtrlFrontend, AFullQueueHoldsUpItsContextAlone) {
  Bench bench(5, 0, 5, {.least = 5, .spread = 5, .depth = 1});
  bench.engines.hold[2] = true;
  const unsigned depth = Bench::preset().engine_queue;
  std::vector<isa::Instruction> program(depth + 10, simple(2));
  program.push_back(simple(0));
  bench.start(0, program);
  bench.run(6000);
  EXPECT_EQ(bench.retired(0), 0u);
  EXPECT_LT(bench.host.read32(regs::ctx::HEAD(0)), program.size());
  std::vector<isa::Instruction> other(20, simple(0));
  other.push_back(fence(1));
  bench.start(1, other);
  ASSERT_TRUE(bench.wait_irq(1));
  EXPECT_EQ(bench.retired(1), 21u);
  EXPECT_FALSE(bench.halted(0));
  bench.engines.hold[2] = false;
  ASSERT_TRUE(bench.dut.run_until([&] { return bench.engines.booked.size() == 21 + program.size(); }, 20000));
}

TEST(CtrlFrontend, WaitingSetparamAndFenceHoldUpTheirContextAlone) {
  for (const bool is_fence : {false, true}) {
    Bench bench(6, 0, 5, {.least = 5, .spread = 5, .depth = 1});
    bench.engines.hold[0] = true;
    isa::SetParam set;
    set.header.wait = 1;
    bench.start(0, {simple(0, {.give = 1}), is_fence ? fence(3) : set.encode(), simple(3)});
    bench.run(500);
    EXPECT_EQ(bench.host.read32(regs::ctx::HEAD(0)), 3u);  // fetched, not validated
    std::vector<isa::Instruction> other;
    for (int i = 0; i < 10; ++i) {
      isa::SetParam own;
      own.param = static_cast<std::uint8_t>(i), own.value = i + 100;
      other.push_back(own.encode());
      other.push_back(simple(3));
    }
    other.push_back(fence(9));
    bench.start(1, other);
    ASSERT_TRUE(bench.wait_irq(1));
    EXPECT_EQ(bench.retired(0), 0u);
    EXPECT_FALSE(bench.halted(0));
    bench.engines.hold[0] = false;
    ASSERT_TRUE(bench.dut.run_until([&] { return bench.retired(0) == 3; }, 5000));
  }
}

TEST(CtrlFrontend, DisabledContextsFetchNothing) {
  Bench bench(8);
  bench.put(0, 0, simple(0));
  bench.doorbell(0, 1);
  bench.run(200);
  EXPECT_EQ(bench.host.read32(regs::ctx::HEAD(0)), 0u);
  EXPECT_EQ(bench.host.read32(regs::ctx::STATUS(0)), 1u);
  bench.enable(0);
  ASSERT_TRUE(bench.dut.run_until([&] { return bench.engines.booked.size() == 1; }, 1000));
}

using CtrlReset = testing::TestWithParam<std::uint32_t>;

TEST_P(CtrlReset, AtAnyMomentOthersGoOnAndTheContextWorksAgain) {
  Bench bench(GetParam(), 0.3, 40, {.least = 1, .spread = 100, .stall = 0.3});
  Runner runner(bench);
  for (unsigned i = 0; i < 32; ++i) bench.host.write32(regs::ctx::params::PARAM(1, i), 0);
  for (int round = 0; round < 8; ++round) {
    const Program victim = random_program(bench, 0, 60);
    runner.add(0, victim);
    for (std::uint32_t i = 0; i < victim.raw.size() && i < 64; ++i) bench.put(0, i, victim.raw[i]);
    bench.enable(0);
    bench.doorbell(0, static_cast<std::uint32_t>(victim.raw.size()));
    bench.run(bench.rng() % (round % 2 ? 200 : 3000));
    bench.reset_context(0);
    for (const std::uint32_t a : {regs::ctx::STATUS(0), regs::ctx::HEAD(0), regs::ctx::DOORBELL(0),
                                  regs::ctx::CTRL(0), regs::ctx::ERR_CODE(0), regs::ctx::IRQ_STATUS(0)}) {
      EXPECT_EQ(bench.host.read32(a), 0u) << std::hex << a << " seed " << GetParam() << " round " << round;
    }
    EXPECT_EQ(bench.retired(0), 0u);
    EXPECT_EQ(bench.host.read32(regs::ctx::RING_SIZE(0)), 64u);
    for (const Command& command : bench.engines.started) ASSERT_EQ(command.ctx, 0u);
  }
  bench.engines.forget_tokens(0);
  bench.engines.started.clear();
  for (unsigned c = 0; c < 2; ++c) {
    for (unsigned i = 0; i < 32; ++i) bench.host.write32(regs::ctx::params::PARAM(c, i), 0);
  }
  for (unsigned c = 0; c < 2; ++c) runner.add(c, random_program(bench, c, 100));
  ASSERT_TRUE(runner.run(500000));
  for (unsigned c = 0; c < 2; ++c) runner.check(c);
}

INSTANTIATE_TEST_SUITE_P(, CtrlReset, testing::Range(1u, 9u));

}  // namespace
}  // namespace girih::tb
