// SPDX-License-Identifier: Apache-2.0
//
// The Verilated chip lives in shared libraries, one per preset and flavour, so that one
// command-line program runs them all and none is built that nobody asked for:
//
//   girih_rtl_<preset>.so        assertions on
//   girih_rtl_<preset>_fast.so   assertions off, for unchecked runs and benchmarks
//   girih_rtl_<preset>_trace.so  assertions on, waveforms
//   girih_netlist_<preset>.so    the netlist, mapped for an FPGA (docs/silicon.md)
//
// They live in <build>/lib. Each exports girih_make_rtl_device, or girih_make_netlist_device.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "runtime/device.h"

namespace girih::runtime {

struct RtlOptions {
  bool check_tiles = true;      ///< lockstep with the golden model
  bool check_end = false;       ///< netlist: golden's records and DRAM at the end of each run alone
  std::uint32_t seed = 1;       ///< start-up contents, stalls
  double stalls = 0;            ///< probability per cycle and AXI channel
  unsigned read_latency = 100;  ///< cycles; reads and writes share the bus, one beat a cycle
  std::string reproduce;        ///< command line that a mismatch report repeats
  std::string waves;            ///< FST file of the trace flavour; empty: none
  std::uint64_t waves_from = 0, waves_to = 0;  ///< cycles
  std::uint64_t hang_cycles = 5'000'000;  ///< cycles without a retirement after which run() throws
};

/// Loads the library for `preset` and makes a device. `flavour` is "", "fast" or "trace".
/// Throws girih::Error saying which `make` target builds a library that is not there.
std::unique_ptr<Device> make_rtl_device(const isa::Preset& preset, const std::string& flavour,
                                        const RtlOptions& options);

/// The same for the netlist of `preset`; it has no flavours and no waveforms.
std::unique_ptr<Device> make_netlist_device(const isa::Preset& preset, const RtlOptions& options);

/// Seconds that the MAC array alone (girih_array_<preset>.so) takes for `cycles` busy cycles.
double run_bare_array(const isa::Preset& preset, std::uint64_t cycles);

}  // namespace girih::runtime

/// Exported by the libraries. Ownership passes to the caller; throws girih::Error.
extern "C" girih::runtime::Device* girih_make_rtl_device(const girih::runtime::RtlOptions* options);
extern "C" girih::runtime::Device* girih_make_netlist_device(
    const girih::runtime::RtlOptions* options);

/// Exported by girih_array_<preset>.so: simulates that many cycles, returns a checksum of the
/// results.
extern "C" std::uint64_t girih_run_array(std::uint64_t cycles);
