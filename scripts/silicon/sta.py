# SPDX-License-Identifier: Apache-2.0
"""Static timing with OpenSTA (Debian package opensta): the longest paths of a netlist, in source names.

Wires weigh nothing: the delays are those of the cells with their pins' load.
"""

import re
import shutil
import subprocess
from pathlib import Path

from yosys import SiliconError

PROGRAM = "sta"
# One line of a path: [delay] time edge pin (cell).
HOP = re.compile(r"^\s*(?:-?[\d.]+\s+)+[v^]\s+(\S+) \((\S+)\)$")
# How `rename -wire` names a flip-flop: for its output, and the cell's type (with a number).
FLIP_FLOP = re.compile(r"\\*DFF[A-Z0-9]*(?:_\d+)?$")


def source_name(pin: str, cell: str = "") -> str:
    """`u_x/count_q[3]\\DFFPOSX1/D` is `u_x.count_q[3]`; a memory's pin keeps its name."""
    path, _, last = pin.rpartition("/")
    if not path:
        name = pin
    elif cell.startswith("girih_ram_"):
        name = pin
    else:
        name = FLIP_FLOP.sub("", path)
    return name.replace("\\", "").replace("/", ".")


def parse(text: str) -> list[dict]:
    """The paths of `report_checks -format full` between `@ <period>` lines, longest first."""
    period, paths = 0.0, []
    for part in re.split(r"(?m)^(?=Startpoint:)", text):
        for found in re.findall(r"(?m)^@ ([\d.]+)$", part[:200] if not paths else ""):
            period = float(found)
        if not part.startswith("Startpoint:"):
            continue
        slack = re.search(r"(-?[\d.]+)\s+slack", part)
        if not slack:
            continue
        arrival = part.split("data arrival time")[0]
        hops = [match.groups() for match in map(HOP.match, arrival.splitlines()) if match]
        cells = [cell for _, cell in hops if cell not in ("in", "out")]
        blocks = []
        for pin, _ in hops:
            block = pin.split("/")[0] if pin.count("/") > 1 else ""
            if block and block not in blocks[-1:]:
                blocks.append(block)
        paths.append({"delay_ns": round(period - float(slack.group(1)), 3),
                      "from": source_name(*hops[0]), "to": source_name(*hops[-1]),
                      "cells": len(cells), "through": cells, "blocks": blocks})
    return sorted(paths, key=lambda path: -path["delay_ns"])


def run(script: list[str], log: Path, label: str) -> str:
    """Runs the commands; returns what they printed. A warning is an error: nothing is ignored."""
    if shutil.which(PROGRAM) is None:
        raise SiliconError("OpenSTA (`sta`) is not installed: `make setup` installs the Debian package "
                           "opensta")
    tcl = log.with_suffix(".tcl")
    tcl.write_text("\n".join(script + ["exit"]) + "\n")
    child = subprocess.run([PROGRAM, "-no_init", "-no_splash", "-exit", str(tcl.resolve())],
                           capture_output=True, text=True, cwd=log.parent, stdin=subprocess.DEVNULL)
    text = child.stdout + child.stderr
    log.write_text(text)
    bad = [line for line in text.splitlines() if re.match(r"(Warning|Error)", line)]
    if child.returncode != 0 or bad:
        raise SiliconError(f"{label}: OpenSTA said: " + ("; ".join(bad[:5]) or text[-400:])
                           + f" (all of it: {log})")
    return text


def read(liberties: list[Path], netlists: list[Path], top: str) -> list[str]:
    return ([f"read_liberty {{{path.resolve()}}}" for path in liberties]
            + [f"read_verilog {{{path.resolve()}}}" for path in netlists] + [f"link_design {top}"])


def report(period: float, count: int) -> list[str]:
    return [f"puts \"@ {period}\"",
            f"report_checks -path_delay max -format full -digits 3 -group_count {count} "
            "-sort_by_slack"]


def block_paths(liberties: list[Path], netlist: Path, top: str, clock: str, log: Path,
                count: int = 5) -> list[dict]:
    """The longest paths of a block alone; its ports count as registers at its border."""
    period = 1000.0
    script = read(liberties, [netlist], top) + [
        f"create_clock -name clk -period {period} [get_ports {clock}]",
        "set ins {}",
        "foreach port [all_inputs] { if {[get_name $port] != \"" + clock + "\"} { lappend ins $port } }",
        "set_input_delay 0 -clock clk $ins", "set_output_delay 0 -clock clk [all_outputs]",
        "set_input_transition 0.2 [all_inputs]", "set_load 0.05 [all_outputs]"]
    return parse(run(script + report(period, count), log, f"timing of {top}"))


def chip_paths(liberties: list[Path], netlists: list[Path], top: str, sdc: Path, period: float,
               log: Path, count: int = 5) -> list[dict]:
    """The longest paths of the chip under its constraints."""
    script = read(liberties, netlists, top) + [f"set clock_period {period}", f"source {{{sdc.resolve()}}}"]
    return parse(run(script + report(period, count), log, f"timing of {top}"))
