# SPDX-License-Identifier: Apache-2.0
"""Runs a QDQ ONNX model with the NumPy reference, and compares it with ONNX Runtime on request.

  reference.py MODEL --input X.npy [--output Y.npy] [--dump-dir DIR] [--compare-ort]

The arithmetic is the one docs/numerics-onnx.md states. X.npy is the model's input; an extra leading
axis is taken as a batch of inputs that run one after the other. --dump-dir writes every quantised
activation of the last input as NAME.npy. --compare-ort prints, per quantised tensor, how many
elements differ from ONNX Runtime and by how much: through the whole network with its integer
kernels, then each operator on its own, from ONNX Runtime's inputs, with its integer kernels, with
default session options, and with graph optimisations off (compare_ort.py says what these do).
"""

import argparse
import pathlib
import re
import sys

import numpy as np

from qdqref.executor import Executor
from qdqref.numerics import Refused


def split_batch(executor, x):
  """A list of inputs of exactly the model's shape."""
  shape = [d.dim_value for d in executor.graph.input[0].type.tensor_type.shape.dim]
  x = np.asarray(x, np.float32)
  if list(x.shape) == shape:
    return [x]
  if list(x.shape[1:]) == shape:
    return list(x)
  if len(shape) == x.ndim and shape[0] == 1 and list(x.shape[1:]) == shape[1:]:
    return [row[None] for row in x]
  raise Refused(f"input of shape {list(x.shape)}; the model takes {shape}")


def print_comparison(executor, inputs):
  # Imported only here, so that plain runs need no ONNX Runtime.
  from compare_ort import Runtime, compare

  table = {}
  for kind in Runtime.KINDS:
    runtime = Runtime(executor.model, kind)
    for x in inputs:
      for name, row in compare(executor, runtime, {executor.inputs[0]: x}).items():
        table.setdefault(name, {}).setdefault(kind, []).append(row)
  heads = ["kernels, whole", *Runtime.KINDS]
  print(f"{'tensor':40} {'operator':18} {'elements':>9}" + "".join(f"{h:>16}" for h in heads))
  for name, kinds in table.items():
    columns = [[r[1] for r in kinds["kernels"]]] + [[r[2] for r in kinds[k]] for k in Runtime.KINDS]
    cells = [f"{sum(d.differ for d in c)} (max {max(d.largest for d in c):.0f})" for c in columns]
    elements = sum(d.elements for d in columns[0])
    print(f"{name[-40:]:40} {kinds['kernels'][0][0][:18]:18} {elements:9}"
          + "".join(f"{c:>16}" for c in cells))


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("model")
  parser.add_argument("--input", required=True)
  parser.add_argument("--output")
  parser.add_argument("--dump-dir")
  parser.add_argument("--compare-ort", action="store_true")
  args = parser.parse_args()

  executor = Executor.load(args.model)
  inputs = split_batch(executor, np.load(args.input))
  results = []
  for x in inputs:
    outputs, quantised = executor.run({executor.inputs[0]: x})
    results.append(outputs[0])
  if args.output:
    np.save(args.output, results[0] if len(results) == 1 else np.concatenate(results))
  if args.dump_dir:
    folder = pathlib.Path(args.dump_dir)
    folder.mkdir(parents=True, exist_ok=True)
    for name, q in quantised.items():
      np.save(folder / (re.sub(r"[^A-Za-z0-9_.-]", "_", name) + ".npy"), q)
  if args.compare_ort:
    print_comparison(executor, inputs)
  return 0


if __name__ == "__main__":
  try:
    sys.exit(main())
  except Refused as error:
    print(f"reference.py: {error}", file=sys.stderr)
    sys.exit(1)
