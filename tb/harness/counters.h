// SPDX-License-Identifier: Apache-2.0
//
// rtl/ctrl/counters.sv looked at from inside (rtl/lint/public.vlt): a counter as it stands, without a cycle
// spent on reading registers.
#pragma once

#include <verilated.h>

#include <cstddef>
#include <cstdint>

namespace girih::tb {

constexpr unsigned kCounters = 21;  ///< of a context, in the order of girih.rdl

/// Members of the model: `ones_q`, `bytes_q`, `macs_q`, `top_q`, `known_q`, and the context's words.
template <std::size_t Contexts, std::size_t Bits, class Macs>
std::uint64_t counter(const VlUnpacked<VlUnpacked<IData, Bits>, Contexts>& ones,
                      const VlUnpacked<VlUnpacked<IData, 2>, Contexts>& bytes,
                      const VlUnpacked<Macs, Contexts>& macs, const VlUnpacked<IData, Contexts>& top,
                      const VlUnpacked<IData, Contexts>& known, const QData* words,
                      unsigned context, unsigned number) {
  constexpr unsigned kMacs = 16, kRead = 17, kWritten = 18;
  std::uint64_t low = 0;
  unsigned low_bits = Bits;
  if (number == kMacs) {
    low = macs[context];
    low_bits += 48;
  } else if (number == kRead || number == kWritten) {
    low = bytes[context][number - kRead];
    low_bits += 13;
  } else {
    for (unsigned k = 0; k < Bits; ++k) low |= std::uint64_t{ones[context][k] >> number & 1} << k;
  }
  const bool in_ram = known[context] >> number & 1;
  const std::uint64_t high = in_ram ? words[number] << Bits : 0;
  return high + (std::uint64_t{top[context] >> number & 1} << low_bits) + low;
}

}  // namespace girih::tb

#define GIRIH_COUNTER_WORDS_(root, path, c)                                                         \
  if constexpr (requires { root.path##gen_ctx__BRA__##c##__KET____DOT__u_words__DOT__word_q; })     \
    words[c] = &root.path##gen_ctx__BRA__##c##__KET____DOT__u_words__DOT__word_q[0];

/// Counter `number` of a context; `path` is the prefix of the members of the root of a model.
#define GIRIH_COUNTER(model_root, path, context, number)                                            \
  [](const auto& root, unsigned ctx, unsigned n) {                                                  \
    const QData* words[8] = {};                                                                     \
    GIRIH_COUNTER_WORDS_(root, path, 0)                                                             \
    GIRIH_COUNTER_WORDS_(root, path, 1)                                                             \
    GIRIH_COUNTER_WORDS_(root, path, 2)                                                             \
    GIRIH_COUNTER_WORDS_(root, path, 3)                                                             \
    GIRIH_COUNTER_WORDS_(root, path, 4)                                                             \
    GIRIH_COUNTER_WORDS_(root, path, 5)                                                             \
    GIRIH_COUNTER_WORDS_(root, path, 6)                                                             \
    GIRIH_COUNTER_WORDS_(root, path, 7)                                                             \
    return ::girih::tb::counter(root.path##ones_q, root.path##bytes_q, root.path##macs_q,           \
                                root.path##top_q, root.path##known_q, words[ctx], ctx, n);          \
  }(model_root, context, number)
