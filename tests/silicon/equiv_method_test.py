# SPDX-License-Identifier: Apache-2.0
"""The method of the equivalence proofs on machines of a few gates: what must not be believed is not."""

import json
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "scripts" / "silicon"))

import correspond  # noqa: E402
from machine import Machine  # noqa: E402
from partners import Code, Notes, lost_bits  # noqa: E402
from prove import OPEN, PROVEN, REFUTED, prove  # noqa: E402
from yosys import SiliconError  # noqa: E402


class Case(unittest.TestCase):
  def setUp(self):
    self.folder = Path(tempfile.mkdtemp(prefix="girih_equiv_"))
    self.addCleanup(shutil.rmtree, self.folder)


class Design:
  """A machine of a few gates, as Yosys writes one. Nets are numbers; "0", "1", "x" are constants."""

  def __init__(self):
    self.last, self.cells = 1, {}
    self.module = {"ports": {}, "netnames": {}, "cells": self.cells}
    self.clock = self.input("clk_i")

  def new(self):
    self.last += 1
    return self.last

  def name(self, name, *bits, **attributes):
    self.module["netnames"][name] = {"bits": list(bits), "attributes": attributes}

  def input(self, name):
    bit = self.new()
    self.module["ports"][name] = {"direction": "input", "bits": [bit]}
    self.name(name, bit)
    return bit

  def output(self, name, bit):
    self.module["ports"][name] = {"direction": "output", "bits": [bit]}

  def cell(self, kind, name="", **pins):
    way = {pin: "output" if pin in ("Y", "Q", "OUT") else "input" for pin in pins}
    self.cells[name or f"cell{len(self.cells)}"] = {
        "type": kind, "parameters": {}, "port_directions": way,
        "connections": {pin: [bit] for pin, bit in pins.items()}}

  def gate(self, kind, **pins):
    bit = self.new()
    self.cell(f"$_{kind}_", **pins, Y=bit)
    return bit

  def register(self, d, bit=None, clock=None):
    bit = bit or self.new()
    self.cell("$_DFF_P_", C=clock or self.clock, D=d, Q=bit)
    return bit

  def held(self, enable, d):
    """A register that is loaded when enabled."""
    bit = self.new()
    return self.register(self.gate("MUX", A=bit, B=d, S=enable), bit)

  def machine(self, folder):
    path = folder / "design.json"
    path.write_text(json.dumps({"modules": {"m": self.module}}))
    return Machine(path, "m")


class Machines(Case):
  def compare(self, gold, gate, notes=None):
    problem = correspond.problem(gold.machine(self.folder), gate.machine(self.folder), notes)
    return problem, prove(problem, self.folder, 30)

  def one(self, *outputs, register=Design.held, clock="clk_i", names=("q", "p")):
    """Two registers, and outputs that are one of them or a function of both."""
    design = Design()
    enable, d, other = (design.input(name) for name in ("en_i", "d_i", "clk2_i"))
    clock = design.clock if clock == "clk_i" else other
    q = design.register(d, clock=clock) if register != Design.held else design.held(enable, d)
    p = design.register(enable, clock=clock)
    design.name(names[0], q)
    design.name(names[1], p)
    for name, choose in outputs:
      design.output(name, choose(design, q, p))
    return design

  def test_equal(self):
    problem, verdict = self.compare(self.one(("o", lambda _, q, p: q)), self.one(("o", lambda _, q, p: q)))
    self.assertEqual((verdict.status, problem.registers), (PROVEN, 2))

  def test_names_that_lie(self):
    gold = self.one(("o", lambda _, q, p: q))
    _, verdict = self.compare(gold, self.one(("o", lambda _, q, p: q), names=("p", "q")))
    self.assertEqual(verdict.status, REFUTED)

  def copied(self, register):
    """The RTL shows one register twice; the netlist has two of them."""
    gold, gate = Design(), Design()
    for design, count in ((gold, 1), (gate, 2)):
      enable, d = design.input("en_i"), design.input("d_i")
      bits = [design.held(enable, d) if register == "held" else design.register(d) for _ in range(count)]
      design.name("q", bits[0])
      design.output("a", bits[0])
      design.output("b", bits[-1])
    return self.compare(gold, gate)

  def test_copy_that_is_loaded_at_every_edge(self):
    problem, verdict = self.copied("loaded")
    self.assertEqual((verdict.status, problem.copies), (PROVEN, 1))

  def test_copy_that_may_wake_up_unlike_and_stay_so(self):
    problem, verdict = self.copied("held")
    self.assertEqual((verdict.status, problem.copies), (OPEN, 0))
    self.assertIn("may have any value", verdict.why)

  def table(self, held):
    """The RTL shows a function of its registers; the netlist stores it as they are loaded."""
    designs = []
    for mapped in (False, True):
      design = Design()
      enable, d, e = (design.input(name) for name in ("en_i", "d_i", "e_i"))
      load = design.held if held else lambda _, value, design=design: design.register(value)
      a, b = load(enable, d), load(enable, e)
      design.name("a_q", a)
      design.name("b_q", b)
      design.output("a", a)
      design.output("b", b)
      design.output("o", load(enable, design.gate("XOR", A=d, B=e)) if mapped
                    else design.gate("XOR", A=a, B=b))
      designs.append(design)
    return self.compare(*designs)

  def test_register_behind_a_table(self):
    problem, verdict = self.table(held=False)
    self.assertEqual((verdict.status, problem.worked_out), (PROVEN, 1))

  def test_register_behind_a_table_that_may_wake_up_otherwise(self):
    problem, verdict = self.table(held=True)
    self.assertEqual((verdict.status, problem.worked_out), (OPEN, 0))

  def test_another_clock(self):
    show = ("o", lambda _, q, p: q)
    with self.assertRaisesRegex(SiliconError, "clk2_i"):
      self.compare(self.one(show, register=None), self.one(show, register=None, clock="clk2_i"))

  def test_two_clocks(self):
    design = Design()
    other = design.input("clk2_i")
    design.output("o", design.register(design.register(other), clock=other))
    with self.assertRaisesRegex(SiliconError, "one input"):
      design.machine(self.folder)

  def test_what_nobody_drives_in_a_netlist_may_be_anything(self):
    gold = self.one(("o", lambda _, q, p: "0"))
    for bits in ("net", "x"):
      def floating(design, q, p, bits=bits):
        pins = [design.new()] * 1 + [q] if bits == "net" else ["x", "x"]
        return design.gate("AND" if bits == "net" else "XOR", A=pins[0], B=pins[1])
      self.assertEqual(self.compare(gold, self.one(("o", floating)))[1].status, REFUTED, bits)

  def test_what_the_rtl_leaves_undefined_may_be_anything(self):
    def choice(otherwise):
      return ("o", lambda design, q, p: design.gate("MUX", A=q, B=otherwise, S=p))
    self.assertEqual(self.compare(self.one(choice("x")), self.one(choice("1")))[1].status, PROVEN)
    self.assertEqual(self.compare(self.one(choice("1")), self.one(choice("x")))[1].status, REFUTED)

  def test_registers_with_values_to_wake_up_with(self):
    gold = self.one(("o", lambda _, q, p: q))
    gold.name("i", 2, init="0")
    with self.assertRaisesRegex(SiliconError, "wake up"):
      self.compare(gold, self.one(("o", lambda _, q, p: q)))

  def boxed(self, kind, crossed=False):
    design = Design()
    a, b, out = design.input("a_i"), design.input("b_i"), design.new()
    design.cell(kind, name="u_ram", A=b if crossed else a, OUT=out)
    design.output("o", design.gate("AND", A=out, B=b))
    return design

  def test_boxes(self):
    self.assertEqual(self.compare(self.boxed("ram"), self.boxed("ram"))[1].status, PROVEN)
    self.assertIn("other", self.compare(self.boxed("ram"), self.boxed("other"))[0].border[0])
    verdict = self.compare(self.boxed("ram"), self.boxed("ram", True))[1]
    self.assertEqual((verdict.status, verdict.differs), (REFUTED, "u_ram.A[0]"))

  def stepper(self, coded, reset=True):
    """A state that goes from 0 to 1 and stays; in the netlist one-hot, from bit 0 to bit 1."""
    design = Design()
    go, rst = design.input("go_i"), design.input("rst_ni")
    idle, busy = design.new(), design.new()
    if not coded:
      design.register(design.gate("AND", A=rst, B=design.gate("OR", A=busy, B=go)), busy)
      design.name("state_q", busy)
    else:
      stay = design.gate("ANDNOT", A=idle, B=go)
      leave = design.gate("OR", A=busy, B=design.gate("AND", A=idle, B=go))
      design.register(design.gate("ORNOT", A=stay, B=rst) if reset else stay, idle)
      design.register(design.gate("AND", A=leave, B=rst) if reset else leave, busy)
      design.name("state_q", idle, busy)
    design.output("o", busy)
    return design

  def test_states_in_another_code(self):
    code = Notes({"state_q": Code("state_q", [("0", "01"), ("1", "10")])})
    problem, verdict = self.compare(self.stepper(False), self.stepper(True), code)
    self.assertEqual((verdict.status, problem.coded), (PROVEN, 1))
    _, verdict = self.compare(self.stepper(False), self.stepper(True, reset=False), code)
    self.assertEqual(verdict.status, REFUTED)         # it may wake up in no state and stay there

  def test_many_states_in_another_code(self):
    """Of random values hardly any is a legal state of all."""
    designs = []
    for coded in (False, True):
      design = Design()
      go, rst = design.input("go_i"), design.input("rst_ni")
      last = go
      for i in range(12):
        state = [design.new() for _ in range(2 if coded else 1)]
        busy = design.gate("AND", A=rst, B=last)
        design.register(busy, state[-1])
        if coded:
          design.register(design.gate("NOT", A=busy), state[0])
        design.name(f"s{i}_q", *state)
        last = state[-1]
      design.output("o", last)
      designs.append(design)
    told = Notes({f"s{i}_q": Code(f"s{i}_q", [("0", "01"), ("1", "10")]) for i in range(12)})
    problem, verdict = self.compare(*designs, told)
    self.assertEqual((verdict.status, problem.coded), (PROVEN, 12))

  def stored(self, mapped, kept=(0, 1, 3, 4, 5), swapped=()):
    """Two words of six bits, bit 2 always 1, read at two ports; the netlist stores them once for each.

    `kept`: the bits that the netlist has; `swapped`: two that the second copy writes crosswise.
    """
    design = Design()
    write, at, first, second = (design.input(name) for name in ("write_i", "at_i", "first_i", "second_i"))
    data = ["1" if i == 2 else design.input(f"d{i}_i") for i in range(6)]
    crossed = dict(zip(swapped, reversed(swapped)))
    ports = []
    for copy in range(2 if mapped else 1):
      words = []
      for word in range(2):
        enable = design.gate("AND" if word else "ANDNOT", A=write, B=at)
        words.append({i: design.held(enable, data[crossed.get(i, i) if copy else i])
                      for i in (kept if mapped else range(6))})
        bits = list(words[-1].values())
        if not mapped:
          design.name(f"m_q[{word}]", *bits)
        for unit in range(-(-len(bits) // 4) if mapped else 0):
          design.name(f"m_q.{copy}.{unit}.word_q[{word}]", *bits[4 * unit:4 * unit + 4])
      ports.append(words)
    for name, (zero, one), select in (("a", ports[0], first), ("b", ports[-1], second)):
      for i in range(6):
        design.output(f"{name}{i}", design.gate("MUX", A=zero.get(i, "1"), B=one.get(i, "1"), S=select))
    return design

  def test_memory_stored_twice_without_a_constant_bit(self):
    log = "3.26.1. Executing OPT_MEM pass (optimize memories).\nm.m_q: removing const-1 lane 2\n"
    told = Notes(lost=lost_bits(log, "m"))
    problem, verdict = self.compare(self.stored(False), self.stored(True), told)
    self.assertEqual((verdict.status, problem.registers, problem.memory_copies), (PROVEN, 12, 10))
    for wrong in (None, Notes(lost={"m_q": [{2: "0"}]}), Notes(lost={"m_q": [{1: "1"}]})):
      self.assertNotEqual(self.compare(self.stored(False), self.stored(True), wrong)[1].status, PROVEN)

  def test_memory_whose_copies_are_written_unlike(self):
    told = Notes(lost={"m_q": [{2: "1"}]})
    for swapped in ((0, 1), (1, 3), (4, 5)):
      _, verdict = self.compare(self.stored(False), self.stored(True, swapped=swapped), told)
      self.assertNotEqual(verdict.status, PROVEN)

  def merged(self, mapped, unlike=False):
    """Two pairs of registers that are loaded alike when enabled, the second pair with the first; merged."""
    design = Design()
    enable, d, e = (design.input(name) for name in ("en_i", "d_i", "e_i"))
    a = design.held(enable, d)
    c = design.held(enable, a)
    b = a if mapped else design.held(enable, e if unlike else d)
    f = c if mapped else design.held(enable, b)
    for name, bit in (("a", a), ("c", c), ("b", b), ("f", f))[:2 if mapped else 4]:
      design.name(f"{name}_q", bit)
    for name, bit in zip("acbf", (a, c, b, f)):
      design.output(name, bit)
    return design

  def test_registers_that_were_merged(self):
    problem, verdict = self.compare(self.merged(False), self.merged(True))
    self.assertEqual((verdict.status, problem.registers, problem.without), (PROVEN, 4, []))
    problem, verdict = self.compare(self.merged(False, True), self.merged(True))
    self.assertNotEqual(verdict.status, PROVEN)

  def settled(self, mapped, load="OR"):
    """Registers that stay at 1 and at 0 once they are there: the second one as the first stays at 1."""
    design = Design()
    enable, other = design.input("en_i"), design.input("other_i")
    one = zero = None
    if not mapped:
      one, zero = design.new(), design.new()
      design.register(design.gate(load, A=one, B=enable), one)
      design.register(design.gate("ANDNOT", A=other, B=one), zero)
      design.name("one_q", one)
      design.name("zero_q", zero)
    design.output("a", one or "1")
    design.output("b", zero or "0")
    return design

  def test_registers_that_never_change(self):
    problem, verdict = self.compare(self.settled(False), self.settled(True))
    self.assertEqual((verdict.status, problem.without), (PROVEN, []))
    problem, verdict = self.compare(self.settled(False, "XOR"), self.settled(True))
    self.assertNotEqual(verdict.status, PROVEN)
    self.assertEqual(problem.without, ["one_q[0]", "zero_q[0]"])


if __name__ == "__main__":
  unittest.main()
