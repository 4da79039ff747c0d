// SPDX-License-Identifier: Apache-2.0
//
// What a host does with a chip's registers (docs/host.md), by register accesses alone.
#pragma once

#include <cstdint>
#include <string>

#include "chip.h"
#include "golden/golden.h"
#include "runtime/device.h"

namespace girih::rtl::host {

void set_partition(ChipPorts& chip, unsigned context, const runtime::Partition& partition);
void set_window(ChipPorts& chip, unsigned context, unsigned window, const runtime::Window& value);
/// Ring registers; the context is enabled.
void set_ring(ChipPorts& chip, unsigned context, const runtime::Ring& ring);
runtime::Fault fault(ChipPorts& chip, unsigned context);
/// Low words first, which keeps the high ones.
runtime::Counters counters(ChipPorts& chip, unsigned context);
/// The first of the context's registers that is not what golden says, as "MACS is 3, expected 4";
/// empty when all are: RETIRED, MACS, STATUS, the error record, the fence interrupt.
std::string difference(ChipPorts& chip, unsigned context, const golden::Status& want);
/// Resets the context, awaits the end and enables it again. Throws girih::Error after `most`
/// cycles.
void reset(ChipPorts& chip, unsigned context, std::uint64_t most);

}  // namespace girih::rtl::host
