// SPDX-License-Identifier: Apache-2.0
//
// The instruction-set simulator: what a Girih chip does, written from the specification, bit-exact.
// It knows nothing of clocks, of the RTL or of its simulator. Two ways to drive it:
//
//   run()       executes a context's ring to its end: a device of its own.
//   retired()   follows another implementation: called in the order in which that one retires
//               instructions, it executes the same one and says which bytes must now agree.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "common/error.h"
#include "girih/presets.h"
#include "golden/destination.h"
#include "golden/machine.h"
#include "golden/memory.h"
#include "isa/instruction.h"

namespace girih::golden {

/// Ring registers of a context (host.md).
struct Ring {
  std::uint32_t window = 0;
  std::uint32_t offset = 0;  ///< bytes in the window, a multiple of 4 KiB
  std::uint32_t size = 0;    ///< instructions, a power of two from 2 to 65,536
};

/// The first error of a context; code kNone: none.
struct ErrorRecord {
  isa::ErrorCode code = isa::ErrorCode::kNone;
  std::uint32_t index = 0;  ///< free-running ring index
  std::uint32_t tag = 0;
  std::uint32_t detail = 0;
  bool operator==(const ErrorRecord&) const = default;
};

/// The other implementation did what the specification does not allow. The message names the
/// context, the instruction (index and text) and both views.
class Disagreement : public girih::Error {
 public:
  using girih::Error::Error;
};

/// What a context shows of itself.
struct Status {
  ErrorRecord error;
  bool overflow = false;      ///< sticky, MATRIX
  bool fence_irq = false;     ///< a FENCE with irq has retired since the last reset or clear
  std::uint32_t head = 0;     ///< instructions fetched
  std::uint64_t retired = 0;  ///< instructions retired without an error
  std::uint64_t macs = 0;     ///< M*N*K of every MATRIX instruction retired
  bool idle = true;           ///< nothing fetched that has not retired or been dropped
};

class Golden {
 public:
  /// `dram` is the golden model's own copy of memory and must outlive it.
  static std::unique_ptr<Golden> make(const isa::Preset& preset, Memory& dram);
  virtual ~Golden() = default;

  // The administrator. A partition beyond the chip's memories is refused (girih::Error).
  virtual void set_partition(unsigned context, const Partition& partition) = 0;
  virtual void set_window(unsigned context, unsigned window, const Window& value) = 0;
  virtual void set_max_instr_cycles(std::uint64_t cycles) = 0;  ///< reset value 2^24

  // The tenant.
  virtual void set_ring(unsigned context, const Ring& ring) = 0;
  virtual void set_param(unsigned context, unsigned index, std::uint32_t value) = 0;
  virtual std::uint32_t param(unsigned context, unsigned index) const = 0;
  /// Free-running count of instructions made available.
  virtual void set_doorbell(unsigned context, std::uint32_t count) = 0;
  virtual void clear_fence_irq(unsigned context) = 0;
  virtual void reset(unsigned context) = 0;
  virtual Status status(unsigned context) const = 0;

  // Memories of the whole chip, by physical address. Bytes of DRAM are read through `dram`.
  virtual std::span<std::uint8_t> spm() = 0;
  virtual std::span<std::uint8_t> acc() = 0;
  /// Expected bytes of a run of a Destination, or as many of its first ones as lie together.
  virtual std::span<const std::uint8_t> view(Place place, std::uint64_t address,
                                             std::uint64_t length) = 0;

  using OnRetired =
      std::function<void(std::uint32_t index, const isa::Instruction&, const Destination&)>;

  /// Executes everything up to the doorbell, always the oldest instruction that can start: for
  /// legal programs that is ring order. Stops at an error, which is then in the status.
  virtual void run(unsigned context, const OnRetired& on_retired = {}) = 0;

  /// The other implementation has retired ring index `index` without an error. Instructions up to
  /// it are fetched, patched and validated in ring order, then it is executed. Throws Disagreement
  /// when it could not have retired now: it is in error, is overtaken by its engine's or frontend's
  /// order, or lacks a token.
  virtual Destination retired(unsigned context, std::uint32_t index) = 0;

  /// The other implementation has recorded an error. Throws Disagreement when the golden model can
  /// tell that it is not one, or another one. Returns what the instruction may have written in
  /// part; its golden bytes are the old ones (take the other's over, or leave them out of later
  /// comparisons).
  virtual Destination faulted(unsigned context, std::uint32_t index, isa::ErrorCode code,
                              std::uint32_t detail) = 0;

  /// The instruction as executed (patched) if it has been issued and has not retired; else as it
  /// lies in the ring.
  virtual isa::Instruction instruction(unsigned context, std::uint32_t index) = 0;
  /// instruction() as text.
  virtual std::string text(unsigned context, std::uint32_t index) = 0;
};

}  // namespace girih::golden
