# SPDX-License-Identifier: Apache-2.0
"""Random values of an and-inverter graph, many at once: a literal's are the bits of one number.

Products are either unknown functions (their bits are inputs like others) or, with `products` given, the
products of the numbers that their operands have. With `states`, literals have one of these codes together:
of a few registers in another code hardly any random values would be legal.
"""

import random

from aig import Aig
from products import Products

PATTERNS = 1024

States = list[tuple[list[int], list[str]]]     # literals, lowest bit first: codes, lowest bit last


class Simulation:
    def __init__(self, aig: Aig, roots: list[int], seed: int, products: Products | None = None,
                 patterns: int = PATTERNS, states: States = ()):
        self.patterns = patterns
        self.every = (1 << patterns) - 1
        draw = random.Random(seed)
        given = {variable: draw.getrandbits(patterns) for variable in aig.inputs}
        for literals, codes in states:
            drawn = [draw.choice(codes)[::-1] for _ in range(patterns)]
            given |= {literal >> 1: int("".join("01"[code[place] == "1"] for code in drawn), 2)
                      ^ (-(literal & 1) & self.every) for place, literal in enumerate(literals)}
        operands, entry_of = {}, {}
        for entry in (products.known.values() if products else ()):
            for bit in entry[2]:
                operands[bit >> 1] = [*entry[0], *entry[1]]
                entry_of[bit >> 1] = entry
        self.value = {0: 0}
        for variable in aig.cone(roots, operands):
            fanins = aig.fanins[variable]
            if fanins:
                self.value[variable] = self[fanins[0]] & self[fanins[1]]
            elif variable in entry_of:
                if variable not in self.value:
                    self._multiply(*entry_of[variable])
            else:
                self.value[variable] = given[variable]

    def __getitem__(self, literal: int) -> int:
        return self.value[literal >> 1] ^ (-(literal & 1) & self.every)

    def at(self, pattern: int) -> dict[int, int]:
        """Of each variable its value in one pattern."""
        return {variable: value >> pattern & 1 for variable, value in self.value.items()}

    def _numbers(self, bits: list[int]) -> list[int]:
        """What the bits are, with a sign, in each pattern."""
        columns = [f"{self[bit]:0{self.patterns}b}" for bit in reversed(bits)]
        return [int("".join(digits), 2) - ((digits[0] == "1") << len(bits)) for digits in zip(*columns)]

    def _multiply(self, a: list[int], b: list[int], bits: list[int]) -> None:
        mask = (1 << len(bits)) - 1
        texts = [f"{x * y & mask:0{len(bits)}b}" for x, y in zip(self._numbers(a), self._numbers(b))]
        for bit, digits in zip(reversed(bits), zip(*texts)):
            self.value[bit >> 1] = int("".join(digits), 2)


def simulate(aig: Aig, roots: list[int], seed: int, states: States = ()) -> list[int]:
    """PATTERNS random values of each literal, in one number; the same for the same inputs."""
    simulation = Simulation(aig, roots, seed, states=states)
    return [simulation[root] for root in roots]
