# SPDX-License-Identifier: Apache-2.0
"""Runs a QDQ model through ONNX Runtime and shows every quantised activation it computes."""

import collections

import numpy as np
import onnx
from onnx import helper

from ort_env import ort


def _zero_point_type(model, node):
  constants = {t.name: t.data_type for t in model.graph.initializer}
  for other in model.graph.node:
    if other.op_type == "Constant":
      constants[other.output[0]] = other.attribute[0].t.data_type
  return constants[node.input[2]] if len(node.input) > 2 else onnx.TensorProto.UINT8


def exposed(model):
  """A copy of the model whose quantised activations are outputs; returns it and their names."""
  copy = onnx.ModelProto()
  copy.CopyFrom(model)
  present = {o.name for o in copy.graph.output}
  names = []
  for node in copy.graph.node:
    if node.op_type != "QuantizeLinear":
      continue
    names.append(node.output[0])
    if node.output[0] not in present:
      kind = _zero_point_type(model, node)
      copy.graph.output.append(helper.make_tensor_value_info(node.output[0], kind, None))
  return copy, names


class Runtime:
  """One ONNX Runtime session that also returns the quantised activations.

  kind "kernels": optimised, INT8 kept as it is (session.qdqisint8allowed), so that every quantised
  operator runs on ONNX Runtime's integer kernel; "default": what a session does when nobody sets
  anything, which on x86 turns INT8 into UINT8 where it can and leaves the operators it cannot
  convert in float; "unoptimised": no graph optimisation, so everything between DequantizeLinear and
  QuantizeLinear is float32 arithmetic.
  """

  KINDS = ("kernels", "default", "unoptimised")

  def __init__(self, model, kind="kernels", outputs_only=False):
    copy, self.names = (model, []) if outputs_only else exposed(model)
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    if kind == "kernels":
      options.add_session_config_entry("session.qdqisint8allowed", "1")
    elif kind == "unoptimised":
      options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    self.outputs = [o.name for o in model.graph.output]
    self.session = ort.InferenceSession(
        copy.SerializeToString(), options, providers=["CPUExecutionProvider"])

  def run(self, feeds):
    """(graph outputs, {tensor: array} of quantised activations)."""
    wanted = self.outputs + self.names
    results = self.session.run(wanted, feeds)
    outputs, rest = results[:len(self.outputs)], results[len(self.outputs):]
    return outputs, dict(zip(self.names, rest))


# off_tie: those among the differing elements whose exact value is not within TIE of k + 1/2.
Difference = collections.namedtuple("Difference", "elements differ largest off_tie")
# float32 leaves errors of up to a few 2^-24 of 255; a value nearer to a tie may go either way.
TIE = 2.0**-13


def difference(a, b, exact=None):
  """Elements, how many differ, the largest difference (in LSB for integers), how many off a tie."""
  a, b = np.asarray(a), np.asarray(b)
  if a.shape != b.shape:
    raise ValueError(f"shapes {a.shape} and {b.shape}")
  delta = np.abs(a.astype(np.float64) - b.astype(np.float64))
  off_tie = 0
  if exact is not None:
    tie = np.abs(np.abs(exact - np.floor(exact)) - 0.5) < TIE
    off_tie = int(np.count_nonzero((delta > 0) & ~(tie & (delta == 1))))
  return Difference(a.size, int(np.count_nonzero(delta)), float(delta.max(initial=0)), off_tie)


def compare(executor, runtime, feeds):
  """{tensor: (operator, end to end, on its own)}: the reference against ONNX Runtime.

  "on its own" recomputes each tensor from ONNX Runtime's inputs, so that a difference is charged to
  the operator that makes it and not to those behind it.
  """
  theirs = runtime.run(feeds)[1]
  ours = executor.run(feeds)[1]
  alone = {}

  def override(name, q, exact):
    alone[name] = difference(q, theirs[name], exact)
    return theirs[name].astype(np.int32)

  executor.run(feeds, override)
  makers = producers(executor)
  return {name: (makers[name], difference(ours[name], theirs[name]), alone[name]) for name in ours}


def producers(executor):
  """{quantised tensor: the operators between its inputs' dequantisation and itself}."""
  by_output = {n.output[0]: n for n in executor.graph.node}
  result = {}
  for node in executor.graph.node:
    if node.op_type != "QuantizeLinear":
      continue
    chain, name = [], node.input[0]
    while name in by_output and by_output[name].op_type != "DequantizeLinear":
      chain.append(by_output[name].op_type)
      name = by_output[name].input[0]
    result[node.output[0]] = "+".join(reversed(chain)) or "Quantize"
  return result
