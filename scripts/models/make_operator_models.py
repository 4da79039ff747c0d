# SPDX-License-Identifier: Apache-2.0
"""Writes small quantised models, each with an input and the output the NumPy reference expects.

  make_operator_models.py OUT_DIR [--only SUBSTRING] [--seed 3] [--list]

OUT_DIR/NAME/model.onnx, input.npy, expected.npy (float32, the graph's output) and quantised/*.npy
(every quantised activation); OUT_DIR/manifest.json lists name, case, mode, family and operators, in
the order of making. NAME is CASE-MODE; the modes are those of quantise.py: symmetric INT8,
asymmetric INT8 and UINT8, per tensor and (with weights) per channel, and UINT8 with UINT8 weights.
"""

import argparse
import json
import pathlib

import numpy as np
import onnx
from onnx import numpy_helper

from operator_cases import cases
from qdqref.executor import Executor
from quantise import MODES, quantise


_QDQ = ("QuantizeLinear", "DequantizeLinear")


def modes_of(case):
  """Weightless cases: no per-channel form, no choice of weight type."""
  if case.ties and not case.weighted:
    # ONNX Runtime's Add and Mul kernels add the zero point before they round, so that a tie at an
    # odd zero point goes the other way; only zero point 0 says something about the rounding mode.
    return [m for m in MODES if m.name == "s8_tensor"]
  return MODES if case.weighted else [m for m in MODES if m.name in
                                      ("s8_tensor", "asym_tensor", "u8_tensor")]


def power_of_two_scales(model):
  """Rounds every scale to a power of two, in place; a bias keeps the product of its two scales."""
  constants = {t.name: t for t in model.graph.initializer}
  makers = {n.output[0]: n for n in model.graph.node}

  def scale_of(name):
    return constants[makers[name].input[1]]

  def put(tensor, value):
    tensor.CopyFrom(numpy_helper.from_array(value.astype(np.float32), tensor.name))

  for name in {n.input[1] for n in model.graph.node if n.op_type in _QDQ}:
    put(constants[name], np.exp2(np.round(np.log2(numpy_helper.to_array(constants[name])))))
  for node in model.graph.node:
    if node.op_type in ("Conv", "Gemm") and len(node.input) > 2:
      a, b = (numpy_helper.to_array(scale_of(node.input[i])) for i in (0, 1))
      put(scale_of(node.input[2]), np.reshape(a * b, numpy_helper.to_array(
          scale_of(node.input[2])).shape))


def make(case, mode, seed):
  """(QDQ model, input) of one case in one mode."""
  model = case.build()
  shape = [d.dim_value for d in model.graph.input[0].type.tensor_type.shape.dim]
  rng = np.random.RandomState(seed)
  # An uneven range gives asymmetric modes a zero point of their own; the last input goes beyond the
  # calibrated range, so that saturation happens.
  calibration = [rng.uniform(-0.9, 1.3, shape).astype(np.float32) for _ in range(4)]
  x = (rng.uniform(-0.95, 1.4, shape)).astype(np.float32)
  kinds = sorted({n.op_type for n in model.graph.node} - {"Identity", "Constant", *case.host})
  result = quantise(model, calibration, mode, op_types_to_quantize=kinds)
  if case.ties:
    power_of_two_scales(result)
  return result, x


def write(folder, model, x):
  executor = Executor(model)
  outputs, quantised = executor.run({executor.inputs[0]: x})
  (folder / "quantised").mkdir(parents=True, exist_ok=True)
  onnx.save(model, folder / "model.onnx")
  np.save(folder / "input.npy", x)
  np.save(folder / "expected.npy", outputs[0])
  for name, q in quantised.items():
    np.save(folder / "quantised" / f"{name}.npy", q)


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("out", type=pathlib.Path, nargs="?")
  parser.add_argument("--only", default="", help="names that contain this")
  parser.add_argument("--seed", type=int, default=3)
  parser.add_argument("--list", action="store_true")
  args = parser.parse_args()

  chosen = [(c, m) for c in cases() for m in modes_of(c) if args.only in f"{c.name}-{m.name}"]
  if args.list or not args.out:
    print("\n".join(f"{c.name}-{m.name}" for c, m in chosen))
    return
  manifest = []
  for i, (case, mode) in enumerate(chosen):
    name = f"{case.name}-{mode.name}"
    model, x = make(case, mode, args.seed + i)
    write(args.out / name, model, x)
    operators = sorted({n.op_type for n in model.graph.node}
                       - {"QuantizeLinear", "DequantizeLinear", "Constant"})
    manifest.append(dict(name=name, case=case.name, mode=mode.name, family=case.family,
                         operators=operators))
    if i % 50 == 49:
      print(f"{i + 1}/{len(chosen)} models", flush=True)
  (args.out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
  print(f"{len(manifest)} models in {args.out}, seed {args.seed}")


if __name__ == "__main__":
  main()
