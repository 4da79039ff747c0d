# SPDX-License-Identifier: Apache-2.0
"""Puts the models of rtl/fpga/ecp5_cells under the cells of a mapped netlist.

The models' parameters are text in part, which only the SystemVerilog front end understands. So each
combination of a cell and its parameters that occurs is elaborated once, and the netlist's cells become
instances of what came out.
"""

import re
from pathlib import Path

from yosys import ROOT, SiliconError

MODELS = ROOT / "rtl/fpga/ecp5_cells"
ZOO = "cell_zoo"
CELL = re.compile(r"^  cell \\(\S+) (\S+)\n((?:    parameter .*\n)*)", re.MULTILINE)
PARAMETER = re.compile(r"    parameter \\(\S+) (.*)\n")


def models() -> dict[str, Path]:
    return {path.stem: path for path in sorted(MODELS.glob("*.sv"))}


def _constant(text: str) -> str:
    """A constant of Yosys' text format in SystemVerilog."""
    bits = re.fullmatch(r"(\d+)'([01xz]+)", text)
    if bits:
        return f"{bits[1]}'b{bits[2]}"
    if re.fullmatch(r'"[^"\\]*"|\d+', text):
        return text
    raise SiliconError(f"parameter {text} of a cell is neither bits nor text")


def with_models(netlist: Path, top: str, folder: Path, cwd: Path) -> list[str]:
    """Passes (run in `cwd`) that read a mapped netlist (its other modules are there) with models."""
    known = models()
    kinds: dict[tuple[str, str], str] = {}

    def instance(cell: re.Match) -> str:
        if cell[1] not in known:
            return cell[0]
        kind = kinds.setdefault((cell[1], cell[3]), f"{cell[1]}${ZOO}.c{len(kinds)}")
        return f"  cell \\{kind} {cell[2]}\n"

    (folder / "cells.il").write_text(CELL.sub(instance, netlist.read_text()))
    lines = [f"module {ZOO};"]
    for (name, parameters), kind in kinds.items():
        values = ", ".join(f".{parameter}({_constant(value)})"
                           for parameter, value in PARAMETER.findall(parameters))
        lines.append(f"  {name} #({values}) {kind.rsplit('.', 1)[1]} ();")
    (folder / "zoo.sv").write_text("\n".join([*lines, "endmodule", ""]))
    work = folder.relative_to(cwd)
    files = " ".join(str(known[name]) for name in sorted({name for name, _ in kinds}))
    zoo = [f"read_slang --keep-hierarchy -DSYNTHESIS --top {ZOO} {work}/zoo.sv {files}", f"delete {ZOO}",
           "proc", "simplemap", "opt_expr", "opt_clean"]            # tables lose what is constant in them
    return [*(zoo if kinds else []), f"read_rtlil {work}/cells.il", f"hierarchy -check -top {top}"]
