# SPDX-License-Identifier: Apache-2.0
"""Compares the NumPy reference with ONNX Runtime on generated and committed models.

  check_reference.py [--models DIR] [--only SUBSTRING] [--seed S] [--markdown] [--float]

Makes the operator models in DIR (default: a temporary folder), then charges every differing element
to the operator that made it (each quantised activation is recomputed from ONNX Runtime's inputs).
Bounds, per operator and mode over all models:
  Conv, Gemm, MatMul    no difference, every mode
  everything else       at most 1 LSB, on at most 0.01 % of the elements, all of them at a tie (the
                        exact value lies within 2^-13 of k + 1/2)
ONNX Runtime runs with its integer kernels (compare_ort.py, kind "kernels"). `KERNEL_OFF` lists
where these disagree with ONNX Runtime's own float operators, which then take their place;
docs/numerics-onnx.md explains each. A float tensor the host makes may differ by 2^-20 of its
value. Exit status 0 only when every bound held and nothing was empty.

An x86 CPU without VNNI makes ONNX Runtime's 8-bit matrix kernels saturate 16-bit pair sums. There
(or with --float) every comparison is with the unoptimised session, and Conv, Gemm and MatMul get
the bounds of everything else.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts" / "models"
sys.path.insert(0, str(SCRIPTS))

import numpy as np  # noqa: E402
import onnx  # noqa: E402

from compare_ort import Runtime, compare  # noqa: E402
from qdqref.executor import Executor  # noqa: E402
from reference import split_batch  # noqa: E402

EXACT = {"Conv", "Gemm", "MatMul"}
ALLOWED = 1e-4
# AveragePool keeps its input's scale, so ties are exact and frequent (one element in four with a
# 2x2 window), and ONNX Runtime's float sums break them either way. Only ties may differ.
TIES_MAY_DIFFER = {"AveragePool"}
# Cases in which ONNX Runtime's integer kernel disagrees with its own float operator: compared with
# the unoptimised session instead.
KERNEL_OFF = {"avgpool_k3_s2_ceil_include", "final_softmax_quantised"}


class Tally:
  """Differences of one operator in one mode, per kind of ONNX Runtime session."""

  def __init__(self):
    self.elements = 0
    self.differ = collections.Counter()
    self.largest = collections.Counter()
    self.off_tie = 0

  def add(self, kind, d):
    if kind == "kernels":
      self.elements += d.elements
      self.off_tie += d.off_tie
    self.differ[kind] += d.differ
    self.largest[kind] = max(self.largest[kind], int(d.largest))

  def merge(self, other):
    self.elements += other.elements
    self.off_tie += other.off_tie
    self.differ.update(other.differ)
    for kind, largest in other.largest.items():
      self.largest[kind] = max(self.largest[kind], largest)


def host_error(executor, runtime, feeds):
  """Largest relative difference of the float outputs, fed with the same logits."""
  outputs, theirs = runtime.run(feeds)
  ours = executor.run(feeds, lambda name, q, exact: theirs[name].astype(np.int32))[0]
  return max(float(np.max(np.abs(a - b) / np.maximum(np.abs(b), 1e-30), initial=0))
             for a, b in zip(ours, outputs))


def measure(model, inputs, mode, tallies, kernel_off):
  """Adds one model's differences to the tallies; returns the host operators' largest error."""
  executor = Executor(model)
  inputs = split_batch(executor, inputs)
  worst = 0.0
  for kind in Runtime.KINDS:
    runtime = Runtime(model, "unoptimised" if kernel_off else kind)
    for x in inputs:
      feeds = {executor.inputs[0]: x}
      for operator, _, alone in compare(executor, runtime, feeds).values():
        tallies[(operator, mode)].add(kind, alone)
    if kind == "kernels":
      worst = max(host_error(executor, runtime, {executor.inputs[0]: x}) for x in inputs[:4])
  return worst


def kernels_saturate():
  """Whether this is an x86 CPU without VNNI."""
  try:
    flags = pathlib.Path("/proc/cpuinfo").read_text()
  except OSError:
    return False
  return "avx2" in flags and "vnni" not in flags


def allowed(operator, elements, float_only):
  """(elements that may differ, LSB)."""
  if operator in EXACT and not float_only:
    return 0, 0
  return (elements if operator in TIES_MAY_DIFFER else int(ALLOWED * elements)), 1


def sources(folder, only):
  """(name, mode, model, input) of every model."""
  for entry in json.loads((folder / "manifest.json").read_text()):
    if only in entry["name"]:
      place = folder / entry["name"]
      model, x = onnx.load(place / "model.onnx"), np.load(place / "input.npy")
      yield entry["name"], entry["mode"], model, x
  committed = ROOT / "tests" / "models"
  for name, mode, data in (("digits", "s8_channel", "digits_images"),
                           ("digits_tensor", "s8_tensor", "digits_images"),
                           ("digits_asym", "asym_channel", "digits_images"),
                           ("digits_u8", "u8_channel", "digits_images"),
                           ("resnet8", "s8_channel", "resnet8_input")):
    if only in name:
      yield name, mode, onnx.load(committed / f"{name}.onnx"), np.load(committed / f"{data}.npy")


def broken_bounds(tallies, float_only):
  """A line for each operator and mode that is out of bounds."""
  lines = []
  for (operator, mode), tally in sorted(tallies.items()):
    elements, lsb = allowed(operator, tally.elements, float_only)
    differ, largest = tally.differ["kernels"], tally.largest["kernels"]
    if differ > elements or largest > lsb or tally.off_tie:
      lines.append(f"{operator} {mode}: {differ} of {tally.elements} differ by up to {largest} "
                   f"LSB, {tally.off_tie} away from a tie; at most {elements} by {lsb} LSB, all at "
                   "ties, are allowed")
  return lines


def print_table(tallies, markdown):
  """One row per operator and mode; as Markdown one row per operator and data type."""
  rows = collections.defaultdict(Tally)
  for (operator, mode), tally in tallies.items():
    rows[(operator, mode.split("_")[0] if markdown else mode)].merge(tally)
  heads = ["operator", "mode", "elements", "kernels", "not at a tie", *Runtime.KINDS[1:]]
  cell, end = ("| {} ", "|") if markdown else ("{:<18} ", "")
  print("".join(cell.format(h) for h in heads) + end)
  if markdown:
    print("|---" * len(heads) + "|")
  for (operator, mode), tally in sorted(rows.items()):
    counts = [f"{tally.differ[k]} (max {tally.largest[k]})" if tally.differ[k] else "0"
              for k in Runtime.KINDS]
    counts.insert(1, tally.off_tie)
    print("".join(cell.format(c) for c in [operator, mode, tally.elements, *counts]) + end)


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--models", type=pathlib.Path, help="made by make_operator_models.py")
  parser.add_argument("--only", default="")
  parser.add_argument("--seed", type=int, default=3, help="of inputs and calibration")
  parser.add_argument("--markdown", action="store_true")
  parser.add_argument("--float", action="store_true", default=kernels_saturate())
  args = parser.parse_args()
  if args.float:
    print("reference: compared with ONNX Runtime's float operators")

  with tempfile.TemporaryDirectory() as temporary:
    folder = args.models or pathlib.Path(temporary)
    if not (folder / "manifest.json").exists():
      subprocess.run([sys.executable, SCRIPTS / "make_operator_models.py", folder,
                      "--only", args.only, "--seed", str(args.seed)],
                     check=True, stdout=subprocess.DEVNULL)
    tallies = collections.defaultdict(Tally)
    models, host = 0, 0.0
    for name, mode, model, inputs in sources(folder, args.only):
      try:
        host = max(host, measure(model, inputs, mode, tallies,
                                 args.float or name.split("-")[0] in KERNEL_OFF))
      except Exception as error:
        raise RuntimeError(f"{name}: {error}") from error
      models += 1
  print_table(tallies, args.markdown)
  broken = broken_bounds(tallies, args.float)
  if host > 2.0**-20:
    broken.append(f"float outputs differ by {host:.2e} of their value")
  elements = sum(t.elements for t in tallies.values())
  print(f"reference: {models} models, {elements} elements compared, {len(broken)} bounds broken, "
        f"float outputs within {host:.1e}, seed {args.seed}")
  for line in broken:
    print(f"FAIL {line}", file=sys.stderr)
  return 0 if models and elements and not broken else 1


if __name__ == "__main__":
  sys.exit(main())
