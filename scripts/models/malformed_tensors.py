# SPDX-License-Identifier: Apache-2.0
"""Mutations of initialisers: types, shapes, bytes, scales and zero points."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from malformed_base import SCALES, case, parameterised, put, tensor


parameterised({"scale_zero": 0.0, "scale_negative": -0.01, "scale_nan": np.nan,
               "scale_inf": np.inf}, ["scale"], lambda m, v: put(m, "x_scale", np.float32(v)))
parameterised({"weight_scale_zero": 0.0, "weight_scale_nan": np.nan}, ["scale"],
              lambda m, v: put(m, "w_scale", np.array([0.01, v, 0.01], np.float32)))
parameterised({"raw_data_short": -1, "raw_data_long": 1, "raw_data_empty": -54},
              ["bytes", "raw_data"], lambda m, v: _resize(m, v))
parameterised({"weights_float": np.float32, "weights_int64": np.int64, "weights_int16": np.int16},
              ["type"], lambda m, v: put(m, "w", np.ones((3, 2, 3, 3), v)))
parameterised({"weight_dims_negative": [3, -2, 3, 3],
               "weight_dims_overflow": [1 << 40, 1 << 40, 3, 3],
               "weight_dims_large": [3, 2, 3, 1 << 30], "weight_dims_zero": [0, 2, 3, 3]},
              ["dim", "shape"], lambda m, v: _dims(m, v))


def _resize(model, change):
  data = tensor(model, "w").raw_data
  tensor(model, "w").raw_data = data[:change] if change < 0 else data + b"\0" * change


def _dims(model, dims):
  t = tensor(model, "w")
  del t.dims[:]
  t.dims.extend(dims)


@case("type")
def unknown_data_type(m):
  tensor(m, "w").data_type = 999


@case("type", "string")
def weights_string(m):
  m.graph.initializer.remove(tensor(m, "w"))
  m.graph.initializer.append(helper.make_tensor("w", TensorProto.STRING, [1], [b"no"]))


@case("zero point", "zero_point", "type")
def zero_point_type(m):
  put(m, "x_zero", np.uint8(3))


@case("zero point", "zero_point", "rank", "shape")
def weight_zero_point_rank(m):
  put(m, "w_zero", np.zeros((3, 1), np.int8))


@case("zero point", "zero_point", "shape", "length")
def weight_zero_point_length(m):
  put(m, "w_zero", np.zeros(2, np.int8))


@case("zero point", "zero_point")
def weight_zero_points_differ(m):
  put(m, "w_zero", np.array([0, 1, -1], np.int8))


@case("scale", "shape", "length")
def weight_scale_length(m):
  put(m, "w_scale", np.full(4, 0.01, np.float32))
  put(m, "w_zero", np.zeros(4, np.int8))


@case("scale", "type")
def scale_double(m):
  put(m, "x_scale", np.float64(0.01))


@case("bias", "scale")
def bias_scale_mismatch(m):
  put(m, "b_scale", np.float32(0.008) * SCALES * np.float32(2))


@case("bias", "type")
def bias_int8(m):
  put(m, "b", np.ones(3, np.int8))
  put(m, "b_zero", np.zeros(3, np.int8))


@case("bias", "shape", "length")
def bias_length(m):
  for name in ("b", "b_scale", "b_zero"):
    put(m, name, np.resize(numpy_helper.to_array(tensor(m, name)), 2))
