# SPDX-License-Identifier: Apache-2.0
"""Mutations that turn a good little QDQ model into one that has to be refused.

The good model: input [1][2][5][5] - QuantizeLinear - DequantizeLinear - Conv 3x3 to 3 channels
(INT8 weights per channel, INT32 bias) - QuantizeLinear - DequantizeLinear - output. Each mutation
gets a fresh copy. CASES maps a name to (mutation, words of which a good message has at least one);
malformed_tensors.py and malformed_graphs.py fill it.
"""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

SCALES = np.array([0.01, 0.02, 0.015], np.float32)
CASES = {}


def good():
  """The model every mutation starts from; it is legal."""
  rng = np.random.RandomState(1)
  x_scale, y_scale = np.float32(0.008), np.float32(0.02)
  constants = {
      "x_scale": x_scale, "x_zero": np.int8(3), "y_scale": y_scale, "y_zero": np.int8(-5),
      "w": rng.randint(-127, 128, (3, 2, 3, 3)).astype(np.int8), "w_scale": SCALES,
      "w_zero": np.zeros(3, np.int8), "b": rng.randint(-500, 500, 3).astype(np.int32),
      "b_scale": x_scale * SCALES, "b_zero": np.zeros(3, np.int32),
  }
  nodes = [
      helper.make_node("QuantizeLinear", ["input", "x_scale", "x_zero"], ["xq"], "quantize"),
      helper.make_node("DequantizeLinear", ["xq", "x_scale", "x_zero"], ["x"], "dequantize"),
      helper.make_node("DequantizeLinear", ["w", "w_scale", "w_zero"], ["wf"], "weights", axis=0),
      helper.make_node("DequantizeLinear", ["b", "b_scale", "b_zero"], ["bf"], "bias", axis=0),
      helper.make_node("Conv", ["x", "wf", "bf"], ["y"], "conv", kernel_shape=[3, 3],
                       pads=[1, 1, 1, 1]),
      helper.make_node("QuantizeLinear", ["y", "y_scale", "y_zero"], ["yq"], "requantize"),
      helper.make_node("DequantizeLinear", ["yq", "y_scale", "y_zero"], ["output"], "last"),
  ]
  graph = helper.make_graph(
      nodes, "good",
      [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 2, 5, 5])],
      [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 3, 5, 5])],
      [numpy_helper.from_array(np.asarray(v), k) for k, v in constants.items()])
  return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8,
                           producer_name="girih")


def case(*words):
  def register(function):
    CASES[function.__name__] = (function, list(words))
    return function

  return register


def node(model, name):
  return next(n for n in model.graph.node if n.name == name)


def tensor(model, name):
  return next(t for t in model.graph.initializer if t.name == name)


def put(model, name, array):
  """Replaces an initialiser."""
  tensor(model, name).CopyFrom(numpy_helper.from_array(np.asarray(array), name))


def attribute(model, name, key, value):
  n = node(model, name)
  kept = [a for a in n.attribute if a.name != key]
  del n.attribute[:]
  n.attribute.extend(kept + [helper.make_attribute(key, value)])


def add_before_last(model, *nodes):
  """Inserts nodes before the last one (their wiring is the caller's)."""
  last = model.graph.node.pop()
  model.graph.node.extend([*nodes, last])


def replace_operator(model, kind, domain="", **attrs):
  n = node(model, "conv")
  n.op_type, n.domain = kind, domain
  del n.attribute[:]
  n.attribute.extend(helper.make_attribute(k, v) for k, v in attrs.items())


def parameterised(names, words, function):
  """One case per (name, argument)."""
  for name, argument in names.items():
    CASES[name] = (lambda m, a=argument: function(m, a), list(words))
