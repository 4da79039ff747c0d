# SPDX-License-Identifier: Apache-2.0
"""Puts registers around a mapped block, so that it can be placed alone: its paths are its own, its ports
cost no pins.

    serial in --> [in 0] --> [in 1] --> ... --+
                     |          |             |        every input of the block is one register of the
                   block inputs ...           |        chain; every output ends in a register of its own,
                                              |        and a second chain shifts those out
    block outputs --> [capture] --> mux --> [out n] --> serial out
                                    load

Works on Yosys' JSON netlist (one flat module of ECP5 cells): the netlist that is placed is the one that
was synthesised, cell for cell. The clock stays a port; the reset is an input like any other.
"""

import json
from pathlib import Path

CLOCK = "clk_i"
SERIAL_IN, SERIAL_OUT, LOAD = "wrap_in", "wrap_out", "wrap_load"
FF = {"CEMUX": "1 ", "CLKMUX": "CLK", "GSR": "DISABLED", "LSRMUX": "LSR", "REGSET": "RESET"}
MUX = f"{0b1100_1010_1100_1010:016b}"                    # Z = C ? B : A


def top_of(design: dict) -> tuple[str, dict]:
    """The module that has the attribute `top`."""
    for name, module in design["modules"].items():
        if int(module["attributes"].get("top", "0"), 2):
            return name, module
    raise ValueError("the netlist names no top module")


def _cell(kind: str, parameters: dict, inputs: dict, outputs: dict) -> dict:
    directions = {port: "input" for port in inputs} | {port: "output" for port in outputs}
    return {"hide_name": 0, "type": kind, "parameters": parameters,
            "attributes": {"src": "wrapper"}, "port_directions": directions,
            "connections": {port: [bit] for port, bit in (inputs | outputs).items()}}


class _Wrapper:
    def __init__(self, module: dict):
        self.module = module
        self.next_bit = 1 + max(bit for net in module["netnames"].values()
                                for bit in net["bits"] if isinstance(bit, int))

    def net(self, name: str) -> int:
        bit = self.next_bit
        self.next_bit += 1
        self.module["netnames"][name] = {"hide_name": 0, "bits": [bit], "attributes": {}}
        return bit

    def ff(self, name: str, clock: int, data, output: int) -> None:
        self.module["cells"][name] = _cell("TRELLIS_FF", FF, {"CLK": clock, "DI": data, "LSR": "0"},
                                           {"Q": output})

    def mux(self, name: str, select: int, zero, one) -> int:
        output = self.net(name)
        self.module["cells"][name] = _cell(
            "LUT4", {"INIT": MUX}, {"A": zero, "B": one, "C": select, "D": "0"}, {"Z": output})
        return output


def wrap(design: dict) -> dict:
    """Changes the top module of `design`; its ports become the clock and three serial ones."""
    _, module = top_of(design)
    ports = module["ports"]
    if CLOCK not in ports:
        raise ValueError(f"the block has no port {CLOCK}: only clocked blocks can be placed alone")
    wrapper = _Wrapper(module)
    clock = ports[CLOCK]["bits"][0]
    load = wrapper.net(LOAD)
    previous = serial_in = wrapper.net(SERIAL_IN)
    for name, port in ports.items():
        if port["direction"] == "input" and name != CLOCK:
            for index, bit in enumerate(port["bits"]):
                wrapper.ff(f"wrap.{name}[{index}]", clock, previous, bit)
                previous = bit
    for name, port in ports.items():
        if port["direction"] == "output":
            for index, bit in enumerate(port["bits"]):
                captured = wrapper.net(f"wrap.{name}[{index}]_captured")
                shifted = wrapper.net(f"wrap.{name}[{index}]_shifted")
                wrapper.ff(f"wrap.{name}[{index}]", clock, bit, captured)
                chosen = wrapper.mux(f"wrap.{name}[{index}]_mux", load, previous, captured)
                wrapper.ff(f"wrap.{name}[{index}]_out", clock, chosen, shifted)
                previous = shifted
    module["ports"] = {
        CLOCK: {"direction": "input", "bits": [clock]},
        SERIAL_IN: {"direction": "input", "bits": [serial_in]},
        LOAD: {"direction": "input", "bits": [load]},
        SERIAL_OUT: {"direction": "output", "bits": [previous]},
    }
    return design


def wrap_file(source: Path, target: Path) -> None:
    """Reads a netlist, writes it wrapped."""
    target.write_text(json.dumps(wrap(json.loads(source.read_text()))))
