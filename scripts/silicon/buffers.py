# SPDX-License-Identifier: Apache-2.0
"""Buffer trees for the outputs of flip-flops and memories and for inputs with many sinks.

The mapper sizes and buffers what lies between registers; it takes what drives its inputs as given, and
an enable of a thousand registers would stand there as one net. A tree costs its area and its delay, as a
layout would add it. Works on Yosys' JSON, between mapping and writing the netlist.
"""

import json
from collections import defaultdict
from pathlib import Path

CLOCK_PINS = {"CLK", "clk_i"}


def _sinks(module: dict) -> dict[int, list[tuple[list, int]]]:
    """Where each net goes: the lists of bits that name it, and the place in them. Clock pins do not count."""
    sinks = defaultdict(list)
    for cell in module["cells"].values():
        for pin, bits in cell["connections"].items():
            if cell["port_directions"][pin] != "output" and pin not in CLOCK_PINS:
                for place, bit in enumerate(bits):
                    if isinstance(bit, int):
                        sinks[bit].append((bits, place))
    return sinks


def add_trees(path: Path, name: str, buffer: str, most: int) -> int:
    """Gives every net at most `most` sinks; returns the number of buffers that this took."""
    design = json.loads(path.read_text())
    module = design["modules"][name]
    free = 1 + max((bit for entry in module["netnames"].values() for bit in entry["bits"]
                    if isinstance(bit, int)), default=1)
    count = 0
    for net, places in sorted(_sinks(module).items()):
        while len(places) > most:
            above = []
            for start in range(0, len(places), most):
                for bits, place in places[start:start + most]:
                    bits[place] = free
                inputs = [net]
                module["cells"][f"tree_{net}_{count}"] = {
                    "hide_name": 0, "type": buffer, "parameters": {}, "attributes": {},
                    "port_directions": {"A": "input", "Y": "output"},
                    "connections": {"A": inputs, "Y": [free]}}
                module["netnames"][f"tree_{net}_{count}_y"] = {"hide_name": 1, "bits": [free],
                                                               "attributes": {}}
                above.append((inputs, 0))
                free += 1
                count += 1
            places = above
    path.write_text(json.dumps(design))
    return count
