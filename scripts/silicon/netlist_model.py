#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a mapped ECP5 netlist as Verilog that Verilator compiles in minutes and simulates fast.

Nothing is left out or optimised: net for net and cell for cell it is the netlist. But a hundred thousand
instances take Verilator a quarter of an hour, so the small cells are written as the statements that
their models in rtl/fpga/ecp5_cells stand for: LUT4, PFUMX, L6MUX21 and CCU2C as expressions, flip-flops
with the same clock, enable and reset in one process, distributed memories with the same addresses
side by side, multipliers as products. Block RAMs, and cells in a mode that is not written out here,
are instances of the models. The cells' unit test compares this text with the models.

  netlist_model.py NETLIST.json --out MODEL.v [--breaks 4 --seed 1]

--breaks N adds an input break_i: value k > 0 inverts one entry of one LUT's table, which shows whether
tests would see a broken netlist. N lookup tables of every instance in the top are chosen by the seed
and listed in MODEL.breaks.json.
"""

import argparse
import json
import random
import re
import sys
from collections import defaultdict
from pathlib import Path

from lut_text import lut

MUX = 0xCACA                                       # C ? B : A
WIDEST = 64                                        # bits of a memory word: one machine word


class NetlistError(Exception):
    """What is wrong with the netlist, in one sentence."""


class Writer:
    def __init__(self, module: dict, breaks: dict[str, tuple[int, int]]):
        self.module = module
        self.breaks = breaks                       # cell: (number, entry of its table)
        self.names: list[str] = []                 # of all nets
        self.body: list[str] = []
        self.flipflops: dict[tuple, list] = defaultdict(list)
        self.memories: dict[tuple, list] = defaultdict(list)
        self.count: dict[str, int] = defaultdict(int)

    # ------------------------------------------------------------ nets
    def net(self, bit) -> str:
        if isinstance(bit, int):
            return f"n{bit}"
        if bit in "01":
            return f"1'b{bit}"
        return "undefined"                         # the mapper's x: whatever the seed makes of it

    def pins(self, cell: dict, pin: str, default: str = "0") -> list[str]:
        return [self.net(bit) for bit in cell["connections"].get(pin, [default])]

    def pin(self, cell: dict, pin: str, default: str = "0") -> str:
        return self.pins(cell, pin, default)[0]

    def drive(self, cell: dict, pin: str, value: str) -> None:
        """A wire for the output `pin`, when it is connected."""
        for bit in cell["connections"].get(pin, [])[:1]:
            self.wire(self.net(bit), value)

    def wire(self, name: str, value: str = "") -> None:
        self.names.append(name)
        if value:
            self.body.append(f"  assign {name} = {value};")

    def bus(self, names: list[str]) -> str:
        """A concatenation, first name lowest."""
        return "{" + ", ".join(reversed(names)) + "}"

    # ------------------------------------------------------------ cells
    def lut4(self, name: str, cell: dict) -> None:
        inputs = [self.pin(cell, pin) for pin in "ABCD"]
        value = lut(int(cell["parameters"].get("INIT", "0"), 2), inputs)
        if name in self.breaks:
            number, entry = self.breaks[name]
            value += f" ^ (break_i == 16'd{number} & {self.bus(inputs)} == 4'd{entry})"
        self.drive(cell, "Z", value)

    def mux(self, cell: dict, zero: str, one: str, select: str) -> None:
        self.drive(cell, "Z", lut(MUX, [self.pin(cell, zero), self.pin(cell, one),
                                        self.pin(cell, select), "1'b0"]))

    def ccu2c(self, name: str, cell: dict) -> bool:
        p = cell["parameters"]
        cut = [p.get(f"INJECT1_{i}", "YES") == "YES" for i in (0, 1)]
        carry = self.pin(cell, "CIN")
        unit = f"c{self.count['CCU2C']}"
        for i in (0, 1):
            inputs = [self.pin(cell, f"{pin}{i}") for pin in "ABCD"]
            table = int(p.get(f"INIT{i}", "0"), 2)
            propagate = f"{unit}_p{i}"
            self.wire(propagate, lut(table, inputs))
            generate = "1'b0" if cut[i] else lut(table, inputs[:2] + ["1'b0", "1'b0"])
            self.drive(cell, f"S{i}", propagate if cut[i] else f"{propagate} ^ {carry}")
            out = f"{propagate} & {carry} | ~{propagate} & {generate}"
            if i == 0:
                self.wire(f"{unit}_c", out)
                carry = f"{unit}_c"
            else:
                self.drive(cell, "COUT", out)
        return True

    def flipflop(self, name: str, cell: dict) -> bool:
        p = {key: value.strip() for key, value in cell["parameters"].items()}
        mode = p.get("SRMODE", "LSR_OVER_CE")
        if p.get("LSRMODE", "LSR") != "LSR" or mode == "CE_OVER_LSR" or not cell["connections"].get("Q"):
            return False
        enable = {"1": "1'b1", "0": "1'b0"}.get(p.get("CEMUX", "CE"), self.pin(cell, "CE"))
        if p.get("CEMUX", "CE") == "INV":
            enable = f"~{enable}"
        reset = ("~" if p.get("LSRMUX") == "INV" else "") + self.pin(cell, "LSR")
        edge = "negedge" if p.get("CLKMUX") == "INV" else "posedge"
        is_async = mode == "ASYNC" and reset != "1'b0"
        key = (f"{edge} {self.pin(cell, 'CLK')}", is_async, reset, enable)
        value = "1'b1" if p.get("REGSET", "RESET") == "SET" else "1'b0"
        self.wire(self.pin(cell, "Q"))
        self.flipflops[key].append((self.pin(cell, "Q"), self.pin(cell, "DI"), value))
        return True

    def memory(self, name: str, cell: dict) -> bool:
        p = cell["parameters"]
        if (set(p.get("INITVAL", "x")) != {"x"} or p.get("WCKMUX", "WCK") != "WCK" or
                p.get("WREMUX", "WRE") != "WRE"):
            return False
        key = (self.pin(cell, "WCK"), self.pin(cell, "WRE"), tuple(self.pins(cell, "WAD")),
               tuple(self.pins(cell, "RAD")))
        self.memories[key].append((self.pins(cell, "DI"), cell["connections"].get("DO", [])))
        return True

    def multiplier(self, name: str, cell: dict) -> bool:
        pins = [pin for pin, bits in cell["connections"].items() if bits]
        if (any(value != "NONE" for key, value in cell["parameters"].items()
                if re.fullmatch(r"REG_\w+_CLK", key)) or
                any(re.match(r"S?RO[ABC]\d|SIGNEDP", pin) for pin in pins)):
            return False
        product = f"p{self.count['MULT18X18D']}"
        operands = []
        for operand in "AB":
            bits = [self.pin(cell, f"{operand}{i}") for i in range(18)]
            sign = lut(0x8888, [self.pin(cell, f"SIGNED{operand}"), bits[17], "1'b0", "1'b0"])
            operands.append(f"{{{{18{{{sign}}}}}, {self.bus(bits)[1:]}")
        self.body.append(f"  wire [35:0] {product} = {operands[0]} * {operands[1]};")
        for i in range(36):
            self.drive(cell, f"P{i}", f"{product}[{i}]")
        return True

    def instance(self, name: str, cell: dict) -> None:
        parameters = []
        for key, value in cell["parameters"].items():
            if re.fullmatch(r"[01xz]+", value):
                if key.startswith("DATA_WIDTH"):
                    parameters.append(f".{key}({int(value, 2)})")
                elif "1" in value:                 # zero is every such parameter's default
                    parameters.append(f".{key}({len(value)}'b{value})")
            else:
                parameters.append(f'.{key}("{value.strip() if value.endswith(" ") else value}")')
        pins = []
        for pin, bits in cell["connections"].items():
            names = [self.net(bit) for bit in bits]
            if cell["port_directions"][pin] == "output":
                self.names += [n for n in names if n.startswith("n")]
            pins.append(f".{pin}({names[0] if len(names) == 1 else self.bus(names)})")
        self.count["instance"] += 1
        unit = f"u_{cell['type'].lower()}_{self.count['instance']}"
        self.body.append(f"  // {name}\n  {cell['type']} #({', '.join(parameters)}) {unit} (\n    "
                         + ",\n    ".join(pins) + "\n  );")

    # ------------------------------------------------------------ groups
    def write_flipflops(self) -> None:
        groups: dict[tuple, list] = defaultdict(list)
        for (edge, is_async, reset, enable), members in self.flipflops.items():
            groups[edge, is_async, reset].append((enable, members))
        for (edge, is_async, reset), by_enable in groups.items():
            lines = []
            for enable, members in by_enable:
                moves = " ".join(f"{q} <= {d};" for q, d, _ in members)
                lines.append(moves if enable == "1'b1" else f"if ({enable}) begin {moves} end")
            step = "\n      ".join(lines)
            if reset != "1'b0":
                start = " ".join(f"{q} <= {value};" for _, members in by_enable for q, _, value in members)
                step = f"if ({reset}) begin\n      {start}\n      end else begin\n      {step}\n      end"
            also = ""
            if is_async:
                also = f" or {'negedge ' + reset[1:] if reset[0] == '~' else 'posedge ' + reset}"
            self.body.append(f"  always_ff @({edge}{also}) begin\n      {step}\n  end")

    def write_memories(self) -> None:
        for (clock, enable, write, read), members in self.memories.items():
            per_word = WIDEST // 4
            for first in range(0, len(members), per_word):
                part = members[first:first + per_word]
                self.count["memory"] += 1
                m, width = f"m{self.count['memory']}", 4 * len(part)
                data = self.bus([bit for di, _ in part for bit in di])
                self.body.append(
                    f"  logic [{width - 1}:0] {m} [16];\n"
                    f"  always_ff @(posedge {clock}) if ({enable}) {m}[{self.bus(list(write))}] <= {data};\n"
                    f"  wire [{width - 1}:0] {m}_read = {m}[{self.bus(list(read))}];")
                for i, (_, do) in enumerate(part):
                    for j, bit in enumerate(do):
                        self.wire(self.net(bit), f"{m}_read[{4 * i + j}]")

    # ------------------------------------------------------------ the whole
    def write(self, name: str, source: str) -> str:
        for cell_name, cell in self.module["cells"].items():
            kind = cell["type"]
            self.count[kind] += 1
            if kind == "LUT4":
                self.lut4(cell_name, cell)
            elif kind == "PFUMX":
                self.mux(cell, "BLUT", "ALUT", "C0")
            elif kind == "L6MUX21":
                self.mux(cell, "D0", "D1", "SD")
            else:
                write = {"CCU2C": self.ccu2c, "TRELLIS_FF": self.flipflop,
                         "TRELLIS_DPR16X4": self.memory, "MULT18X18D": self.multiplier}.get(kind)
                if kind != "DP16KD" and write is None:
                    raise NetlistError(f"cell {cell_name} is a {kind}; there are models of LUT4, PFUMX, L6MUX21, "
                                       "CCU2C, TRELLIS_FF, TRELLIS_DPR16X4, DP16KD and MULT18X18D")
                if write is None or not write(cell_name, cell):
                    self.instance(cell_name, cell)
        self.write_flipflops()
        self.write_memories()
        declared = []
        for port, value in self.module["ports"].items():
            width = len(value["bits"])
            span = f"[{width - 1}:0] " if width > 1 else ""
            declared.append(f"  {value['direction']} logic {span}{port}")
            for i, bit in enumerate(value["bits"]):
                place = f"{port}[{i}]" if width > 1 else port
                if value["direction"] == "input":
                    self.wire(self.net(bit), place)
                else:
                    self.body.append(f"  assign {place} = {self.net(bit)};")
        if self.breaks:
            declared.append("  input logic [15:0] break_i")
        cells = ", ".join(f"{count} {kind}" for kind, count in sorted(self.count.items())
                          if kind.isupper())
        lines = [f"// {source}: {cells}", f"module {name} (", ",\n".join(declared), ");",
                 *(f"  logic {net};" for net in ["undefined", *self.names]),
                 *self.body, "endmodule", ""]
        return "\n".join(lines)


def choose_breaks(module: dict, per_block: int, seed: int) -> list[dict]:
    """Lookup tables to break, some of every instance in the top, and which entry of their tables."""
    blocks = defaultdict(list)
    for name, cell in sorted(module["cells"].items()):
        if cell["type"] == "LUT4" and "." in name:
            blocks[name.split(".")[0].lstrip("\\")].append((name, cell))
    rng = random.Random(seed)
    chosen = []
    for block, members in sorted(blocks.items()):
        for name, cell in rng.sample(members, min(per_block, len(members))):
            inputs = [cell["connections"].get(pin, ["0"])[0] for pin in "ABCD"]
            fixed = {i: int(bit) for i, bit in enumerate(inputs) if bit in ("0", "1")}
            entry = rng.choice([e for e in range(16) if all(e >> i & 1 == bit for i, bit in fixed.items())])
            chosen.append({"break": len(chosen) + 1, "block": block, "cell": name, "entry": entry,
                           "init": f"16'h{int(cell['parameters']['INIT'], 2):04x}",
                           "source": cell["attributes"].get("src", "")})
    return chosen


def convert(netlist: Path, out: Path, breaks_per_block: int, seed: int) -> None:
    """Raises NetlistError, in one sentence."""
    try:
        modules = {name: module for name, module in json.loads(netlist.read_text())["modules"].items()
                   if not any(int(module["attributes"].get(box, "0"), 2) for box in ("blackbox", "whitebox"))}
        if len(modules) != 1:
            raise NetlistError(f"{netlist} has the modules {', '.join(sorted(modules))}; one is expected: "
                               "the netlist must be flat")
        [(name, module)] = modules.items()
        breaks = choose_breaks(module, breaks_per_block, seed)
        writer = Writer(module, {b["cell"]: (b["break"], b["entry"]) for b in breaks})
        text = writer.write(name, netlist.name)
    except (OSError, json.JSONDecodeError, KeyError) as error:
        raise NetlistError(f"{netlist} is not a netlist that Yosys wrote: {error!r}") from error
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text)
    if breaks:
        out.with_suffix(".breaks.json").write_text(json.dumps(breaks, indent=1) + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("netlist", type=Path, help="netlist.json of synth.py")
    parser.add_argument("--out", type=Path, required=True, help="the Verilog file")
    parser.add_argument("--breaks", type=int, default=0, help="lookup tables per block that can be broken")
    parser.add_argument("--seed", type=int, default=1, help="which they are")
    args = parser.parse_args()
    try:
        convert(args.netlist, args.out, args.breaks, args.seed)
    except NetlistError as error:
        print(f"netlist model: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
