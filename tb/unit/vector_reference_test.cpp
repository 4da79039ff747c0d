// SPDX-License-Identifier: Apache-2.0
//
// vector_reference.h, by which the vector engine is judged, against the golden model: two readings of the
// specification, written apart, on the random instructions of the engine's test.
#include "vector_reference.h"

#include <gtest/gtest.h>

#include <set>

#include "golden/functions.h"
#include "golden/validate.h"
#include "golden/vector.h"
#include "vector_random.h"

namespace girih::tb {
namespace {

constexpr std::uint32_t kSeed = 1;

/// What VectorRandom needs: memories and their partitions.
struct Memories {
  const isa::Preset& preset = *isa::find_preset("base");
  std::mt19937 rng{kSeed};
  struct {
    VectorMemory memory;
  } ports;

  Memories() {
    ports.memory.spm.resize(kContexts * spm_size());
    ports.memory.acc.resize(kContexts * acc_size());
    for (auto& byte : ports.memory.spm) byte = static_cast<std::uint8_t>(rng());
    for (auto& byte : ports.memory.acc) byte = static_cast<std::uint8_t>(rng());
  }
  std::uint32_t spm_size() const { return 32768; }
  std::uint32_t acc_size() const { return 16384; }
  std::uint32_t offset(int ctx, bool acc) const { return ctx * (acc ? acc_size() : spm_size()); }
};

/// The context's memories after the instruction, as the golden model has it.
VectorMemory golden_after(const Memories& all, const VectorJob& job, VectorMemory part) {
  const isa::Instruction words{job.instruction.words()};
  const golden::Partition partition{0, all.spm_size(), 0, all.acc_size()};
  const golden::Windows windows{};
  const auto checked = golden::check(words, {}, {all.preset, partition, windows, 1U << 24});
  EXPECT_EQ(isa::to_string(checked.fault.code), "NONE") << checked.fault.detail;
  golden::PagedMemory dram;
  golden::vector(isa::Vector::decode(words),
                 {all.preset, part.spm.data(), part.acc.data(), partition, windows, dram});
  return part;
}

TEST(VectorReference, AgreesWithGolden) {
  Memories all;
  VectorRandom<Memories> random(all);
  std::set<int> functions, operations, rows, scales, sources, destinations;
  for (int round = 0; round < 400 && !HasFailure(); ++round) {
    for (const VectorJob& job : random.jobs(6)) {
      const auto part = [&](bool acc, std::uint32_t size) {
        const auto from = all.ports.memory.of(acc).begin() + all.offset(job.ctx, acc);
        return std::vector<std::uint8_t>(from, from + size);
      };
      VectorMemory own{part(false, all.spm_size()), part(true, all.acc_size())};
      const VectorMemory golden = golden_after(all, job, own);
      for (const auto& [at, byte] : execute(own, job.instruction)) own.of(at.first)[at.second] = byte;
      EXPECT_TRUE(own.spm == golden.spm && own.acc == golden.acc)
          << job.text << "\nseed " << kSeed << ", round " << round;
      const VectorInstruction& v = job.instruction;
      functions.insert(v.sfu), operations.insert(v.vop), rows.insert(v.row_op);
      scales.insert(v.scale_mode), sources.insert(v.a.elem), destinations.insert(v.d.elem);
    }
  }
  EXPECT_EQ(functions, (std::set{0, 1, 4, 5, 6, 7}));
  EXPECT_EQ(operations.size(), 9u);
  EXPECT_EQ(rows.size(), 5u);
  EXPECT_EQ(scales.size(), 3u);
  EXPECT_EQ(sources.size(), 6u);
  EXPECT_EQ(destinations.size(), 6u);
}

TEST(VectorReference, FunctionsAgreeWithGolden) {
  std::mt19937 rng(kSeed);
  const auto check = [](fp::Bits x) {
    const float v = isa::fp32_value(x);
    ASSERT_EQ(fp::exp2(x), isa::fp32_bits(golden::fp::exp2(v))) << std::hex << x;
    ASSERT_EQ(fp::recip(x), isa::fp32_bits(golden::fp::reciprocal(v))) << std::hex << x;
    ASSERT_EQ(fp::rsqrt(x), isa::fp32_bits(golden::fp::rsqrt(v))) << std::hex << x;
    ASSERT_EQ(fp::log2(x), isa::fp32_bits(golden::fp::log2(v))) << std::hex << x;
  };
  for (fp::Bits exponent = 0; exponent < 256; ++exponent) {
    for (const fp::Bits mantissa : {0u, 1u, 0x3fffffu, 0x400000u, 0x7fffffu}) {
      for (const fp::Bits sign : {0u, 1u}) check(sign << 31 | exponent << 23 | mantissa);
    }
  }
  for (int i = 0; i < 1'000'000 && !HasFatalFailure(); ++i) {
    const fp::Bits x = rng();
    check(i % 2 ? x : (x & 0x80ffffff) | (120 + x % 14) << 23);
  }
}

}  // namespace
}  // namespace girih::tb
