# SPDX-License-Identifier: Apache-2.0
"""The hooks for an ASIC: memories behind their wrapper, constraints that name every port, a small block in
standard cells.

  asic_test.py --build BUILD [unittest's options]
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "scripts" / "silicon"))

import buffers  # noqa: E402
import liberty  # noqa: E402
import memories  # noqa: E402
import sta  # noqa: E402
from yosys import SiliconError, Source, generated_folder  # noqa: E402

CONSTRAINTS = ROOT / "constraints/girih.sdc"
BUILD = None


class Case(unittest.TestCase):
  def setUp(self):
    self.folder = Path(tempfile.mkdtemp(prefix="girih_asic_"))
    self.addCleanup(shutil.rmtree, self.folder)


class Memories(Case):
  def test_stray_one_is_found(self):
    files = [ROOT / "rtl/prim/prim_ram_1r1w.sv", HERE / "stray_memory.sv"]
    source = Source("Tiny", self.folder / "generated", self.folder, files, "stray_memory")
    found = memories.list_memories(source, self.folder, "stray_memory")
    self.assertEqual({memory.name: memory.bits for memory in found},
                     {"stray_q": 2048, "pipe_q": 2048, "queue_q": 2048, "word_q": 2048})
    self.assertEqual([memory.name for memory in found if memory.stray], ["stray_q"])
    self.assertEqual([memory.name for memory in found if memory.wrapped], ["word_q"])


class Presets(Case):
  """No memory of 2 kbit outside the wrapper, and none of the wrapper's outside the list."""

  def look(self, preset):
    run = subprocess.run([sys.executable, ROOT / "scripts/silicon/memories.py", "--preset", preset, "--build",
                          BUILD, "--out", self.folder], capture_output=True, text=True)
    self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
    self.assertIn("prim_ram_1r1w", run.stdout)

  def test_tiny(self):
    self.look("tiny")

  def test_base(self):
    self.look("base")

  def test_wide(self):
    self.look("wide")

  def test_ecp5(self):
    self.look("ecp5")


def top_ports():
  """Direction and whether it is a vector, of every port of girih_top."""
  header = (ROOT / "rtl/top/girih_top.sv").read_text().split(") (", 1)[1].split("\n);", 1)[0]
  found = re.findall(r"^\s*(input|output)\s+(\w+)\s*(\[[^\]]*\])?\s+(\w+)\s*,?", header, re.MULTILINE)
  return {name: (direction, bool(vector) or kind not in ("logic",)) for direction, kind, vector, name in found}


def stub(ports):
  """A chip of ports alone."""
  lines = [f"  {direction} {'[7:0] ' if vector else ''}{name}" for name, (direction, vector) in ports.items()]
  return "module girih_top (\n" + ",\n".join(lines) + "\n);\nendmodule\n"


class Constraints(Case):
  def read(self, text, ports):
    """What OpenSTA says when it reads the constraints for a chip with these ports."""
    sdc, netlist = self.folder / "a.sdc", self.folder / "a.v"
    sdc.write_text(text)
    netlist.write_text(stub(ports))
    return sta.run(sta.read([liberty.CELLS], [netlist], "girih_top") + [f"source {{{sdc}}}"],
                   self.folder / "sta.log", "constraints")

  def named(self, text):
    code = "\n".join(line.split("#")[0] for line in text.splitlines())
    return set(re.findall(r"\b((?:clk|rst|s_axil|m_axi|irq|test)\w*_(?:ni|i|o)|irq_o|clk_i|rst_ni)\b", code))

  def test_every_port_is_named_and_every_name_is_a_port(self):
    ports = top_ports()
    self.assertGreater(len(ports), 50)
    self.assertEqual(self.named(CONSTRAINTS.read_text()), set(ports))

  def test_a_timing_tool_reads_them(self):
    self.read(CONSTRAINTS.read_text(), top_ports())

  def test_a_port_that_does_not_exist_is_refused(self):
    ports = top_ports()
    del ports["m_axi_wlast_o"]
    with self.assertRaises(SiliconError) as caught:
      self.read(CONSTRAINTS.read_text(), ports)
    self.assertIn("m_axi_wlast_o", str(caught.exception))

  def test_a_name_that_is_no_port_is_refused(self):
    with self.assertRaises(SiliconError):
      self.read(CONSTRAINTS.read_text().replace("irq_o*", "irq_no_such"), top_ports())


class Cells(Case):
  def test_areas(self):
    library = liberty.Library()
    self.assertEqual(library.count({"NAND2X1": 10, "DFFPOSX1": 2, "LATCH": 3})["ge"], 25)
    self.assertEqual(library.count({"DFFPOSX1": 2, "DFFSR": 1, "LATCH": 3})["ff"], 3)
    with self.assertRaises(SiliconError):
      library.count({"$_AND_": 1})

  def test_trees(self):
    sinks = {f"s{i}": {"hide_name": 0, "type": "INVX1", "parameters": {}, "attributes": {},
                       "port_directions": {"A": "input", "Y": "output"}, "connections": {"A": [2], "Y": [3 + i]}}
             for i in range(100)}
    path = self.folder / "a.json"
    path.write_text(json.dumps({"modules": {"m": {"ports": {}, "cells": sinks, "netnames": {
        "n": {"hide_name": 0, "bits": list(range(2, 103)), "attributes": {}}}}}}))
    self.assertEqual(buffers.add_trees(path, "m", "BUFX4", 16), 7)    # 100 sinks are 7 of 16
    cells = json.loads(path.read_text())["modules"]["m"]["cells"].values()
    loads = [cell["connections"]["A"][0] for cell in cells]
    self.assertEqual(max(loads.count(net) for net in loads), 16)
    self.assertEqual(loads.count(2), 7)


class Block(Case):
  """The parameter files: a few hundred gates, two memories."""

  def asic(self, *options):
    return subprocess.run([sys.executable, ROOT / "scripts/silicon/asic.py", "--preset", "tiny", "--build", BUILD,
                           "--out", self.folder, *options], capture_output=True, text=True)

  def test_params(self):
    run = self.asic("--block", "params")
    self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
    report = json.loads((self.folder / "report.json").read_text())
    block, = report["blocks"]
    # A known bit for each word, states and control, the host's access, two words read.
    self.assertEqual(block["ff"], 2 * 32 + 5 + 4 + (6 + 1 + 4 + 32) + 2 * 32)
    self.assertEqual(block["latch"], 0)
    self.assertEqual(block["rams"], [{"shape": "64x32_4", "count": 2}])
    self.assertEqual(block["ram_bits"], 2 * 64 * 32)
    self.assertTrue(500 < block["ge"] < 2000, block["ge"])
    path = block["paths"][0]
    self.assertTrue(1 < path["delay_ns"] < 5, path)
    self.assertGreater(path["cells"], 3)
    self.assertIn("params", (self.folder / "report.md").read_text())

  def test_what_is_not_there(self):
    run = self.asic("--block", "parms")
    self.assertEqual(run.returncode, 1)
    self.assertIn("did you mean params?", run.stderr)


if __name__ == "__main__":
  if "--build" in sys.argv:
    where = sys.argv.index("--build")
    BUILD = os.path.abspath(sys.argv[where + 1])
    del sys.argv[where:where + 2]
  else:
    BUILD = str(generated_folder(None).parents[1])
  unittest.main()
