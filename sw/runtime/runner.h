// SPDX-License-Identifier: Apache-2.0
//
// A compiled program on a device: memory, windows, ring; then one inference after the other.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "compiler/program/program.h"
#include "runtime/device.h"
#include "runtime/feeder.h"

namespace girih::runtime {

/// Where a context's program lives: its slice of DRAM and of the chip.
struct Place {
  unsigned context = 0;
  std::uint64_t dram = 0x1000'0000;  ///< first byte; a multiple of 4 KiB
  std::uint32_t spm_base = 0, acc_base = 0;
};

class Runner {
 public:
  /// Writes constants and sets partition, windows and ring. Throws girih::Error when the program
  /// was compiled for another preset or does not fit.
  Runner(Device& device, const compiler::Program& program, const Place& place = {});

  /// Bytes of DRAM it occupies, from Place::dram on.
  std::uint64_t dram_bytes() const { return ring_address_ + ring_bytes_ - place_.dram; }

  /// Puts the bytes of input `port` (see compiler::to_workspace) into the workspace.
  void set_input(std::size_t port, std::span<const std::uint8_t> bytes);
  /// Runs the whole program. Throws girih::Error naming instruction, layer and error when the
  /// context faults.
  void run();
  std::vector<std::uint8_t> output(std::size_t port);

  /// `Conv "conv1", instruction 17 of the program`, for reports.
  std::string place(std::uint32_t ring_index) const;
  /// The same with the instruction's text.
  std::string name(std::uint32_t ring_index) const;

 private:
  Device& device_;
  const compiler::Program& program_;
  const Place place_;
  std::uint64_t constants_address_, workspace_address_, ring_address_, ring_bytes_;
  std::optional<Feeder> feeder_;
};

}  // namespace girih::runtime
