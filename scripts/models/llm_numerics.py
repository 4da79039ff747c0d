# SPDX-License-Identifier: Apache-2.0
"""The chip's FP32 on NumPy arrays, to the last bit: docs/numerics.md, written from the page.

Operands must be *clean*: no subnormals, one NaN. `clean` is the chip's pass-through and makes them
so; every function here gives clean results. Row reductions have VECTOR's order
(docs/instruction-set.md, section 7) and work along the last axis, on all rows at once.
"""

import numpy as np

F32 = np.float32
TINY = F32(2.0**-126)                       # the smallest number that is not a subnormal
ROUNDS_TO_TINY = 2.0**-126 * (1 - 2.0**-25)  # from here on 24 bits of unbounded exponent give TINY
NAN = np.array(0x7FC00000, np.uint32).view(F32)[()]
PARTIALS = 128


def _one_nan(values):
  values[np.isnan(values)] = NAN
  return values


def _flush(values, where):
  values[where] = np.copysign(F32(0), values[where])
  return _one_nan(values)


def clean(values):
  """Subnormals to zeros of their sign, one NaN."""
  values = np.array(values, F32)
  return _flush(values, np.abs(values) < TINY)


def mul(a, b):
  a, b = np.asarray(a, F32), np.asarray(b, F32)
  with np.errstate(all="ignore"):
    product = np.asarray(a * b)
    small = (np.abs(product) <= TINY) & (product != 0)
    if small.any():
      # NumPy rounds subnormals to fewer bits, so it takes for TINY what the chip flushes.
      exact = np.multiply(a, b, dtype=np.float64)
      return _flush(product, small & (np.abs(exact) < ROUNDS_TO_TINY))
  return _one_nan(product)


def add(a, b):
  with np.errstate(all="ignore"):
    total = np.asarray(np.add(a, b, dtype=F32))
  return _flush(total, np.abs(total) < TINY)  # sums of clean numbers are exact down there


def round_exact(values):
  """Float64 numbers, each the exact result of an operation, as FP32."""
  values = np.asarray(values, np.float64)
  with np.errstate(all="ignore"):
    return _flush(values.astype(F32), np.abs(values) < ROUNDS_TO_TINY)


# Maximum and minimum compare as integers that have the order of the numbers, -0 below +0; the one
# NaN comes out above infinity.
def _ordered(values):
  bits = np.asarray(values, F32).view(np.int32)
  return bits ^ ((bits >> 31) & 0x7FFFFFFF)


def _unordered(keys):
  return (keys ^ ((keys >> 31) & 0x7FFFFFFF)).view(F32)


def maximum(a, b):
  return _unordered(np.maximum(_ordered(a), _ordered(b)))


def minimum(a, b):
  found = _unordered(np.minimum(_ordered(a), _ordered(b)))
  return np.where(np.isnan(a) | np.isnan(b), NAN, found)


def _reduce(op, values):
  values = np.asarray(values, F32)
  count = values.shape[-1]
  partials = values[..., :PARTIALS].copy()
  for start in range(PARTIALS, count, PARTIALS):
    more = values[..., start:start + PARTIALS]
    partials[..., :more.shape[-1]] = op(partials[..., :more.shape[-1]], more)
  step = PARTIALS // 2
  while step:
    upper = partials[..., step:2 * step]
    partials = partials[..., :step].copy()
    partials[..., :upper.shape[-1]] = op(partials[..., :upper.shape[-1]], upper)
    step //= 2
  return partials[..., 0]


def row_sum(values):
  return _reduce(add, values)


def row_max(values):
  return _reduce(maximum, values)


def row_min(values):
  return _reduce(minimum, values)


def row_argmax(values):
  """The first largest; the first NaN where there is one; zeros are equal."""
  return np.argmax(values, axis=-1)  # NumPy's rules are the same


def from_integers(values):
  """INT32 and narrower (as int64 or exact float64) to FP32, to nearest even."""
  return np.asarray(values).astype(F32)


def to_integers(values, dtype):
  """rne and saturation; NaN gives 0."""
  limits = np.iinfo(dtype)
  rounded = np.clip(np.rint(np.asarray(values, np.float64)), limits.min, limits.max)
  return np.where(np.isnan(rounded), 0, rounded).astype(dtype)


def from_bf16(bits):
  """uint16 to FP32."""
  return clean((np.asarray(bits, np.uint32) << 16).view(F32))


def to_bf16(values):
  """FP32 to uint16: to nearest even, beyond the largest infinity."""
  bits = np.asarray(values, F32).view(np.uint32)
  return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)
