# SPDX-License-Identifier: Apache-2.0
"""An and-inverter graph: equal functions built alike are one node, constants disappear as they come.

A literal is 2 * variable + (1 when inverted); 0 is false, 1 is true. Written as binary AIGER.
"""

from pathlib import Path

FALSE, TRUE = 0, 1


class Aig:
    def __init__(self):
        self.fanins: list[tuple[int, int] | None] = [None]       # of each variable; None: constant, input
        self.known: dict[tuple[int, int], int] = {}
        self.inputs: list[int] = []                               # variables
        self.names: dict[int, str] = {}                           # of inputs

    def input(self, name: str) -> int:
        variable = len(self.fanins)
        self.fanins.append(None)
        self.inputs.append(variable)
        self.names[variable] = name
        return 2 * variable

    def and_(self, a: int, b: int) -> int:
        if a > b:
            a, b = b, a
        if a == FALSE or a == b ^ 1:
            return FALSE
        if a == TRUE or a == b:
            return b
        literal = self.known.get((a, b))
        if literal is None:
            literal = 2 * len(self.fanins)
            self.fanins.append((a, b))
            self.known[a, b] = literal
        return literal

    def or_(self, a: int, b: int) -> int:
        return self.and_(a ^ 1, b ^ 1) ^ 1

    def xor_(self, a: int, b: int) -> int:
        return self.or_(self.and_(a, b ^ 1), self.and_(a ^ 1, b))

    def mux(self, select: int, one: int, zero: int) -> int:
        if one == zero:
            return one
        return self.or_(self.and_(select, one), self.and_(select ^ 1, zero))

    def cone(self, roots: list[int], below: dict[int, list[int]] | None = None) -> list[int]:
        """The variables that the literals depend on, inputs among them, fan-ins first.

        `below`: literals that some of the inputs depend on, by variable.
        """
        below = below or {}
        seen, order = {0}, []
        for root in roots:
            stack = [root >> 1]
            while stack:
                variable = stack[-1]
                if variable in seen:
                    stack.pop()
                    continue
                fanins = self.fanins[variable] or below.get(variable, ())
                missing = [fanin >> 1 for fanin in fanins if fanin >> 1 not in seen]
                if missing:
                    stack += missing
                else:
                    seen.add(variable)
                    order.append(variable)
                    stack.pop()
        return order

    def write(self, path: Path, roots: list[int], inputs: list[int]) -> None:
        """AIGER with these inputs (variables, in this order) and outputs."""
        number = {0: 0}
        for variable in inputs:
            number[variable] = len(number)
        gates = [variable for variable in self.cone(roots) if self.fanins[variable] is not None]
        for variable in gates:
            number[variable] = len(number)

        def literal(old: int) -> int:
            return 2 * number[old >> 1] | (old & 1)

        data = bytearray()

        def delta(value: int) -> None:
            while value >= 0x80:
                data.append(value & 0x7f | 0x80)
                value >>= 7
            data.append(value)

        for variable in gates:
            low, high = sorted(literal(fanin) for fanin in self.fanins[variable])
            delta(2 * number[variable] - high)
            delta(high - low)
        with path.open("wb") as file:
            file.write(f"aig {len(number) - 1} {len(inputs)} 0 {len(roots)} {len(gates)}\n".encode())
            file.write("".join(f"{literal(root)}\n" for root in roots).encode())
            file.write(data)

    def evaluate(self, roots: list[int], values: dict[int, int | None]) -> list[int | None]:
        """Values of the literals, None where it may be either.

        `values`: of the inputs, by variable; 0 when not given, None when it may be either.
        """
        value: dict[int, int | None] = {0: 0}

        def of(literal: int) -> int | None:
            found = value[literal >> 1]
            return None if found is None else found ^ literal & 1

        for variable in self.cone(roots):
            fanins = self.fanins[variable]
            if fanins is None:
                value[variable] = values.get(variable, 0)
            else:
                a, b = (of(fanin) for fanin in fanins)
                value[variable] = 0 if 0 in (a, b) else None if None in (a, b) else 1
        return [of(root) for root in roots]
