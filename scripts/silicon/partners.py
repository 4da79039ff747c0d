# SPDX-License-Identifier: Apache-2.0
"""Which net of a mapped netlist stands for a register of the RTL: found by name.

The mapper keeps a register's name, except where it stores things in another way: words of an array in a
distributed RAM, several words of an array in one, words without the bits that are constant, the state of a
machine in another code. What it did there shows in the names and, for codes and lost bits, in its log.
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


@dataclass
class Notes:
    """What the mapper's log tells."""
    codes: dict[str, Code] = field(default_factory=dict)         # of state registers, by name
    lost: dict[str, list[dict[int, str]]] = field(default_factory=dict)     # an array's constant bits


class Words:
    """Where the bits of an array's words are when the mapper took the constant ones out."""

    def __init__(self, width: int, lost: list[dict[int, str]]):
        self.left = list(range(width))                 # of each bit in the netlist: its place in the RTL
        self.constant: dict[int, str] = {}             # by place in the RTL
        for constants in lost:                         # each run counts what the one before has left
            self.constant |= {self.left[place]: value for place, value in constants.items()}
            self.left = [old for place, old in enumerate(self.left) if place not in constants]
        self.place = {old: place for place, old in enumerate(self.left)}


def codes(log: str) -> dict[str, Code]:
    """The state registers that the mapper recoded, from its log, by name."""
    found = {}
    for name, states in re.findall(
            r"^Recoding FSM `\$fsm\$\\(\S+?)\$\d+' from module.*\n(?:  mapping.*\n)?((?:  [01]+ -> [01-]+\n)+)",
            log, re.MULTILINE):
        found[name] = Code(name, re.findall(r"([01]+) -> ([01-]+)", states))
    return found


def lost_bits(log: str, top: str) -> dict[str, list[dict[int, str]]]:
    """Bits that the mapper took out of the words of arrays because they are constant, from its log."""
    found = defaultdict(list)
    for run in log.split("Executing OPT_MEM pass")[1:]:
        lost = defaultdict(dict)
        for array, value, place in re.findall(
                rf"^{re.escape(top)}\.(\S+): removing const-([01x]) lane (\d+)$", run, re.MULTILINE):
            lost[array][int(place)] = value.replace("x", "0")
        for array, constants in lost.items():
            found[array].append(constants)
    return dict(found)


def read_notes(log: Path, top: str) -> Notes:
    text = log.read_text(errors="replace") if log.exists() else ""
    return Notes(codes(text), lost_bits(text, top))


def _words(gold: Machine, notes: Notes) -> dict[str, Words]:
    """The arrays of the RTL, with bits of their words that nobody reads."""
    widths = defaultdict(int)
    for net, bits in gold.nets.items():
        word = WORD.match(net)
        if word:
            widths[word["array"]] = max(widths[word["array"]], len(bits))
    return {array: Words(width, notes.lost.get(array, [])) for array, width in widths.items()}


def _ram_bits(gate: Machine, words: dict[str, Words]) -> dict[tuple[str, int], list[int]]:
    """The RTL's name of every bit in a distributed RAM: the netlist's bits, one a copy of the memory."""
    found = defaultdict(list)
    for net, bits in gate.nets.items():
        cell = RAM_CELL.match(net)
        if not cell or cell["memory"] not in words:
            continue
        left = words[cell["memory"]].left
        row, column = divmod(int(cell["unit"]), -(-len(left) // 4))
        word = 16 * row + int(cell["word"])
        for old, bit in zip(left[4 * column:], bits):
            if bit in gate.state:
                found[f"{cell['memory']}[{word}]", old].append((int(cell["copy"]), bit))
    return {name: [bit for _, bit in sorted(copies)] for name, copies in found.items()}


def find(gold: Machine, gate: Machine, notes: Notes) -> Partners:
    by_name = {(net, place): bit for net, bits in gate.nets.items() for place, bit in enumerate(bits)}
    names = gold.names_of()
    words = _words(gold, notes)
    rams = _ram_bits(gate, words)
    found = Partners()

    def named(net: str, place: int) -> list[int | str]:
        """The netlist's nets of this name: its own, and of words of an array side by side in one."""
        word = WORD.match(net)
        if not word:
            return [by_name.get((net, place))]
        array = words[word["array"]]
        if place in array.constant:
            return [array.constant[place]]
        place, width = array.place[place], len(array.left)
        nets = [by_name.get((net, place))]
        together = len(gate.nets.get(f"{word['array']}[0]", ())) // width
        if together > 1:
            row, column = divmod(int(word["word"]), together)
            nets.insert(0, by_name.get((f"{word['array']}[{row}]", column * width + place)))
        return nets

    for bit in gold.state:
        nets = []
        for name in names.get(bit, ()):
            if name[0] in notes.codes:
                found.coded[bit] = (notes.codes[name[0]], name[1])
            elif name in rams:
                nets.append(rams[name][0])
                found.copies |= {other: rams[name][0] for other in rams[name][1:]}
            else:
                nets += named(*name)
        nets = [net for net in nets if net in ("0", "1") or net in gate.state or net in gate.driver]
        flip_flops = [net for net in nets if net in gate.state]
        if nets and bit not in found.coded:
            found.of[bit] = (flip_flops or nets)[0]
    return found
