// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/interleave.h"

#include <algorithm>
#include <tuple>

#include "compiler/schedule/access.h"

namespace girih::compiler {
namespace {

/// Bytes of the scratchpad and the accumulators that an instruction uses, sorted and disjoint.
struct Touched {
  struct Stretch {
    Memory memory;
    std::int64_t base, end;
  };
  std::vector<Stretch> reads, writes;

  Touched(const isa::Instruction& instruction, const isa::Preset& preset) {
    visit_runs(instruction, preset, [&](const Run& run) {
      if (run.memory == Memory::kDram) return;  // VECTOR never meets it
      (run.write ? writes : reads).push_back({run.memory, run.base, run.base + run.length});
    });
    join(reads);
    join(writes);
  }

 private:
  static void join(std::vector<Stretch>& list) {
    std::sort(list.begin(), list.end(), [](const Stretch& a, const Stretch& b) {
      return std::tuple(a.memory, a.base) < std::tuple(b.memory, b.base);
    });
    std::size_t kept = 0;
    for (const Stretch& x : list) {
      if (kept > 0 && list[kept - 1].memory == x.memory && x.base <= list[kept - 1].end)
        list[kept - 1].end = std::max(list[kept - 1].end, x.end);
      else
        list[kept++] = x;
    }
    list.resize(kept);
  }
};

bool meet(const std::vector<Touched::Stretch>& a, const std::vector<Touched::Stretch>& b) {
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i].memory == b[j].memory && a[i].base < b[j].end && b[j].base < a[i].end) return true;
    const bool a_ends_first = std::tuple(a[i].memory, a[i].end) < std::tuple(b[j].memory, b[j].end);
    ++(a_ends_first ? i : j);
  }
  return false;
}

bool independent(const Touched& a, const Touched& b) {
  return !meet(a.writes, b.writes) && !meet(a.writes, b.reads) && !meet(a.reads, b.writes);
}

}  // namespace

void interleave(std::vector<isa::Instruction>& instructions, std::size_t first, std::size_t top,
                std::size_t last, const isa::Preset& preset) {
  std::vector<Touched> touched;  // from `top` on
  for (std::size_t i = top; i < instructions.size(); ++i)
    touched.emplace_back(instructions[i], preset);
  for (std::size_t i = first; i < instructions.size(); ++i) {
    if (i + 1 == instructions.size()) top = std::max(top, last);
    std::size_t at = i;
    const std::size_t offset = instructions.size() - touched.size();
    while (at > top && independent(touched[at - 1 - offset], touched[i - offset])) --at;
    const auto move = [&](auto begin) {
      std::rotate(begin + static_cast<std::ptrdiff_t>(at), begin + static_cast<std::ptrdiff_t>(i),
                  begin + static_cast<std::ptrdiff_t>(i) + 1);
    };
    move(instructions.begin());
    move(touched.begin() - static_cast<std::ptrdiff_t>(offset));
    top = at + 1;
  }
}

}  // namespace girih::compiler
