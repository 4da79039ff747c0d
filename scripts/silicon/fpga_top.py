# SPDX-License-Identifier: Apache-2.0
"""girih_fpga_top around the chip's netlist."""

from pathlib import Path
NETLIST = "fpga.json"
def files(): return []
def join(source, work): raise SystemExit("not yet")
