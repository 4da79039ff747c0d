# SPDX-License-Identifier: Apache-2.0
"""What the equivalence proofs are built on: pairs of functions, products, codes, kept verdicts, the list."""

import shutil
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "scripts" / "silicon"))

import equiv_report  # noqa: E402
from aig import FALSE, TRUE, Aig  # noqa: E402
from correspond import OPERAND, Pair, Problem  # noqa: E402
from equiv_cache import Cache, Modules  # noqa: E402
from equiv_list import Block, block_list, chosen  # noqa: E402
from partners import Words, codes, lost_bits  # noqa: E402
from products import Products  # noqa: E402
from prove import OPEN, PROVEN, REFUTED, prove  # noqa: E402
from yosys import SiliconError  # noqa: E402


class Case(unittest.TestCase):
  def setUp(self):
    self.folder = Path(tempfile.mkdtemp(prefix="girih_equiv_"))
    self.addCleanup(shutil.rmtree, self.folder)


class Proofs(Case):
  def prove(self, gold, gate, aig, care=TRUE):
    return prove(Problem(aig, [Pair("p", gold, gate, care)], factors=Products(aig)), self.folder, 30)

  def words(self, aig, width):
    return [[aig.input(f"{name}{i}") for i in range(width)] for name in "ab"]

  def test_one_value_in_two_to_the_forty(self):
    aig = Aig()
    one = TRUE
    for i in range(40):
      one = aig.and_(one, aig.input(f"a{i}") ^ i % 2)
    verdict = self.prove(one, FALSE, aig)             # random values do not find it: ABC must
    self.assertEqual((verdict.status, verdict.rtl), (REFUTED, 1))
    self.assertEqual(verdict.inputs, {f"a{i}": 1 - i % 2 for i in range(40)})

  def test_adders_built_in_two_ways(self):
    aig = Aig()
    a, b = self.words(aig, 24)
    carry = ripple = FALSE
    for x, y in zip(a, b):
      carry, ripple = (aig.or_(aig.and_(x, y), aig.and_(carry, aig.or_(x, y))),
                       aig.mux(aig.xor_(x, y), ripple, x))
    self.assertEqual(self.prove(carry, ripple, aig).status, PROVEN)
    self.assertEqual(self.prove(carry, aig.and_(ripple, aig.or_(a[3], b[5])), aig).status, REFUTED)

  def test_what_is_never_defined_is_not_proven(self):
    aig = Aig()
    a = aig.input("a")
    self.assertEqual(self.prove(a, a ^ 1, aig, FALSE).status, OPEN)
    self.assertEqual(self.prove(a, aig.and_(a, aig.input("b")), aig, aig.input("c")).status, REFUTED)

  def test_nothing_to_compare(self):
    self.assertEqual(prove(Problem(Aig()), self.folder, 30).status, OPEN)

  def test_products(self):
    aig = Aig()
    a, b = self.words(aig, 9)
    products = Products(aig)
    one, other = products.multiply(a, b, True, 18), products.multiply(b, [*a[:8], b[8]], True, 18)

    def verdict(gold, gate):
      pairs = [Pair("p", gold, gate, TRUE)]
      pairs += [Pair(OPERAND, *pair, TRUE) for pair in products.equal]
      return prove(Problem(aig, pairs, factors=products), self.folder, 30).status
    self.assertEqual(verdict(one[3], products.multiply(b, a, True, 18)[3]), PROVEN)
    self.assertEqual(verdict(one[9], other[9]), REFUTED)
    # True of numbers, and of no unknown function: the lowest bit of a product is that of its operands.
    self.assertEqual(verdict(one[0], aig.and_(a[0], b[0])), OPEN)


class Numbers(unittest.TestCase):
  """Products put together of parts are the products of numbers when the parts are."""

  def value(self, aig, bits, values):
    return sum(bit << i for i, bit in enumerate(aig.evaluate(bits, values)))

  def check(self, a_width, b_width, signed, width, a_value, b_value):
    aig = Aig()
    products = Products(aig)
    a, b = ([aig.input(f"{name}{i}") for i in range(size)]
            for name, size in (("a", a_width), ("b", b_width)))
    result = products.multiply(a, b, signed, width)
    values = {bit >> 1: number >> i & 1 for bits, number in ((a, a_value), (b, b_value))
              for i, bit in enumerate(bits)}
    for one, other, bits in products.known.values():
      numbers = []
      for operand in (one, other):
        number = self.value(aig, operand, values)
        sign = number >> (len(operand) - 1) & 1
        numbers.append(number - (sign << len(operand)))
      product = numbers[0] * numbers[1]
      values |= {bit >> 1: product >> i & 1 for i, bit in enumerate(bits) if bit > 1}

    def number(value, size):
      return value - (1 << size) if signed and value >> (size - 1) else value
    expected = number(a_value, a_width) * number(b_value, b_width) & (1 << width) - 1
    self.assertEqual(self.value(aig, result, values), expected,
                     (a_width, b_width, signed, width, a_value, b_value))

  def test_products(self):
    for a_width, b_width, signed, width in (
        (24, 24, False, 48), (33, 20, False, 53), (9, 9, True, 18), (36, 36, False, 36), (8, 3, True, 11),
        (5, 40, False, 45), (24, 24, True, 48)):
      top_a, top_b = (1 << a_width) - 1, (1 << b_width) - 1
      for a_value, b_value in ((0, 0), (top_a, top_b), (1, top_b), (1 << a_width - 1, 1 << b_width - 1),
                               (0x5a5a5a5a5 & top_a, 0x3c3c3c3c3 & top_b)):
        self.check(a_width, b_width, signed, width, a_value, b_value)

  def test_other_operands_are_another_product(self):
    aig = Aig()
    products = Products(aig)
    a, b, c = ([aig.input(f"{name}{i}") for i in range(9)] for name in "abc")
    first = products.multiply(a, b, True, 18)
    self.assertEqual(products.multiply(b, a, True, 18), first)
    self.assertNotEqual(products.multiply(a, c, True, 18), first)
    self.assertNotEqual(products.multiply(a, b, False, 18), first)


class Codes(unittest.TestCase):
  def test_codes(self):
    log = ("Recoding FSM `$fsm$\\u_x.state_q$25979' from module `\\deadlock' using `auto' encoding:\n"
           "  mapping auto encoding to `one-hot` for this FSM.\n  00 -> --1\n  10 -> -1-\n\n")
    code = codes(log)["u_x.state_q"]
    aig = Aig()
    bits = [aig.input(str(i)) for i in range(3)]
    values = {bits[1] >> 1: 1}
    found = [code.decode(aig, bits, 0), code.decode(aig, bits, 1), code.legal(aig, bits)]
    self.assertEqual(aig.evaluate(found, values), [0, 1, 1])
    self.assertEqual(aig.evaluate([code.legal(aig, bits)], {}), [0])

  def test_bits_that_memories_lost(self):
    log = ("3.26.1. Executing OPT_MEM pass (optimize memories).\nm.u_x.a_q: removing const-0 lane 1\n"
           "m.u_x.a_q: removing const-1 lane 3\nmm.b_q: removing const-0 lane 0\n"
           "5.1. Executing OPT_MEM pass (optimize memories).\nm.u_x.a_q: removing const-x lane 2\n")
    lost = lost_bits(log, "m")
    self.assertEqual(lost, {"u_x.a_q": [{1: "0", 3: "1"}, {2: "0"}]})
    words = Words(6, lost["u_x.a_q"])                 # the second time, bit 2 was the one that had been 4
    self.assertEqual((words.left, words.constant), ([0, 2, 5], {1: "0", 3: "1", 4: "0"}))


class Reports(Case):
  def test_what_is_not_as_listed(self):
    def wrong(verdict, why):
      result = {"name": "a", "verdict": verdict, "why": "reason", "seconds": 1.0}
      return equiv_report.wrong([result], [Block("a", "a", why=why)])
    self.assertEqual((wrong(PROVEN, ""), wrong(PROVEN, "hard"), wrong(OPEN, "hard")), ([], [], []))
    for verdict, why in ((OPEN, ""), (REFUTED, ""), (REFUTED, "hard")):
      self.assertEqual(len(wrong(verdict, why)), 1)

  def test_page_shows_the_list(self):
    blocks = block_list()
    self.assertTrue(equiv_report.table(blocks) in equiv_report.PAGE.read_text(),
                    "docs/silicon.md has another table: scripts/silicon/equiv.py --page writes it")
    proven = {block.module for block in blocks if not block.why}
    self.assertLessEqual({"prim_fifo", "prim_stream_reg", "prim_arb_rr", "dma_guard", "tokens", "csr_top"},
                         proven)

  def test_what_is_not_there(self):
    with self.assertRaisesRegex(SiliconError, "'tokkens'.*tokens"):
      chosen(block_list(), ["tokkens"])

  def test_kept_verdicts(self):
    chip = ("autoidx 7\nattribute \\a 1\nmodule \\m\n  cell \\low \\u_low\n  end\nend\n\n"
            "module \\low\nend\nmodule \\n\nend\n")
    modules = Modules(chip)
    self.assertEqual(modules.closure("m").count("module"), 2)
    cache, block = Cache(self.folder), Block("a", "m")
    key = cache.key(block, "Tiny", modules.closure("m"), "method")
    self.assertIsNone(cache.get(key, 10))
    cache.put(key, {"verdict": OPEN, "given_up_after": 20})
    self.assertIsNotNone(cache.get(key, 20))
    self.assertIsNone(cache.get(key, 30))
    changed = Modules(chip.replace("module \\low\n", "module \\low\n  wire \\w\n"))
    self.assertNotEqual(cache.key(block, "Tiny", changed.closure("m"), "method"), key)
    self.assertNotEqual(cache.key(block, "Tiny", modules.closure("m"), "other"), key)

  def test_what_changes_elsewhere_changes_nothing_here(self):
    here = "module \\m\n  attribute \\src \"m.sv:%d\"\n  wire $and$m$%d\n  wire $and$m$%d_Y\n  wire $0\\q\nend\n"
    before, after = (Modules(here % numbers).closure("m") for numbers in ((3, 11, 12), (4, 21, 25)))
    self.assertEqual(before, after)
    self.assertNotEqual(before, Modules(here % (3, 11, 11)).closure("m"))


if __name__ == "__main__":
  unittest.main()
