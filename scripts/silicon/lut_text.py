# SPDX-License-Identifier: Apache-2.0
"""Truth tables as short Verilog expressions.

A table of four inputs is an integer of 16 bits: bit i is the value for {D, C, B, A} = i. Tables are
looked at up to complement: the one of a pair that is 0 for input 0 stands for both.
"""

from functools import cache

import numpy as np

INPUTS = (0xAAAA, 0xCCCC, 0xF0F0, 0xFF00)       # the tables of A, B, C, D themselves
ONES = 0xFFFF


def _even(table: int) -> int:
    return table ^ ONES if table & 1 else table


@cache
def _recipes() -> dict[int, tuple[str, int, int]]:
    """For every even table an operator and two tables of fewer operators in all, built bottom up."""
    recipe: dict[int, tuple[str, int, int]] = {}
    levels = [np.array(INPUTS, np.uint16)]        # by number of two-input operators
    known = np.zeros(ONES + 1, bool)
    known[[0, *INPUTS]] = True
    while known[::2].sum() < 1 << 15:
        fresh = []
        for i in range((len(levels) + 1) // 2):
            left, right = levels[i], levels[len(levels) - 1 - i]
            for part in np.array_split(left, max(1, len(left) * len(right) >> 22)):
                for flip in (0, ONES):            # a AND NOT b; with a's complement, a OR b comes too
                    for other in (0, ONES):
                        made = (part[:, None] ^ np.uint16(flip)) & (right[None, :] ^ np.uint16(other))
                        _keep(made, "&", part ^ np.uint16(flip), right ^ np.uint16(other), known, recipe,
                              fresh)
                _keep(part[:, None] ^ right[None, :], "^", part, right, known, recipe, fresh)
        levels.append(np.array(fresh, np.uint16))
    return recipe


def _keep(made, operator, left, right, known, recipe, fresh) -> None:
    even = np.where(made & 1, made ^ np.uint16(ONES), made)
    tables, places = np.unique(even, return_index=True)
    for table, place in zip(tables, places):
        if not known[table]:
            known[table] = True
            recipe[int(table)] = (operator, int(left[place // len(right)]), int(right[place % len(right)]))
            fresh.append(table)


@cache
def expression(table: int) -> str:
    """The table over the names {0}, {1}, {2}, {3}; what is not one name or constant has parentheses."""
    if table in (0, ONES):
        return "1'b1" if table else "1'b0"
    if table in INPUTS:
        return f"{{{INPUTS.index(table)}}}"
    even = _even(table)
    if even in INPUTS:
        return "~" + expression(even)
    operator, left, right = _recipes()[even]
    if operator == "^":
        if left ^ right != table:
            left ^= ONES
        return f"({expression(left)} ^ {expression(right)})"
    if left & right == table:
        return f"({expression(left)} & {expression(right)})"
    if (left & right) ^ ONES == table:            # the complement of an AND is an OR of complements
        return f"({expression(left ^ ONES)} | {expression(right ^ ONES)})"
    raise AssertionError(f"recipe of {table:#06x}")


def tie(table: int, inputs: list[str]) -> int:
    """The table when some inputs are constants (1'b0, 1'b1) or the same net twice."""
    for i, name in enumerate(inputs):
        zero, one = _cofactors(table, i)
        if name in ("1'b0", "1'b1"):
            table = one if name == "1'b1" else zero
        else:
            for j in range(i):
                if inputs[j] == name:              # where the two differ the table does not matter
                    table = zero & ~INPUTS[j] & ONES | one & INPUTS[j]
    return table


def _cofactors(table: int, i: int) -> tuple[int, int]:
    """The table with input i at 0 and at 1, each again as a table of four inputs."""
    shift = 1 << i
    zero, one = table & ~INPUTS[i] & ONES, table & INPUTS[i]
    return zero | zero << shift & ONES, one | one >> shift


def lut(table: int, inputs: list[str]) -> str:
    """The value of a LUT4 with this table and these nets (a constant is written 1'b0 or 1'b1)."""
    return expression(tie(table, inputs)).format(*inputs)
