# SPDX-License-Identifier: Apache-2.0
"""Which net of a mapped netlist stands for a register of the RTL: found by name.

The mapper keeps a register's name, except where it stores things in another way: words of an array in a
distributed RAM, several words of an array in one, the state of a machine in another code. What it did
there shows in the names and, for codes, in its log.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from aig import Aig
from machine import Machine

# A distributed RAM as the mapper names it: <memory>.<copy>.<unit>, 4 bits of 16 words each.
RAM_CELL = re.compile(r"^(?P<memory>.+)\.(?P<copy>\d+)\.(?P<unit>\d+)\.\w+\[(?P<word>\d+)\]$")
WORD = re.compile(r"^(?P<array>.*)\[(?P<word>\d+)\]$")


@dataclass
class Code:
    """A state register that got another code: of each state the RTL's bits, and the netlist's (- is any)."""
    net: str
    states: list[tuple[str, str]]

    def matches(self, aig: Aig, bits: list[int], code: str, exactly: bool) -> int:
        """Whether the netlist's `bits` (literals, lowest first) are in the state with this code."""
        found = 1
        for literal, digit in zip(bits, reversed(code)):
            if digit == "1" or (exactly and digit == "-") or digit == "0":
                found = aig.and_(found, literal ^ (digit != "1"))
        return found

    def legal(self, aig: Aig, bits: list[int]) -> int:
        found = 0
        for _, code in self.states:
            found = aig.or_(found, self.matches(aig, bits, code, True))
        return found

    def decode(self, aig: Aig, bits: list[int], place: int) -> int:
        """Bit `place` of the RTL's register."""
        found = 0
        for old, code in self.states:
            if old[len(old) - 1 - place] == "1":
                found = aig.or_(found, self.matches(aig, bits, code, False))
        return found


@dataclass
class Partners:
    of: dict[int, int | str] = field(default_factory=dict)       # RTL's flip-flop: the netlist's net
    copies: dict[int, int] = field(default_factory=dict)         # netlist's flip-flop: the one it is a copy of
    coded: dict[int, tuple[Code, int]] = field(default_factory=dict)


def codes(log: str) -> dict[str, Code]:
    """The state registers that the mapper recoded, from its log, by name."""
    found = {}
    for name, states in re.findall(
            r"^Recoding FSM `\$fsm\$\\(\S+?)\$\d+' from module.*\n(?:  mapping.*\n)?((?:  [01]+ -> [01-]+\n)+)",
            log, re.MULTILINE):
        found[name] = Code(name, re.findall(r"([01]+) -> ([01-]+)", states))
    return found


def _array_widths(names: dict[int, list[tuple[str, int]]], state) -> dict[str, int]:
    widths = defaultdict(int)
    for bit in state:
        for net, place in names.get(bit, ()):
            word = WORD.match(net)
            if word:
                widths[word["array"]] = max(widths[word["array"]], place + 1)
    return widths


def _ram_bits(gate: Machine, widths: dict[str, int]) -> dict[tuple[str, int], list[int]]:
    """The RTL's name of every bit in a distributed RAM: the netlist's bits, one a copy of the memory."""
    found = defaultdict(list)
    for net, bits in gate.nets.items():
        cell = RAM_CELL.match(net)
        if not cell or cell["memory"] not in widths:
            continue
        columns = -(-widths[cell["memory"]] // 4)
        row, column = divmod(int(cell["unit"]), columns)
        word = 16 * row + int(cell["word"])
        for place, bit in enumerate(bits):
            if bit in gate.state:
                found[f"{cell['memory']}[{word}]", 4 * column + place].append((int(cell["copy"]), bit))
    return {name: [bit for _, bit in sorted(copies)] for name, copies in found.items()}


def find(gold: Machine, gate: Machine, recoded: dict[str, Code]) -> Partners:
    by_name = {(net, place): bit for net, bits in gate.nets.items() for place, bit in enumerate(bits)}
    names = gold.names_of()
    widths = _array_widths(names, gold.state)
    rams = _ram_bits(gate, widths)
    found = Partners()

    def widened(net: str, place: int) -> int | str | None:
        """Words of an array side by side in one."""
        word = WORD.match(net)
        if not word or f"{word['array']}[0]" not in gate.nets:
            return None
        width = widths[word["array"]]
        together = len(gate.nets[f"{word['array']}[0]"]) // width
        if together < 2:
            return None
        row, column = divmod(int(word["word"]), together)
        return by_name.get((f"{word['array']}[{row}]", column * width + place))

    for bit in gold.state:
        nets = []
        for name in names.get(bit, ()):
            if name[0] in recoded:
                found.coded[bit] = (recoded[name[0]], name[1])
            elif name in rams:
                nets.append(rams[name][0])
                found.copies |= {other: rams[name][0] for other in rams[name][1:]}
            else:
                wide = widened(*name)
                nets += [net for net in (wide, by_name.get(name)) if net is not None]
        nets = [net for net in nets if net in ("0", "1") or net in gate.state or net in gate.driver]
        flip_flops = [net for net in nets if net in gate.state]
        if nets and bit not in found.coded:
            found.of[bit] = (flip_flops or nets)[0]
    return found


def read_codes(log: Path) -> dict[str, Code]:
    return codes(log.read_text(errors="replace")) if log.exists() else {}
