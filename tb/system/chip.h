// SPDX-License-Identifier: Apache-2.0
//
// The Verilated chip on its bench: girih_top, a memory on its AXI4 port, a host on its AXI4-Lite
// port. No Verilator in here: whoever includes this is compiled once for all presets and flavours.
//
//   ChipPorts       what can be seen from outside: of the RTL and of a netlist
//   ChipMemories    contents of the on-chip memories, from wherever
//   Chip            the RTL: both, and retirements, counters, waveforms
//   NetlistChip     the mapped netlist: ports alone (netlist_chip.h)
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "common/error.h"
#include "dram.h"
#include "girih/isa_layout.h"
#include "girih/presets.h"

namespace girih::rtl {

/// How the memory behind the AXI4 port behaves (tb/bfm/axi_memory.h).
struct MemoryTiming {
  unsigned read_latency = 20, read_spread = 0;  ///< cycles; plus a random 0..spread
  unsigned write_latency = 4, write_spread = 0;
  double stalls = 0;        ///< probability per channel and cycle
  bool reorder = false;     ///< bursts of different IDs overtake each other
  bool interleave = false;  ///< so do their read beats
  bool shared_bus = false;  ///< reads and writes together: one beat a cycle
};

struct ChipOptions {
  std::uint32_t seed = 1;  ///< start-up contents of registers and memories, the memory's moods
  MemoryTiming memory;
  bool clocks_always_on = false;  ///< the engines' clock gates stay open, as on an FPGA
};

enum class Response { kOkay = 0, kSlvErr = 2, kDecErr = 3 };

/// An instruction retires, or a context stops with an error.
struct Retirement {
  std::uint64_t cycle = 0;
  unsigned context = 0;
  std::uint32_t index = 0;  ///< ring index, free running
  isa::ErrorCode error = isa::ErrorCode::kNone;
  std::uint32_t detail = 0;
};

/// Which on-chip memory.
enum class Store { kSpm, kAcc };

/// Beats and bursts since the start.
struct BusStatistics {
  std::uint64_t read_bursts = 0, read_beats = 0, write_bursts = 0, write_beats = 0;
  unsigned most_reads = 0, most_writes = 0;  ///< bursts in flight
};

/// An assertion of the RTL failed.
class AssertionFailed : public girih::Error {
 public:
  using girih::Error::Error;
};

class ChipPorts {
 public:
  virtual ~ChipPorts() = default;

  virtual const isa::Preset& preset() const = 0;
  virtual std::uint64_t cycle() const = 0;

  /// Throws AssertionFailed, and what on_retired throws; the cycle is then complete.
  virtual void step(std::uint64_t cycles) = 0;

  // The host's port. Each access takes some cycles. An answer that is not OKAY is an Error, but in
  // the `try_` forms.
  virtual std::uint32_t read32(std::uint32_t address) = 0;
  virtual void write32(std::uint32_t address, std::uint32_t value) = 0;
  virtual Response try_read32(std::uint32_t address, std::uint32_t& value) = 0;
  virtual Response try_write32(std::uint32_t address, std::uint32_t value) = 0;
  /// Interrupt lines, one a context.
  virtual std::uint32_t irq() const = 0;

  /// Memory behind the AXI4 port: contents, faults, what went over the bus.
  virtual tb::Dram& dram() = 0;
  virtual void fail_range(std::uint64_t first, std::uint64_t last, Response response) = 0;
  virtual void clear_bus_errors() = 0;
  /// Violations of the AXI rules and of docs/host.md by the chip; must stay empty.
  virtual const std::vector<std::string>& bus_failures() const = 0;
  virtual BusStatistics bus_statistics() const = 0;
  /// 4 KiB pages that a write burst of the chip touched.
  virtual const std::vector<std::uint64_t>& written_pages() const = 0;
};

class ChipMemories {
 public:
  virtual ~ChipMemories() = default;

  /// Contents of the on-chip memories by physical byte address, as a read granted now would see
  /// them.
  virtual void read_store(Store store, std::uint64_t address,
                          std::span<std::uint8_t> bytes) const = 0;
  /// The same as they were just after the last write of the MATRIX instruction that retires in this
  /// cycle: the next one may already have gone on with the same accumulators.
  virtual void read_acc_of_matrix(std::uint64_t address, std::span<std::uint8_t> bytes) const = 0;
};

class Chip : public ChipPorts, public ChipMemories {
 public:
  /// No engine has an instruction, nothing is on the bus.
  virtual bool idle() const = 0;

  /// A 64-bit counter of a context, numbered as in rtl/ctrl/girih.rdl, without taking time.
  virtual std::uint64_t counter(unsigned context, unsigned number) const = 0;

  /// Called at the end of the cycle in which something retires.
  std::function<void(const Retirement&)> on_retired;

  /// Writes waveforms of the cycles [from, to] into an FST file. Throws girih::Error when the chip
  /// was built without them.
  virtual void trace(const std::string& file, std::uint64_t from, std::uint64_t to) = 0;
  /// Selects a bug of rtl/prim/prim_bug.svh, 0 none. Throws girih::Error in builds without.
  virtual void select_bug(int id) = 0;
};

/// The chip that this library or program was linked with.
std::unique_ptr<Chip> make_chip(const ChipOptions& options);

}  // namespace girih::rtl
