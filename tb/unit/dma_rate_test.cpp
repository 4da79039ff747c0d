// SPDX-License-Identifier: Apache-2.0
//
// How fast LOAD and STORE are where docs/blocks/dma.md promises something: no stalls, the benchmark's
// memory of 100 cycles latency. The measured rates are printed.
#include GIRIH_MODEL_HEADER

#include <cstdio>

#include "dma_bench.h"

namespace girih::tb {
namespace {

using Bench = DmaBench<GIRIH_MODEL>;

constexpr DmaJob kJob{.ctx = 1, .index = 0, .spm_base = 0, .acc_base = 0, .win_base = 16, .win_pages = 4096};

/// Cycles from the first to the last beat on the data channel, both included.
class BeatWatch final : public Agent {
 public:
  BeatWatch(Bench& bench, bool writes) : bench_(bench), writes_(writes) {}
  void drive() override {}
  void sample() override {
    auto& dut = bench_.dut;
    const bool moves = writes_ ? dut->m_axi_wvalid_o && dut->m_axi_wready_i
                               : dut->m_axi_rvalid_i && dut->m_axi_rready_o;
    if (!moves) return;
    if (beats == 0) first_ = dut.cycle();
    last_ = dut.cycle();
    ++beats;
  }
  double rate() const { return double(beats) / double(last_ - first_ + 1); }
  std::uint64_t cycles() const { return last_ - first_ + 1; }
  std::uint64_t beats = 0;

 private:
  Bench& bench_;
  const bool writes_;
  std::uint64_t first_ = 0, last_ = 0;
};

struct Measured {
  double rate;            ///< beats per cycle between the first and the last beat
  std::uint64_t cycles;   ///< between them
  std::uint64_t beats, bursts, total;  ///< total: until retired
  unsigned in_flight;
};

template <class Form>
Measured measure(const std::vector<Form>& forms, const char* what, unsigned latency = 100) {
  constexpr bool writes = std::is_same_v<Form, isa::Store>;
  Bench bench(1, 0, AxiMemoryOptions::benchmark(latency), GIRIH_PRESET_NAME);
  BeatWatch watch(bench, writes);
  bench.dut.attach(watch);
  DmaJob job = kJob;
  for (const Form& form : forms) {
    (writes ? bench.store : bench.load).send(job, form.encode());
    ++job.index;
  }
  const auto start = bench.dut.cycle();
  bench.run(1000000);
  const auto& statistics = bench.axi.statistics();
  const Measured m{watch.rate(), watch.cycles(), watch.beats,
                   writes ? statistics.write_bursts : statistics.read_bursts, bench.dut.cycle() - start,
                   writes ? statistics.most_writes : statistics.most_reads};
  std::printf("%-44s %6.3f beats/cycle, %5lu beats in %4lu bursts, %u in flight, %lu cycles\n", what, m.rate,
              m.beats, m.bursts, m.in_flight, m.total);
  return m;
}

const isa::Preset& preset() { return *isa::find_preset(GIRIH_PRESET_NAME); }
/// Most of the scratchpad, at most 32 KiB.
std::uint32_t large() { return std::min(32u, preset().spm_kib / 2) * 1024; }
std::uint32_t burst() { return std::max(256u, 16 * preset().bus_bytes); }

TEST(DmaRate, ContiguousLoad) {
  isa::Load load;
  load.n0 = large();
  const Measured m = measure<isa::Load>({load}, "load, contiguous, aligned");
  EXPECT_GE(m.rate, 0.95);
  EXPECT_EQ(m.bursts, large() / burst());
  EXPECT_EQ(m.in_flight, std::min<std::uint64_t>(m.bursts, preset().reads_in_flight));
}

TEST(DmaRate, ContiguousLoadAtLatency200) {
  isa::Load load;
  load.n0 = large();
  EXPECT_GE(measure<isa::Load>({load}, "load, contiguous, latency 200", 200).rate, 0.95);
}

TEST(DmaRate, MisalignedLoad) {
  isa::Load load;
  load.n0 = large() - 64;
  load.offset = 5;
  load.local = 11;
  EXPECT_GE(measure<isa::Load>({load}, "load, contiguous, misaligned").rate, 0.95);
}

TEST(DmaRate, DimensionsThatFollowEachOtherBecomeLongBursts) {
  isa::Load load;
  load.n0 = preset().bus_bytes;
  load.n1 = 8, load.n2 = 16, load.n3 = std::uint16_t(large() / load.n0 / 128);
  load.s1 = load.t1 = std::int32_t(load.n0);
  load.s2 = load.t2 = 8 * load.s1;
  load.s3 = load.t3 = 16 * load.s2;
  const Measured m = measure<isa::Load>({load}, "load, rows of a beat, collapsing");
  EXPECT_GE(m.rate, 0.95);
  EXPECT_EQ(m.bursts, large() / burst());
}

TEST(DmaRate, RequestsOfTheNextInstructionsRunAhead) {
  std::vector<isa::Load> loads;
  for (unsigned k = 0; k < 8; ++k) {
    isa::Load load;
    load.n0 = large() / 8;
    load.offset = 3 * 4096 * k;
    load.local = load.n0 * k;
    loads.push_back(load);
  }
  const Measured m = measure(loads, "8 loads, contiguous");
  EXPECT_GE(m.rate, 0.95);
  EXPECT_LE(m.total, m.beats + 100 + 30);
}

TEST(DmaRate, AccumulatorLoad) {
  isa::Load load;
  load.space = isa::Space::kAcc;
  load.n0 = preset().acc_kib * 512;
  EXPECT_GE(measure<isa::Load>({load}, "load to the accumulators").rate, 0.95);
}

TEST(DmaRate, StridedRows) {
  isa::Load load;
  load.n0 = burst();
  load.n1 = std::uint16_t(large() / burst());
  load.s1 = std::int32_t(4096);
  load.t1 = std::int32_t(burst());
  EXPECT_GE(measure<isa::Load>({load}, "load, rows of a burst").rate, 0.95);
}

TEST(DmaRate, PaddedImage) {
  isa::Load load;  // 14 x 14 x 32 with a border of one
  load.n0 = 14 * 32, load.before0 = load.after0 = 32;
  load.n1 = 14, load.before1 = load.after1 = 1;
  load.s1 = 14 * 32, load.t1 = 16 * 32;
  const Measured m = measure<isa::Load>({load}, "load, 14x14x32 with a border");
  // Padding is written at word rate, beside the beats of the data.
  const std::uint64_t words = 16 * 16 * 32 / preset().spm_word_bytes;
  EXPECT_LE(m.total, 100 + std::max(words, m.beats) + 2 * 32 * 16 / preset().spm_word_bytes + 64);
}

/// Whatever the list holds: the stride is 0, and costs a cycle an element like a power of two.
TEST(DmaRate, GatherOfRows) {
  isa::Load load;
  load.gather = true;
  load.n0 = burst();
  load.s1 = 0;
  load.index_limit = 0xffffffff;
  load.local = 4096;
  load.t1 = std::int32_t(burst());
  load.n1 = std::uint16_t(std::min(16u, (large() - 4096) / burst()));
  EXPECT_GE(measure<isa::Load>({load}, "gather of rows of a burst").rate, 0.95);
}

TEST(DmaRate, ContiguousStore) {
  isa::Store store;
  store.n0 = large();
  const Measured m = measure<isa::Store>({store}, "store, contiguous, aligned");
  EXPECT_GE(m.rate, 0.95);
  EXPECT_EQ(m.bursts, large() / burst());
}

TEST(DmaRate, MisalignedStore) {
  isa::Store store;
  store.n0 = large() - 64;
  store.offset = 5;
  store.local = 11;
  EXPECT_GE(measure<isa::Store>({store}, "store, contiguous, misaligned").rate, 0.95);
}

TEST(DmaRate, StoreOfAccumulators) {
  isa::Store store;
  store.space = isa::Space::kAcc;
  store.n0 = preset().acc_kib * 1024;
  EXPECT_GE(measure<isa::Store>({store}, "store of the accumulators").rate, 0.95);
}

TEST(DmaRate, StoresFollowEachOther) {
  std::vector<isa::Store> stores;
  for (unsigned k = 0; k < 8; ++k) {
    isa::Store store;
    store.n0 = large() / 8;
    store.offset = 3 * 4096 * k;
    store.local = store.n0 * k;
    stores.push_back(store);
  }
  EXPECT_GE(measure(stores, "8 stores, contiguous").rate, 0.95);
}

TEST(DmaRate, PayloadIsBilledToItsContext) {
  Bench bench(3, 0.1, AxiMemoryOptions{}, GIRIH_PRESET_NAME);
  isa::Load load;
  load.offset = 4095, load.n0 = 7, load.n1 = 5, load.s1 = 100, load.t1 = 7;
  DmaJob job = kJob;
  bench.load.send(job, load.encode());
  isa::Store store;
  store.local = 512, store.n0 = 33, store.offset = 8;
  job.ctx = 2;
  bench.store.send(job, store.encode());
  bench.run(10000);
  EXPECT_EQ(bench.billed_read[1], 35u);
  EXPECT_EQ(bench.billed_read[2], 0u);
  EXPECT_EQ(bench.billed_write[2], 33u);
}

/// Waiting shows in the counters under its cause.
TEST(DmaRate, ActivityNamesTheCause) {
  const auto fraction = [](std::uint64_t part, std::uint64_t whole) { return double(part) / double(whole); };
  isa::Load load;
  load.n0 = large();
  {
    Bench bench(1, 0, AxiMemoryOptions{}.stalls(0.9), GIRIH_PRESET_NAME);
    bench.load.send(kJob, load.encode());
    bench.run(1000000);
    EXPECT_GT(fraction(bench.load.stall_bus, bench.load.busy), 0.7);
    EXPECT_EQ(bench.load.stall_mem, 0u);
  }
  {
    Bench bench(1, 0.9, AxiMemoryOptions{}, GIRIH_PRESET_NAME);
    bench.load.send(kJob, load.encode());
    bench.run(1000000);
    EXPECT_GT(fraction(bench.load.stall_mem, bench.load.busy), 0.7);
    EXPECT_LT(fraction(bench.load.stall_bus, bench.load.busy), 0.1);
  }
  isa::Store store;
  store.n0 = large();
  {
    Bench bench(1, 0, AxiMemoryOptions{}.stalls(0.9), GIRIH_PRESET_NAME);
    bench.store.send(kJob, store.encode());
    bench.run(1000000);
    EXPECT_GT(fraction(bench.store.stall_bus, bench.store.busy), 0.7);
  }
  {
    Bench bench(1, 0.9, AxiMemoryOptions{}, GIRIH_PRESET_NAME);
    bench.store.send(kJob, store.encode());
    bench.run(1000000);
    EXPECT_GT(fraction(bench.store.stall_mem, bench.store.busy), 0.7);
  }
}

}  // namespace
}  // namespace girih::tb
