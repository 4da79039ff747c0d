# SPDX-License-Identifier: Apache-2.0
"""What a float tensor of a QDQ graph stands for between its producer and its QuantizeLinear.

A float tensor is never computed: each class holds the exact integers behind it and knows how
QuantizeLinear turns them into the output (`quantise`). The float32 step sequences are those of
docs/numerics-onnx.md. `to_float` is for tensors that leave the graph without QuantizeLinear.
`exact` is the same value in float64, in units of the output scale and before rounding: it takes no
part in the result and tells whether a difference from somebody else sits at a rounding tie.
"""

import numpy as np

from .numerics import F32, Refused, along, round_saturate


class Real:
  """Interface of everything below; shape is the tensor's shape."""

  def quantise(self, scale, zero_point, dtype):
    raise NotImplementedError

  def to_float(self):
    raise NotImplementedError

  def exact(self, scale):
    raise NotImplementedError


class Float(Real):
  """A genuine float32 tensor: a graph input, or the result of a host operator."""

  def __init__(self, x):
    self.x = np.asarray(x, F32)
    self.shape = self.x.shape

  def quantise(self, scale, zero_point, dtype):
    # ONNX QuantizeLinear: saturate(round(x / scale) + zero_point), a float32 division.
    return round_saturate(self.x / F32(scale), zero_point, dtype)

  def to_float(self):
    return self.x

  def exact(self, scale):
    return self.x.astype(np.float64) / np.float64(scale)


class Quant(Real):
  """(q - zero_point) * scale: the output of DequantizeLinear. Per channel when scale is 1-D."""

  def __init__(self, q, scale, zero_point, axis, dtype):
    self.q = np.asarray(q, np.int32)
    self.scale = np.asarray(scale, F32)
    self.zero_point = np.asarray(zero_point, np.int32)
    self.axis = axis
    self.dtype = np.dtype(dtype)
    self.shape = self.q.shape

  def centred(self):
    """q - zero_point, exact."""
    rank = self.q.ndim
    return self.q - along(self.zero_point, self.axis, rank)

  def per_tensor(self, what):
    if self.scale.ndim != 0:
      raise Refused(f"{what}: a per-channel scale is accepted for weights and bias only")
    return self

  def to_double(self):
    """The exact value, for exact() alone."""
    return self.centred() * np.float64(self.scale)

  def with_q(self, q):
    """Same scale and zero point, other elements (pooling by maximum, reshaping, transposing)."""
    return Quant(q, self.scale, self.zero_point, self.axis, self.dtype)

  def quantise(self, scale, zero_point, dtype):
    self.per_tensor("QuantizeLinear of a dequantised tensor")
    same = self.scale == F32(scale) and int(self.zero_point) == int(zero_point)
    if same and self.dtype == np.dtype(dtype):
      return self.q
    return round_saturate(self.centred().astype(F32) * (self.scale / F32(scale)), zero_point, dtype)

  def to_float(self):
    return self.centred().astype(F32) * along(self.scale, self.axis, self.q.ndim)

  def exact(self, scale):
    return self.centred() * (np.float64(self.scale) / np.float64(scale))


class Accumulated(Real):
  """INT32 accumulators of Conv, Gemm or MatMul times sx * sw (per tensor, or per channel)."""

  def __init__(self, acc, multiplier, axis):
    self.acc = acc
    self.multiplier = np.asarray(multiplier, F32)
    self.axis = axis
    self.shape = acc.shape

  def quantise(self, scale, zero_point, dtype):
    factor = along(self.multiplier / F32(scale), self.axis, self.acc.ndim)
    return round_saturate(self.acc.astype(F32) * factor, zero_point, dtype)

  def to_float(self):
    return self.acc.astype(F32) * along(self.multiplier, self.axis, self.acc.ndim)

  def exact(self, scale):
    return self.acc * along(self.multiplier.astype(np.float64) / scale, self.axis, self.acc.ndim)


class Sum(Real):
  """a + b (sign +1) or a - b (sign -1) of two dequantised tensors."""

  def __init__(self, a, b, sign):
    self.a, self.b, self.sign = a, b, F32(sign)
    self.shape = np.broadcast_shapes(a.shape, b.shape)

  def _scaled(self):
    t = self.a.centred().astype(F32) * (self.a.scale / self.b.scale)
    return t + self.sign * self.b.centred().astype(F32)

  def quantise(self, scale, zero_point, dtype):
    return round_saturate(self._scaled() * (self.b.scale / F32(scale)), zero_point, dtype)

  def to_float(self):
    return self._scaled() * self.b.scale

  def exact(self, scale):
    a, b = self.a.to_double(), self.b.to_double()
    return (a + np.float64(self.sign) * b) / np.float64(scale)


class Product(Real):
  """a * b of two dequantised tensors. The integer product is exact in float32 (17 bits)."""

  def __init__(self, a, b):
    self.a, self.b = a, b
    self.shape = np.broadcast_shapes(a.shape, b.shape)

  def quantise(self, scale, zero_point, dtype):
    t = self.a.centred().astype(F32) * self.b.centred().astype(F32)
    return round_saturate(t * ((self.a.scale * self.b.scale) / F32(scale)), zero_point, dtype)

  def to_float(self):
    t = self.a.centred().astype(F32) * self.b.centred().astype(F32)
    return t * (self.a.scale * self.b.scale)

  def exact(self, scale):
    return self.a.to_double() * self.b.to_double() / np.float64(scale)


class Mean(Real):
  """Average pooling: exact integer sums over windows, and how many elements each window counts."""

  def __init__(self, total, count, source):
    self.total, self.source = total, source
    self.count = np.asarray(count)
    self.inverse = F32(1) / self.count.astype(F32)
    self.shape = total.shape

  def quantise(self, scale, zero_point, dtype):
    t = self.total.astype(F32) * (self.source.scale / F32(scale))
    return round_saturate(t * self.inverse, zero_point, dtype)

  def to_float(self):
    return (self.total.astype(F32) * self.source.scale) * self.inverse

  def exact(self, scale):
    return self.total * np.float64(self.source.scale) / (np.float64(scale) * self.count)


class Clamped(Real):
  """Relu or Clip of any of the above: the clamp acts on the quantised result."""

  def __init__(self, inner, low, high):
    self.inner, self.low, self.high = inner, low, high
    self.shape = inner.shape

  def quantise(self, scale, zero_point, dtype):
    q = self.inner.quantise(scale, zero_point, dtype)
    # Clip as ONNX defines it: min(max(q, low), high), so the upper bound wins when they cross.
    if self.low is not None:
      q = np.maximum(q, round_saturate(F32(self.low) / F32(scale), zero_point, dtype))
    if self.high is not None:
      q = np.minimum(q, round_saturate(F32(self.high) / F32(scale), zero_point, dtype))
    return q

  def to_float(self):
    y = self.inner.to_float()
    y = y if self.low is None else np.maximum(y, F32(self.low))
    return y if self.high is None else np.minimum(y, F32(self.high))

  def exact(self, scale):
    return self.inner.exact(scale)
