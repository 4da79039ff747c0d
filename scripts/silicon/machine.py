# SPDX-License-Identifier: Apache-2.0
"""A design of gates, products and flip-flops, read from Yosys' JSON, as functions of its inputs and state.

Values have two parts, (value, defined): a bit that the RTL leaves undefined is never compared. In a
netlist nothing is undefined: what nobody drives may be anything, at every place that reads it.
"""

import json
import re
from pathlib import Path

from aig import FALSE, TRUE, Aig
from products import Products
from yosys import SiliconError

Value = tuple[int, int]                # literals: value, defined

_TWO = {"$_AND_": (0, 0, 0), "$_NAND_": (0, 0, 1), "$_OR_": (1, 1, 1), "$_NOR_": (1, 1, 0),
        "$_ANDNOT_": (0, 1, 0), "$_ORNOT_": (1, 0, 1)}      # invert a, invert b, invert the conjunction
_ONE = {"$_NOT_": 1, "$_BUF_": 0}
# Rising; without or with an asynchronous reset, when low or high, to 0 or 1 or to what stands at AD.
FLIP_FLOP = re.compile(r"\$_(?:DFF_P(?:([NP])([01]))?|ALDFF_P([NP]))_")


class Machine:
    def __init__(self, path: Path, top: str):
        module = json.loads(path.read_text())["modules"][top]
        self.top = top
        self.woken = any("init" in net.get("attributes", {}) for net in module["netnames"].values())
        self.ports = {name: (port["direction"], port["bits"]) for name, port in module["ports"].items()}
        self.nets = {name: entry["bits"] for name, entry in module["netnames"].items()}
        self.driver: dict[int, dict] = {}
        self.boxes: dict[str, dict] = {}                         # what is no gate: its pins are the border
        clocks = set()
        self.state: dict[int, int | str] = {}                    # output bit of a flip-flop: its D bit
        self.resets: dict[int, tuple] = {}                       # asynchronous: bit, whether high, value's bit
        for name, cell in module["cells"].items():
            pins, kind = cell["connections"], cell["type"]
            flip_flop = FLIP_FLOP.fullmatch(kind)
            if flip_flop:
                if flip_flop[1]:
                    self.resets[pins["Q"][0]] = (pins["R"][0], flip_flop[1] == "P", flip_flop[2])
                if flip_flop[3]:
                    self.resets[pins["Q"][0]] = (pins["L"][0], flip_flop[3] == "P", pins["AD"][0])
                self.state[pins["Q"][0]] = pins["D"][0]
                clocks.add(pins["C"][0])
            elif kind in _TWO or kind in _ONE or kind in ("$_XOR_", "$_XNOR_", "$_MUX_"):
                self.driver[pins["Y"][0]] = cell
            elif kind == "$mul":
                for bit in pins["Y"]:
                    self.driver[bit] = cell
            elif kind[0] == "$":
                raise SiliconError(f"{top}: cell {name} of type {kind} is no gate and no rising flip-flop")
            else:
                self.boxes[name] = cell
        self.clock = self._clock(clocks)

    def _clock(self, clocks: set) -> str:
        """The one input that all registers are clocked by; "" without registers."""
        ports = [name for name, (direction, bits) in self.ports.items()
                 if direction == "input" and clocks == set(bits)]
        if clocks and not ports:
            raise SiliconError(f"{self.top}: its registers are not all clocked by one input")
        return min(ports, default="")

    def names_of(self) -> dict[int, list[tuple[str, int]]]:
        """Every bit's names: (net, place in it)."""
        found: dict[int, list[tuple[str, int]]] = {}
        for name, bits in self.nets.items():
            for place, bit in enumerate(bits):
                if isinstance(bit, int):
                    found.setdefault(bit, []).append((name, place))
        return found

    def border(self, direction: str) -> dict[tuple[str, int], int | str]:
        """Bits of the ports ("input": seen from inside) and of the boxes' pins, by name and place."""
        found = {}
        for name, (way, bits) in self.ports.items():
            if way == direction:
                found |= {(name, place): bit for place, bit in enumerate(bits)}
        other = "output" if direction == "input" else "input"
        for box, cell in self.boxes.items():
            for pin, bits in cell["connections"].items():
                if cell["port_directions"][pin] == other:
                    found |= {(f"{box}.{pin}", place): bit for place, bit in enumerate(bits)}
        return found


class Values:
    """The bits of a machine as literals, once its inputs and its state have some."""

    def __init__(self, aig: Aig, machine: Machine, given: dict[int, Value], products: Products,
                 netlist: bool = False):
        self.aig, self.machine, self.products, self.netlist = aig, machine, products, netlist
        self.known: dict[int | str, Value] = {"0": (FALSE, TRUE), "1": (TRUE, TRUE), **given}
        if not netlist:
            self.known |= {"x": (FALSE, FALSE), "z": (FALSE, FALSE)}

    def __getitem__(self, bit: int | str) -> Value:
        stack = [bit]
        while stack:
            bit = stack[-1]
            if bit in self.known or isinstance(bit, str):
                stack.pop()
                continue
            cell = self.machine.driver.get(bit)
            if cell is None:
                self.known[bit] = self._undriven()
                continue
            pins = [pin for name in "ABS" for pin in cell["connections"].get(name, ())]
            missing = [pin for pin in pins if pin not in self.known and not isinstance(pin, str)]
            if missing:
                stack += missing
            elif cell["type"] == "$mul":
                self._multiply(cell)
                stack.pop()
            else:
                self.known[bit] = self._gate(cell["type"], [self._pin(pin) for pin in pins])
                stack.pop()
        return self._pin(bit)

    def _undriven(self) -> Value:
        return (self.aig.input("undriven"), TRUE) if self.netlist else (FALSE, FALSE)

    def _pin(self, pin: int | str) -> Value:
        """An x of the netlist is another one at each pin."""
        return self.known[pin] if pin in self.known else self._undriven()

    def _multiply(self, cell: dict) -> None:
        pins, parameters = cell["connections"], cell["parameters"]
        operands = [[self._pin(bit) for bit in pins[pin]] for pin in "AB"]
        signed = all(int(parameters[f"{pin}_SIGNED"], 2) for pin in "AB")
        known = TRUE
        for operand in operands:
            for _, bit_known in operand:
                known = self.aig.and_(known, bit_known)
        product = self.products.multiply(*([value for value, _ in operand] for operand in operands), signed,
                                         len(pins["Y"]))
        self.known |= {bit: (value, known) for bit, value in zip(pins["Y"], product)}

    def _gate(self, kind: str, pins: list[Value]) -> Value:
        aig = self.aig
        if kind in _ONE:
            return pins[0][0] ^ _ONE[kind], pins[0][1]
        (a, a_known), (b, b_known) = pins[:2]
        if kind == "$_MUX_":
            select, select_known = pins[2]
            same = aig.and_(aig.and_(a_known, b_known), aig.xor_(a, b) ^ 1)
            known = aig.mux(select_known, aig.mux(select, b_known, a_known), same)
            return aig.mux(aig.and_(select, select_known), b, a), known
        if kind in ("$_XOR_", "$_XNOR_"):
            return aig.xor_(a, b) ^ (kind == "$_XNOR_"), aig.and_(a_known, b_known)
        a_not, b_not, not_ = _TWO[kind]
        a, b = a ^ a_not, b ^ b_not
        zero = aig.or_(aig.and_(a_known, a ^ 1), aig.and_(b_known, b ^ 1))
        return aig.and_(a, b) ^ not_, aig.or_(aig.and_(a_known, b_known), zero)
