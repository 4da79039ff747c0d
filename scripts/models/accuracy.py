# SPDX-License-Identifier: Apache-2.0
"""Counts right answers on the held-out digits: ONNX Runtime and the NumPy reference.

  accuracy.py [MODEL...]      default: the four committed digits models

Columns: ONNX Runtime as anybody runs it, ONNX Runtime with its INT8 kernels, the reference (a float
model has no third column), and how many images reference and kernels answer differently.
"""

import argparse
import pathlib

import numpy as np
import onnx

from compare_ort import Runtime
from qdqref.executor import Executor
from reference import split_batch

MODELS = pathlib.Path(__file__).resolve().parents[2] / "tests" / "models"
COMMITTED = ("digits", "digits_tensor", "digits_asym", "digits_u8")


def answers(runner, name, inputs):
  return np.array([int(np.argmax(runner.run({name: x})[0][0])) for x in inputs])


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("models", nargs="*", type=pathlib.Path,
                      default=[MODELS / f"{m}.onnx" for m in COMMITTED])
  args = parser.parse_args()
  labels = np.load(MODELS / "digits_labels.npy")
  images = np.load(MODELS / "digits_images.npy")
  print(f"{'model':16} {'bytes':>7} {'ORT':>5} {'kernels':>8} {'reference':>10} {'differ':>7}"
        f"   of {len(labels)}")
  for path in args.models:
    model = onnx.load(path)
    executor = Executor(model)
    name = executor.inputs[0]
    inputs = split_batch(executor, images)
    default, kernels = (answers(Runtime(model, k, outputs_only=True), name, inputs)
                        for k in ("default", "kernels"))
    cells = [f"{np.sum(default == labels):5} {np.sum(kernels == labels):8}"]
    if any(n.op_type == "QuantizeLinear" for n in model.graph.node):
      ours = answers(executor, name, inputs)
      cells.append(f"{np.sum(ours == labels):10} {np.sum(ours != kernels):7}")
    print(f"{path.stem:16} {path.stat().st_size:7}", *cells)


if __name__ == "__main__":
  main()
