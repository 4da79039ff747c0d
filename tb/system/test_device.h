// SPDX-License-Identifier: Apache-2.0
//
// What the tests of this folder run on: the RTL, or the netlist (compiled with GIRIH_NETLIST).
#pragma once

#ifdef GIRIH_NETLIST
#include "netlist_device.h"
#else
#include "rtl_device.h"
#endif

namespace girih::rtl {

#ifdef GIRIH_NETLIST
using TestDevice = NetlistDevice;
#else
using TestDevice = RtlDevice;
#endif

}  // namespace girih::rtl
