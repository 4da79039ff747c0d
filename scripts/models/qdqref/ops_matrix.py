# SPDX-License-Identifier: Apache-2.0
"""Conv, Gemm and MatMul: exact int32 accumulation of (a - za) * (b - zb), one multiplier after.

The multiplier is float32(sx * sw), divided by sy in float32 when the result is quantised, which is
the order ONNX Runtime uses. The bias is an int32 tensor in units of sx * sw and joins the sum.
"""

import numpy as np

from .numerics import F32, Refused, exact_matmul, wrap_int32
from .values import Accumulated, Quant
from .windows import geometry

# The quantiser computes a bias scale in float32 as well; anything farther off is another unit.
_BIAS_TOLERANCE = 2.0**-20


def _quant(value, where, what):
  if not isinstance(value, Quant):
    raise Refused(f"{where}: {what} has to come from DequantizeLinear")
  return value


def _bias(bias, multiplier, where):
  """The int32 bias; its scale has to be the accumulator's unit, its zero point 0."""
  _quant(bias, where, "bias")
  if bias.dtype != np.dtype(np.int32) or np.any(bias.zero_point != 0):
    raise Refused(f"{where}: bias has to be int32 with zero point 0")
  unit = np.broadcast_to(multiplier, np.broadcast_shapes(bias.scale.shape, multiplier.shape))
  if np.any(np.abs(bias.scale - unit) > _BIAS_TOLERANCE * np.abs(unit)):
    raise Refused(f"{where}: bias scale differs from input scale * weight scale")
  return bias.q.astype(np.int64)


def _weight_axis(weight, expected, where):
  if weight.scale.ndim and weight.axis % weight.q.ndim != expected:
    raise Refused(f"{where}: per-channel weights along axis {weight.axis}, {expected} is accepted")


def conv(inputs, attrs, where):
  """ONNX Conv: x [N][C][spatial], w [M][C/group][kernel], y [N][M][out]; padding counts as 0."""
  x = _quant(inputs[0], where, "input").per_tensor(where)
  w = _quant(inputs[1], where, "weight")
  _weight_axis(w, 0, where)
  group = attrs.get("group", 1)
  channels, outputs = x.shape[1], w.shape[0]
  if w.shape[1] * group != channels or outputs % group:
    raise Refused(f"{where}: {channels} channels, {group} groups, weight shape {list(w.shape)}")
  kernel = attrs.get("kernel_shape", w.shape[2:])
  if list(kernel) != list(w.shape[2:]):
    raise Refused(f"{where}: kernel_shape {list(kernel)}, weight shape {list(w.shape)}")
  geo = geometry(attrs, x.shape[2:], kernel, False, where)
  padded = geo.pad(x.centred(), 0)
  weights = w.centred()
  positions = int(np.prod(geo.out))
  acc = np.empty((x.shape[0], outputs, positions), np.int64)
  per_in, per_out = channels // group, outputs // group
  for g in range(group):
    part = padded[:, g * per_in:(g + 1) * per_in]
    # columns: [N][C/group * taps][positions], in the order of the weight's [C/group][kernel].
    columns = np.stack([geo.tap(part, t) for t in geo.taps()], axis=2)
    columns = columns.reshape(x.shape[0], -1, positions)
    kernels = weights[g * per_out:(g + 1) * per_out].reshape(per_out, -1)
    acc[:, g * per_out:(g + 1) * per_out] = exact_matmul(kernels[None], columns)
  multiplier = x.scale * w.scale
  if len(inputs) > 2 and inputs[2] is not None:
    acc += _bias(inputs[2], multiplier, where).reshape(1, -1, 1)
  shape = (x.shape[0], outputs, *geo.out)
  return Accumulated(wrap_int32(acc).reshape(shape), multiplier, 1)


def gemm(inputs, attrs, where):
  """ONNX Gemm: alpha * A' * B' + beta * C. alpha joins the multiplier, beta has to be 1."""
  a = _quant(inputs[0], where, "A").per_tensor(where)
  b = _quant(inputs[1], where, "B")
  trans_b = bool(attrs.get("transB", 0))
  _weight_axis(b, 0 if trans_b else 1, where)
  left, right = a.centred(), b.centred()
  left = left.T if attrs.get("transA", 0) else left
  right = right.T if trans_b else right
  multiplier = a.scale * b.scale
  if attrs.get("alpha", 1.0) != 1.0:
    multiplier = F32(attrs["alpha"]) * a.scale * b.scale
  acc = exact_matmul(left, right).astype(np.int64)
  if len(inputs) > 2 and inputs[2] is not None:
    if attrs.get("beta", 1.0) != 1.0:
      raise Refused(f"{where}: beta {attrs['beta']}, 1 is accepted")
    acc = acc + _bias(inputs[2], multiplier, where)
  return Accumulated(wrap_int32(acc), multiplier, 1)


def matmul(inputs, attrs, where):
  """ONNX MatMul, numpy.matmul's shapes; per-channel weights along their last axis."""
  del attrs
  a = _quant(inputs[0], where, "A").per_tensor(where)
  b = _quant(inputs[1], where, "B")
  _weight_axis(b, b.q.ndim - 1, where)
  if a.q.ndim < 2 or b.q.ndim < 2:
    raise Refused(f"{where}: operands of rank {a.q.ndim} and {b.q.ndim}, 2 or more is accepted")
  acc = exact_matmul(a.centred(), b.centred())
  return Accumulated(acc, a.scale * b.scale, acc.ndim - 1)
