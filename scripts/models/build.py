# SPDX-License-Identifier: Apache-2.0
"""A few lines that make float ONNX graphs pleasant to write."""

import numpy as np
import onnx
from onnx import helper, numpy_helper

OPSET = 17


class Graph:
  """Collects nodes and initialisers; every operator call returns the name of its output."""

  def __init__(self, name, input_shape):
    self.name = name
    self.nodes, self.constants = [], []
    self.input = helper.make_tensor_value_info("input", onnx.TensorProto.FLOAT, input_shape)
    self._count = 0

  def constant(self, array, name=None):
    self._count += 1
    name = name or f"c{self._count}"
    self.constants.append(numpy_helper.from_array(np.asarray(array), name))
    return name

  def op(self, kind, *inputs, name=None, **attrs):
    """inputs: tensor names, or arrays that become initialisers."""
    self._count += 1
    name = name or f"{kind.lower()}{self._count}"
    tensors = [i if isinstance(i, str) else self.constant(i, f"{name}_c{n}")
               for n, i in enumerate(inputs)]
    self.nodes.append(helper.make_node(kind, tensors, [name], name=name, **attrs))
    return name

  def model(self, *outputs):
    """The checked model with inferred shapes."""
    infos = [helper.make_tensor_value_info(o, onnx.TensorProto.FLOAT, None) for o in outputs]
    graph = helper.make_graph(self.nodes, self.name, [self.input], infos, self.constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)],
                              producer_name="girih", ir_version=8)
    model = onnx.shape_inference.infer_shapes(model, strict_mode=True)
    onnx.checker.check_model(model)
    return model
