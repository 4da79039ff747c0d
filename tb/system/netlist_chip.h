// SPDX-License-Identifier: Apache-2.0
//
// The mapped netlist on the same bench as the RTL: its ports are all that can be seen of it.
#pragma once

#include <memory>

#include "chip.h"

namespace girih::rtl {

class NetlistChip : public ChipPorts {
 public:
  /// Inverts an entry of one lookup table, number 1 and up of the model's list of breaks; 0: none.
  virtual void break_table(unsigned number) = 0;
};

/// The netlist that this library or program was linked with.
std::unique_ptr<NetlistChip> make_netlist_chip(const ChipOptions& options);

}  // namespace girih::rtl
