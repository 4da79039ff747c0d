// SPDX-License-Identifier: Apache-2.0
//
// An AXI4 slave memory that watches its master. Latency, stalls, order and errors are options; whatever
// breaks the protocol or the master's contract (docs/host.md) is kept as a failure, which a test must
// look at: EXPECT_TRUE(memory.failures().empty()).
//
// Latency: the first read beat is offered `read_latency` cycles after the address handshake (at least 1),
// the write response `write_latency` cycles after the last beat. The master's valid and rready outputs
// must be registers: they are looked at before the cycle settles.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "axi_ports.h"
#include "dram.h"
#include "dut.h"

namespace girih::tb {

struct AxiMemoryOptions {
  unsigned read_latency = 20, read_latency_spread = 0;    ///< cycles; plus a random 0..spread
  unsigned write_latency = 4, write_latency_spread = 0;
  double stall_ar = 0, stall_r = 0, stall_aw = 0, stall_w = 0, stall_b = 0;  ///< per cycle
  bool reorder = false;      ///< bursts of different IDs overtake each other
  bool interleave = false;   ///< so do their read beats
  bool shared_bus = false;   ///< read and write beats together: at most one a cycle
  unsigned reads = 64, writes = 64;  ///< bursts that are accepted before they are answered
  std::uint64_t read_ids = ~std::uint64_t{0}, write_ids = ~std::uint64_t{0};  ///< IDs allowed
  std::uint64_t single_ids = 0;      ///< read IDs that may have one burst in flight only
  std::uint32_t seed = 1;

  /// The memory of the benchmarks: `latency` cycles, one bus for reads and writes.
  static AxiMemoryOptions benchmark(unsigned latency = 100) {
    AxiMemoryOptions options;
    options.read_latency = latency;
    options.shared_bus = true;
    return options;
  }
  AxiMemoryOptions& stalls(double p) {
    stall_ar = stall_r = stall_aw = stall_w = stall_b = p;
    return *this;
  }
};

enum class AxiResponse : std::uint8_t { kOkay = 0, kSlvErr = 2, kDecErr = 3 };

struct AxiBurst {
  std::uint64_t address;  ///< as on the bus
  unsigned beats, bytes;  ///< bytes = beats * bus width
  std::uint8_t id, user;
  AxiResponse response;
  std::uint64_t accepted, ready;  ///< cycle of the address handshake, first cycle of the answer
  unsigned done = 0;              ///< beats
};

struct AxiStatistics {
  std::uint64_t cycles = 0;
  std::uint64_t read_bursts = 0, read_beats = 0, write_bursts = 0, write_beats = 0;
  std::uint64_t read_bytes[8] = {}, write_bytes[8] = {};  ///< whole beats, by AxUSER
  unsigned most_reads = 0, most_writes = 0;               ///< bursts in flight
};

class AxiMemory final : public Agent {
 public:
  AxiMemory(const AxiPorts& ports, Dram& dram, const AxiMemoryOptions& options);

  void drive() override;
  void sample() override;

  /// Bursts that touch [first, last] are answered with an error; writes then change nothing.
  void fail_range(std::uint64_t first, std::uint64_t last, AxiResponse response);
  /// The n-th burst from now (0: the next) is answered with an error.
  void fail_read(std::uint64_t n, AxiResponse response);
  void fail_write(std::uint64_t n, AxiResponse response);
  void clear_errors();

  bool idle() const { return reads_.empty() && writes_.empty() && responses_.empty(); }
  const std::vector<std::string>& failures() const { return failures_; }
  const AxiStatistics& statistics() const { return statistics_; }
  AxiMemoryOptions& options() { return options_; }

  /// Called at every address handshake: to check owners, or to log.
  std::function<void(const AxiBurst&)> on_read, on_write;

 private:
  struct Range { std::uint64_t first, last; AxiResponse response; };
  struct Nth { std::uint64_t burst; AxiResponse response; };
  struct Waiting { bool valid = false; std::uint64_t address = 0, fields = 0; };

  bool stalls(double probability);
  void offer_read();
  void offer_response();
  std::size_t choose(const std::deque<AxiBurst>& queue);
  AxiBurst accept(bool write, std::uint64_t address, unsigned id, unsigned len, unsigned user);
  void check_address(const char* channel, std::uint64_t address, unsigned len, unsigned size,
                     unsigned burst, unsigned fixed);
  void check_stable(const char* channel, Waiting& waiting, bool valid, bool ready,
                    std::uint64_t address, std::uint64_t fields);
  void check_write_data();
  void take_write_beat();
  void fail(const std::string& what);

  AxiPorts ports_;
  Dram& dram_;
  AxiMemoryOptions options_;
  std::mt19937 rng_;
  unsigned most_beats_;
  std::uint64_t now_ = 0;

  std::deque<AxiBurst> reads_, writes_, responses_;  // in the order of acceptance
  bool read_offered_ = false, response_offered_ = false, prefer_write_ = false, both_moved_ = false;
  bool in_burst_ = false;                            // read_at_ goes on with the burst it began
  std::size_t read_at_ = 0, response_at_ = 0;

  Waiting ar_waiting_, aw_waiting_;
  bool w_waiting_ = false;
  std::vector<std::uint8_t> w_payload_;

  std::vector<Range> ranges_;
  std::vector<Nth> nth_reads_, nth_writes_;
  std::uint64_t reads_seen_ = 0, writes_seen_ = 0;
  std::vector<std::string> failures_;
  AxiStatistics statistics_;
};

}  // namespace girih::tb
