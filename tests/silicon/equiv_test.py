# SPDX-License-Identifier: Apache-2.0
"""Mapped blocks are proven as they are; whatever is broken in one of their cells is refuted by name.

  equiv_test.py --build BUILD [unittest's options]
"""

import json
import os
import re
import shutil
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "scripts" / "silicon"))

import equiv_prover  # noqa: E402
from equiv_list import block_list  # noqa: E402
from prove import PROVEN, REFUTED  # noqa: E402
from yosys import generated_folder  # noqa: E402

BUILD = None
CELL = r"^  cell \\%s \S+\n(?:    .*\n)*  end\n"


def set_pin(pin, value):
  return lambda cell: re.sub(rf"connect \\{pin} .*", lambda _: rf"connect \{pin} {value}", cell)


def set_parameter(name, value):
  return lambda cell: re.sub(rf"parameter \\{name} .*", lambda _: rf"parameter \{name} {value}", cell)


def swap_pins(one, other):
  """What is connected to two pins of a cell changes places."""
  def change(cell):
    nets = {pin: re.search(rf"connect \\{pin} (.*)", cell)[1] for pin in (one, other)}
    return set_pin(other, nets[one])(set_pin(one, nets[other])(cell))
  return change


def invert_entry(pins):
  """The entry of a table that is chosen when these pins are 1 and the others 0."""
  def change(cell):
    table = re.search(r"16'([01]+)", cell)[1]
    digit = len(table) - 1 - sum(1 << "ABCD".index(pin) for pin in pins)
    return cell.replace(table, table[:digit] + "10"[int(table[digit])] + table[digit + 1:])
  return change


class Netlists(unittest.TestCase):
  @classmethod
  def setUpClass(cls):
    cls.folder = Path(tempfile.mkdtemp(prefix="girih_equiv_"))
    cls.addClassCleanup(shutil.rmtree, cls.folder)
    cls.prover = equiv_prover.Prover("Tiny", generated_folder(BUILD), cls.folder)
    cls.blocks = {block.name: block for block in block_list()}

  def compare(self, name, kind="", which="", change=None):
    """The verdict on a block after its first cell of a kind with `which` in it was changed."""
    real = equiv_prover.map_parts

    def map_and_change(design, label, parallel):
      folders = real(design, label, parallel)
      for part, folder in folders.items() if change else ():
        copy = self.folder / "changed" / part
        shutil.copytree(folder, copy, dirs_exist_ok=True)
        text = (copy / "mapped.il").read_text()
        cell = next(cell for cell in re.finditer(CELL % kind, text, re.MULTILINE)
                    if re.search(which, cell[0], re.MULTILINE))
        broken = change(cell[0])
        self.assertNotEqual(broken, cell[0], "nothing was changed")
        (copy / "mapped.il").write_text(text[:cell.start()] + broken + text[cell.end():])
        folders[part] = copy
      return folders

    with mock.patch.object(equiv_prover, "map_parts", map_and_change):
      return self.prover.compare(self.blocks[name], 60)

  def assert_refuted(self, differs, name, kind, which, change):
    """`differs`: pattern of the RTL's registers and outputs that may show it."""
    result = self.compare(name, kind, which, change)
    self.assertEqual(result["verdict"], REFUTED, result)
    self.assertRegex(result["differs"], differs)
    shown = json.loads((self.folder / result["counterexample"]).read_text())
    self.assertEqual({shown["rtl"], shown["netlist"]}, {0, 1})
    self.assertEqual(shown["differs"], result["differs"])
    self.assertTrue(any(not net.startswith("$") for net in shown["inputs"]), shown)

  def test_every_module_of_the_chip_is_listed(self):
    self.assertEqual({block.module for block in self.blocks.values()}, set(self.prover.source.modules()))

  def test_as_it_is(self):
    result = self.compare("prim_fifo depth 5")
    self.assertEqual(result["verdict"], PROVEN, result)
    self.assertGreaterEqual(result["registers"], 5 * 8 + 3 + 3 + 3)
    self.assertEqual((result["only_in_rtl"], result["border"]), ([], []))
    for net in result["only_in_netlist"]:           # words behind the fifth are nothing
      self.assertRegex(net, r"word_q\[([5-9]|1[0-5])\]")
    self.assertGreater(result["undefined"], 0)

  def test_table_of_an_output(self):
    self.assert_refuted(r"^any_o", "rr_pick", "LUT4", r"\\Z \\any_o$", invert_entry(""))

  def test_table_of_a_counter(self):
    self.assert_refuted(r"^next count", "prim_fifo depth 5", "LUT4", r"\\Z \\count_o_\S+_DI$",
                        invert_entry("D"))

  def test_words_written_elsewhere(self):
    self.assert_refuted(r"item_q|pop_data_o", "prim_fifo depth 5", "TRELLIS_DPR16X4", "",
                        swap_pins("WAD", "RAD"))

  def test_words_always_written(self):
    self.assert_refuted(r"^next item_q", "prim_fifo depth 5", "TRELLIS_DPR16X4", "", set_pin("WRE", "1'1"))

  def test_another_reset_value(self):
    self.assert_refuted(r"^next out_full_q", "prim_stream_reg", "TRELLIS_FF", r"\\Q \\out_full_q$",
                        set_parameter("REGSET", '"SET"'))

  def test_never_reset(self):
    self.assert_refuted(r"^next (skid_empty_q|in_ready_o)", "prim_stream_reg", "TRELLIS_FF",
                        r"\\Q \\skid_empty_q$", set_pin("LSR", "1'0"))

  def test_enable_and_reset_change_places(self):
    self.assert_refuted(r"^next out_full_q", "prim_stream_reg", "TRELLIS_FF", r"\\Q \\out_full_q$",
                        swap_pins("CE", "LSR"))

  def test_enabled_by_another_signal(self):
    self.assert_refuted(r"^next skid_q\[3\]", "prim_stream_reg", "TRELLIS_FF", r"\\Q \\skid_q \[3\]$",
                        set_pin("CE", r"\in_valid_i"))

  def test_crossed_wires(self):
    self.assert_refuted(r"^next skid_q\[3\]", "prim_stream_reg", "TRELLIS_FF", r"\\Q \\skid_q \[3\]$",
                        set_pin("DI", r"\in_data_i [4]"))

  def test_window_guard_that_lets_one_page_more_through(self):
    # The carry into the comparison of the page with the window's size: less becomes less or equal.
    self.assert_refuted(r".", "dma_guard", "CCU2C", r"\\CIN 1'1", set_pin("CIN", "1'0"))

  def test_multiplier_with_crossed_wires(self):
    self.assert_refuted(r"^next product_q", "fp32_mul", "MULT18X18D", "", swap_pins("A3", "A4"))

  def test_multiplier_with_a_sign(self):
    # The operand fills the multiplier: read without its sign it is another number.
    self.assert_refuted(r".", "validate_extent", "MULT18X18D", r"(?s)SIGNEDA 1'1.*\\A17 \\", set_pin("SIGNEDA", "1'0"))

  def test_multiplier_without_the_highest_bit(self):
    self.assert_refuted(r"^next product_q", "fp32_mul", "MULT18X18D", r"\\A11 \\a_i",
                        set_pin("A11", "1'0"))

  def test_another_part_of_the_product(self):
    self.assert_refuted(r"^next product_q", "fp32_mul", "MULT18X18D", r"\\A11 \\a_i",
                        swap_pins("P7", "P8"))


if __name__ == "__main__":
  if "--build" in sys.argv:
    where = sys.argv.index("--build")
    BUILD = Path(os.path.abspath(sys.argv[where + 1]))
    del sys.argv[where:where + 2]
  unittest.main()
