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
import random
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODELS = ROOT / "tests" / "models"
SCRIPTS = ROOT / "scripts" / "models"
sys.path.insert(0, str(SCRIPTS))

import numpy as np  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

PROGRAM = None
PRESETS = ()


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
        for preset in PRESETS:
          self.compare(name, folder, "--device", "rtl", "--preset", preset, "--stalls", "0.2", "--seed", str(checked))
        checked += 1
    print(f"{done} models on golden, {checked} on the RTL of {', '.join(PRESETS)} tile by tile, "
          f"{refused} left in float by ONNX Runtime")


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
    for stalls in ("2", "-1", "nan"):
      self.refused("run", digits, "--input", images, "--stalls", stalls, says=["--stalls"])
    for window in ("5", "5x:7", "-5:7", "7:5", "5:", ":7"):
      self.refused("run", digits, "--input", images, "--device", "rtl", "--waves", self.path("w.fst"),
                   "--waves-at", window, says=["--waves-at", "FROM:TO"])
    self.refused("run", digits, "--random", "0", says=["--random"])
    self.refused("bench", "digits", "--latencies", "0", says=["--latencies"])
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

  def test_unbuilt_chip_is_named(self):
    with unittest.mock.patch.dict(os.environ, GIRIH_LIB=str(self.path("nothing"))):
      self.refused("run", MODELS / "digits.onnx", "--random", "1", "--device", "rtl", "--preset", "wide",
                   says=["make rtl PRESET=wide"])
      self.refused("run", MODELS / "digits.onnx", "--random", "1", "--device", "netlist", "--preset", "ecp5",
                   says=["girih_netlist_ecp5.so is not built", "make netlist PRESET=ecp5"])
      self.refused("demo", "--device", "netlist", "--preset", "base",
                   says=["--preset base", "netlists of tiny and ecp5"])

  def test_hostile_arrays(self):
    def array(header, data=b""):
      file = self.path("hostile.npy")
      file.write_bytes(b"\x93NUMPY\x02\x00" + len(header).to_bytes(4, "little") + header.encode() + data)
      return file

    def header(shape, descr="<f4"):
      return f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}"

    for file, says in (
        (array(header("(1, 1, 8, 8)", "<" + "f" * 1000000)), "header"),
        (self.path("."), "regular"),
        ("/dev/zero", "regular"),
    ):
      self.refused("run", MODELS / "digits.onnx", "--input", file, says=[says])
    for shape, says in (
        ("(999999999999, 999999999999)", "too large"),
        ("(9" + "0" * 30 + ",)", "too large"),
        ("(0, 1, 8, 8)", "[0, 1, 8, 8]"),
        ("()", "bytes"),
        ("(1, 1, 8, 9)", "bytes"),
    ):
      self.refused("run", MODELS / "digits.onnx", "--input", array(header(shape)), says=[says])

  def max_pool(self, kind, shape, nodes, **window):
    """A model of one MaxPool behind `nodes`, which make "q" from the input; its result is integers."""
    nodes = [*nodes,
             helper.make_node("DequantizeLinear", ["q", "s", "z"], ["x"], "in"),
             helper.make_node("MaxPool", ["x"], ["y"], "pool", **window),
             helper.make_node("QuantizeLinear", ["y", "s", "z"], ["out"], "out")]
    source = nodes[0].input[0]
    graph = helper.make_graph(nodes, "pool", [helper.make_tensor_value_info(source, kind, shape)],
                              [helper.make_tensor_value_info("out", TensorProto.INT8, None)],
                              [numpy_helper.from_array(np.float32(0.5), "s"),
                               numpy_helper.from_array(np.int8(0), "z")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    self.path("pool.onnx").write_bytes(model.SerializeToString())
    return self.path("pool.onnx")

  def test_integer_inputs_are_integers(self):
    model = self.max_pool(TensorProto.INT8, [1, 1, 2, 2], [], kernel_shape=[2, 2])
    x = np.array([[[[1, -2], [3, 0]]]], np.float32)
    np.save(self.path("x.npy"), x)
    self.good("run", model, "--input", self.path("x.npy"), "--output", self.path("y.npy"))
    self.assertEqual(np.load(self.path("y.npy")).tolist(), [[[[3]]]])
    for wrong in (0.5, 128, -129, 1e30, np.nan):
      x[0, 0, 0, 0] = wrong
      np.save(self.path("x.npy"), x)
      self.refused("run", model, "--input", self.path("x.npy"), says=['"q"', "int8"])

  def test_maps_higher_than_a_count_has_bits(self):
    quantise = helper.make_node("QuantizeLinear", ["input", "s", "z"], ["q"], "quantise")
    model = self.max_pool(TensorProto.FLOAT, [1, 1, 70001, 1], [quantise], kernel_shape=[1, 1], strides=[7, 1])
    self.good("run", model, "--random", "1")

  def test_truncated_and_hostile_programs(self):
    self.good("compile", MODELS / "digits.onnx", "-o", self.path("d.girih"))
    whole = self.path("d.girih").read_bytes()
    for size in (0, 1, 10, len(whole) // 2, len(whole) - 1):
      self.path("cut.girih").write_bytes(whole[:size])
      result = girih("disasm", self.path("cut.girih"))
      self.assertIn(result.returncode, (0, 2), f"{size} bytes: {result.stderr}")
    # A later field of a protobuf message replaces or joins an earlier one.
    for field, says in (
        (b"\x08\x02", "format 2"),
        (b"\x1a\x06\x10\xff\xff\xff\xff\x0f", "4294967295 bytes of scratchpad"),
        (b"\x1a\x06\x18\xff\xff\xff\xff\x0f", "of accumulators"),
        (b"\x1a\x03\x0a\x01x", 'preset "x"'),
        (b"\x22\x01x", "multiple of 128"),
        (b"\x30\x00", "outside the workspace"),
        (b"\x30\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "4 GiB"),
        (b"\x3a\x03\x0a\x01p", "scale 0"),
        (b"\x3a\x0a\x12\x01\x01\x35\x00\x00\x80\x3f\x38\xff", "not a Girih program"),
        (b"\x3a\x08\x35\x00\x00\x80\x3f\x38\x80\x01", "zero point 128"),
        (b"\x3a\x09\x35\x00\x00\x80\x3f\x52\x02\x08\x09", "host operation 9"),
        (b"\x3a\x09\x35\x00\x00\x80\x3f\x52\x02\x08\x01", "axis 0 of 0 dimensions"),
        (b"\x3a\x08\x35\x00\x00\x80\x3f\x12\x01\x00", "not positive"),
        (b"\x4a\x08\x18\x02\x20\xff\xff\xff\xff\x0f", "4294967295 instructions from 2"),
        (b"\x4a\x06\x18\xff\xff\xff\xff\x0f", "from 4294967295"),
    ):
      self.path("bad.girih").write_bytes(whole + field)
      self.refused("disasm", self.path("bad.girih"), says=["bad.girih", says])
    rng = random.Random(1)
    for _ in range(50):
      bytes_ = bytearray(whole)
      for _ in range(rng.randint(1, 6)):
        bytes_[rng.randrange(len(bytes_))] = rng.randrange(256)
      self.path("bad.girih").write_bytes(bytes_)
      result = girih("disasm", self.path("bad.girih"))
      self.assertIn(result.returncode, (0, 2), result.stderr)

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
    for preset in PRESETS:
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
      for preset in PRESETS:
        self.good("run", MODELS / f"{model}.onnx", "--random", "1", "--device", "rtl", "--preset", preset,
                  "--stalls", "0.3", "--seed", "11")


def main():
  global PROGRAM, PRESETS
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--program", required=True, type=lambda p: str(pathlib.Path(p).resolve()))
  parser.add_argument("--only", choices=["golden", "operators", "errors", "rtl"])
  parser.add_argument("--presets", nargs="+", default=["tiny", "base"],
                      help="presets whose RTL runs models, default tiny and base")
  options = parser.parse_args()
  PROGRAM, PRESETS = options.program, options.presets
  groups = {"golden": Golden, "operators": Operators, "errors": Errors, "rtl": Rtl}
  suite = unittest.TestSuite()
  for name, group in groups.items():
    if options.only in (None, name):
      suite.addTests(unittest.defaultTestLoader.loadTestsFromTestCase(group))
  return 0 if unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful() else 1


if __name__ == "__main__":
  sys.exit(main())
