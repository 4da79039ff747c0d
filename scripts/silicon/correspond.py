# SPDX-License-Identifier: Apache-2.0
"""What has to be proven for a mapped netlist to do what its RTL does, register by register.

Both are functions from inputs and state to outputs and next state. A register of the RTL stands for a net
of the netlist (partners.py): a flip-flop, one that several registers share, as they are loaded alike, a
constant, states in another code. With the same inputs and that state, every output and every next state
must be equal, for every value. So whatever state the netlist wakes up in, the RTL may wake up in one that
behaves alike for ever. A wrong guess of a register's place makes a proof fail, it cannot make one succeed.

The netlist may have registers of its own, made by the mapper: a copy of another one (the read address
inside a memory, which is loaded with what the counter is loaded with) is equal to it from the first clock
edge on, when both are loaded with the same whatever either of them was; that is one more thing to prove.
One that is loaded with what the RTL works out of its registers (the output of a table that the mapper
stores before the register) is that from then on, in the same way. A memory with several read ports may be
stored several times: the copies are taken to wake up alike, and it is proven that they stay so. For a
state in another code it is proven that a reset leads to a legal code and that a legal code follows a legal
code. With any of these, all this holds for a netlist that was in reset for three clock edges. What is left
over is free: it may have any value at any time. A register of the RTL that the mapper left out may be one
that never changes: then it is taken to wake up with that value.
"""

from collections import Counter
from dataclasses import dataclass, field

from aig import FALSE, TRUE, Aig
from machine import Machine, Values
from partners import Code, Notes, find
from products import Products
from simulate import PATTERNS, States, simulate
from yosys import SiliconError

RESETS = ("rst_ni", "rst_n")
OPERAND = "operand of a product"
EVERY = (1 << PATTERNS) - 1
FLIPS = 2                               # a register that never changes: 0, then 1, then 0 again is tried
ENABLES = 4                             # multiplexers before a register: enables, resets
GUESSES = (OPERAND, "copy ", "worked out ", "still ")               # pairs that come from random values


@dataclass
class Pair:
    """Two functions that must be equal where `care` is true: the RTL's is defined there."""
    name: str
    gold: int
    gate: int
    care: int


@dataclass
class Problem:
    aig: Aig
    pairs: list[Pair] = field(default_factory=list)
    registers: int = 0                  # of the RTL that have a place in the netlist
    coded: int = 0                      # state registers in another code
    without: list[str] = field(default_factory=list)     # registers of the RTL that have no place
    extra: list[str] = field(default_factory=list)       # flip-flops of the netlist alone, left free
    copies: int = 0                     # flip-flops of the netlist alone that are equal to another one
    worked_out: int = 0                 # ... that are equal to what the RTL works out of its registers
    memory_copies: int = 0              # bits of a memory that is stored more than once
    factors: Products | None = None     # products that are taken as unknown functions of their operands
    border: list[str] = field(default_factory=list)      # pins of one side only
    free: set[int] = field(default_factory=set)          # variables of the registers that have no partner
    states: States = field(default_factory=list)         # registers in another code, and their codes


def bit_name(name: tuple[str, int]) -> str:
    return f"{name[0]}[{name[1]}]"


class Correspondence:
    def __init__(self, gold: Machine, gate: Machine, notes: Notes, seed: int):
        self.gold, self.gate, self.seed = gold, gate, seed
        self.aig = Aig()
        self.products = Products(self.aig, seed)
        self.problem = Problem(self.aig, factors=self.products)
        self.partners = find(gold, gate, notes)
        self.codes = {code.net: code for code, _ in self.partners.coded.values()}
        self.names = {id(machine): machine.names_of() for machine in (gold, gate)}
        self.in_gold, self.in_gate = gold.border("input"), gate.border("input")
        self.inputs = {name: self.aig.input(bit_name(name)) for name in sorted(self.in_gate | self.in_gold)}
        self.state = {bit: self.aig.input("state " + self.name(gate, bit)) for bit in gate.state}
        self.same = dict(self.partners.copies)         # the netlist's flip-flops that are copies
        self.meaning: dict[int, int] = {}              # ... that are functions of others: these

    def name(self, machine: Machine, bit: int) -> str:
        """The one of its names that the source has, if any: the mapper's are longer."""
        names = self.names[id(machine)].get(bit, [(f"${bit}", 0)])
        return bit_name(min(names, key=lambda name: (name[0][0] == "$", len(name[0]), name)))

    def _inputs(self, border: dict) -> dict:
        return {bit: (self.inputs[name], TRUE) for name, bit in border.items() if isinstance(bit, int)}

    # ---- the netlist -------------------------------------------------------------------------------
    def gate_values(self) -> Values:
        given = self._inputs(self.in_gate)
        given |= {bit: (self.state[self.same.get(bit, bit)], TRUE) for bit in self.state}
        given |= {bit: (literal, TRUE) for bit, literal in self.meaning.items()}
        return Values(self.aig, self.gate, given, self.products, True)

    def later_values(self, values: Values) -> Values:
        """The netlist's nets one clock edge later, with other inputs."""
        given = {bit: (self.aig.input("later " + bit_name(name)), TRUE)
                 for name, bit in self.in_gate.items() if isinstance(bit, int)}
        given |= {bit: values[following] for bit, following in self.gate.state.items()}
        return Values(self.aig, self.gate, given, self.products, True)

    def find_copies(self) -> None:
        """Flip-flops of the netlist alone that are loaded with what another one is loaded with."""
        used = set(self.partners.of.values()) | {bit for net in self.codes for bit in self.gate.nets[net]}
        own = [bit for bit in self.state if bit not in used and bit not in self.same]
        found = {}
        if own:
            values = self.gate_values()                # every one with a state of its own
            loaded = self._loads(values, self.gate, list(self.state))
            first = {}
            for bit in self.state:
                if bit in used:
                    first.setdefault(loaded[bit], bit)
            found = {bit: first[loaded[bit]] for bit in own if loaded[bit] in first}
            for bit, original in found.items():
                self.problem.pairs.append(Pair("copy " + self.name(self.gate, bit), *(
                    values[self.gate.state[one]][0] for one in (original, bit)), TRUE))
        self.problem.copies, self.problem.memory_copies = len(found), len(self.same)
        self.same |= found
        self.own = [bit for bit in own if bit not in found]

    def _loads(self, values: Values, machine: Machine, bits: list[int]) -> dict[int, int]:
        found = simulate(self.aig, [values[machine.state[bit]][0] for bit in bits], self.seed)
        return dict(zip(bits, found))

    # ---- the RTL -----------------------------------------------------------------------------------
    def gold_values(self, values: Values) -> Values:
        """With the netlist's state; registers without a place that never leave a value are that value."""
        given = self._inputs(self.in_gold)
        given |= {bit: (values[partner][0], TRUE) for bit, partner in self.partners.of.items()}
        given |= {bit: (code.decode(self.aig, self._code_bits(values, code), place), TRUE)
                  for bit, (code, place) in self.partners.coded.items()}
        self.lone = {bit: self.aig.input("only in the RTL: " + self.name(self.gold, bit))
                     for bit in self.gold.state if bit not in given}
        self.still = {bit: FALSE for bit in self.lone if bit not in self.gold.resets}     # what they stay at
        flips = Counter()
        while True:
            found = Values(self.aig, self.gold, given | {
                bit: (self.still.get(bit, literal), TRUE) for bit, literal in self.lone.items()},
                self.products)
            loaded = self._loads(found, self.gold, sorted(self.still))
            moving = [bit for bit, value in loaded.items() if value != (EVERY if self.still[bit] else 0)]
            if not moving:
                return found
            again = [bit for bit in moving if flips[bit] < FLIPS]
            flips.update(again)
            for bit in again:
                self.still[bit] ^= 1
            for bit in moving if not again else ():    # not while those that they depend on may be wrong
                del self.still[bit]

    def _code_bits(self, values: Values, code: Code) -> list[int]:
        return [values[bit][0] for bit in self.gate.nets[code.net]]

    def match_merged(self) -> None:
        """Registers that the mapper merged with another one, as both are loaded alike: its place is theirs."""
        values = self.gate_values()
        while True:
            gold = self.gold_values(values)
            lone = [bit for bit in self.lone if bit not in self.still]
            if not lone:
                return
            places = {}
            for bit, partner in self.partners.of.items():
                places.setdefault(self._load_of(gold, bit), partner)
            loads = {bit: self._load_of(gold, bit) for bit in lone}
            found = {bit: places[load] for bit, load in loads.items() if load in places}
            if not found:
                return
            self.partners.of |= found

    def _load_of(self, gold: Values, register: int) -> tuple:
        """What a register of the RTL is loaded with; where it keeps its value, that it does."""
        def look(bit: int | str, depth: int) -> tuple | str:
            if bit == register:
                return "kept"
            cell = self.gold.driver.get(bit)
            if not depth or cell is None or cell["type"] != "$_MUX_":
                return gold[bit]
            pins = cell["connections"]
            return *(look(pins[pin][0], depth - 1) for pin in "AB"), gold[pins["S"][0]]

        return look(self.gold.state[register], ENABLES), self.gold.resets.get(register)

    def match_by_loads(self) -> None:
        """Registers that lost their name: the netlist's own that is loaded with the same."""
        while self.own:
            values = self.gate_values()
            gold = self.gold_values(values)
            lone = [bit for bit in self.lone if bit not in self.still]
            if not lone:
                return
            available = {}
            for bit, load in self._loads(values, self.gate, self.own).items():
                available.setdefault(load, bit)
            found = {bit: available[load] for bit, load in self._loads(gold, self.gold, lone).items()
                     if load in available}
            if not found:
                return
            self.partners.of |= found
            self.own = [bit for bit in self.own if bit not in found.values()]

    def later_gold(self, values: Values) -> Values:
        """The RTL's nets one clock edge later, with the state that the netlist has then."""
        later = self.later_values(values)
        given = {bit: (self.aig.input("later " + bit_name(name)), TRUE)
                 for name, bit in self.in_gold.items() if isinstance(bit, int)}
        given |= {bit: (later[partner][0], TRUE) for bit, partner in self.partners.of.items()}
        given |= {bit: (code.decode(self.aig, self._code_bits(later, code), place), TRUE)
                  for bit, (code, place) in self.partners.coded.items()}
        return Values(self.aig, self.gold, given, self.products)

    def find_worked_out(self) -> None:
        """Flip-flops of the netlist alone that hold what the RTL works out of registers: tables' outputs."""
        if not self.own:
            return
        values = self.gate_values()
        gold, later = self.gold_values(values), self.later_gold(values)
        nets = [net for net in self.gold.driver
                if later[net][1] == TRUE == gold[net][1] and gold[net][0] > TRUE]
        nets = dict(zip(simulate(self.aig, [later[net][0] for net in nets], self.seed), nets))
        alone = {self.state[bit] >> 1 for bit in self.own}
        for bit, load in self._loads(values, self.gate, self.own).items():
            net = nets.get(load)
            if net is not None and alone.isdisjoint(self.aig.cone([gold[net][0]])):
                self.meaning[bit] = gold[net][0]
                self.problem.pairs.append(Pair("worked out " + self.name(self.gate, bit), later[net][0],
                                               values[self.gate.state[bit]][0], TRUE))
        self.problem.worked_out = len(self.meaning)
        self.own = [bit for bit in self.own if bit not in self.meaning]

    # ---- what the method needs ---------------------------------------------------------------------
    def check(self) -> None:
        gold, gate = self.gold, self.gate
        if gold.woken:
            raise SiliconError(f"{gold.top}: registers of the RTL have values to wake up with")
        if gold.clock != gate.clock and gold.state and gate.state:
            raise SiliconError(f"{gold.top}: clocked by {gold.clock}, its netlist by {gate.clock}")
        for name in sorted(set(gold.boxes) & set(gate.boxes)):
            one, other = gold.boxes[name], gate.boxes[name]
            if one["type"] != other["type"] or one["parameters"] != other["parameters"]:
                self.problem.border.append(f"{name}: {one['type']}, not {other['type']}")

    def check_resets(self) -> None:
        """Asynchronous ones are compared register by register."""
        lost = set(self.gold.resets) - set(self.partners.of)
        extra = set(self.gate.resets) - set(self.partners.of.values())
        for machine, bits in ((self.gold, lost), (self.gate, extra)):
            for bit in bits:
                raise SiliconError(f"{machine.top}: {self.name(machine, bit)} has an asynchronous reset and "
                                   "no partner")

    # ---- what must be equal ------------------------------------------------------------------------
    def build(self) -> Problem:
        aig, problem, gate = self.aig, self.problem, self.gate
        self.check()
        self.find_copies()
        self.match_merged()
        self.match_by_loads()
        self.find_worked_out()
        self.check_resets()
        values = self.gate_values()
        gold = self.gold_values(values)
        later = None
        legal = TRUE
        for code in self.codes.values():
            bits = self._code_bits(values, code)
            legal = aig.and_(legal, code.legal(aig, bits))
            if all(bit > TRUE and aig.fanins[bit >> 1] is None for bit in bits):
                problem.states.append((bits, [new for _, new in code.states]))

        def add(name: str, gold_bit: int | str, literal: int) -> None:
            value, known = gold[gold_bit]
            problem.pairs.append(Pair(name, value, literal, aig.and_(known, legal)))

        out_gold, out_gate = self.gold.border("output"), gate.border("output")
        for name in sorted(set(out_gold) & set(out_gate)):
            add(bit_name(name), out_gold[name], values[out_gate[name]][0])
        for bit, partner in self.partners.of.items():
            name = "next " + self.name(self.gold, bit)
            if partner in gate.state:
                target = values[gate.state[partner]][0]
            elif isinstance(partner, str):
                target = values[partner][0]
            else:
                later = later or self.later_values(values)
                target = later[partner][0]
            add(name, self.gold.state[bit], target)
            if bit in self.gold.resets or partner in gate.resets:
                self._add_reset(name, (gold, bit), (values, partner))
        for bit, (code, place) in self.partners.coded.items():
            later = later or self.later_values(values)
            add("next " + self.name(self.gold, bit), self.gold.state[bit],
                code.decode(aig, self._code_bits(later, code), place))
        for bit in sorted(self.still):
            add("still " + self.name(self.gold, bit), self.gold.state[bit], self.still[bit])
        for bit, original in self.partners.copies.items():
            problem.pairs.append(Pair("copy " + self.name(gate, bit), values[gate.state[original]][0],
                                      values[gate.state[bit]][0], legal))
        self._add_codes(later, legal)
        problem.pairs += [Pair(OPERAND, one, other, legal) for one, other in self.products.equal]
        problem.registers = len(self.partners.of) + len(self.partners.coded)
        problem.coded = len(self.codes)
        problem.extra = [self.name(gate, bit) for bit in self.own]
        problem.free = {self.state[bit] >> 1 for bit in self.own}
        problem.free |= {self.lone[bit] >> 1 for bit in self.lone if bit not in self.still}
        problem.without = [self.name(self.gold, bit) for bit in self.lone if bit not in self.still]
        problem.border += [bit_name(name) for name in
                           sorted((set(self.in_gold) ^ set(self.in_gate)) | (set(out_gold) ^ set(out_gate)))]
        return problem

    def _add_codes(self, later: Values, legal: int) -> None:
        """Every code stays legal, and a reset makes it so."""
        resets = [literal for (name, _), literal in self.inputs.items() if name in RESETS]
        for code in self.codes.values():
            after = code.legal(self.aig, self._code_bits(later, code))
            self.problem.pairs.append(Pair(f"code of {code.net}", TRUE, after, legal))
            for reset in resets[:1]:
                self.problem.pairs.append(Pair(f"code of {code.net} in reset", TRUE, after, reset ^ 1))
        if self.codes and not resets:
            self.problem.border.append("a reset, for the code of " + ", ".join(self.codes))

    def _add_reset(self, name: str, gold: tuple[Values, int], gate: tuple[Values, int | str]) -> None:
        """Asynchronous resets: when, and to what."""
        when, target = [], []
        for values, bit in (gold, gate):
            pin, high, value = values.machine.resets.get(bit, ("0", True, "0"))
            when.append(values[pin][0] ^ (not high))
            target.append(self.aig.and_(when[-1], values[value][0]))
        self.problem.pairs.append(Pair("reset of " + name, *when, TRUE))
        self.problem.pairs.append(Pair("reset value of " + name, *target, TRUE))


def problem(gold: Machine, gate: Machine, notes: Notes | None = None, seed: int = 1) -> Problem:
    return Correspondence(gold, gate, notes or Notes(), seed).build()
