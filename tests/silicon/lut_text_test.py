# SPDX-License-Identifier: Apache-2.0
"""Every table of four inputs: the expression that stands for it has its value for all inputs."""

import random
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts" / "silicon"))

from lut_text import INPUTS, ONES, expression, lut, tie  # noqa: E402


def value(text: str, names: dict[str, int]) -> int:
    """Verilog's and Python's operators are the same here; 16 inputs at once, one a bit."""
    return eval(text.replace("1'b1", str(ONES)).replace("1'b0", "0"), {}, names) & ONES


class LutText(unittest.TestCase):
    def test_every_table(self):
        names = dict(zip("ABCD", INPUTS))
        for table in range(ONES + 1):
            self.assertEqual(value(expression(table).format(*"ABCD"), names), table, f"{table:#06x}")

    def test_no_longer_than_a_dozen_operators(self):
        longest = max(sum(expression(table).count(op) for op in "&|^~") for table in range(ONES + 1))
        self.assertLessEqual(longest, 12)

    def test_constants_and_equal_nets(self):
        rng = random.Random(1)
        for _ in range(3000):
            table = rng.randrange(ONES + 1)
            nets = [rng.choice(["a", "b", "c", "1'b0", "1'b1"]) for _ in range(4)]
            names = {"a": INPUTS[0], "b": INPUTS[1], "c": INPUTS[2]}
            text = lut(table, nets)
            want = 0
            for i in range(16):
                bits = [value(net, names) >> i & 1 for net in nets]
                want |= (table >> sum(bit << j for j, bit in enumerate(bits)) & 1) << i
            self.assertEqual(value(text, names), want, (hex(table), nets, text))

    def test_a_tied_table_does_not_look_at_its_constants(self):
        self.assertEqual(tie(0x8000, ["a", "1'b1", "1'b1", "1'b1"]), INPUTS[0])
        self.assertEqual(tie(0x6666, ["a", "a", "b", "c"]), 0)


if __name__ == "__main__":
    unittest.main()
