# SPDX-License-Identifier: Apache-2.0
"""The arithmetic every operator is made of. All floating point is binary32, one rounding a step."""

import numpy as np

F32 = np.float32


class Refused(Exception):
  """The graph is outside what the reference evaluates; the message names node and operator."""


def limits(dtype):
  """Smallest and largest value of a quantised type."""
  if np.dtype(dtype) not in (np.dtype(np.int8), np.dtype(np.uint8)):
    raise Refused(f"quantised type {np.dtype(dtype)}; int8 and uint8 are accepted")
  info = np.iinfo(dtype)
  return info.min, info.max


def along(vector, axis, rank):
  """Shapes a 1-D per-channel vector so that it broadcasts along axis of a rank-D tensor."""
  vector = np.asarray(vector)
  if vector.ndim == 0:
    return vector
  shape = [1] * rank
  shape[axis] = vector.size
  return vector.reshape(shape)


def round_saturate(t, zero_point, dtype):
  """saturate(rne(t) + zero_point): round half to even in float, add and clamp as integers.

  t is float32. The clamp to +-2^30 happens before the conversion, where it cannot change a result.
  NaN, of which ONNX says nothing, becomes the zero point.
  """
  low, high = limits(dtype)
  rounded = np.nan_to_num(np.rint(t).astype(np.float64), nan=0.0)
  rounded = np.clip(rounded, -(2.0**30), 2.0**30).astype(np.int64)
  return np.clip(rounded + np.int64(zero_point), low, high).astype(np.int32)


def wrap_int32(x):
  """Two's complement wrap of an exact 64-bit sum, as the accumulators do it."""
  return x.astype(np.int64).astype(np.int32)


def exact_matmul(a, b):
  """Integer product through float64: exact while |sum| < 2^53, far beyond any 9x9-bit layer."""
  return wrap_int32(np.rint(np.matmul(a.astype(np.float64), b.astype(np.float64))))
