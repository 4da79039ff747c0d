// SPDX-License-Identifier: Apache-2.0
//
// A golden chip for the tests: one context with a partition and windows that do not start at zero,
// so that a missing relocation is seen, and memories filled at random.
#pragma once

#include <cstdint>
#include <cstring>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "golden/golden.h"
#include "isa/forms.h"

namespace girih::golden {

class Bench {
 public:
  static constexpr std::uint64_t kRing = 0x10'0000, kData = 0x80'0000'0000;
  static constexpr std::uint32_t kDataBytes = 64 * 1024;

  explicit Bench(unsigned seed, std::string_view preset_name = "tiny", unsigned context_number = 1)
      : rng(seed),
        preset(*isa::find_preset(preset_name)),
        context(context_number),
        golden(Golden::make(preset, dram)) {
    partition = {.spm_base = 8192, .spm_size = 16384, .acc_base = 2048, .acc_size = 4096};
    if (preset_name != "tiny") {
      partition = {.spm_base = 8192, .spm_size = 131072, .acc_base = 2048, .acc_size = 32768};
    }
    golden->set_partition(context, partition);
    // Window 0: the ring; 3: data; 4: data, read only; 5: data, write only.
    golden->set_window(context, 0,
                       {.base = kRing / 4096, .pages = 16, .read = true, .write = false});
    const std::uint32_t data = kData / 4096;
    golden->set_window(context, 3, {.base = data, .pages = 16, .read = true, .write = true});
    golden->set_window(context, 4, {.base = data, .pages = 16, .read = true, .write = false});
    golden->set_window(context, 5, {.base = data, .pages = 16, .read = false, .write = true});
    golden->set_ring(context, {.window = 0, .offset = 4096, .size = 256});
    for (auto& byte : golden->spm()) byte = static_cast<std::uint8_t>(rng());
    for (auto& byte : golden->acc()) byte = static_cast<std::uint8_t>(rng());
    std::vector<std::uint8_t> bytes(kDataBytes);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(rng());
    dram.write(kData, bytes);
  }

  /// Writes an instruction into the ring's next slot.
  void push(const isa::Instruction& instruction) {
    dram.write(kRing + 4096 + tail % 256 * isa::kBytes, instruction.bytes());
    golden->set_doorbell(context, ++tail);
  }
  template <class Form>
  void push(const Form& form) {
    push(form.encode());
  }

  Status run() {
    golden->run(context);
    return golden->status(context);
  }
  /// Pushes one instruction, runs, returns the error.
  Fault fault(const isa::Instruction& instruction) {
    push(instruction);
    const Status status = run();
    golden->reset(context);
    tail = 0;
    return {status.error.code, status.error.detail};
  }

  std::uint32_t draw(std::uint32_t low, std::uint32_t high) {
    return low + rng() % (high - low + 1);
  }
  std::int32_t draw_signed(std::int32_t low, std::int32_t high) {
    return low + static_cast<std::int32_t>(rng() % static_cast<std::uint32_t>(high - low + 1));
  }

  std::mt19937 rng;
  const isa::Preset& preset;
  const unsigned context;
  PagedMemory dram;
  std::unique_ptr<Golden> golden;
  Partition partition;
  std::uint32_t tail = 0;
};

/// The memories as the test's own loops see them, and which bytes they wrote (physical addresses).
struct Mirror {
  explicit Mirror(Bench& bench)
      : spm(bench.golden->spm().begin(), bench.golden->spm().end()),
        acc(bench.golden->acc().begin(), bench.golden->acc().end()),
        data(Bench::kDataBytes),
        partition(bench.partition) {
    bench.dram.read(Bench::kData, data);
  }

  std::uint8_t& local(isa::Space space, std::int64_t address) {
    return space == isa::Space::kAcc
               ? acc.at(static_cast<std::size_t>(partition.acc_base + address))
               : spm.at(static_cast<std::size_t>(partition.spm_base + address));
  }
  template <class T>
  T get(isa::Space space, std::int64_t address) {
    std::uint8_t bytes[sizeof(T)];
    for (unsigned i = 0; i < sizeof(T); ++i) bytes[i] = local(space, address + i);
    T out;
    std::memcpy(&out, bytes, sizeof out);
    return out;
  }
  template <class T>
  void put(isa::Space space, std::int64_t address, T value) {
    std::uint8_t bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof value);
    for (unsigned i = 0; i < sizeof(T); ++i) {
      local(space, address + i) = bytes[i];
      written.insert(static_cast<std::uint64_t>(partition.base(space) + address + i));
    }
  }

  /// The golden chip's memories, and the destination it reported, are the same.
  void expect_same(Bench& bench, const Destination& destination) {
    std::vector<std::uint8_t> now(Bench::kDataBytes);
    bench.dram.read(Bench::kData, now);
    EXPECT_TRUE(std::equal(spm.begin(), spm.end(), bench.golden->spm().begin()));
    EXPECT_TRUE(std::equal(acc.begin(), acc.end(), bench.golden->acc().begin()));
    EXPECT_TRUE(now == data);
    std::set<std::uint64_t> reported;
    std::uint64_t bytes = 0;
    destination.for_each_run([&](std::uint64_t address, std::uint64_t length) {
      for (std::uint64_t i = 0; i < length; ++i) reported.insert(address + i);
      bytes += length;
    });
    EXPECT_EQ(reported, written);
    EXPECT_EQ(bytes, destination.bytes());
  }

  std::vector<std::uint8_t> spm, acc, data;
  Partition partition;
  std::set<std::uint64_t> written;
};

}  // namespace girih::golden
