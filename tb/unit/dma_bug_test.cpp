// SPDX-License-Identifier: Apache-2.0
//
// The comparison with the loops of the specification sees the seeded bugs of LOAD (10, 11) and
// STORE (20).
#include GIRIH_MODEL_HEADER
#include GIRIH_BUG_HEADER

#include "dma_bench.h"
#include "dma_reference.h"
#include "seeded_bug.h"

namespace girih::tb {
namespace {

using Bench = DmaBench<GIRIH_MODEL>;

constexpr DmaJob kJob{.ctx = 1, .index = 3, .spm_base = 0, .acc_base = 0, .win_base = 16, .win_pages = 16};
constexpr std::uint64_t kWindow = 16 * 4096;

std::uint32_t no_list(std::uint32_t) { return 0; }

bool load_is_right(int bug) {
  Bench bench(1, 0.1, AxiMemoryOptions{}, GIRIH_PRESET_NAME);
  select_bug(*bench.dut.operator->(), bug);
  isa::Load form;
  form.pad_value = 0x11;
  form.offset = 3, form.local = 64 + 9;
  form.n0 = 50, form.before0 = 5, form.after0 = 2;
  form.n1 = 7, form.s1 = 61, form.t1 = 70;
  for (std::uint64_t a = 0; a < 4096; ++a) bench.dram.store(kWindow + a, std::uint8_t(bench.rng()));
  auto spm = bench.memories.spm;
  reference_load(form, [&](std::int64_t a) { return bench.dram.load(kWindow + std::uint64_t(a)); }, no_list,
                 [&](std::int64_t a, std::uint8_t v) { spm.at(std::size_t(a)) = v; });
  bench.load.send(kJob, form.encode());
  bench.run(10000);
  return spm == bench.memories.spm;
}

bool store_is_right(int bug) {
  Bench bench(1, 0.1, AxiMemoryOptions{}, GIRIH_PRESET_NAME);
  select_bug(*bench.dut.operator->(), bug);
  isa::Store form;
  form.offset = 3, form.local = 64 + 9;
  form.n0 = 50, form.n1 = 7, form.s1 = 61, form.t1 = 70;
  std::vector<std::uint8_t> expected(4096), got(4096);
  reference_store(form, [&](std::int64_t a) { return bench.memories.spm.at(std::size_t(a)); }, no_list,
                  [&](std::int64_t a, std::uint8_t v) { expected.at(std::size_t(a)) = v; });
  bench.store.send(kJob, form.encode());
  bench.run(10000);
  bench.dram.read(kWindow, got.data(), got.size());
  return got == expected;
}

TEST(DmaBug, IsSeen) {
  EXPECT_TRUE(load_is_right(0));
  EXPECT_FALSE(load_is_right(10));
  EXPECT_FALSE(load_is_right(11));
  EXPECT_TRUE(store_is_right(0));
  EXPECT_FALSE(store_is_right(20));
}

}  // namespace
}  // namespace girih::tb
