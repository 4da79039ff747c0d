# SPDX-License-Identifier: Apache-2.0
"""Products as functions that nobody looks into: the same operands give the same product.

No proof goes through a multiplier of any size. What can go wrong between RTL and netlist is what is
multiplied, how a large product is put together of small ones, and what becomes of it; so both sides get
their products from here. A product that is too wide for one multiplier is written as the sum of its
parts, the way the mapper writes it (a * b = (a1 * 2^18 + a0) * b, which is true of numbers); then a
product of the same operands is the same bits. Operands that are equal without being built alike are
recognised by random values, and their being equal is one more thing to prove. Small products are written
out as logic.
"""

import random

from aig import FALSE, TRUE, Aig

WIDTH = 18                              # operands of a multiplier
SMALL = 4                               # products of operands up to this are logic
PATTERNS = 256

Bits = list[int]


class Signatures:
    """Values of literals for random inputs, each node looked at once."""

    def __init__(self, aig: Aig, seed: int):
        self.aig, self.seed = aig, seed
        self.every = (1 << PATTERNS) - 1
        self.value = {0: 0}

    def __getitem__(self, literal: int) -> int:
        stack = [literal >> 1]
        while stack:
            variable = stack[-1]
            if variable in self.value:
                stack.pop()
                continue
            fanins = self.aig.fanins[variable]
            if fanins is None:
                self.value[variable] = random.Random(f"{self.seed} {variable}").getrandbits(PATTERNS)
                continue
            missing = [fanin >> 1 for fanin in fanins if fanin >> 1 not in self.value]
            if missing:
                stack += missing
                continue
            a, b = (self.value[fanin >> 1] ^ (-(fanin & 1) & self.every) for fanin in fanins)
            self.value[variable] = a & b
        return self.value[literal >> 1] ^ (-(literal & 1) & self.every)


class Products:
    def __init__(self, aig: Aig, seed: int = 1):
        self.aig = aig
        self.signatures = Signatures(aig, seed)
        self.known: dict[tuple, tuple[Bits, Bits, Bits]] = {}    # signatures of operands: operands, product
        self.equal: list[tuple[int, int]] = []                   # literals to be proven equal
        self.count = 0

    def multiply(self, a: Bits, b: Bits, signed: bool, width: int) -> Bits:
        """The low `width` bits of a product; lowest bit first."""
        numbers = []
        for operand in (a, b):
            if signed or len(operand) >= width:        # what lies above the result's sign does not matter
                number = operand[:width]
            else:
                number = [*operand, FALSE]
            numbers.append(self._short(number))
        numbers.sort(key=self._size, reverse=True)
        return self._fit(self._sliced(*numbers, width), width)

    # ---- numbers: signed, lowest bit first ---------------------------------------------------------
    @staticmethod
    def _size(bits: Bits) -> int:
        """Bits of the operand as a multiplier takes it: without a sign that is 0."""
        return len(bits) - (bits[-1] == FALSE)

    def _fit(self, bits: Bits, width: int) -> Bits:
        return (list(bits) + [bits[-1]] * width)[:width]

    def _product(self, bits: Bits, a: Bits, b: Bits, width: int) -> Bits:
        """`bits` of a * b, as many as it can have, and a sign that is 0 when both are positive."""
        most = self._size(a) + self._size(b)
        if width > most and a[-1] == FALSE and b[-1] == FALSE:
            return [*self._fit(bits, most), FALSE]
        return self._fit(bits, min(width, most))

    # ---- large products ----------------------------------------------------------------------------
    def _sliced(self, a: Bits, b: Bits, width: int) -> Bits:
        wide, other = (a, b) if self._size(a) > WIDTH else (b, a)
        if self._size(wide) <= WIDTH:
            return self._one(a, b, width)
        space = min(width, self._size(a) + self._size(b))
        total = [FALSE] * space
        for i in range(0, self._size(wide), WIDTH):
            last = i + WIDTH >= self._size(wide)
            part = wide[i:] if last else [*wide[i:i + WIDTH], FALSE]
            product = self._sliced(part, other, space)
            total = self._add(total, self._fit([FALSE] * i + product, space))
        return self._product(total, a, b, width)

    # ---- one multiplier ----------------------------------------------------------------------------
    def _one(self, a: Bits, b: Bits, width: int) -> Bits:
        a, b = self._short(a), self._short(b)
        if min(len(a), len(b)) <= SMALL + 1:
            return self._product(self._logic(a, b, len(a) + len(b)), a, b, width)
        key_a, key_b = (tuple(self.signatures[bit] for bit in operand) for operand in (a, b))
        if key_b < key_a:
            a, b, key_a, key_b = b, a, key_b, key_a
        key = (key_a, key_b)
        if key not in self.known:
            self.count += 1
            bits = [self.aig.input(f"product {self.count} bit {i}")
                    for i in range(self._size(a) + self._size(b))]
            self.known[key] = (a, b, bits)
        other_a, other_b, bits = self.known[key]
        for mine, other in ((a, other_a), (b, other_b)):
            self.equal += [pair for pair in zip(mine, other) if pair[0] != pair[1]]
        return self._product(bits, other_a, other_b, width)

    def _short(self, bits: Bits) -> Bits:
        """Without copies of the sign. Copies that are not built alike have to be proven."""
        bits = list(bits)
        while len(bits) > 1 and self.signatures[bits[-1]] == self.signatures[bits[-2]]:
            if bits[-1] != bits[-2]:
                self.equal.append((bits[-1], bits[-2]))
            bits.pop()
        return bits

    def _logic(self, a: Bits, b: Bits, width: int) -> Bits:
        """Both signed: the sign's row is subtracted."""
        total = [FALSE] * width
        a = self._fit(a, width)
        for i, bit in enumerate(b):
            if i >= width:
                break
            row = [FALSE] * i + [self.aig.and_(bit, digit) for digit in a[:width - i]]
            if i == len(b) - 1:
                total = self._add(total, [digit ^ 1 for digit in row], TRUE)
            else:
                total = self._add(total, row)
        return total

    def _add(self, a: Bits, b: Bits, carry: int = FALSE) -> Bits:
        aig, total = self.aig, []
        for x, y in zip(a, b):
            half = aig.xor_(x, y)
            total.append(aig.xor_(half, carry))
            carry = aig.or_(aig.and_(x, y), aig.and_(half, carry))
        return total
