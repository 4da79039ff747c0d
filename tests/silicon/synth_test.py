# SPDX-License-Identifier: Apache-2.0
"""The rules of synthesis fail where they must: small modules that break one each, netlists that are the same
twice, figures that moved.

  synth_test.py [unittest's options]
"""

import copy
import json
import os
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "scripts" / "silicon"))

import rules  # noqa: E402
import synth_report  # noqa: E402
from elaborate import elaborate  # noqa: E402
from mapping import map_design, mapping_passes  # noqa: E402
from netlist import Netlist, sha256  # noqa: E402
from synth_picture import svg  # noqa: E402
from yosys import SiliconError, Source, run  # noqa: E402


class Case(unittest.TestCase):
  def setUp(self):
    self.folder = Path(tempfile.mkdtemp(prefix="girih_synth_"))
    self.addCleanup(shutil.rmtree, self.folder)
    os.environ["GIRIH_SYNTH_CACHE"] = str(self.folder / "cache")

  def source(self, top, folder="work", text=None):
    file = self.folder / folder / "bad.sv"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text or (HERE / "bad.sv").read_text())
    return Source("Tiny", self.folder / "generated", self.folder / folder, [file], top)

  def mapped(self, top, folder="work", text=None):
    """Folder of the mapped module, its part's folder and its netlist."""
    source = self.source(top, folder, text)
    map_design(source, None, source.work)
    parts = json.loads((source.work / "parts.json").read_text())
    return source.work, Path(parts["parts"][top]), Netlist(source.work / "netlist.json", top)


class BeforeMapping(Case):
  def refused(self, top, *words):
    source = self.source(top)
    with self.assertRaises(SiliconError) as caught:
      elaborate(source, None, source.work)
    for word in words:
      self.assertIn(word, str(caught.exception).lower())

  def test_latch(self):
    self.refused("bad_latch", "latch")

  def test_loop(self):
    self.refused("bad_loop", "loop")

  def test_two_drivers(self):
    self.refused("bad_drivers", "driver")


class AfterMapping(Case):
  def test_memory_of_flip_flops(self):
    _, part, netlist = self.mapped("bad_memory")
    findings = rules.memory_findings(rules.memories(part, "u_x"))
    self.assertEqual([(f.rule, f.where) for f in findings], [("memory", "u_x.word_q")])
    self.assertIn("256 words of 8 bits", findings[0].text)
    self.assertIn("flip-flops", findings[0].text)
    self.assertIn("registers", [f.rule for f in rules.register_findings(netlist)])

  def test_memory_in_the_wrong_ram(self):
    _, part, _ = self.mapped("bad_read")
    findings = rules.memory_findings(rules.memories(part, ""))
    self.assertEqual([f.where for f in findings], ["word_q"])
    self.assertIn("distributed RAM, not block RAM", findings[0].text)

  def test_registers_as_large_as_a_memory_and_waivers(self):
    _, _, netlist = self.mapped("bad_registers")
    findings = rules.register_findings(netlist)
    self.assertEqual([(f.rule, f.where) for f in findings], [("registers", "chain_q")])
    waivers = self.folder / "waivers.yaml"
    for where, covered in (("chain_q", True), ("other_q", False)):
      waivers.write_text(f"- {{rule: registers, module: bad_registers, where: {where}, reason: for a test}}\n")
      findings[0].waived = ""
      rules.waive(findings, {"": "bad_registers"}, waivers)
      self.assertEqual(bool(findings[0].waived), covered)

  def test_quotient(self):
    _, part, _ = self.mapped("bad_quotient")
    self.assertEqual([f.rule for f in rules.arithmetic_findings(part, "")], ["quotient"])

  def test_product(self):
    _, part, netlist = self.mapped("good_product")
    self.assertEqual(rules.arithmetic_findings(part, ""), [])
    block = {"path": "vector_engine", "name": "vector_engine"}
    self.assertEqual(sum(cell["type"] == "MULT18X18D" for cell in netlist.cells.values()), 1)
    self.assertEqual(rules.budget_findings([{**block, "dsp": 38}], "Tiny", False), [])
    self.assertEqual(len(rules.budget_findings([{**block, "dsp": 39}], "Tiny", False)), 1)
    engine = {"path": "u_load", "name": "load_engine", "dsp": 1}
    self.assertEqual([f.rule for f in rules.budget_findings([engine], "Tiny", True)], ["budget"])
    # The same product when no multiplier takes it.
    source = self.source("good_product", "logic")
    run([source.read(), *mapping_passes("good_product", "-nodsp")[:7]], source.work / "y.log", source.work, "test")
    findings = rules.arithmetic_findings(source.work, "")
    self.assertEqual([f.rule for f in findings], ["product"])
    self.assertIn("9x9", findings[0].text)


class Whole(Case):
  def test_same_netlist_twice(self):
    hashes = []
    for folder, cache in (("a", "one"), ("a longer folder", "two"), ("b", "one")):
      os.environ["GIRIH_SYNTH_CACHE"] = str(self.folder / cache)
      text = (HERE / "bad.sv").read_text()
      text = text.replace("a_i / b_i", "b_i / a_i") if folder == "b" else text
      hashes.append(sha256(self.mapped("bad_quotient", folder, text)[0] / "netlist.v"))
    self.assertEqual(hashes[0], hashes[1])
    self.assertNotEqual(hashes[0], hashes[2])

  def test_report(self):
    work, _, _ = self.mapped("bad_quotient")
    report = synth_report.build("Tiny", work)
    self.assertEqual(report["ff"], 8)
    self.assertGreater(report["lut"], 8)
    self.assertGreater(report["paths"][0]["delay_ns"], 5)
    self.assertEqual(report["paths"][0]["to"].split("[")[0], "q_o")
    self.assertEqual(len(synth_report.broken_rules(report)), 1)
    self.assertIn("NOT ALLOWED", synth_report.table(report))
    self.assertTrue(svg(report).startswith("<svg"))

  def test_figures_that_moved(self):
    block = {"name": "acc", "path": "u_acc", "lut": 1000, "ff": 100, "dsp": 4, "bram": 2, "dist_ram": 0}
    report = {"preset": "tiny", "block": None, "blocks": [block], "lut": 2000, "ff": 200, "dsp": 4, "bram": 2,
              "dist_ram": 0}
    path = self.folder / "synth.json"
    self.assertIn("no figures", synth_report.against_baseline(report, path)[0])
    synth_report.record(report, path)
    self.assertEqual(synth_report.against_baseline(report, path), [])
    for figure, value, moved in (("lut", 2099, 0), ("lut", 2101, 1), ("lut", 1899, 1), ("dsp", 5, 1), ("bram", 1, 1)):
      self.assertEqual(len(synth_report.against_baseline({**report, figure: value}, path)), moved, figure)
    changed = copy.deepcopy(report)
    changed["blocks"][0]["lut"] = 1060
    self.assertEqual(len(synth_report.against_baseline(changed, path)), 1)
    changed["blocks"][0]["path"] = "u_other"
    self.assertEqual(len(synth_report.against_baseline(changed, path)), 2)


if __name__ == "__main__":
  unittest.main()
