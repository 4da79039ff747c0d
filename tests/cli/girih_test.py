# SPDX-License-Identifier: Apache-2.0
"""The command line as its users see it: results, reports, exit status, messages.

  girih_test.py --program BUILD/sw/cli/girih [--only GROUP]

Groups: golden (numbers against the NumPy reference and ONNX Runtime), operators (hundreds of small
models, one operator each, against the reference), errors (bad input of every kind), rtl (the
Verilated chip with every tile checked). Closes with unittest's own summary.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODELS = ROOT / "tests" / "models"
SCRIPTS = ROOT / "scripts" / "models"
sys.path.insert(0, str(SCRIPTS))

import numpy as np  # noqa: E402

PROGRAM = None


def girih(*arguments):
  """Runs ./girih; the result has returncode, stdout and stderr."""
  return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=900,
                        env={**os.environ, "GIRIH_ROOT": str(ROOT)})


class Case(unittest.TestCase):
  def setUp(self):
    self.folder = tempfile.TemporaryDirectory()
    self.addCleanup(self.folder.cleanup)

  def path(self, name):
    return pathlib.Path(self.folder.name) / name

  def good(self, *arguments):
    result = girih(*arguments)
    self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
    return result

  def refused(self, *arguments, says):
    """Status 2 and one clear line; no stack trace, no assert."""
    result = girih(*arguments)
    self.assertEqual(result.returncode, 2, result.stdout + result.stderr)
    for word in says:
      self.assertIn(word, result.stderr)
    for word in ("terminate", "Assertion", "what():", "core dumped"):
      self.assertNotIn(word, result.stderr)


class Golden(Case):
  def reference(self, model, images):
    from qdqref.executor import Executor
    from reference import split_batch

    executor = Executor.load(MODELS / model)
    return np.stack([executor.run({executor.inputs[0]: x})[0][0].ravel() for x in split_batch(executor, images)])

  def run_model(self, model, images, preset):
    self.good("run", MODELS / model, "--input", images, "--output", self.path("y.npy"), "--preset", preset,
              "--check", "none")
    return np.load(self.path("y.npy"))

  def test_digits_equal_the_reference_and_are_as_right_as_onnxruntime(self):
    from ort_env import ort

    images = np.load(MODELS / "digits_images.npy")
    labels = np.load(MODELS / "digits_labels.npy")
    for model in ("digits", "digits_asym", "digits_u8", "digits_tensor"):
      got = self.run_model(f"{model}.onnx", MODELS / "digits_images.npy", "base").reshape(len(labels), -1)
      np.testing.assert_array_equal(got, self.reference(f"{model}.onnx", images), err_msg=model)
      session = ort.InferenceSession(str(MODELS / f"{model}.onnx"), providers=["CPUExecutionProvider"])
      name = session.get_inputs()[0].name
      right = sum(int(np.argmax(session.run(None, {name: x[None] if x.ndim == 3 else x})[0]) == label)
                  for x, label in zip(images, labels))
      own = int((got.argmax(axis=1) == labels).sum())
      print(f"{model}: {own} of {len(labels)} right, ONNX Runtime {right}")
      self.assertLessEqual(abs(own - right), 1, model)

  def test_resnet8_equals_the_reference_on_every_preset(self):
    image = np.load(MODELS / "resnet8_input.npy")
    want = self.reference("resnet8.onnx", image)
    for preset in ("tiny", "base", "wide", "ecp5"):
      got = self.run_model("resnet8.onnx", MODELS / "resnet8_input.npy", preset).ravel()
      np.testing.assert_allclose(got, want.ravel(), rtol=2**-20, err_msg=preset)

  def test_report_program_and_listing(self):
    self.good("run", MODELS / "digits.onnx", "--random", "2", "--report", self.path("r.json"))
    report = json.loads(self.path("r.json").read_text())
    self.assertTrue(report["held"])
    self.assertEqual(report["samples"], 2)
    self.assertEqual(report["counters"]["macs"], 2 * report["array_macs"])
    self.good("compile", MODELS / "digits.onnx", "-o", self.path("d.girih"))
    listing = self.good("disasm", self.path("d.girih")).stdout
    self.assertIn("MATRIX", listing)
    self.assertIn("FENCE", listing)
    self.assertEqual(self.good("inspect", MODELS / "digits.onnx").stdout.count("UNSUPPORTED"), 0)
    self.assertIn("base", self.good("presets").stdout)
    for command in ("run", "demo", "compile", "inspect", "disasm", "presets", "bench"):
      self.assertIn("--help", self.good(command, "--help").stdout)


class Operators(Case):
  """Every generated operator model: on golden, and a sample of each family on the RTL."""

  def models(self):
    folder = self.path("operators")
    subprocess.run([sys.executable, SCRIPTS / "make_operator_models.py", folder], check=True, capture_output=True)
    for case in json.loads((folder / "manifest.json").read_text()):
      yield case, folder / case["name"]

  def compare(self, name, folder, *options):
    self.good("run", folder / "model.onnx", "--input", folder / "input.npy", "--output", self.path("y.npy"), *options)
    got, want = np.load(self.path("y.npy")).ravel(), np.load(folder / "expected.npy").astype(np.float32).ravel()
    # Softmax and Sigmoid are the host's own float functions; everything else is exact.
    host = "softmax" in name or "sigmoid" in name
    np.testing.assert_allclose(got, want, rtol=2**-19, atol=1e-6 if host else 0, err_msg=name)

  def test_all_on_golden_and_some_on_the_rtl(self):
    done = refused = 0
    on_rtl = {}
    for number, (case, folder) in enumerate(self.models()):
      name = case["name"]
      if case["family"] in ("Relu", "Clip") and case["case"].split("_")[0] in ("relu", "clip"):
        # ONNX Runtime leaves a lone Relu or Clip in float: nothing there is quantised.
        result = girih("compile", folder / "model.onnx", "-o", self.path("x.girih"))
        if result.returncode == 2 and "float32" in result.stderr:
          refused += 1
          continue
      self.compare(name, folder, "--preset", "tiny" if number % 2 else "base")
      done += 1
      on_rtl.setdefault(case["family"], []).append((name, folder))
    self.assertGreater(done, 600)
    self.assertLess(refused, 20)
    checked = 0
    for family in on_rtl.values():
      for name, folder in family[:: max(1, len(family) // 4)]:
        self.compare(name, folder, "--device", "rtl", "--preset", "tiny", "--stalls", "0.2", "--seed", str(checked))
        checked += 1
    print(f"{done} models on golden, {checked} on the RTL tile by tile, {refused} left in float by ONNX Runtime")


class Errors(Case):
  def test_options_and_files(self):
    digits = MODELS / "digits.onnx"
    images = MODELS / "digits_images.npy"
    self.refused("run", self.path("none.onnx"), says=["none.onnx"])
    self.refused("run", digits, says=["input", "--input"])
    self.refused("run", digits, "--input", self.path("none.npy"), says=["none.npy"])
    self.refused("run", digits, "--input", MODELS / "resnet8_input.npy", says=["shape", "[1, 1, 8, 8]"])
    self.refused("run", digits, "--input", images, "--preset", "huge", says=["--preset", "base"])
    self.refused("run", digits, "--input", images, "--device", "gpu", says=["--device"])
    self.refused("run", digits, "--input", images, "--stalls", "2", says=["--stalls"])
    self.refused("run", digits, "--input", images, "--waves", self.path("w.fst"), says=["--waves"])
    self.refused("run", digits, "--input", images, "--output", self.path("no/such/y.npy"), says=["y.npy"])
    self.refused("disasm", digits, says=["digits.onnx"])
    self.refused("nonsense", says=[])
    self.path("text.npy").write_text("1 2 3")
    self.refused("run", digits, "--input", self.path("text.npy"), says=["text.npy", ".npy"])
    np.save(self.path("nan.npy"), np.full((1, 1, 8, 8), np.nan, np.float32))
    self.refused("run", digits, "--input", self.path("nan.npy"), says=["NaN"])
    self.path("short.npy").write_bytes(images.read_bytes()[:200])
    self.refused("run", digits, "--input", self.path("short.npy"), says=["short.npy"])

  def test_truncated_and_hostile_programs(self):
    self.good("compile", MODELS / "digits.onnx", "-o", self.path("d.girih"))
    whole = self.path("d.girih").read_bytes()
    for size in (0, 1, 10, len(whole) // 2, len(whole) - 1):
      self.path("cut.girih").write_bytes(whole[:size])
      result = girih("disasm", self.path("cut.girih"))
      self.assertIn(result.returncode, (0, 2), f"{size} bytes: {result.stderr}")

  def test_malformed_models_are_refused_by_name(self):
    subprocess.run([sys.executable, SCRIPTS / "make_malformed.py", self.path("bad")], check=True,
                   capture_output=True)
    accepted = {"dynamic_dim", "zero_point_type"}  # legal for Girih: batch 1; one type on both sides
    cases = json.loads((self.path("bad") / "manifest.json").read_text())
    refused = 0
    for case in cases:
      name, expect = case["name"], case["expect"]
      file = self.path("bad") / name / "model.onnx"
      result = girih("compile", file, "-o", self.path("x.girih"))
      if expect == "refuse" and name not in accepted:
        self.assertEqual(result.returncode, 2, f"{name}: {result.stdout}{result.stderr}")
        self.assertTrue(result.stderr.startswith("girih: "), f"{name}: {result.stderr}")
        refused += 1
      else:
        self.assertEqual(result.returncode, 0, f"{name}: {result.stderr}")
    self.assertGreater(refused, 80)


class Rtl(Case):
  def test_demo_closes_with_its_line(self):
    result = self.good("demo", "--images", "3")
    line = result.stdout.strip().splitlines()[-1]
    self.assertRegex(line, r"^demo: 3 images, 3 right, \d+ tiles compared, 0 mismatches$")
    self.assertGreater(int(line.split()[5]), 0)

  def test_resnet8_tile_by_tile(self):
    for preset in ("tiny", "base"):
      self.good("run", MODELS / "resnet8.onnx", "--input", MODELS / "resnet8_input.npy", "--device", "rtl",
                "--preset", preset, "--report", self.path("r.json"))
      report = json.loads(self.path("r.json").read_text())
      compared = report["compared"]
      self.assertEqual(compared["instructions"], report["counters"]["retired"])
      self.assertGreater(compared["instructions"], 0)
      self.assertEqual(compared["mismatches"], 0)
      self.assertEqual(report["output_elements_differing"], 0)
      print(f"resnet8 on {preset}: {report['counters']['cycles']} cycles, {compared['instructions']} tiles")

  def test_stalls_change_time_and_nothing_else(self):
    for model in ("digits_asym", "digits_u8", "digits_tensor"):
      self.good("run", MODELS / f"{model}.onnx", "--random", "1", "--device", "rtl", "--preset", "tiny",
                "--stalls", "0.3", "--seed", "11")

  def test_unbuilt_chip_is_named(self):
    result = girih("run", MODELS / "digits.onnx", "--random", "1", "--device", "rtl", "--preset", "wide")
    if result.returncode != 0:
      self.assertIn("make rtl PRESET=wide", result.stderr)


def main():
  global PROGRAM
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--program", required=True, type=lambda p: str(pathlib.Path(p).resolve()))
  parser.add_argument("--only", choices=["golden", "operators", "errors", "rtl"])
  options = parser.parse_args()
  PROGRAM = options.program
  groups = {"golden": Golden, "operators": Operators, "errors": Errors, "rtl": Rtl}
  suite = unittest.TestSuite()
  for name, group in groups.items():
    if options.only in (None, name):
      suite.addTests(unittest.defaultTestLoader.loadTestsFromTestCase(group))
  return 0 if unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful() else 1


if __name__ == "__main__":
  sys.exit(main())
