// SPDX-License-Identifier: Apache-2.0
//
// What one context can reach: its partition, its windows.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "girih/presets.h"
#include "golden/memory.h"
#include "isa/forms.h"

namespace girih::golden {

/// Bytes of the chip's scratchpad and accumulators that are a context's own.
struct Partition {
  std::uint32_t spm_base = 0, spm_size = 0;
  std::uint32_t acc_base = 0, acc_size = 0;

  std::uint32_t base(isa::Space space) const {
    return space == isa::Space::kAcc ? acc_base : spm_base;
  }
  std::uint32_t size(isa::Space space) const {
    return space == isa::Space::kAcc ? acc_size : spm_size;
  }
};

struct Window {
  static constexpr std::uint64_t kPageBytes = 4096;

  std::uint32_t base = 0;  ///< number of the first page
  std::uint32_t pages = 0;
  bool read = false, write = false;

  std::uint64_t address() const { return base * kPageBytes; }
  std::uint64_t size() const { return pages * kPageBytes; }
};
using Windows = std::array<Window, 8>;

/// A context's memories, as the engines address them. Addresses have been validated.
struct Machine {
  const isa::Preset& preset;
  std::uint8_t* spm;  ///< first byte of the partition
  std::uint8_t* acc;
  const Partition& partition;
  const Windows& windows;
  Memory& dram;

  std::uint8_t* at(isa::Space space, std::int64_t address) const {
    return (space == isa::Space::kAcc ? acc : spm) + address;
  }
  std::uint32_t word(std::int64_t spm_address) const {
    std::uint32_t out;
    std::memcpy(&out, spm + spm_address, sizeof out);
    return out;
  }
  std::uint32_t row_bytes() const { return 4 * preset.n_dim; }
};

/// An error of an instruction; code kNone: none.
struct Fault {
  isa::ErrorCode code = isa::ErrorCode::kNone;
  std::uint32_t detail = 0;

  explicit operator bool() const { return code != isa::ErrorCode::kNone; }
  bool operator==(const Fault&) const = default;
};

}  // namespace girih::golden
