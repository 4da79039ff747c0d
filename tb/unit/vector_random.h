// SPDX-License-Identifier: Apache-2.0
//
// Random legal VECTOR instructions that do not depend on each other, and memory contents that suit
// them.
#pragma once

#include <cstdio>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "vector_reference.h"

namespace girih::tb {

/// Hands out places in one context's partition from low to high, and fills them. `Bench` has the
/// members of VectorBench that are used here.
template <class Bench>
class VectorRandom {
 public:
  explicit VectorRandom(Bench& bench) : bench_(bench), rng_(bench.rng) {}

  /// As many instructions, at most `count`, as find room.
  std::vector<VectorJob> jobs(int count) {
    for (auto& spaces : next_) spaces = {0, 0};
    std::vector<VectorJob> list;
    for (int tries = 0; tries < 20 * count && static_cast<int>(list.size()) < count; ++tries) {
      if (auto job = draw()) list.push_back(*job);
    }
    return list;
  }

 private:
  int below(int n) { return static_cast<int>(rng_() % static_cast<unsigned>(n)); }
  bool coin(double p = 0.5) { return rng_() < p * 4294967296.0; }
  int small() { return coin(0.3) ? 1 : 1 + below(coin() ? 4 : 20); }

  int elem() { return below(6); }

  std::optional<VectorJob> draw() {
    VectorJob job{below(kContexts), {}, {}};
    VectorInstruction& v = job.instruction;
    const auto saved = next_;
    const int kind = below(10);  // 0, 1: windows; 2, 3: rows
    const int lanes = static_cast<int>(bench_.preset.vec_lanes);
    v.n = {coin() ? 1 + below(4 * lanes) : 1 + below(40), small(), small(), small()};
    if (kind < 2) {
      v.win_op = 1 + below(3), v.win_dims = 1 + below(2);
    } else if (kind < 4) {
      v.row_op = 1 + below(4);
      if (coin()) v.n[0] = 1 + below(coin() ? 300 : 700);
    }
    while (v.n[0] * v.n[1] * v.n[2] * v.n[3] > 2500) v.n[1 + below(3)] = 1;

    v.a.elem = v.win_op ? below(4) : elem();
    v.b.mode = below(3), v.b.elem = elem();
    v.c.mode = below(3), v.c.elem = elem();
    v.d.elem = elem();
    v.vop = v.c.mode ? below(9) : 0;
    if (v.vop == kSelect && !v.b.mode) v.b.mode = 1 + below(2);
    v.sfu = coin(0.3);
    if (coin(0.4)) v.sfu = 4 + below(4);
    v.scale_mode = coin(0.6) ? kImmediate : kNone, v.scale = number();
    if (!v.row_op && coin(0.2)) {
      v.c.mode = v.scale_mode = kStream;
      v.vop = 0;
    }
    v.lo = rng_(), v.hi = rng_();
    const bool swap = v.d.elem == kInt8
                          ? static_cast<std::int8_t>(v.lo) > static_cast<std::int8_t>(v.hi)
                          : v.lo > v.hi;
    if (swap || coin()) v.lo = v.d.elem == kInt8 ? 0x80 : 0, v.hi = v.d.elem == kInt8 ? 0x7f : 0xff;

    std::array<int, 4> reduced = v.n;
    if (v.win_op) reduced[1] = 1;
    if (v.win_dims == 2) reduced[2] = 1;
    std::array<int, 4> written = reduced;
    if (v.row_op) written[0] = 1;
    bool fits =
        source(job.ctx, v.a, v.n) && source(job.ctx, v.b, reduced) && source(job.ctx, v.c, reduced);
    if (fits && !v.win_op && !v.row_op && elem_bytes(v.a.elem) == elem_bytes(v.d.elem) &&
        !v.a.bcast && coin(0.3)) {  // in place: a becomes a destination's kind of stream
      VectorStream in_place = v.a;
      if ((fits = destination(job.ctx, in_place, written, v.n))) {
        fill(job.ctx, in_place, v.n);
        v.a = in_place;
        v.a.zero = rng_();
        const int written_elem = v.d.elem;
        v.d = in_place;
        v.d.elem = written_elem;
        if (v.d.acc && elem_bytes(v.d.elem) < 4) fits = false;
      }
    } else {
      fits = fits && destination(job.ctx, v.d, written, v.n);
    }
    v.d.zero = rng_();
    if (!fits) {
      next_ = saved;
      return std::nullopt;
    }
    job.text = describe(job.ctx, v);
    return job;
  }

  /// Any strides, repeated and overlapping elements included.
  bool source(int ctx, VectorStream& s, const std::array<int, 4>& n) {
    s.zero = rng_();
    if (s.mode == kNone) return true;
    if (s.mode == kImmediate) {
      s.base = number();
      s.elem = elem();
      return true;
    }
    const int bytes = elem_bytes(s.elem);
    s.acc = bytes == 4 && coin();
    s.bcast = coin(0.2);
    for (int d = 1; d < 4; ++d) {
      s.stride[d] = bytes * (coin(0.3) ? 0 : coin() ? n[0] : below(2 * n[0] + 3) - n[0]);
      if (coin(0.3)) s.stride[d] *= 1 + below(3);
      if (s.stride[d] && coin(0.2)) s.stride[d] = (s.acc ? row() : word()) * (1 + below(2));
    }
    return place(ctx, s, n) && (fill(ctx, s, n), true);
  }

  /// Distinct elements: dimensions nested in random order, with holes, some backwards.
  bool destination(int ctx, VectorStream& d, const std::array<int, 4>& written,
                   const std::array<int, 4>& n) {
    const int bytes = elem_bytes(d.elem);
    d.acc = bytes == 4 && coin();
    d.bcast = false;
    std::array<int, 3> order{1, 2, 3};
    for (int k = 2; k > 0; --k) std::swap(order[k], order[below(k + 1)]);
    std::int64_t step = bytes * (written[0] + (coin() ? 0 : below(8)));
    if (coin(0.2)) step = (step + word() - 1) / word() * word();
    for (int dim : order) {
      d.stride[dim] = static_cast<std::int32_t>(step) * (coin(0.15) ? -1 : 1);
      step *= written[dim];
      if (coin(0.2)) step += bytes * below(5);
    }
    if (!place(ctx, d, written)) return false;
    for (int dim = 1; dim < 4; ++dim) {  // dimensions that are reduced do not move d
      if (written[dim] != n[dim]) d.stride[dim] = bytes * static_cast<int>(rng_() % 4096);
    }
    return true;
  }

  bool place(int ctx, VectorStream& s, const std::array<int, 4>& n) {
    const int bytes = elem_bytes(s.elem);
    std::int64_t low = 0, high = s.bcast ? bytes : std::int64_t{bytes} * n[0];
    for (int d = 1; d < 4; ++d)
      (s.stride[d] < 0 ? low : high) += std::int64_t{s.stride[d]} * (n[d] - 1);
    std::uint32_t& next = next_[ctx][s.acc];
    std::int64_t at = next;
    if (coin()) at = (at + word() - 1) / word() * word();
    if (coin(0.3)) at = (at + row() - 1) / row() * row();
    at = (at + bytes - 1) / bytes * bytes + (coin() ? 0 : bytes * below(6));
    if (at + high - low > (s.acc ? bench_.acc_size() : bench_.spm_size())) return false;
    s.base = static_cast<std::uint32_t>(at - low);
    next = static_cast<std::uint32_t>(at + high - low);
    return true;
  }

  void fill(int ctx, const VectorStream& s, std::array<int, 4> n) {
    auto& bytes = bench_.ports.memory.of(s.acc);
    const bool tame = coin(0.7);
    std::array<int, 4> i{};
    for (i[3] = 0; i[3] < n[3]; ++i[3]) {
      for (i[2] = 0; i[2] < n[2]; ++i[2]) {
        for (i[1] = 0; i[1] < n[1]; ++i[1]) {
          for (i[0] = 0; i[0] < (s.bcast ? 1 : n[0]); ++i[0]) {
            std::uint32_t x = s.elem == kFp32 && tame ? number() : rng_() >> (tame ? below(32) : 0);
            if (s.elem == kBf16 && tame) x = number() >> 16;
            if (s.elem == kInt32 && coin()) x = -x;
            const auto at = bench_.offset(ctx, s.acc) + s.address(i);
            for (int k = 0; k < elem_bytes(s.elem); ++k)
              bytes[at + k] = static_cast<std::uint8_t>(x >> 8 * k);
          }
        }
      }
    }
  }

  /// Mostly moderate FP32 numbers, few mantissa bits often; sometimes anything.
  std::uint32_t number() {
    if (coin(0.05)) return rng_();
    if (coin(0.05)) return coin() ? 0x80000000 : 0x7f800000;
    const std::uint32_t mantissa = rng_() & (coin() ? 0x7fffff : 0x700000);
    return (rng_() & 0x80000000) | static_cast<std::uint32_t>(120 + below(14)) << 23 | mantissa;
  }

  int word() const { return static_cast<int>(bench_.preset.spm_word_bytes); }
  int row() const { return static_cast<int>(4 * bench_.preset.n_dim); }

  static std::string describe(int ctx, const VectorInstruction& v) {
    const auto stream = [](const char* name, const VectorStream& s) {
      char t[160];
      std::snprintf(t, sizeof t, " %s{mode %d elem %d acc %d bcast %d base %u s %d %d %d z %u}",
                    name, s.mode, s.elem, s.acc, s.bcast, s.base, s.stride[1], s.stride[2],
                    s.stride[3], s.zero);
      return std::string(t);
    };
    char t[200];
    std::snprintf(t, sizeof t,
                  "ctx %d n %d %d %d %d vop %d sfu %d row %d win %d/%d scale %d %08x lo %u hi %u",
                  ctx, v.n[0], v.n[1], v.n[2], v.n[3], v.vop, v.sfu, v.row_op, v.win_op, v.win_dims,
                  v.scale_mode, v.scale, v.lo, v.hi);
    return t + stream("a", v.a) + stream("b", v.b) + stream("c", v.c) + stream("d", v.d);
  }

  Bench& bench_;
  std::mt19937& rng_;
  std::array<std::array<std::uint32_t, 2>, kContexts> next_{};
};

}  // namespace girih::tb
