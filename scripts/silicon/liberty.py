# SPDX-License-Identifier: Apache-2.0
"""The standard cells of the ASIC flow, and a library of the memory macros that it leaves out.

The cells are osu018 (0.18 um, 1.8 V, typical), installed by scripts/setup.sh. What takes the place of a
prim_ram_1r1w is a macro that nobody has made: its area is not counted (its bits are), its timing is the
assumption below, so that paths into and out of memories are seen at all.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from yosys import ROOT, SiliconError

CELLS = ROOT / ".tools/liberty/osu018_stdcells.lib"
NAND2 = "NAND2X1"
BUFFER = "BUFX4"
# The library says 0; the cell's layout is 5.6 um by 10 um.
AREAS = {"LATCH": 56.0}

# Assumed of a compiled memory in this process: from the clock to data, set-up, ns; a pin's load, pF.
RAM_ACCESS_NS = 2.0
RAM_SETUP_NS = 0.4
RAM_PIN_PF = 0.02


@dataclass(frozen=True)
class Ram:
    """A shape of prim_ram_1r1w and its ports: (name, direction, width)."""
    width: int
    words: int
    lanes: int
    ports: tuple[tuple[str, str, int], ...]

    @property
    def name(self) -> str:
        return f"girih_ram_{self.words}x{self.width}" + (f"_{self.lanes}" if self.lanes > 1 else "")

    @property
    def bits(self) -> int:
        return self.width * self.words


class Library:
    """Areas and kinds of the cells in a Liberty file."""

    def __init__(self, path: Path = CELLS):
        if not path.exists():
            raise SiliconError(f"no standard cells in {path}: `make setup` fetches them (it needs a "
                               "Debian with network; .tools/liberty.log says what went wrong)")
        self.path = path
        text = path.read_text()
        self.sha256 = hashlib.sha256(text.encode()).hexdigest()
        self.name = re.search(r"library\s*\((\w+)\)", text).group(1)
        self.area, self.flip_flops, self.latches = {}, set(), set()
        for name, body in re.findall(r"\n\s*cell\s*\(\"?(\w+)\"?\)\s*\{(.*?)(?=\n\s*cell\s*\(|\Z)", text,
                                     re.DOTALL):
            found = re.search(r"\barea\s*:\s*([\d.]+)", body)
            self.area[name] = AREAS.get(name, float(found.group(1)) if found else 0.0)
            if re.search(r"\bff\s*\(", body):
                self.flip_flops.add(name)
            if re.search(r"\blatch\s*\(", body):
                self.latches.add(name)
        self.nand2 = self.area[NAND2]

    def count(self, cells: dict[str, int]) -> dict:
        """Area and kinds of `cells` (type to number); what the library does not know raises."""
        unknown = sorted(set(cells) - set(self.area))
        if unknown:
            raise SiliconError(f"cells that are not in {self.name}: {', '.join(unknown)}")
        area = sum(self.area[name] * number for name, number in cells.items())
        return {"ge": round(area / self.nand2), "area_um2": round(area),
                "cells": sum(cells.values()),
                "ff": sum(number for name, number in cells.items() if name in self.flip_flops),
                "latch": sum(number for name, number in cells.items() if name in self.latches)}


def _pins(port: tuple[str, str, int]) -> str:
    name, direction, width = port
    if name == "clk_i":
        return f"  pin (clk_i) {{ direction : input; clock : true; capacitance : {RAM_PIN_PF}; }}\n"
    if direction == "output":
        edges = "".join(f"{kind} (scalar) {{ values (\"{value}\"); }} " for kind, value in (
            ("cell_rise", RAM_ACCESS_NS), ("cell_fall", RAM_ACCESS_NS),
            ("rise_transition", 0.2), ("fall_transition", 0.2)))
        body = ("direction : output; max_capacitance : 1.0; timing () { related_pin : \"clk_i\"; "
                f"timing_type : rising_edge; {edges}}}")
    else:
        arcs = "".join(
            f"timing () {{ related_pin : \"clk_i\"; timing_type : {kind}_rising; "
            f"rise_constraint (scalar) {{ values (\"{value}\"); }} "
            f"fall_constraint (scalar) {{ values (\"{value}\"); }} }} "
            for kind, value in (("setup", RAM_SETUP_NS), ("hold", 0.0)))
        body = f"direction : input; capacitance : {RAM_PIN_PF}; {arcs}"
    # A bus of one bit stays a plain pin, as the netlist has it.
    if width == 1:
        return f"  pin ({name}) {{ {body} }}\n"
    return f"  bus ({name}) {{ bus_type : bus{width}; {body} }}\n"


def ram_library(rams: list[Ram]) -> str:
    """A Liberty file of black boxes for these memories."""
    widths = sorted({width for ram in rams for _, _, width in ram.ports if width > 1})
    types = "".join(f"type (bus{w}) {{ base_type : array; data_type : bit; bit_width : {w}; "
                    f"bit_from : {w - 1}; bit_to : 0; downto : true; }}\n" for w in widths)
    cells = "".join(f"cell ({ram.name}) {{\n  area : 0;\n  is_macro_cell : true;\n  dont_touch : true;\n"
                    + "".join(_pins(port) for port in ram.ports) + "}\n" for ram in rams)
    return ("library (girih_rams) {\ndelay_model : table_lookup;\ntime_unit : \"1ns\";\n"
            "voltage_unit : \"1V\";\ncurrent_unit : \"1uA\";\npulling_resistance_unit : \"1kohm\";\n"
            "capacitive_load_unit (1,pf);\n"
            + "".join(f"{what}_threshold_pct_{edge} : {value};\n" for edge in ("rise", "fall")
                      for what, value in (("input", 50), ("output", 50), ("slew_lower", 20), ("slew_upper", 80)))
            + "nom_voltage : 1.8;\nnom_temperature : 25;\nnom_process : 1;\n"
            + types + cells + "}\n")
