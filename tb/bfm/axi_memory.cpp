// SPDX-License-Identifier: Apache-2.0
#include "axi_memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "stream.h"

namespace girih::tb {
namespace {

constexpr std::size_t kNone = ~std::size_t{0};
constexpr std::size_t kMostFailures = 20;

unsigned log2_of(unsigned value) {
  unsigned result = 0;
  while (value >>= 1) ++result;
  return result;
}

}  // namespace

AxiMemory::AxiMemory(const AxiPorts& ports, Dram& dram, const AxiMemoryOptions& options)
    : ports_(ports), dram_(dram), options_(options), rng_(options.seed),
      most_beats_(std::max(16u, 256 / ports.bus_bytes)),
      w_payload_(ports.bus_bytes + (ports.bus_bytes + 7) / 8 + 1) {
  std::memset(ports_.rdata, 0, ports_.bus_bytes);
}

void AxiMemory::fail_range(std::uint64_t first, std::uint64_t last, AxiResponse response) {
  ranges_.push_back({first, last, response});
}
void AxiMemory::fail_read(std::uint64_t n, AxiResponse response) {
  nth_reads_.push_back({reads_seen_ + n, response});
}
void AxiMemory::fail_write(std::uint64_t n, AxiResponse response) {
  nth_writes_.push_back({writes_seen_ + n, response});
}
void AxiMemory::clear_errors() {
  ranges_.clear();
  nth_reads_.clear();
  nth_writes_.clear();
}

bool AxiMemory::stalls(double probability) { return probability > 0 && chance(rng_, probability); }

void AxiMemory::drive() {
  ++now_;
  ports_.arready = reads_.size() < options_.reads && !stalls(options_.stall_ar);
  ports_.awready = writes_.size() + responses_.size() < options_.writes &&
                   !stalls(options_.stall_aw);

  const bool held = read_offered_;  // the master has seen this beat: it must stay
  if (!held) offer_read();
  bool write = !writes_.empty() && !stalls(options_.stall_w);
  if (options_.shared_bus) {
    if (both_moved_) {
      write = false;  // a beat too many moved in the last cycle: nothing moves in this one
      if (!held) read_offered_ = false;
      both_moved_ = false;
    } else if (read_offered_ && ports_.rready && write && ports_.wvalid) {
      if (prefer_write_ && !held) {
        read_offered_ = false;
      } else {
        write = false;
      }
      prefer_write_ = !prefer_write_;
    }
  }
  ports_.rvalid = read_offered_;
  ports_.wready = write;

  if (!response_offered_) offer_response();
  ports_.bvalid = response_offered_;
}

/// Which burst of `queue` goes next: the oldest, or any that is the oldest of its ID.
std::size_t AxiMemory::choose(const std::deque<AxiBurst>& queue) {
  if (queue.empty()) return kNone;
  if (!options_.reorder) return queue.front().ready <= now_ ? 0 : kNone;
  std::uint64_t seen = 0;
  std::size_t found = kNone;
  unsigned candidates = 0;
  for (std::size_t i = 0; i < queue.size(); ++i) {
    const std::uint64_t bit = std::uint64_t{1} << queue[i].id;
    if (!(seen & bit) && queue[i].ready <= now_ && rng_() % ++candidates == 0) found = i;
    seen |= bit;
  }
  return found;
}

void AxiMemory::offer_read() {
  if (!in_burst_ || options_.interleave) read_at_ = choose(reads_);
  if (read_at_ == kNone || stalls(options_.stall_r)) return;
  const AxiBurst& burst = reads_[read_at_];
  const std::uint64_t address = (burst.address & ~std::uint64_t{ports_.bus_bytes - 1}) +
                                std::uint64_t{burst.done} * ports_.bus_bytes;
  if (burst.response == AxiResponse::kOkay) {
    dram_.read(address, ports_.rdata, ports_.bus_bytes);
  } else {
    for (unsigned i = 0; i < ports_.bus_bytes; ++i) ports_.rdata[i] = std::uint8_t(rng_());
  }
  ports_.rid = burst.id;
  ports_.rresp = static_cast<CData>(burst.response);
  ports_.rlast = burst.done + 1 == burst.beats;
  in_burst_ = true;
  read_offered_ = true;
}

void AxiMemory::offer_response() {
  response_at_ = choose(responses_);
  if (response_at_ == kNone || stalls(options_.stall_b)) return;
  ports_.bid = responses_[response_at_].id;
  ports_.bresp = static_cast<CData>(responses_[response_at_].response);
  response_offered_ = true;
}

void AxiMemory::sample() {
  ++statistics_.cycles;
  const auto fields = [](unsigned id, unsigned len, unsigned user) {
    return std::uint64_t{id} << 16 | len << 8 | user;
  };
  check_stable("AR", ar_waiting_, ports_.arvalid, ports_.arready, ports_.araddr,
               fields(ports_.arid, ports_.arlen, ports_.aruser));
  check_stable("AW", aw_waiting_, ports_.awvalid, ports_.awready, ports_.awaddr,
               fields(ports_.awid, ports_.awlen, ports_.awuser));
  check_write_data();

  const bool read_moves = ports_.rvalid && ports_.rready;
  const bool write_moves = ports_.wvalid && ports_.wready;
  both_moved_ = read_moves && write_moves;

  if (write_moves) take_write_beat();
  if (read_moves) {
    AxiBurst& burst = reads_[read_at_];
    ++statistics_.read_beats;
    statistics_.read_bytes[burst.user & 7] += ports_.bus_bytes;
    if (++burst.done == burst.beats) {
      reads_.erase(reads_.begin() + std::ptrdiff_t(read_at_));
      in_burst_ = false;
    }
    read_offered_ = false;
  }
  if (ports_.bvalid && ports_.bready) {
    responses_.erase(responses_.begin() + std::ptrdiff_t(response_at_));
    response_offered_ = false;
  }

  if (ports_.arvalid && ports_.arready) {
    check_address("AR", ports_.araddr, ports_.arlen, ports_.arsize, ports_.arburst,
                  fields(ports_.arlock | ports_.arqos, ports_.arcache, ports_.arprot));
    const std::uint64_t bit = std::uint64_t{1} << (ports_.arid & 63);
    if (!(options_.read_ids & bit)) fail(fmt::format("ARID {} is not allowed", ports_.arid));
    if (options_.single_ids & bit) {
      for (const AxiBurst& other : reads_) {
        if (other.id == ports_.arid) fail(fmt::format("ARID {} has two bursts in flight", ports_.arid));
      }
    }
    reads_.push_back(accept(false, ports_.araddr, ports_.arid, ports_.arlen, ports_.aruser));
    ++statistics_.read_bursts;
    statistics_.most_reads = std::max<unsigned>(statistics_.most_reads, unsigned(reads_.size()));
  }
  if (ports_.awvalid && ports_.awready) {
    check_address("AW", ports_.awaddr, ports_.awlen, ports_.awsize, ports_.awburst,
                  fields(ports_.awlock | ports_.awqos, ports_.awcache, ports_.awprot));
    if (!(options_.write_ids >> (ports_.awid & 63) & 1)) {
      fail(fmt::format("AWID {} is not allowed", ports_.awid));
    }
    writes_.push_back(accept(true, ports_.awaddr, ports_.awid, ports_.awlen, ports_.awuser));
    ++statistics_.write_bursts;
    const auto in_flight = unsigned(writes_.size() + responses_.size());
    statistics_.most_writes = std::max(statistics_.most_writes, in_flight);
  }
}

AxiBurst AxiMemory::accept(bool write, std::uint64_t address, unsigned id, unsigned len,
                           unsigned user) {
  const unsigned beats = len + 1;
  AxiBurst burst{address, beats, beats * ports_.bus_bytes, std::uint8_t(id), std::uint8_t(user),
                 AxiResponse::kOkay, now_, 0};
  for (const Range& range : ranges_) {
    if (address <= range.last && address + burst.bytes > range.first) burst.response = range.response;
  }
  std::uint64_t& seen = write ? writes_seen_ : reads_seen_;
  for (const Nth& nth : write ? nth_writes_ : nth_reads_) {
    if (nth.burst == seen) burst.response = nth.response;
  }
  ++seen;
  if (!write) {
    burst.ready = now_ + std::max(1u, options_.read_latency);
    if (options_.read_latency_spread) burst.ready += rng_() % (options_.read_latency_spread + 1);
  }
  if (const auto& call = write ? on_write : on_read) call(burst);
  return burst;
}

void AxiMemory::take_write_beat() {
  AxiBurst& burst = writes_.front();
  const std::uint64_t address = (burst.address & ~std::uint64_t{ports_.bus_bytes - 1}) +
                                std::uint64_t{burst.done} * ports_.bus_bytes;
  if (burst.response == AxiResponse::kOkay) {
    dram_.write_masked(address, ports_.wdata, ports_.wstrb, ports_.bus_bytes);
  }
  ++statistics_.write_beats;
  statistics_.write_bytes[burst.user & 7] += ports_.bus_bytes;
  ++burst.done;
  if (bool(ports_.wlast) != (burst.done == burst.beats)) {
    fail(fmt::format("WLAST is {} on beat {} of {}", ports_.wlast, burst.done, burst.beats));
  }
  if (burst.done < burst.beats) return;
  burst.ready = now_ + std::max(1u, options_.write_latency);
  if (options_.write_latency_spread) burst.ready += rng_() % (options_.write_latency_spread + 1);
  responses_.push_back(burst);
  writes_.pop_front();
}

void AxiMemory::check_address(const char* channel, std::uint64_t address, unsigned len, unsigned size,
                              unsigned burst, unsigned fixed) {
  const auto say = [&](const std::string& what) {
    fail(fmt::format("{} of {} beats at {:#x}: {}", channel, len + 1, address, what));
  };
  if (burst != 1) say(fmt::format("burst type {}, only INCR (1) is allowed", burst));
  if (size != log2_of(ports_.bus_bytes)) say(fmt::format("size {} is not the bus width", size));
  if (len + 1 > most_beats_) say(fmt::format("more than {} beats", most_beats_));
  if (address >= Dram::kBytes) say("address has more than 40 bits");
  if (address % ports_.bus_bytes != 0) say("not aligned to a beat");
  if (address % 4096 + std::uint64_t{len + 1} * ports_.bus_bytes > 4096) say("crosses 4 KiB");
  if (fixed != (3u << 8 | 2u)) say("AxLOCK, AxQOS are to be 0, AxCACHE 3, AxPROT 2");
}

void AxiMemory::check_stable(const char* channel, Waiting& waiting, bool valid, bool ready,
                             std::uint64_t address, std::uint64_t fields) {
  if (waiting.valid) {
    if (!valid) {
      fail(fmt::format("{}: valid was withdrawn", channel));
    } else if (waiting.address != address || waiting.fields != fields) {
      fail(fmt::format("{}: payload changed while it waited", channel));
    }
  }
  waiting = {valid && !ready, address, fields};
}

void AxiMemory::check_write_data() {
  const std::size_t strobes = (ports_.bus_bytes + 7) / 8;
  if (w_waiting_) {
    if (!ports_.wvalid) {
      fail("W: valid was withdrawn");
    } else if (std::memcmp(w_payload_.data(), ports_.wdata, ports_.bus_bytes) != 0 ||
               std::memcmp(w_payload_.data() + ports_.bus_bytes, ports_.wstrb, strobes) != 0 ||
               w_payload_.back() != ports_.wlast) {
      fail("W: payload changed while it waited");
    }
  }
  w_waiting_ = ports_.wvalid && !ports_.wready;
  if (!w_waiting_) return;
  std::memcpy(w_payload_.data(), ports_.wdata, ports_.bus_bytes);
  std::memcpy(w_payload_.data() + ports_.bus_bytes, ports_.wstrb, strobes);
  w_payload_.back() = ports_.wlast;
}

void AxiMemory::fail(const std::string& what) {
  if (failures_.size() < kMostFailures) failures_.push_back(fmt::format("cycle {}: {}", now_, what));
}

}  // namespace girih::tb
