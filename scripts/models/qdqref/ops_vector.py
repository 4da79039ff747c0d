# SPDX-License-Identifier: Apache-2.0
"""Elementwise operators, pooling, and the operators that only move elements."""

import numpy as np

from .numerics import F32, Refused, limits
from .values import Clamped, Float, Mean, Product, Quant, Real, Sum
from .windows import geometry


def _quant(value, where):
  if not isinstance(value, Quant):
    raise Refused(f"{where}: the input has to come from DequantizeLinear")
  return value.per_tensor(where)


def add(inputs, attrs, where):
  del attrs
  return Sum(_quant(inputs[0], where), _quant(inputs[1], where), 1)


def sub(inputs, attrs, where):
  del attrs
  return Sum(_quant(inputs[0], where), _quant(inputs[1], where), -1)


def mul(inputs, attrs, where):
  del attrs
  return Product(_quant(inputs[0], where), _quant(inputs[1], where))


def relu(inputs, attrs, where):
  del attrs
  return Clamped(_real(inputs[0], where), 0.0, None)


def clip(inputs, attrs, where):
  del attrs
  bounds = [None, None]
  for i in (1, 2):
    if len(inputs) > i and inputs[i] is not None:
      if isinstance(inputs[i], Quant):  # the quantiser may quantise a bound as well
        bounds[i - 1] = inputs[i].to_float().reshape(())
      else:
        bounds[i - 1] = np.asarray(inputs[i], F32).reshape(())
  return Clamped(_real(inputs[0], where), *bounds)


def _real(value, where):
  if not isinstance(value, Real):
    raise Refused(f"{where}: a constant input")
  return value


def max_pool(inputs, attrs, where):
  """The maximum of the quantised elements inside the input; padding never wins."""
  x = _quant(inputs[0], where)
  geo = geometry(attrs, x.shape[2:], attrs["kernel_shape"], True, where)
  low, _ = limits(x.dtype)
  padded = geo.pad(x.q, low)
  best = np.full((*x.shape[:2], *geo.out), low, np.int32)
  for t in geo.taps():
    best = np.maximum(best, geo.tap(padded, t))
  return x.with_q(best)


def average_pool(inputs, attrs, where):
  """Sum over the window; divided by its elements inside the input, or inside input plus padding."""
  x = _quant(inputs[0], where)
  geo = geometry(attrs, x.shape[2:], attrs["kernel_shape"], True, where)
  padded = geo.pad(x.centred(), 0)
  inside = np.ones(x.shape[2:], np.int32)
  if attrs.get("count_include_pad", 0):
    # Explicit padding counts, the overhang that ceil_mode adds beyond it does not.
    inside = np.pad(inside, list(zip(geo.pad_begin, geo.pad_end)), constant_values=1)
    geo.size, begin = list(inside.shape), geo.pad_begin
    geo.pad_begin, geo.pad_end = [0] * len(begin), [0] * len(begin)
  counted = geo.pad(inside, 0)
  total = np.zeros((*x.shape[:2], *geo.out), np.int64)
  count = np.zeros(tuple(geo.out), np.int64)
  for t in geo.taps():
    total += geo.tap(padded, t)
    count += geo.tap(counted, t)
  return Mean(total, count, x)


def global_average_pool(inputs, attrs, where):
  del attrs
  x = _quant(inputs[0], where)
  axes = tuple(range(2, x.q.ndim))
  total = x.centred().sum(axis=axes, keepdims=True, dtype=np.int64)
  return Mean(total, np.int64(np.prod(x.shape[2:])), x)


def _move(value, function, where):
  """Applies a rearrangement of elements to whatever the tensor is."""
  if isinstance(value, Quant):
    return value.per_tensor(where).with_q(function(value.q))
  if isinstance(value, Float):
    return Float(function(value.x))
  if isinstance(value, Clamped):
    return Clamped(_move(value.inner, function, where), value.low, value.high)
  if isinstance(value, np.ndarray):
    return function(value)
  raise Refused(f"{where}: the input has to come from DequantizeLinear")


def flatten(inputs, attrs, where):
  axis = attrs.get("axis", 1)

  def function(x):
    split = axis + x.ndim if axis < 0 else axis
    return x.reshape(int(np.prod(x.shape[:split])), -1)

  return _move(inputs[0], function, where)


def reshape(inputs, attrs, where):
  target = [int(v) for v in np.asarray(inputs[1]).reshape(-1)]
  keep_zero = attrs.get("allowzero", 0)

  def function(x):
    shape = [x.shape[i] if v == 0 and not keep_zero else v for i, v in enumerate(target)]
    return x.reshape(shape)

  return _move(inputs[0], function, where)


def transpose(inputs, attrs, where):
  return _move(inputs[0], lambda x: np.transpose(x, attrs.get("perm")), where)


def identity(inputs, attrs, where):
  del attrs
  return _move(inputs[0], lambda x: x, where) if not isinstance(inputs[0], Real) else inputs[0]


def softmax(inputs, attrs, where):
  """A host operator: float32, the maximum subtracted first, along axis (default -1)."""
  x = _real(inputs[0], where).to_float()
  axis = attrs.get("axis", -1)
  e = np.exp(x - x.max(axis=axis, keepdims=True))
  return Float(e / e.sum(axis=axis, keepdims=True))


def sigmoid(inputs, attrs, where):
  """A host operator, float32."""
  del attrs
  x = _real(inputs[0], where).to_float()
  return Float(F32(1) / (F32(1) + np.exp(-x)))
