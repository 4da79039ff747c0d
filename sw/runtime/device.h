// SPDX-License-Identifier: Apache-2.0
//
// A chip and its memory as the host sees them, whatever stands behind: the golden model, the
// Verilated RTL, later a netlist or a board. The host's contract is docs/host.md; everything here
// is its shape in C++.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "girih/isa_layout.h"
#include "girih/presets.h"

namespace girih::runtime {

struct Partition {
  std::uint32_t spm_base = 0, spm_bytes = 0;  ///< multiples of 1 KiB
  std::uint32_t acc_base = 0, acc_bytes = 0;
};

struct Window {
  std::uint64_t address = 0;  ///< of the first byte, a multiple of 4 KiB
  std::uint64_t bytes = 0;    ///< a multiple of 4 KiB
  bool read = false, write = false;
};

struct Ring {
  std::uint32_t window = 0;
  std::uint32_t offset = 0;
  std::uint32_t instructions = 0;  ///< a power of two
};

struct Fault {
  isa::ErrorCode code = isa::ErrorCode::kNone;
  std::uint32_t index = 0, tag = 0, detail = 0;
};

/// Busy and stall cycles of an engine.
struct EngineCounters {
  std::uint64_t busy = 0, stall_token = 0, stall_mem = 0, stall_bus = 0;
};

/// A context's counters; a device that keeps no time leaves cycles at 0.
struct Counters {
  EngineCounters load, store, matrix, vector;
  std::uint64_t macs = 0, bytes_read = 0, bytes_written = 0, cycles = 0, retired = 0;
};

/// What was compared with the golden model, tile by tile.
struct Checked {
  std::uint64_t instructions = 0, elements = 0, bytes = 0, mismatches = 0;
  std::string first_mismatch;  ///< the whole report; empty when all agreed
};

/// How an instruction is called in reports: the layer of the program it belongs to.
using Namer = std::function<std::string(std::uint32_t index, std::uint32_t tag)>;

class Device {
 public:
  virtual ~Device() = default;

  virtual const isa::Preset& preset() const = 0;
  virtual std::string_view kind() const = 0;  ///< "golden", "rtl"

  virtual void write(std::uint64_t address, std::span<const std::uint8_t> bytes) = 0;
  virtual void read(std::uint64_t address, std::span<std::uint8_t> bytes) = 0;

  // The administrator's side.
  virtual void set_partition(unsigned context, const Partition& partition) = 0;
  virtual void set_window(unsigned context, unsigned window, const Window& value) = 0;

  // The tenant's side.
  virtual void set_ring(unsigned context, const Ring& ring) = 0;
  virtual void set_param(unsigned context, unsigned index, std::uint32_t value) = 0;
  virtual void set_namer(unsigned context, Namer namer) = 0;
  /// Makes `count` more instructions available and runs until everything up to there has retired,
  /// or the context is halted, or a tile mismatch stops it. Throws girih::Error when the device
  /// hangs.
  virtual void run(unsigned context, std::uint32_t count) = 0;
  /// First error, code kNone when there is none.
  virtual Fault fault(unsigned context) = 0;
  virtual void reset(unsigned context) = 0;
  virtual Counters counters(unsigned context) = 0;
  virtual Checked checked() const { return {}; }

  /// Called every few thousand cycles while it runs, with the instructions retired so far in the
  /// context that run() was called for; for progress bars. Never called where nothing takes long.
  virtual void set_on_progress(std::function<void(std::uint64_t retired)> /*call*/) {}

  /// Asks for the counters as they stand when the instructions of these ring indices retire
  /// (ascending).
  virtual void set_checkpoints(unsigned /*context*/, std::vector<std::uint32_t> /*indices*/) {}
  /// One entry per checkpoint passed since set_checkpoints; none on a device that keeps no time.
  virtual std::vector<Counters> checkpoints(unsigned /*context*/) { return {}; }
};

}  // namespace girih::runtime
