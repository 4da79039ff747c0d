# SPDX-License-Identifier: Apache-2.0
"""Longest paths of a mapped netlist before placement: delays of the cells of an LFE5U-6, and for every wire
between slices the same allowance. The numbers are those that nextpnr has for speed grade 6 (its SDF file).

Good for finding what is long and why; placement decides the rest.
"""

import re
from collections import defaultdict
from math import log2

from netlist import Netlist
from source_names import Names, stem, variable

WIRE, FANOUT = 0.8, 0.08                         # ns: a wire, and for every doubling of its ends
CLOCK_TO_Q = {"TRELLIS_FF": 0.525, "DP16KD": 5.73, "PDPW16KD": 5.73}
SETUP = {"DP16KD": 0.25, "PDPW16KD": 0.25, "TRELLIS_DPR16X4": 0.39}
LUT, MUX_DATA, MUX_SELECT, PRODUCT = 0.236, 0.165, 0.256, 3.927
CARRY_IN, CARRY, CARRY_OUT = 0.447, 0.071, 0.443
CLOCKS = {"CLK", "CLKA", "CLKB", "CLKW", "CLKR", "WCK", "CLK0", "CLK1", "CLK2", "CLK3"}

# Pins that the neighbour's output reaches inside a slice, without a wire.
INSIDE = {("PFUMX", "ALUT"), ("PFUMX", "BLUT"), ("L6MUX21", "D0"), ("L6MUX21", "D1"), ("CCU2C", "CIN")}


def _arcs(kind: str, output: str) -> dict[str, float] | None:
    """Delay from each input to an output of a combinational cell; None: the output is clocked."""
    if kind == "LUT4":
        return dict.fromkeys("ABCD", LUT)
    if kind == "PFUMX":
        return {"ALUT": MUX_DATA, "BLUT": MUX_DATA, "C0": MUX_SELECT}
    if kind == "L6MUX21":
        return {"D0": MUX_DATA, "D1": MUX_DATA, "SD": MUX_SELECT}
    if kind == "CCU2C":
        low, high = dict.fromkeys(("A0", "B0", "C0", "D0"), LUT), dict.fromkeys(("A1", "B1", "C1", "D1"), LUT)
        if output == "S0":
            return {**low, "CIN": CARRY_OUT}
        if output == "S1":
            return {**dict.fromkeys(low, CARRY_IN + LUT), **high, "CIN": CARRY_OUT}
        return {**dict.fromkeys([*low, *high], CARRY_IN), "CIN": CARRY}
    if kind == "TRELLIS_DPR16X4":
        return {"RAD": LUT}
    if kind == "MULT18X18D":
        return {**{f"A{i}": PRODUCT for i in range(18)}, **{f"B{i}": PRODUCT for i in range(18)}}
    return None


def _told(name: str) -> str:
    """A net without its bit; a bit of a distributed RAM by the RAM's name."""
    return variable(re.sub(r"(\.\d+)+(_[A-Z]+\d*(_\d+)?)?$", "", name))


def _group(name: str) -> str:
    """The same for all bits, and for all instances of a loop."""
    return re.sub(r"\[\d+\]", "[]", _told(name))


class Timing:
    def __init__(self, netlist: Netlist):
        self.cells = netlist.cells
        self.names = Names(netlist.module)
        self.driver: dict[int, tuple[str, str]] = {}
        ends: dict[int, int] = defaultdict(int)
        inputs: dict[str, list[tuple[str, list]]] = {}
        for name, cell in self.cells.items():
            inputs[name] = []
            for port, bits in cell["connections"].items():
                if cell["port_directions"][port] == "output":
                    for bit in bits:
                        self.driver[bit] = (name, port)
                else:
                    inputs[name].append((port, bits))
                    for bit in bits:
                        ends[bit] += 1
        self.wire = {bit: WIRE + FANOUT * log2(count) for bit, count in ends.items()}
        self.wire.update(dict.fromkeys(("0", "1", "x", "z"), 0.0))
        self._arrive(inputs)
        self._collect(netlist, inputs)

    def _step(self, bit, kind: str, port: str) -> float:
        return 0.0 if (kind, port) in INSIDE else self.wire[bit]

    def _arrive(self, inputs) -> None:
        """Latest time of every net and the net that it came from, in the order of the logic."""
        fan_in: dict[int, list] = {}
        fan_out: dict[int, list] = defaultdict(list)
        waiting: dict[int, int] = {}
        self.time: dict = {"0": 0.0, "1": 0.0, "x": 0.0, "z": 0.0}
        self.came_from: dict[int, int] = {}
        for bit, (name, port) in self.driver.items():
            kind = self.cells[name]["type"]
            arcs = _arcs(kind, port)
            if arcs is None:
                self.time[bit] = CLOCK_TO_Q.get(kind, 0.0)
                continue
            edges = [(source, self._step(source, kind, pin) + arcs[pin])
                     for pin, bits in inputs[name] if pin in arcs for source in bits]
            fan_in[bit] = edges
            sources = {source for source, _ in edges if source in self.driver}
            waiting[bit] = len(sources)
            for source in sources:
                fan_out[source].append(bit)
        ready = [*[bit for bit in self.time if bit in self.driver],
                 *[bit for bit, count in waiting.items() if count == 0]]
        while ready:
            bit = ready.pop()
            if bit in fan_in:
                late, source = max(((self.time.get(source, 0.0) + delay, source)
                                    for source, delay in fan_in[bit]), default=(0.0, None),
                                   key=lambda edge: edge[0])
                self.time[bit] = late
                if source in self.driver or isinstance(source, int):
                    self.came_from[bit] = source
            for following in fan_out[bit]:
                waiting[following] -= 1
                if waiting[following] == 0:
                    ready.append(following)

        # Nets that wait for each other: a loop that no block has by itself.
        self.loop = sorted(self.names.of_bit.get(bit) or self.driver[bit][0]
                           for bit, count in waiting.items() if count > 0)

    def _collect(self, netlist: Netlist, inputs) -> None:
        """Where paths end: (time, net, cell or port, pin), latest first."""
        self.ends = []
        for name, cell in self.cells.items():
            kind = cell["type"]
            clocked = kind in CLOCK_TO_Q or kind == "TRELLIS_DPR16X4"
            for pin, bits in inputs[name] if clocked else ():
                if pin in CLOCKS or (kind == "TRELLIS_DPR16X4" and pin == "RAD"):
                    continue
                for bit in bits:
                    if bit in self.driver:
                        late = self.time.get(bit, 0.0) + self.wire[bit] + SETUP.get(kind, 0.0)
                        self.ends.append((late, bit, name, pin))
        for name, port in netlist.module["ports"].items():
            if port["direction"] != "input":
                self.ends += [(self.time.get(bit, 0.0), bit, None, name)
                              for bit in port["bits"] if bit in self.driver]
        self.ends.sort(key=lambda end: (-end[0], str(end[2]), end[3]))

    def _cell_name(self, cell: str) -> str:
        """A clocked cell by what it stores, else by its own name."""
        if "." in cell and re.search(r"(\.\d+)+$", cell):                       # a RAM, by its memory
            return re.sub(r"(\.\d+)+$", "", cell)
        for port in ("Q", "DO", *(f"DO{side}{i}" for side in "AB" for i in range(36))):
            for bit in self.cells[cell]["connections"].get(port, []):
                if bit in self.names.of_bit:
                    return self.names.of_bit[bit]
        return stem(cell) or cell

    def _where(self, cell: str) -> str:
        """The line of the source that a cell comes from: what stands next to the mapper's own files."""
        sources = self.cells[cell]["attributes"].get("src", "").split("|")
        if not sources[0].startswith(("rtl/", "gen/")):
            sources.reverse()
        written = [source for source in sources if source.startswith(("rtl/", "gen/"))]
        return re.sub(r"\.[\d.-]+$", "", written[-1]) if written else ""

    def describe(self, end: tuple) -> dict:
        late, bit, cell, pin = end
        nets = [bit]
        while nets[-1] in self.came_from:
            nets.append(self.came_from[nets[-1]])
        nets.reverse()
        first = self.driver.get(nets[0])
        through, levels, previous = [], 0, ("", "")
        for net in nets[1:]:
            name, port = self.driver[net]
            kind = self.cells[name]["type"]
            levels += not (kind == "CCU2C" and previous == ("CCU2C", "COUT")) and kind not in ("PFUMX", "L6MUX21")
            previous = (kind, port)
            told = _told(self.names.of_bit.get(net) or stem(name))
            where = self._where(name)
            told = f"{told} ({where})" if where else told
            if told and (not through or through[-1] != told):
                through.append(told)
        started = first is not None and self.cells[first[0]]["type"] in CLOCK_TO_Q
        return {"delay_ns": round(late, 2), "levels": levels,
                "from": self._cell_name(first[0]) if started else "port " + self.names.of_bit.get(nets[0], "?"),
                "to": f"{self._cell_name(cell)}" if cell else f"port {pin}", "to_port": pin if cell else "",
                "through": through}

    def longest(self, count: int) -> list[dict]:
        """The longest paths, one for each pair of variables (of a loop's instances together)."""
        found: dict[tuple, dict] = {}
        for end in self.ends:
            path = self.describe(end)
            key = (_group(path["from"]), _group(path["to"]))
            if key in found:
                found[key]["ends"] += 1
            elif len(found) == count:
                break
            else:
                found[key] = {**path, "ends": 1}
        return list(found.values())
