// SPDX-License-Identifier: Apache-2.0
//
// Validation against the golden model: random instructions around the edges of legality, whole, through
// the ring. Code, detail, index and tag of the record, or the patched instruction at the engine.
#include "ctrl_bench.h"

#include <cstdlib>

namespace girih::tb {
namespace {

/// Values near what decides: partition ends, alignment, sign, 2^16, 2^20, 2^32.
class Draw {
 public:
  Draw(std::mt19937& rng, const isa::Preset& preset, const golden::Partition& partition)
      : rng_(rng), preset_(preset), partition_(partition) {}

  std::uint32_t below(std::uint32_t n) { return rng_() % n; }
  bool one_in(unsigned n) { return rng_() % n == 0; }

  std::uint16_t count() {
    switch (below(12)) {
      case 0:
        return static_cast<std::uint16_t>(rng_());
      case 1:
        return one_in(3) ? 0 : 255;
      case 2:
        return static_cast<std::uint16_t>(1u << below(16));
      case 3:
        return static_cast<std::uint16_t>(preset_.k_dim * (1 + below(4)) + below(3) - 1);
      default:
        return static_cast<std::uint16_t>(1 + below(6));
    }
  }
  std::int32_t stride(unsigned unit) {
    switch (below(10)) {
      case 0:
        return static_cast<std::int32_t>(rng_());
      case 1:
        return static_cast<std::int32_t>(1u << below(32));
      case 2:
        return -static_cast<std::int32_t>(unit * below(64));
      case 3:
        return static_cast<std::int32_t>(below(100));
      case 4:
        return 0;
      default:
        return static_cast<std::int32_t>(unit * below(40));
    }
  }
  std::uint32_t base(std::uint32_t size, unsigned unit) {
    switch (below(12)) {
      case 0:
        return rng_();
      case 1:
        return size - unit * below(8);
      case 2:
        return below(2 * size);
      case 3:
        return below(64);
      default:
        return unit * below(size / unit);
    }
  }
  template <class T>
  T code(unsigned legal, unsigned wild) {
    return static_cast<T>(one_in(40) ? below(wild) : below(legal));
  }
  isa::Space space() { return one_in(3) ? isa::Space::kAcc : isa::Space::kSpm; }
  std::uint32_t size(isa::Space space) { return partition_.size(space); }
  std::uint16_t pad() {
    return one_in(4) ? static_cast<std::uint16_t>(one_in(8) ? rng_() : 4 * below(5)) : 0;
  }
  std::uint8_t window() { return static_cast<std::uint8_t>(one_in(8) ? below(8) : below(6)); }

  template <class Move>
  void copy(Move& x, bool listed) {
    x.window = window();
    x.space = space();
    const unsigned unit = x.space == isa::Space::kAcc ? 4 : 1 + below(4);
    x.offset = one_in(3) ? rng_() : below(1 << 20);
    x.local = base(size(x.space), unit);
    x.n0 = one_in(12)   ? rng_() >> below(20)
           : one_in(10) ? (1u << 20) + below(3) - 1
                        : unit * (1 + below(100));
    x.n1 = count(), x.n2 = count(), x.n3 = count();
    x.s1 = stride(1), x.s2 = stride(64), x.s3 = stride(4096);
    x.t1 = stride(unit), x.t2 = stride(unit), x.t3 = stride(unit);
    x.index = one_in(3) ? base(partition_.spm_size, 4) : 4 * below(16);
    x.index_limit = listed ? (one_in(8) ? rng_() : one_in(10) ? 0 : 1 + below(1000)) : below(2);
  }

  isa::Instruction instruction() {
    switch (below(14)) {
      case 0: {
        isa::SetParam x;
        x.param = static_cast<std::uint8_t>(below(32));
        x.source = static_cast<isa::Source>(below(2));
        x.value = rng_();
        x.local = base(partition_.spm_size, 4);
        return x.encode();
      }
      case 1: {
        isa::Fence x;
        x.window = window();
        x.write = below(4) != 0;
        x.offset = one_in(4) ? rng_() : 8 * below(1 << 17);
        return x.encode();
      }
      case 2:
      case 3:
      case 4: {
        isa::Load x;
        x.gather = one_in(3);
        copy(x, x.gather);
        x.before0 = pad(), x.after0 = pad(), x.before2 = pad(), x.after2 = pad();
        if (!x.gather || one_in(12)) x.before1 = pad(), x.after1 = pad();
        return x.encode();
      }
      case 5:
      case 6: {
        isa::Store x;
        x.scatter = one_in(3);
        copy(x, x.scatter);
        return x.encode();
      }
      case 7:
      case 8:
      case 9:
      case 10:
        return matrix();
      default:
        return vector();
    }
  }

  isa::Instruction matrix() {
    isa::Matrix x;
    const std::uint32_t row = 4 * preset_.n_dim;
    x.a_type = code<isa::Type>(2, 16), x.b_type = code<isa::Type>(2, 16);
    x.start = code<isa::Start>(3, 4);
    x.columns = one_in(2);
    x.shift = one_in(3);
    x.a_base = base(partition_.spm_size, 1), x.b_base = base(partition_.spm_size, 1);
    x.acc_base = base(partition_.acc_size, row), x.bias_base = base(partition_.acc_size, row);
    x.n = count(), x.k0 = count(), x.k1 = count(), x.k2 = count();
    x.m0 = count(), x.m1 = count(), x.m2 = count();
    if (!one_in(3)) x.m1 = x.m2 = 1;
    x.a_m0 = stride(8), x.a_m1 = stride(8), x.a_m2 = stride(8), x.a_k1 = stride(8), x.a_k2 = stride(8);
    x.b_row = stride(8), x.b_k0 = stride(16), x.b_k1 = stride(8), x.b_k2 = stride(8), x.b_n = stride(16);
    x.acc_n = one_in(6) ? stride(4) : static_cast<std::int32_t>(row * below(8));
    x.bias_n = one_in(6) ? stride(4) : static_cast<std::int32_t>(row * below(3));
    if (one_in(3)) {  // all fits but, maybe, the ragged edge of the weights
      x.a_type = x.b_type = isa::Type::kInt8;
      x.start = isa::Start::kZero;
      x.a_base = x.acc_base = 0;
      x.acc_n = static_cast<std::int32_t>(row);
      x.m0 = x.m1 = x.m2 = x.k1 = x.k2 = 1;
      x.k0 = static_cast<std::uint16_t>(1 + below(3 * preset_.k_dim));
      x.n = static_cast<std::uint16_t>(1 + below(3 * preset_.n_dim));
      const auto small = [&] { return static_cast<std::int32_t>(below(48)) - (one_in(2) ? 0 : 24); };
      x.b_row = small(), x.b_k0 = small(), x.b_n = small();
      const std::uint32_t reach = 1 + below(1200);
      x.b_base = one_in(2) ? reach : partition_.spm_size - reach;
    }
    return x.encode();
  }

  isa::Instruction vector() {
    isa::Vector x;
    const unsigned types = 6, vops = 9, rows = 5;
    x.a_type = code<isa::Type>(types, 16), x.b_type = code<isa::Type>(types, 16);
    x.c_type = code<isa::Type>(types, 16), x.d_type = code<isa::Type>(types, 16);
    const auto space_for = [&](isa::Type type) {
      return isa::size_of(type) == 4 || one_in(12) ? space() : isa::Space::kSpm;
    };
    x.a_space = space_for(x.a_type), x.b_space = space_for(x.b_type);
    x.c_space = space_for(x.c_type), x.d_space = space_for(x.d_type);
    x.b_mode = code<isa::Operand>(3, 4), x.c_mode = code<isa::Operand>(3, 4);
    x.a_bcast = one_in(4), x.b_bcast = one_in(4), x.c_bcast = one_in(4);
    x.vop = code<isa::Vop>(vops, 16), x.sfu = code<isa::Sfu>(2, 16);
    if (one_in(3)) x.sfu = static_cast<isa::Sfu>(4 + below(4));
    x.scale_mode = code<isa::Operand>(3, 4);
    if (one_in(3))
      x.row_op = code<isa::Reduce>(rows, 16);
    else if (one_in(3))
      x.win_op = one_in(10) ? isa::Reduce::kArgmax : code<isa::Reduce>(4, 16);
    x.win_dims = x.win_op == isa::Reduce::kNone
                     ? (one_in(20) ? 1 : 0)
                     : static_cast<std::uint8_t>(one_in(12) ? below(4) : 1 + below(2));
    x.lo = static_cast<std::uint8_t>(rng_()), x.hi = static_cast<std::uint8_t>(rng_());
    if (one_in(2))
      x.lo = x.d_type == isa::Type::kUint8 ? 0 : 0x80, x.hi = x.d_type == isa::Type::kUint8 ? 255 : 127;
    x.n0 = count(), x.n1 = count(), x.n2 = count(), x.n3 = count();
    const auto stream = [&](isa::Type type, isa::Space where, std::uint32_t& b, std::int32_t& s1,
                            std::int32_t& s2, std::int32_t& s3) {
      const unsigned unit = std::max(1u, isa::size_of(type));
      b = base(size(where), unit), s1 = stride(unit), s2 = stride(unit), s3 = stride(unit);
    };
    stream(x.a_type, x.a_space, x.a_base, x.a_s1, x.a_s2, x.a_s3);
    stream(x.b_type, x.b_space, x.b_base, x.b_s1, x.b_s2, x.b_s3);
    stream(x.c_type, x.c_space, x.c_base, x.c_s1, x.c_s2, x.c_s3);
    stream(x.d_type, x.d_space, x.d_base, x.d_s1, x.d_s2, x.d_s3);
    if (one_in(4)) {  // rows that end at the partition's end, or an element before or behind
      x.n0 = static_cast<std::uint16_t>(1 + below(100)), x.n1 = x.n2 = x.n3 = 1;
      const auto at_end = [&](isa::Type type, isa::Space where) {
        const unsigned unit = std::max(1u, isa::size_of(type));
        return size(where) - unit * (x.n0 + 1 - below(3));
      };
      x.a_base = at_end(x.a_type, x.a_space), x.b_base = at_end(x.b_type, x.b_space);
      x.c_base = at_end(x.c_type, x.c_space), x.d_base = at_end(x.d_type, x.d_space);
    }
    return x.encode();
  }

  /// Patches, and now and then a flipped bit or a foreign opcode.
  void spoil(isa::Instruction& x) {
    x.words[2] = rng_();
    if (one_in(3)) {
      for (unsigned p = 0; p < 4; ++p) {
        if (!one_in(3)) continue;
        const std::uint32_t word = one_in(40) ? below(5) : 5 + below(27);
        const std::uint32_t half = below(32) | word << 5 | below(2) << 10 | 1u << 11;
        x.words[3 + p / 2] = (x.words[3 + p / 2] & ~(0xffffu << p % 2 * 16)) | half << p % 2 * 16;
      }
    } else if (one_in(10)) {
      x.words[3] = below(32) | below(32) << 5;  // a slot that is off
    }
    if (one_in(12)) x.words[below(32)] ^= 1u << below(32);
    if (one_in(60)) x.words[0] = (x.words[0] & ~0xffu) | below(256);
    x.words[1] = 0;  // no tokens
  }

 private:
  std::mt19937& rng_;
  const isa::Preset& preset_;
  golden::Partition partition_;
};

class CtrlValidate : public testing::TestWithParam<std::uint32_t> {};

TEST_P(CtrlValidate, AgreesWithGolden) {
  const char* scale = std::getenv("GIRIH_CTRL_VALIDATE");
  const unsigned count = scale ? std::atoi(scale) : 6000;
  Bench bench(GetParam(), 0, 1, {.least = 1, .spread = 0});
  RecordProperty("seed", std::to_string(GetParam()));
  const unsigned c = Bench::contexts() - 1;
  golden::Params params{};
  std::map<isa::ErrorCode, unsigned> seen;
  for (unsigned i = 0; i < 32; ++i) {
    params[i] = i < 8 ? 0 : i < 24 ? bench.rng() % 1024 : bench.rng();
    bench.host.write32(regs::ctx::params::PARAM(c, i), params[i]);
  }
  std::uint64_t max_cycles = 1u << 24;
  Draw draw(bench.rng, Bench::preset(), bench.partition(c));
  std::uint32_t index = 0;
  std::uint64_t macs = 0, legal = 0;
  bench.host.write32(regs::ctx::IRQ_ENABLE(c), 2);  // errors alone
  bench.enable(c);
  for (unsigned n = 0; n < count; ++n) {
    if (n % 512 == 511) {
      max_cycles = n % 1024 == 511 ? 200 : bench.rng() >> bench.rng() % 24;
      bench.host.write32(regs::admin::MAX_INSTR_CYCLES, static_cast<std::uint32_t>(max_cycles));
    }
    isa::Instruction raw = draw.instruction();
    draw.spoil(raw);
    const golden::Partition partition = bench.partition(c);
    const golden::Windows windows = bench.windows(c);
    const golden::Checked expected =
        golden::check(raw, params, {Bench::preset(), partition, windows, max_cycles});
    const std::size_t commands = bench.engines.started.size(), booked = bench.engines.booked.size();
    bench.put(c, index, raw);
    bench.doorbell(c, index + 1);
    ASSERT_TRUE(bench.dut.run_until(
        [&] { return bench.dut->irq_o >> c & 1 || bench.engines.booked.size() > booked; }, 2000))
        << "instruction " << n << " gets no answer, seed " << GetParam();
    ++seen[expected.fault.code];
    if (expected.fault) {
      ASSERT_EQ(bench.engines.booked.size(), booked)
          << "instruction " << n << " passed, expected " << isa::to_string(expected.fault.code) << ", detail "
          << expected.fault.detail << ", seed " << GetParam();
      const auto record = bench.error(c);
      const std::array<std::uint32_t, 4> wanted = {static_cast<std::uint32_t>(expected.fault.code), index,
                                                   raw.words[2], expected.fault.detail};
      ASSERT_EQ(record, wanted) << "instruction " << n << ", opcode " << raw.opcode() << ", seed "
                                << GetParam();
      bench.reset_context(c);
      bench.enable(c);
      index = 0;
      continue;
    }
    ASSERT_FALSE(bench.dut->irq_o >> c & 1)
        << "instruction " << n << " (opcode " << raw.opcode() << ") refused with code " << bench.error(c)[0]
        << ", detail " << bench.error(c)[3] << ", seed " << GetParam();
    ++legal;
    if (raw.opcode() <= 4) {
      ASSERT_EQ(bench.engines.started.size(), commands + 1);
      const Command& command = bench.engines.started.back();
      ASSERT_EQ(command.instruction, expected.instruction) << "instruction " << n << ", seed " << GetParam();
      ASSERT_EQ(command.index, index);
      if (raw.opcode() == 3) {
        const std::uint64_t before = macs;
        macs = bench.host.read64(regs::ctx::counters::MACS_LO(c));
        if (index > 0) {
          ASSERT_EQ(macs - before, isa::Matrix::decode(expected.instruction).macs());
        }
      }
    } else if (raw.opcode() == 5) {
      const auto x = isa::SetParam::decode(expected.instruction);
      std::uint32_t word = x.value;
      if (x.source == isa::Source::kSpm)
        std::memcpy(&word, &bench.spm.bytes[partition.spm_base + x.local], 4);
      params[x.param] = word;
      ASSERT_EQ(bench.host.read32(regs::ctx::params::PARAM(c, x.param)), word);
    }
    ++index;
    if (index == 1) macs = bench.host.read64(regs::ctx::counters::MACS_LO(c));
  }
  std::string summary;
  for (const auto& [code, times] : seen) summary += fmt::format(" {} {}", isa::to_string(code), times);
  std::printf("seed %u, %u instructions:%s\n", GetParam(), count, summary.c_str());
  using isa::ErrorCode;
  for (const ErrorCode code :
       {ErrorCode::kNone, ErrorCode::kOpcode, ErrorCode::kReserved, ErrorCode::kField, ErrorCode::kAlign,
        ErrorCode::kPartition, ErrorCode::kWindow, ErrorCode::kTooLong}) {
    EXPECT_GT(seen[code], 10u) << isa::to_string(code);
  }
  EXPECT_GT(legal, count / 20);
}

INSTANTIATE_TEST_SUITE_P(, CtrlValidate, testing::Values(1u, 2u));

TEST(CtrlValidateTime, CyclesFromFetchToQueue) {
  // The distance between the starts of instructions that need nothing but validation.
  for (unsigned engine = 0; engine < 4; ++engine) {
    Bench bench(9, 0, 1, {.least = 1, .spread = 0, .depth = 8});
    std::vector<isa::Instruction> program(12, simple(engine));
    bench.start(0, program);
    ASSERT_TRUE(bench.dut.run_until([&] { return bench.engines.started.size() == program.size(); }, 5000));
    const auto& started = bench.engines.started;
    const unsigned cycles =
        static_cast<unsigned>((started.back().cycle - started[4].cycle) / (started.size() - 5));
    std::printf("engine %u: one instruction every %u cycles\n", engine, cycles);
    EXPECT_LE(cycles, 40u);
  }
}

}  // namespace
}  // namespace girih::tb
