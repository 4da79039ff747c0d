# SPDX-License-Identifier: Apache-2.0
"""girih_fpga_top around the chip's netlist: the surroundings are mapped, the chip is put in as it is."""

import re
from pathlib import Path

from mapping import MUX_MAP, mapping_passes
from yosys import ROOT, TOP, Source, run

FPGA_TOP = "girih_fpga_top"
NETLIST = "fpga.json"                          # in the folder of the chip's netlist.json


def files() -> list[Path]:
    """The RTL around the chip."""
    file_list = ROOT / "rtl" / "fpga" / "fpga.f"
    lines = (line.split("#")[0].strip() for line in file_list.read_text().splitlines())
    return [file_list.parent / line for line in lines if line]


def join(source: Source, work: Path) -> None:
    """Writes fpga.json: the surroundings with netlist.json, both in `work`, as one flat module."""
    around = Source(source.preset, source.generated, work, [*source.files, *files()])
    (work / MUX_MAP.name).write_text(MUX_MAP.read_text())
    label = f"{source.preset.lower()}, around the chip"
    read = around.read(FPGA_TOP, f"--blackboxed-module {TOP}")
    run([read, f"dump -o chip_cell.il t:{TOP}"], work / "fpga.log", work, label)
    parameters = re.findall(r"parameter \\(\w+)", (work / "chip_cell.il").read_text())
    passes = [
        read,
        "setparam " + " ".join(f"-unset {name}" for name in parameters) + f" t:{TOP}",   # netlists have none
        f"hierarchy -check -top {FPGA_TOP}", *mapping_passes(FPGA_TOP),
        "delete =A:blackbox =A:whitebox", "read_json netlist.json", f"setattr -mod -unset top {TOP}",
        "delete =A:blackbox =A:whitebox",
        "read_verilog -lib -specify +/lattice/cells_sim_ecp5.v +/lattice/cells_bb_ecp5.v",
        "blackbox =A:whitebox",
        f"hierarchy -check -top {FPGA_TOP}", "flatten -noscopeinfo", "delete t:$scopeinfo",
        "opt_clean", f"hierarchy -check -top {FPGA_TOP}", "check -mapped -noinit -assert", "stat",
        f"write_json {NETLIST}"]
    run(passes, work / "fpga.log", work, label)
