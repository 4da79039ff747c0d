# SPDX-License-Identifier: Apache-2.0
"""Mutations of the graph, its nodes and their attributes."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from malformed_base import (SCALES, add_before_last, attribute, case, node, parameterised, put,
                            replace_operator, tensor)


@case("missing", "wf2")
def missing_tensor(m):
  node(m, "conv").input[1] = "wf2"


@case("missing", "y_scale")
def missing_initialiser(m):
  m.graph.initializer.remove(tensor(m, "y_scale"))


@case("cycle", "cyclic")
def cyclic(m):
  add_before_last(m, helper.make_node("Add", ["y", "loop"], ["sum"], "add"),
                  helper.make_node("Relu", ["sum"], ["loop"], "relu"))
  node(m, "requantize").input[0] = "loop"


@case("cycle", "cyclic")
def self_loop(m):
  node(m, "conv").input[0] = "y"


@case("xq", "twice", "duplicate")
def duplicate_output(m):
  node(m, "requantize").output[0] = "xq"


@case("twice", "duplicate")
def duplicate_initialiser(m):
  m.graph.initializer.append(tensor(m, "w"))


@case("input")
def no_inputs(m):
  del m.graph.input[:]


@case("output")
def no_outputs(m):
  del m.graph.output[:]


@case("output", "nothing")
def output_unknown(m):
  m.graph.output[0].name = "nothing"


@case("graph", "node")
def empty_graph(m):
  del m.graph.node[:]


@case("opset")
def opset_missing(m):
  del m.opset_import[:]


@case("opset")
def opset_future(m):
  m.opset_import[0].version = 999


@case("dynamic", "dimension")
def dynamic_dim(m):
  m.graph.input[0].type.tensor_type.shape.dim[0].dim_param = "N"


@case("shape", "dimension", "rank")
def input_shape_missing(m):
  m.graph.input[0].type.tensor_type.ClearField("shape")


@case("dimension", "shape")
def input_dim_zero(m):
  m.graph.input[0].type.tensor_type.shape.dim[2].dim_value = 0


@case("dimension", "shape", "large")
def input_dim_huge(m):
  m.graph.input[0].type.tensor_type.shape.dim[2].dim_value = 1 << 62


@case("type")
def input_int64(m):
  m.graph.input[0].type.tensor_type.elem_type = TensorProto.INT64


@case("LSTM")
def unsupported_lstm(m):
  replace_operator(m, "LSTM", hidden_size=3)


@case("Det")
def unsupported_det(m):
  replace_operator(m, "Det")


@case("domain", "com.example")
def unknown_domain(m):
  m.opset_import.append(helper.make_opsetid("com.example", 1))
  replace_operator(m, "Conv", domain="com.example")


@case("If", "conv")
def control_flow(m):
  branch = helper.make_graph([], "branch", [], [])
  replace_operator(m, "If", then_branch=branch, else_branch=branch)


@case("Softmax", "softmax")
def softmax_in_the_middle(m):
  add_before_last(m, helper.make_node("Softmax", ["y"], ["s"], "softmax"))
  node(m, "requantize").input[0] = "s"
  extra = helper.make_node("QuantizeLinear", ["output", "y_scale", "y_zero"], ["zq"], "again")
  more = [helper.make_node("DequantizeLinear", ["zq", "y_scale", "y_zero"], ["z"], "again_d"),
          helper.make_node("Relu", ["z"], ["zr"], "relu"),
          helper.make_node("QuantizeLinear", ["zr", "y_scale", "y_zero"], ["rq"], "rq"),
          helper.make_node("DequantizeLinear", ["rq", "y_scale", "y_zero"], ["r"], "rd")]
  m.graph.node.extend([extra, *more])
  m.graph.output[0].name = "r"


@case("conv", "quantis", "DequantizeLinear")
def conv_in_float(m):
  node(m, "conv").input[0] = "input"


@case("conv", "inputs")
def conv_without_weights(m):
  del node(m, "conv").input[1:]


@case("axis", "requantize", "per")
def activation_per_channel(m):
  put(m, "y_scale", SCALES)
  put(m, "y_zero", np.zeros(3, np.int8))


@case("axis")
def weight_axis_out_of_range(m):
  attribute(m, "weights", "axis", 7)


@case("axis")
def weight_axis_of_inputs(m):
  put(m, "w_scale", SCALES[:2])
  put(m, "w_zero", np.zeros(2, np.int8))
  attribute(m, "weights", "axis", 1)


@case("type")
def attribute_type(m):
  attribute(m, "conv", "pads", "one")


@case("int16", "type")
def activations_int16(m):
  put(m, "y_zero", np.int16(0))


parameterised({"group_not_dividing": ("group", 3), "group_zero": ("group", 0),
               "stride_zero": ("strides", [0, 1]), "stride_negative": ("strides", [-1, 1]),
               "strides_length": ("strides", [1, 1, 1]), "dilation_zero": ("dilations", [0, 1]),
               "pads_negative": ("pads", [-1, 0, 0, 0]), "pads_length": ("pads", [1, 1]),
               "pads_huge": ("pads", [1 << 40, 0, 0, 0]), "auto_pad_unknown": ("auto_pad", "NEVER"),
               "kernel_shape_mismatch": ("kernel_shape", [2, 2]),
               "window_too_large": ("dilations", [9, 9])},
              ["conv"], lambda m, v: attribute(m, "conv", *v))


@case("conv", "channels", "shape")
def channel_mismatch(m):
  put(m, "w", np.ones((3, 4, 3, 3), np.int8))


@case("reshape", "elements", "shape")
def reshape_mismatch(m):
  m.graph.initializer.append(numpy_helper.from_array(np.array([1, 76], np.int64), "shape"))
  replace_operator(m, "Reshape")
  del node(m, "conv").input[1:]
  node(m, "conv").input.append("shape")
