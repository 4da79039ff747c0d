// SPDX-License-Identifier: Apache-2.0
//
// VECTOR as docs/instruction-set.md section 7 writes it, element by element: for the tests of the
// vector engine. Slow and plain; knows nothing of chunks, words or lanes.
#pragma once

#include <array>
#include <cstring>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "girih/isa_layout.h"
#include "vector_float.h"
#include "vector_functions.h"

namespace girih::tb {

enum Elem { kInt8, kUint8, kInt16, kInt32, kFp32, kBf16 };
enum Mode { kNone, kStream, kImmediate };
enum Reduction { kNoReduction, kSum, kMax, kMin, kArgmax };
constexpr int kSelect = 8;  // vop
enum Function { kAbs = 1, kExp2 = 4, kRecip, kRsqrt, kLog2 };

inline constexpr int kContexts = 2;

inline int elem_bytes(int elem) {
  return elem <= kUint8 ? 1 : elem == kInt16 || elem == kBf16 ? 2 : 4;
}

/// One stream of an instruction; addresses relative to the partition.
struct VectorStream {
  int mode = kStream;
  int elem = kFp32;
  bool acc = false;
  bool bcast = false;
  std::uint32_t base = 0;                // or the immediate value
  std::array<std::int32_t, 4> stride{};  // [1..3]; [0] not used
  std::uint8_t zero = 0;

  std::int64_t address(const std::array<int, 4>& i) const {
    std::int64_t at = base;
    if (!bcast) at += std::int64_t{i[0]} * elem_bytes(elem);
    for (int d = 1; d < 4; ++d) at += std::int64_t{i[d]} * stride[d];
    return at;
  }
};

struct VectorInstruction {
  VectorStream a, b, c, d;
  std::array<int, 4> n{1, 1, 1, 1};
  int vop = 0, sfu = 0, row_op = 0, win_op = 0, win_dims = 0;
  int scale_mode = kNone;
  std::uint32_t scale = 0;
  std::uint8_t lo = 0, hi = 255;

  std::array<std::uint32_t, isa::kWords> words() const {
    namespace place = isa::place::vector;
    std::array<std::uint32_t, isa::kWords> w{};
    const auto set = [&](const isa::Field& f, std::uint32_t v) {
      const std::uint32_t mask = f.width == 32 ? ~0u : (1u << f.width) - 1;
      w[f.word] |= (v & mask) << f.lsb;
    };
    w[0] = 4;
    set(place::a_type, a.elem), set(place::b_type, b.elem), set(place::c_type, c.elem),
        set(place::d_type, d.elem);
    set(place::a_space, a.acc), set(place::b_space, b.acc), set(place::c_space, c.acc),
        set(place::d_space, d.acc);
    set(place::b_mode, b.mode), set(place::c_mode, c.mode);
    set(place::a_bcast, a.bcast), set(place::b_bcast, b.bcast), set(place::c_bcast, c.bcast);
    set(place::scale_mode, scale_mode), set(place::scale, scale);
    set(place::vop, vop), set(place::sfu, sfu), set(place::row_op, row_op);
    set(place::win_op, win_op), set(place::win_dims, win_dims);
    set(place::za, a.zero), set(place::zb, b.zero), set(place::zc, c.zero), set(place::zd, d.zero);
    set(place::lo, lo), set(place::hi, hi);
    set(place::n0, n[0]), set(place::n1, n[1]), set(place::n2, n[2]), set(place::n3, n[3]);
    set(place::a_base, a.base), set(place::a_s1, a.stride[1]), set(place::a_s2, a.stride[2]),
        set(place::a_s3, a.stride[3]);
    set(place::b_base, b.base), set(place::b_s1, b.stride[1]), set(place::b_s2, b.stride[2]),
        set(place::b_s3, b.stride[3]);
    set(place::c_base, c.base), set(place::c_s1, c.stride[1]), set(place::c_s2, c.stride[2]),
        set(place::c_s3, c.stride[3]);
    set(place::d_base, d.base), set(place::d_s1, d.stride[1]), set(place::d_s2, d.stride[2]),
        set(place::d_s3, d.stride[3]);
    return w;
  }
};

/// An instruction of one context, and what to call it in a report.
struct VectorJob {
  int ctx;
  VectorInstruction instruction;
  std::string text;
};

/// Bytes of one partition, scratchpad and accumulators.
struct VectorMemory {
  std::vector<std::uint8_t> spm, acc;

  std::vector<std::uint8_t>& of(bool in_acc) { return in_acc ? acc : spm; }
  const std::vector<std::uint8_t>& of(bool in_acc) const { return in_acc ? acc : spm; }
  std::uint32_t load(bool in_acc, std::int64_t at, int bytes) const {
    std::uint32_t value = 0;
    for (int i = 0; i < bytes; ++i) value |= std::uint32_t{of(in_acc).at(at + i)} << 8 * i;
    return value;
  }
};

/// What an instruction writes: (space, address) to byte.
using VectorResult = std::map<std::pair<bool, std::int64_t>, std::uint8_t>;

namespace reference {

inline std::int32_t zero_point(const VectorStream& s) {
  return s.elem == kInt8 ? static_cast<std::int8_t>(s.zero) : s.elem == kUint8 ? s.zero : 0;
}

inline std::int32_t integer(const VectorMemory& m, const VectorStream& s,
                            const std::array<int, 4>& i) {
  const std::uint32_t raw = m.load(s.acc, s.address(i), elem_bytes(s.elem));
  switch (s.elem) {
    case kInt8:
      return static_cast<std::int8_t>(raw) - zero_point(s);
    case kUint8:
      return static_cast<std::int32_t>(raw) - zero_point(s);
    case kInt16:
      return static_cast<std::int16_t>(raw);
    default:
      return static_cast<std::int32_t>(raw);
  }
}

inline fp::Bits element(const VectorMemory& m, const VectorStream& s, const std::array<int, 4>& i) {
  if (s.mode == kImmediate) return fp::normal(s.base);
  if (s.elem == kFp32) return fp::normal(m.load(s.acc, s.address(i), 4));
  if (s.elem == kBf16) return fp::normal(m.load(s.acc, s.address(i), 2) << 16);
  return fp::from_int(integer(m, s, i));
}

inline fp::Bits operation(int vop, fp::Bits x, fp::Bits c) {
  switch (vop) {
    case 1:
      return fp::add(x, c);
    case 2:
      return fp::sub(x, c);
    case 3:
      return fp::max(x, c);
    case 4:
      return fp::min(x, c);
    case 5:
      return fp::lt(x, c);
    case 6:
      return fp::le(x, c);
    case 7:
      return fp::eq(x, c);
    default:
      return x;
  }
}

inline fp::Bits function(int sfu, fp::Bits y) {
  switch (sfu) {
    case 1:
      return fp::abs(y);
    case 4:
      return fp::exp2(y);
    case 5:
      return fp::recip(y);
    case 6:
      return fp::rsqrt(y);
    case 7:
      return fp::log2(y);
    default:
      return y;
  }
}

inline fp::Bits reduce(int op, fp::Bits x, fp::Bits y) {
  return op == kSum ? fp::add(x, y) : op == kMax ? fp::max(x, y) : fp::min(x, y);
}

/// `c`: of the element that is converted.
inline std::uint32_t convert(const VectorInstruction& v, fp::Bits r, fp::Bits c) {
  if (v.scale_mode != kNone) r = fp::mul(r, v.scale_mode == kStream ? c : v.scale);
  const std::int64_t n = fp::to_int(r);
  switch (v.d.elem) {
    case kInt8:
      return static_cast<std::uint8_t>(
          std::clamp<std::int64_t>(n + static_cast<std::int8_t>(v.d.zero),
                                   static_cast<std::int8_t>(v.lo), static_cast<std::int8_t>(v.hi)));
    case kUint8:
      return static_cast<std::uint8_t>(std::clamp<std::int64_t>(n + v.d.zero, v.lo, v.hi));
    case kInt16:
      return static_cast<std::uint16_t>(std::clamp<std::int64_t>(n, -32768, 32767));
    case kInt32:
      return static_cast<std::uint32_t>(n);
    case kBf16:
      return fp::to_bf16(r);
    default:
      return fp::normal(r);
  }
}

inline fp::Bits value_at(const VectorMemory& m, const VectorInstruction& v,
                         const std::array<int, 4>& i) {
  fp::Bits x;
  if (v.win_op) {
    std::uint32_t w = 0;
    const int e1 = v.n[1], e2 = v.win_dims == 2 ? v.n[2] : 1;
    for (int k = 0; k < e1 * e2; ++k) {
      const std::array<int, 4> at{i[0], k % e1, v.win_dims == 2 ? k / e1 : i[2], i[3]};
      const std::int32_t u = integer(m, v.a, at), so_far = static_cast<std::int32_t>(w);
      if (k == 0)
        w = u;
      else if (v.win_op == kSum)
        w += static_cast<std::uint32_t>(u);
      else
        w = v.win_op == kMax ? std::max(so_far, u) : std::min(so_far, u);
    }
    x = fp::from_int(static_cast<std::int32_t>(w));
  } else {
    x = element(m, v.a, i);
  }
  if (v.vop == kSelect) {
    x = fp::select(x, element(m, v.b, i), element(m, v.c, i));
  } else {
    if (v.b.mode) x = fp::mul(x, element(m, v.b, i));
    if (v.vop) x = operation(v.vop, x, element(m, v.c, i));
  }
  return function(v.sfu, x);
}

/// By pairs, from the front: a later element must be larger, or the first NaN.
inline fp::Bits argmax(const VectorMemory& m, const VectorInstruction& v, std::array<int, 4> i) {
  i[0] = 0;
  fp::Bits best = value_at(m, v, i);
  int at = 0;
  while (++i[0] < v.n[0] && !fp::is_nan(best)) {
    const fp::Bits z = value_at(m, v, i);
    if (fp::is_nan(z) || fp::value(z) > fp::value(best)) best = z, at = i[0];
  }
  return fp::from_int(at);
}

inline fp::Bits row(const VectorMemory& m, const VectorInstruction& v, std::array<int, 4> i) {
  if (v.row_op == kArgmax) return argmax(m, v, i);
  std::vector<fp::Bits> partial;
  for (i[0] = 0; i[0] < v.n[0]; ++i[0]) {
    const fp::Bits z = value_at(m, v, i);
    if (i[0] < 128)
      partial.push_back(z);
    else
      partial[i[0] % 128] = reduce(v.row_op, partial[i[0] % 128], z);
  }
  for (int step = 64; step >= 1; step /= 2) {
    for (int k = 0; k < step && k + step < static_cast<int>(partial.size()); ++k) {
      partial[k] = reduce(v.row_op, partial[k], partial[k + step]);
    }
  }
  return partial[0];
}

}  // namespace reference

/// All bytes the instruction writes, from memory as it is before.
inline VectorResult execute(const VectorMemory& m, const VectorInstruction& v) {
  VectorResult result;
  std::array<int, 4> n = v.n;
  if (v.row_op) n[0] = 1;
  if (v.win_op) n[1] = 1;
  if (v.win_dims == 2) n[2] = 1;
  std::array<int, 4> i{};
  for (i[3] = 0; i[3] < n[3]; ++i[3]) {
    for (i[2] = 0; i[2] < n[2]; ++i[2]) {
      for (i[1] = 0; i[1] < n[1]; ++i[1]) {
        for (i[0] = 0; i[0] < n[0]; ++i[0]) {
          const fp::Bits r = v.row_op ? reference::row(m, v, i) : reference::value_at(m, v, i);
          const fp::Bits c = v.scale_mode == kStream ? reference::element(m, v.c, i) : 0;
          const std::uint32_t bits = reference::convert(v, r, c);
          for (int k = 0; k < elem_bytes(v.d.elem); ++k) {
            const std::pair<bool, std::int64_t> at{v.d.acc, v.d.address(i) + k};
            if (!result.emplace(at, bits >> 8 * k).second)
              throw std::logic_error("d is not distinct");
          }
        }
      }
    }
  }
  return result;
}

}  // namespace girih::tb
