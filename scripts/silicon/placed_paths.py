# SPDX-License-Identifier: Apache-2.0
"""The longest paths of a placed design, from nextpnr's delays (SDF) and its netlist.

nextpnr itself tells one path. Here every register, RAM and product gets its latest arrival, the paths are
grouped by the variables that they lead from and to, and told in names of the source.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from source_names import Names, stem, variable

_DELAY = r"\([\d.]*:[\d.]*:([\d.]+)\)"
_WIRE = re.compile(rf"\(INTERCONNECT (\S+) (\S+) {_DELAY}")
_ARC = re.compile(rf"\(IOPATH (\S+) (\S+) {_DELAY}")
_SETUP = re.compile(rf"\(SETUPHOLD \(posedge (\S+)\) \(posedge \S+\) {_DELAY}")
_INSTANCE = re.compile(r"\(INSTANCE (.*?)\)\s*$")


@dataclass
class Delays:
    """What the SDF says, in ps; a pin is `cell/port`."""

    wires: dict[str, list] = field(default_factory=lambda: defaultdict(list))    # driver: [(pin, delay)]
    arcs: dict[str, list] = field(default_factory=lambda: defaultdict(list))     # input: [(output, delay)]
    starts: dict[str, float] = field(default_factory=dict)                       # clocked output: delay
    setups: dict[str, float] = field(default_factory=dict)                       # clocked input: set-up


def read_sdf(path: Path) -> Delays:
    delays = Delays()
    cell = ""
    with path.open() as lines:
        for line in lines:
            if "(IOPATH" in line:
                start, end, delay = _ARC.search(line).groups()
                if re.fullmatch(r"CLK[AB01]?|WCK|CLKW|CLKR", start):
                    pin = f"{cell}/{end}"
                    delays.starts[pin] = max(delays.starts.get(pin, 0), float(delay))
                else:
                    delays.arcs[f"{cell}/{start}"].append((f"{cell}/{end}", float(delay)))
            elif "(INTERCONNECT" in line:
                start, end, delay = _WIRE.search(line).groups()
                delays.wires[start.replace("\\", "")].append((end.replace("\\", ""), float(delay)))
            elif "(SETUPHOLD" in line:
                match = _SETUP.search(line)
                if match:
                    pin = f"{cell}/{match[1]}"
                    delays.setups[pin] = max(delays.setups.get(pin, 0), float(match[2]))
            elif "(INSTANCE" in line:
                match = _INSTANCE.search(line)
                cell = match[1].replace("\\", "") if match else ""
    return delays


def arrivals(delays: Delays) -> tuple[dict[str, float], dict[str, str]]:
    """Latest arrival at every pin behind a clocked output, and the pin that it came from."""
    edges = {pin: delays.wires.get(pin, []) + delays.arcs.get(pin, [])
             for pin in delays.wires.keys() | delays.arcs.keys()}
    waiting: dict[str, int] = defaultdict(int)
    reached = set(delays.starts)
    stack = list(delays.starts)
    while stack:
        for pin, _ in edges.get(stack.pop(), ()):
            waiting[pin] += 1
            if pin not in reached:
                reached.add(pin)
                stack.append(pin)
    time = dict(delays.starts)
    came_from: dict[str, str] = {}
    ready = [pin for pin in delays.starts if waiting[pin] == 0]
    while ready:
        pin = ready.pop()
        for following, delay in edges.get(pin, ()):
            arrival = time[pin] + delay
            if arrival > time.get(following, -1):
                time[following] = arrival
                came_from[following] = pin
            waiting[following] -= 1
            if waiting[following] == 0:
                ready.append(following)
    return time, came_from


class Paths:
    """Longest paths in names of the source. `placed`: nextpnr's netlist, `netlist`: Yosys' one."""

    def __init__(self, sdf: Path, placed: dict, netlist: dict):
        self.delays = read_sdf(sdf)
        self.time, self.came_from = arrivals(self.delays)
        self.names = Names(netlist)
        self.net_of_bit = {bit: net for net, entry in placed["netnames"].items() for bit in entry["bits"]}
        self.cells = placed["cells"]

    def name(self, pin: str) -> str:
        """Source name of what drives or takes `pin`; empty when nobody named it."""
        cell, port = pin.rsplit("/", 1)
        bits = self.cells.get(cell, {}).get("connections", {}).get(port, [])
        return self.names.source(self.net_of_bit.get(bits[0], "")) if bits else ""

    def site(self, cell: str) -> list[int]:
        """Column and row of the device where a cell was placed."""
        bel = self.cells.get(cell, {}).get("attributes", {}).get("NEXTPNR_BEL", "")
        match = re.match(r"X(\d+)/Y(\d+)/", bel)
        return [int(match[1]), int(match[2])] if match else []

    def _register(self, cell: str) -> str:
        for port in ("Q", "P0", "DOA0", "DOB0"):
            name = self.name(f"{cell}/{port}")
            if name:
                return name
        return stem(cell) or cell

    def trace(self, end: str) -> list[tuple[str, float]]:
        """(pin, arrival) from the clocked output to `end`."""
        pins = [end]
        while pins[-1] in self.came_from:
            pins.append(self.came_from[pins[-1]])
        return [(pin, self.time[pin] / 1000) for pin in reversed(pins)]

    def describe(self, end: str) -> dict:
        """One path: delay with set-up, from, to, the named nets on its way and its levels of logic."""
        trace = self.trace(end)
        hops, levels, last_cell, carry = [], 0, "", False
        sites: list[list[int]] = []
        for pin, arrival in trace:
            cell, port = pin.rsplit("/", 1)
            site = self.site(cell)
            if site and (not sites or sites[-1] != site):
                sites.append(site)
            is_carry = port in ("FCI", "FCO")
            if cell != last_cell and not (carry and is_carry):
                levels += 1
            last_cell, carry = cell, is_carry
            if pin in self.delays.wires or pin == trace[0][0]:
                name = self.name(pin)
                if name and (not hops or variable(hops[-1]["name"]) != variable(name)):
                    hops.append({"name": name, "at_ns": round(arrival, 2)})
        start_cell = trace[0][0].rsplit("/", 1)[0]
        end_cell = end.rsplit("/", 1)[0]
        total = trace[-1][1] + self.delays.setups[end] / 1000
        start, stop = self.name(trace[0][0]) or self._register(start_cell), self._register(end_cell)
        return {"delay_ns": round(total, 2), "from": start, "from_source": self.names.where(start),
                "to": stop, "to_port": end.rsplit("/", 1)[1], "to_source": self.names.where(stop),
                "levels": levels - 2, "hops": hops, "sites": sites}

    def longest(self, count: int) -> list[dict]:
        """The longest paths, one for each pair of variables, longest first."""
        ends = sorted((pin for pin in self.delays.setups if pin in self.time),
                      key=lambda pin: -(self.time[pin] + self.delays.setups[pin]))
        found: dict[tuple, dict] = {}
        for end in ends:
            path = self.describe(end)
            key = (variable(path["from"]), variable(path["to"]))
            if key in found:
                found[key]["ends"] += 1
            elif len(found) == count:
                break
            else:
                found[key] = {**path, "ends": 1}
        return list(found.values())
