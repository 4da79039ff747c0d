// SPDX-License-Identifier: Apache-2.0
//
// LOAD and STORE against the loops of the specification: random shapes, several instructions in flight,
// random stalls, latencies and read order; run-time errors.
#include GIRIH_MODEL_HEADER

#include "dma_bench.h"
#include "dma_random.h"
#include "dma_reference.h"

namespace girih::tb {
namespace {

using Bench = DmaBench<GIRIH_MODEL>;
using isa::ErrorCode;

constexpr unsigned kSlices = 4;       // instructions of a kind in flight, each on its own slice
constexpr std::uint32_t kPages = 20;  // of a window
constexpr std::int64_t kWindow = kPages * 4096;

/// A round: loads and stores on disjoint slices of the local memories and windows of their own.
class Round {
 public:
  explicit Round(Bench& bench) : bench_(bench), shapes_(bench.rng) {
    const auto& p = bench.preset;
    spm_slice_ = p.spm_kib * 1024 / (2 * kSlices) & ~15u;
    acc_slice_ = p.acc_kib * 1024 / (2 * kSlices) & ~15u;
    list_bytes_ = std::min<std::int64_t>(512, spm_slice_ / 8);
  }

  /// Slice s of LOAD is 2s, of STORE 2s+1: neighbours, so that stray bytes hurt somebody.
  DmaJob job(unsigned slice) {
    DmaJob job;
    job.ctx = std::uint8_t(shapes_.below(8));
    job.index = bench_.rng();
    job.spm_base = slice * spm_slice_;
    job.acc_base = slice * acc_slice_;
    job.win_base = 1000 + 64 * slice + shapes_.below(8) + (shapes_.often(0.2) ? 0xfff0000 : 0);
    job.win_pages = kPages;
    return job;
  }

  Room local_room(bool acc) const {
    return acc ? Room{acc_slice_, 4} : Room{spm_slice_ - list_bytes_, 1};
  }

  /// Puts a list at the end of the spm slice; elements below `limit`, `bad` of them not.
  std::uint32_t make_list(unsigned slice, unsigned count, std::uint32_t limit, double bad, bool distinct) {
    std::vector<std::uint32_t> elements(limit);
    for (std::uint32_t i = 0; i < limit; ++i) elements[i] = i;
    std::shuffle(elements.begin(), elements.end(), bench_.rng);
    const std::uint32_t room = std::uint32_t(list_bytes_ / 4) - count;
    const std::uint32_t at = std::uint32_t(spm_slice_ - list_bytes_) + 4 * shapes_.below(room + 1);
    for (unsigned i = 0; i < count; ++i) {
      std::uint32_t element = distinct ? elements[i] : elements[shapes_.below(limit)];
      if (shapes_.often(bad)) element = shapes_.often(0.5) ? limit : limit + bench_.rng() % 1000000;
      std::memcpy(&bench_.memories.spm[slice * spm_slice_ + at + 4 * i], &element, 4);
    }
    return at;
  }
  Element list(unsigned slice, std::uint32_t at) {
    return [this, slice, at](std::uint32_t i) {
      std::uint32_t element;
      std::memcpy(&element, &bench_.memories.spm[slice * spm_slice_ + at + 4 * i], 4);
      return element;
    };
  }

  isa::Load random_load(unsigned slice, double bad) {
    for (;;) {
      isa::Load i;
      const bool acc = shapes_.often(0.3);
      const std::uint32_t unit = acc ? 4 : 1;
      i.space = acc ? isa::Space::kAcc : isa::Space::kSpm;
      i.pad_value = std::uint8_t(bench_.rng());
      i.gather = shapes_.often(0.25);
      i.n0 = size(unit);
      i.n1 = count(), i.n2 = count(), i.n3 = count();
      if (shapes_.often(0.3)) i.before0 = std::uint16_t(unit * shapes_.below(20));
      if (shapes_.often(0.3)) i.after0 = std::uint16_t(unit * shapes_.below(20));
      if (!i.gather && shapes_.often(0.3)) i.before1 = std::uint16_t(shapes_.below(3));
      if (!i.gather && shapes_.often(0.3)) i.after1 = std::uint16_t(shapes_.below(3));
      if (shapes_.often(0.3)) i.before2 = std::uint16_t(shapes_.below(3));
      if (shapes_.often(0.3)) i.after2 = std::uint16_t(shapes_.below(3));
      const std::int64_t f0 = i.before0 + std::int64_t{i.n0} + i.after0;
      std::array<std::int32_t, 3> s, t;
      std::int64_t offset, local;
      const std::array<std::int64_t, 3> f{i.before1 + i.n1 + i.after1, i.before2 + i.n2 + i.after2, i.n3};
      if (!shapes_.distinct(f0, f, local_room(acc), t, local)) continue;
      const std::uint32_t limit = i.gather ? i.n1 + shapes_.below(40) : 1;
      if (!shapes_.any(i.n0, {i.gather ? limit : i.n1, i.n2, i.n3}, {kWindow}, s, offset)) continue;
      if (i.gather && i.n1 > 60) continue;
      i.local = std::uint32_t(local), i.offset = std::uint32_t(offset);
      i.t1 = t[0], i.t2 = t[1], i.t3 = t[2];
      i.s1 = s[0], i.s2 = s[1], i.s3 = s[2];
      i.index_limit = i.gather ? limit : 0;
      if (i.gather) i.index = make_list(slice, i.n1, limit, bad, false);
      return i;
    }
  }

  isa::Store random_store(unsigned slice, double bad) {
    for (;;) {
      isa::Store i;
      const bool acc = shapes_.often(0.3);
      const std::uint32_t unit = acc ? 4 : 1;
      i.space = acc ? isa::Space::kAcc : isa::Space::kSpm;
      i.scatter = shapes_.often(0.25);
      i.n0 = size(unit);
      i.n1 = count(), i.n2 = count(), i.n3 = count();
      std::array<std::int32_t, 3> s, t;
      std::int64_t offset, local;
      const std::uint32_t limit = i.scatter ? i.n1 + shapes_.below(40) : 1;
      if (!shapes_.any(i.n0, {i.n1, i.n2, i.n3}, local_room(acc), t, local)) continue;
      if (!shapes_.distinct(i.n0, {i.scatter ? limit : i.n1, i.n2, i.n3}, {kWindow}, s, offset)) continue;
      if (i.scatter && i.n1 > 60) continue;
      i.local = std::uint32_t(local), i.offset = std::uint32_t(offset);
      i.t1 = t[0], i.t2 = t[1], i.t3 = t[2];
      i.s1 = s[0], i.s2 = s[1], i.s3 = s[2];
      i.index_limit = i.scatter ? limit : 0;
      if (i.scatter) i.index = make_list(slice, i.n1, limit, bad, true);
      return i;
    }
  }

  std::int64_t spm_slice() const { return spm_slice_; }
  std::int64_t acc_slice() const { return acc_slice_; }
  DmaShapes& shapes() { return shapes_; }

 private:
  std::uint32_t size(std::uint32_t unit) {
    std::uint32_t bytes = 1 + shapes_.below(40);
    if (shapes_.often(0.25)) bytes = 1 + shapes_.below(600);
    if (shapes_.often(0.1)) bytes = 1 + shapes_.below(3000);
    return (bytes + unit - 1) / unit * unit;
  }
  std::uint16_t count() {
    return std::uint16_t(shapes_.often(0.4) ? 1 : 1 + shapes_.below(shapes_.often(0.2) ? 30 : 5));
  }

  Bench& bench_;
  DmaShapes shapes_;
  std::int64_t spm_slice_, acc_slice_, list_bytes_;
};

/// What one engine is expected to leave behind.
struct Expected {
  DmaJob job;
  bool bad_element = false;
  std::uint32_t first_bad = 0;
};

/// (stall probability, read latency, reorder, seed)
using DmaRandom = testing::TestWithParam<std::tuple<double, unsigned, bool, std::uint32_t>>;

void random_rounds(double stall, unsigned latency, bool reorder, std::uint32_t seed, int rounds, double bad) {
  AxiMemoryOptions options;
  options.read_latency = latency;
  options.read_latency_spread = reorder ? 40 : 0;
  options.write_latency_spread = 10;
  options.reorder = options.interleave = reorder;
  options.shared_bus = seed % 2;
  options.seed = seed;
  options.stalls(stall);
  Bench bench(seed, stall, options, GIRIH_PRESET_NAME);
  bench.axi.on_read = bench.axi.on_write = [&](const AxiBurst& burst) {
    const std::uint64_t page = burst.address / 4096;
    const bool other = burst.id < 2 && (page == bench.others.kRing / 4096 || page == bench.others.kFence / 4096);
    if (page < 1000 && !other) ADD_FAILURE() << "burst at " << burst.address << " lies in no window";
  };

  bench.others.busy = seed % 2 ? 0.02 : 0;
  for (int r = 0; r < rounds && !testing::Test::HasFailure(); ++r) {
    SCOPED_TRACE("round " + std::to_string(r) + " of seed " + std::to_string(seed));
    Round round(bench);
    auto spm = bench.memories.spm;
    auto acc = bench.memories.acc;
    std::vector<std::vector<std::uint8_t>> windows;
    std::vector<Expected> loads, stores;
    std::vector<isa::Load> load_forms;
    const std::size_t load_base = bench.load.dones.size(), store_base = bench.store.dones.size();

    for (unsigned s = 0; s < kSlices; ++s) {
      DmaJob job = round.job(2 * s);
      for (std::int64_t a = 0; a < kWindow; a += 4) {
        const std::uint32_t word = bench.rng();
        bench.dram.write(std::uint64_t{job.win_base} * 4096 + std::uint64_t(a), &word, 4);
      }
      loads.push_back({job});
      load_forms.push_back(round.random_load(2 * s, bad));
    }
    for (unsigned s = 0; s < kSlices; ++s) {
      Expected expected{round.job(2 * s + 1)};
      const isa::Store form = round.random_store(2 * s + 1, bad);
      bench.store.send(expected.job, form.encode());
      const bool in_acc = form.space == isa::Space::kAcc;
      const auto list = round.list(2 * s + 1, form.index);
      for (unsigned i = 0; form.scatter && i < form.n1 && !expected.bad_element; ++i) {
        expected.bad_element = list(i) >= form.index_limit;
        expected.first_bad = i;
      }
      std::vector<std::uint8_t> window(kWindow);
      bench.dram.read(std::uint64_t{expected.job.win_base} * 4096, window.data(), window.size());
      reference_store(
          form,
          [&](std::int64_t a) {
            return in_acc ? bench.memories.acc.at(std::size_t(expected.job.acc_base + a))
                          : bench.memories.spm.at(std::size_t(expected.job.spm_base + a));
          },
          list, [&](std::int64_t a, std::uint8_t v) { window.at(std::size_t(a)) = v; });
      windows.push_back(std::move(window));
      stores.push_back(expected);
    }
    spm = bench.memories.spm;  // with the lists
    for (unsigned s = 0; s < kSlices; ++s) {
      Expected& expected = loads[s];
      const isa::Load& form = load_forms[s];
      bench.load.send(expected.job, form.encode());
      const bool in_acc = form.space == isa::Space::kAcc;
      const auto list = round.list(2 * s, form.index);
      for (unsigned i = 0; form.gather && i < form.n1 && !expected.bad_element; ++i) {
        expected.bad_element = list(i) >= form.index_limit;
        expected.first_bad = i;
      }
      reference_load(
          form,
          [&](std::int64_t a) {
            EXPECT_TRUE(a >= 0 && a < kWindow);
            return bench.dram.load(std::uint64_t{expected.job.win_base} * 4096 + std::uint64_t(a));
          },
          list,
          [&](std::int64_t a, std::uint8_t v) {
            if (in_acc) acc.at(std::size_t(expected.job.acc_base + a)) = v;
            else spm.at(std::size_t(expected.job.spm_base + a)) = v;
          });
    }

    const auto check_error = [](const Expected& expected, const DmaDone& done) {
      EXPECT_EQ(done.error, unsigned(expected.bad_element ? ErrorCode::kIndex : ErrorCode::kNone));
      EXPECT_EQ(done.detail, expected.bad_element ? expected.first_bad : 0);
    };
    // In the cycle of done, everything is to be visible.
    bench.load.on_done = [&](std::size_t n, const DmaDone& done) {
      n -= load_base;
      check_error(loads[n], done);
      const auto spm_at = std::ptrdiff_t(loads[n].job.spm_base), acc_at = std::ptrdiff_t(loads[n].job.acc_base);
      EXPECT_TRUE(std::equal(spm.begin() + spm_at, spm.begin() + spm_at + round.spm_slice(),
                             bench.memories.spm.begin() + spm_at)) << "spm of load " << n;
      EXPECT_TRUE(std::equal(acc.begin() + acc_at, acc.begin() + acc_at + round.acc_slice(),
                             bench.memories.acc.begin() + acc_at)) << "acc of load " << n;
    };
    bench.store.on_done = [&](std::size_t n, const DmaDone& done) {
      n -= store_base;
      check_error(stores[n], done);
      std::vector<std::uint8_t> window(kWindow);
      bench.dram.read(std::uint64_t{stores[n].job.win_base} * 4096, window.data(), window.size());
      EXPECT_TRUE(window == windows[n]) << "window of store " << n;
    };
    bench.run(400000);
    EXPECT_TRUE(bench.memories.spm == spm) << "spm after the round";
    EXPECT_TRUE(bench.memories.acc == acc) << "acc after the round";
  }
  EXPECT_GT(bench.axi.statistics().read_bursts, 0u);
  EXPECT_GT(bench.axi.statistics().write_bursts, 0u);
  if (bench.others.busy > 0) {
    EXPECT_GT(bench.others.fetched, 10u);
    EXPECT_GT(bench.others.fenced, 10u);
    EXPECT_GE(bench.billed_read[5], bench.others.read_bytes);
    EXPECT_GE(bench.billed_write[6], bench.others.write_bytes);
  }
}

TEST_P(DmaRandom, CopiesAsTheLoopsSay) {
  const auto [stall, latency, reorder, seed] = GetParam();
  random_rounds(stall, latency, reorder, seed, 40, 0);
}
TEST_P(DmaRandom, MarksBadElementsAndGoesOn) {
  const auto [stall, latency, reorder, seed] = GetParam();
  random_rounds(stall, latency, reorder, seed + 1000, 12, 0.05);
}
INSTANTIATE_TEST_SUITE_P(, DmaRandom,
                         testing::Combine(testing::Values(0.0, 0.2, 0.7), testing::Values(1u, 60u),
                                          testing::Bool(), testing::Values(1u, 2u)));

// ------------------------------------------------------------------------------------------ errors
struct ErrorCase {
  AxiResponse response;
  ErrorCode read, write;
};
constexpr ErrorCase kErrors[] = {
    {AxiResponse::kSlvErr, ErrorCode::kReadSlverr, ErrorCode::kWriteSlverr},
    {AxiResponse::kDecErr, ErrorCode::kReadDecerr, ErrorCode::kWriteDecerr}};

TEST(DmaError, FailedReadIsZeroAndNamesItsBurst) {
  for (const ErrorCase& c : kErrors) {
    Bench bench(5, 0.2, AxiMemoryOptions{}.stalls(0.2), GIRIH_PRESET_NAME);
    const unsigned burst = std::max(256u, 16 * bench.preset.bus_bytes);
    DmaJob job{.ctx = 3, .index = 77, .spm_base = 0, .acc_base = 0, .win_base = 16, .win_pages = 8};
    isa::Load form;
    form.offset = 4096;
    form.n0 = 3 * burst;
    std::vector<std::uint8_t> bytes(form.n0, 0xa5);
    bench.dram.write(16 * 4096 + 4096, bytes);
    bench.axi.fail_range(17 * 4096 + burst + 1, 17 * 4096 + burst + 1, c.response);
    bench.load.send(job, form.encode());
    job.index = 78;
    form.offset = 0, form.local = 4 * burst, form.n0 = 5;
    bench.load.send(job, form.encode());  // the next one is not touched by the error
    bench.run(10000);
    ASSERT_EQ(bench.load.dones.size(), 2u);
    EXPECT_EQ(bench.load.dones[0].error, unsigned(c.read));
    EXPECT_EQ(bench.load.dones[0].detail, 4096 + burst);
    EXPECT_EQ(bench.load.dones[1].error, 0u);
    for (unsigned i = 0; i < 3 * burst; ++i) {
      ASSERT_EQ(bench.memories.spm[i], i / burst == 1 ? 0 : 0xa5) << "byte " << i;
    }
  }
}

TEST(DmaError, FailedWriteNamesItsBurst) {
  for (const ErrorCase& c : kErrors) {
    Bench bench(6, 0.2, AxiMemoryOptions{}.stalls(0.2), GIRIH_PRESET_NAME);
    const unsigned burst = std::max(256u, 16 * bench.preset.bus_bytes);
    DmaJob job{.ctx = 1, .index = 1, .spm_base = 0, .acc_base = 0, .win_base = 16, .win_pages = 8};
    isa::Store form;
    form.offset = 8192;
    form.n0 = 3 * burst;
    bench.axi.fail_write(2, c.response);
    bench.store.send(job, form.encode());
    bench.store.send(job, form.encode());
    bench.run(10000);
    ASSERT_EQ(bench.store.dones.size(), 2u);
    EXPECT_EQ(bench.store.dones[0].error, unsigned(c.write));
    EXPECT_EQ(bench.store.dones[0].detail, 8192 + 2 * burst);
    EXPECT_EQ(bench.store.dones[1].error, 0u);
  }
}

/// The guard: whatever validation let through, no burst leaves its window, on either side.
TEST(DmaError, GuardHoldsTheWindow) {
  for (const bool below : {false, true}) {
    Bench bench(7, 0.1, AxiMemoryOptions{}.stalls(0.1), GIRIH_PRESET_NAME);
    bench.axi.on_read = bench.axi.on_write = [](const AxiBurst& burst) {
      EXPECT_GE(burst.address, 16u * 4096);
      EXPECT_LE(burst.address + burst.bytes, 18u * 4096);
    };
    const DmaJob job{.ctx = 2, .index = 9, .spm_base = 0, .acc_base = 0, .win_base = 16, .win_pages = 2};
    isa::Load load;
    load.offset = below ? 4096 : 4096 + 2048;
    load.n0 = 64;
    load.n1 = 3;
    load.s1 = below ? -3072 : 2048;  // 4096, 1024, -2048, or 6144, 8192, 10240
    load.t1 = 64;
    isa::Store store;
    store.offset = load.offset, store.n0 = 64, store.n1 = 3, store.s1 = load.s1, store.t1 = 64;
    store.local = 1024;
    bench.load.send(job, load.encode());
    bench.store.send(job, store.encode());
    bench.run(10000);
    const std::uint32_t detail = below ? std::uint32_t(-2048) : 8192;
    for (const DmaDriver* engine : {&bench.load, &bench.store}) {
      ASSERT_EQ(engine->dones.size(), 1u);
      EXPECT_EQ(engine->dones[0].error, unsigned(ErrorCode::kWindow));
      EXPECT_EQ(engine->dones[0].detail, detail);
    }
    EXPECT_EQ(bench.axi.statistics().read_bursts, below ? 2u : 1u);
    EXPECT_EQ(bench.axi.statistics().write_bursts, below ? 2u : 1u);
  }
}

}  // namespace
}  // namespace girih::tb
