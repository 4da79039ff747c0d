// SPDX-License-Identifier: Apache-2.0
//
// A read port of the scratchpad or the accumulators as its clients see it: an ask is taken where valid
// meets ready, waits in a queue of two, is served in order, and comes back `latency` cycles after it was
// served. Several clients may share the port's data: one word a cycle, the lower client first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <random>
#include <utility>
#include <vector>

#include "stream.h"

namespace girih::tb {

class AskPort {
 public:
  AskPort(int clients, unsigned latency) : waiting_(clients), coming_(latency) {}

  unsigned ready = 0, came = 0;      ///< a bit for each client, of this cycle
  std::vector<std::uint8_t> data;    ///< with `came` of a client that fetched; else empty
  std::uint64_t reads = 0;           ///< words served

  /// Once a cycle, before the clock edge: serves the port with probability `grant`, reads with
  /// `read(place)`, which gives bytes.
  template <class Read>
  void drive(std::mt19937& rng, double grant, Read read) {
    came = coming_.front().first;
    data = std::move(coming_.front().second);
    coming_.pop_front();
    coming_.emplace_back();
    ready = 0;
    for (std::size_t c = 0; c < waiting_.size(); ++c) ready |= unsigned{waiting_[c].size() < 2} << c;
    bool busy = !chance(rng, grant);
    for (std::size_t c = 0; c < waiting_.size(); ++c) {
      if (waiting_[c].empty()) continue;
      const auto [fetch, place] = waiting_[c].front();
      if (fetch) {
        if (std::exchange(busy, true)) continue;
        coming_.back().second = read(place);
        ++reads;
      }
      coming_.back().first |= 1u << c;
      waiting_[c].pop_front();
    }
  }

  /// Once a cycle: what a client offers.
  void sample(int client, bool valid, bool fetch, std::uint64_t place) {
    if (valid && (ready >> client & 1)) waiting_[client].emplace_back(fetch, place);
  }

 private:
  std::vector<std::deque<std::pair<bool, std::uint64_t>>> waiting_;
  std::deque<std::pair<unsigned, std::vector<std::uint8_t>>> coming_;
};

}  // namespace girih::tb
