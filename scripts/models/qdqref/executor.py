# SPDX-License-Identifier: Apache-2.0
"""Evaluates a QDQ graph node by node and records every quantised activation."""

import numpy as np
import onnx
from onnx import numpy_helper

from . import ops_matrix, ops_vector
from .numerics import Refused, limits
from .values import Float, Quant, Real

_OPERATORS = {
    "Conv": ops_matrix.conv,
    "Gemm": ops_matrix.gemm,
    "MatMul": ops_matrix.matmul,
    "Add": ops_vector.add,
    "Sub": ops_vector.sub,
    "Mul": ops_vector.mul,
    "Relu": ops_vector.relu,
    "Clip": ops_vector.clip,
    "MaxPool": ops_vector.max_pool,
    "AveragePool": ops_vector.average_pool,
    "GlobalAveragePool": ops_vector.global_average_pool,
    "Flatten": ops_vector.flatten,
    "Reshape": ops_vector.reshape,
    "Transpose": ops_vector.transpose,
    "Identity": ops_vector.identity,
    "Softmax": ops_vector.softmax,
    "Sigmoid": ops_vector.sigmoid,
}


class Stored:
  """The output of QuantizeLinear: integers, their zero point and type."""

  def __init__(self, q, dtype):
    self.q, self.dtype = q, np.dtype(dtype)


def _real(value):
  return value if isinstance(value, Real) else Float(value)


class Executor:
  """Holds a loaded graph; run() may be called any number of times."""

  def __init__(self, model):
    self.model, self.graph = model, model.graph
    self.constants = {t.name: numpy_helper.to_array(t) for t in self.graph.initializer}
    self.inputs = [i.name for i in self.graph.input if i.name not in self.constants]
    self.outputs = [o.name for o in self.graph.output]
    self.order = self._sorted()

  @classmethod
  def load(cls, path):
    return cls(onnx.load(path))

  def _sorted(self):
    """Nodes in an order in which every input is known."""
    known = set(self.constants) | set(self.inputs) | {""}
    waiting, order = list(self.graph.node), []
    while waiting:
      ready = [n for n in waiting if all(i in known for i in n.input)]
      if not ready:
        missing = sorted({i for n in waiting for i in n.input} - known)
        raise Refused(f"graph is cyclic or lacks tensors: {missing[:5]}")
      for n in ready:
        known.update(n.output)
      order += ready
      waiting = [n for n in waiting if all(n is not r for r in ready)]
    return order

  def run(self, feeds, override=None):
    """Returns (outputs as arrays, {tensor: array} of every quantised activation).

    override(name, q, exact) may replace a quantised activation before its consumers see it: the way
    to compare one operator at a time, from somebody else's inputs. exact is its value in float64
    before rounding, in units of its scale, without the zero point.
    """
    values = dict(self.constants)
    for name in self.inputs:
      values[name] = Float(feeds[name])
    quantised = {}
    for node in self.order:
      where = f"node '{node.name or node.output[0]}' ({node.op_type})"
      if node.domain not in ("", "ai.onnx"):
        raise Refused(f"{where}: domain {node.domain}")
      attrs = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
      inputs = [values[i] if i else None for i in node.input]
      if node.op_type == "QuantizeLinear":
        result = self._quantize(inputs, where)
        if override is not None:
          exact = _real(inputs[0]).exact(np.float64(np.asarray(inputs[1]).reshape(())))
          result.q = override(node.output[0], result.q, exact)
        quantised[node.output[0]] = result.q.astype(result.dtype)
      elif node.op_type == "DequantizeLinear":
        result = self._dequantize(inputs, attrs, where)
      elif node.op_type == "Constant":
        result = numpy_helper.to_array(attrs["value"])
      elif node.op_type in _OPERATORS:
        result = _OPERATORS[node.op_type](inputs, attrs, where)
      else:
        raise Refused(f"{where}: operator not evaluated by the reference")
      values[node.output[0]] = result
    return [self._export(values[o]) for o in self.outputs], quantised

  @staticmethod
  def _quantize(inputs, where):
    scale = np.asarray(inputs[1], np.float32)
    if scale.size != 1:
      raise Refused(f"{where}: activations are quantised per tensor")
    zero_point = inputs[2] if len(inputs) > 2 else np.zeros((), np.uint8)
    limits(zero_point.dtype)
    q = _real(inputs[0]).quantise(scale.reshape(()), zero_point.reshape(()), zero_point.dtype)
    return Stored(q, zero_point.dtype)

  @staticmethod
  def _dequantize(inputs, attrs, where):
    data, scale = inputs[0], np.asarray(inputs[1], np.float32)
    if isinstance(data, Stored):
      q, dtype = data.q, data.dtype
    else:
      q, dtype = data.astype(np.int32), data.dtype
    if dtype not in (np.dtype(np.int8), np.dtype(np.uint8), np.dtype(np.int32)):
      raise Refused(f"{where}: type {dtype}; int8, uint8 and int32 are accepted")
    zero_point = inputs[2] if len(inputs) > 2 else np.zeros(scale.shape, np.int32)
    if scale.size == 1:
      scale, zero_point = scale.reshape(()), np.asarray(zero_point).reshape(())
    elif scale.ndim != 1 or zero_point.shape != scale.shape:
      raise Refused(f"{where}: scale {list(scale.shape)}, zero point {list(zero_point.shape)}")
    if not np.all(np.isfinite(scale)) or np.any(scale <= 0):
      raise Refused(f"{where}: scale has to be finite and positive")
    return Quant(q, scale, zero_point.astype(np.int32), attrs.get("axis", 1), dtype)

  @staticmethod
  def _export(value):
    if isinstance(value, Stored):
      return value.q.astype(value.dtype)
    return value.to_float() if isinstance(value, Real) else value
