# SPDX-License-Identifier: Apache-2.0
"""exp2, recip, rsqrt and log2 of clean FP32 arrays, to the last bit: docs/functions.md.

Integer arithmetic in int64 as the page has it; the tables are computed when first used.
"""

import functools
import pathlib
import sys

import numpy as np

from llm_numerics import F32, NAN, from_integers, round_exact

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "gen"))

import functions  # noqa: E402

FRACTION = 25  # bits of F
UNIT = 28      # fraction bits of g


@functools.cache
def _table(name):
  """c0, c1, c2: int64 [128] each."""
  rows = [functions.segment(functions.TABLES[name], i) for i in range(functions.SEGMENTS)]
  return tuple(np.array(column, np.int64) for column in zip(*rows))


def _interpolate(name, fraction):
  """g, in units of 2^-28, of F."""
  c0, c1, c2 = _table(name)
  i, d = fraction >> 18, (fraction & (2**18 - 1)) - 2**17
  q = c1[i] + ((c2[i] * d + 2**18) >> 19)
  return c0[i] + ((q * d + 2**14) >> 15)


def _parts(x):
  """(negative, e, M) of FP32 numbers."""
  bits = np.asarray(x, F32).view(np.uint32).astype(np.int64)
  return bits >> 31 == 1, ((bits >> 23) & 255) - 127, bits & (2**23 - 1)


def _scaled(g, exponent):
  """2^exponent * g, rounded."""
  return round_exact(np.ldexp(g.astype(np.float64), exponent - UNIT))


def _choose(x, result, **special):
  """The results, but for the named operands: zero, infinity, below (less than zero), nan."""
  cases = {"zero": x == 0, "below": x < 0, "infinity": x == np.inf, "minus_infinity": x == -np.inf,
           "nan": np.isnan(x)}
  for name, where in cases.items():
    if name in special:
      result = np.where(where, special[name], result)
  return result.astype(F32)


def exp2(x):
  x = np.asarray(x, F32)
  negative, e, mantissa = _parts(x)
  # x = +-(2^23 + M) * 2^(e - 23). From 2^9 on the result is known without X.
  number = np.where(negative, -1, 1) * (mantissa + 2**23)
  shift = np.clip(e, -62, 9) + 2
  right = np.maximum(-shift, 1)
  big_x = np.where(shift >= 0, number << np.maximum(shift, 0),
                   (number + (np.int64(1) << (right - 1))) >> right)
  n, fraction = big_x >> FRACTION, big_x & (2**FRACTION - 1)
  result = _scaled(_interpolate("EXP2", fraction), np.clip(n, -1000, 1000))
  result = np.where(n >= 128, F32(np.inf), np.where(n < -126, F32(0), result))
  return _choose(x, result, zero=F32(1), infinity=F32(np.inf), minus_infinity=F32(0), nan=NAN)


def recip(x):
  x = np.asarray(x, F32)
  _, e, mantissa = _parts(x)
  result = _scaled(_interpolate("RECIP", mantissa << 2), -e - 1)
  result = _choose(x, result, zero=F32(np.inf), infinity=F32(0), minus_infinity=F32(0))
  return _choose(x, np.copysign(result, x), nan=NAN)


def rsqrt(x):
  x = np.asarray(x, F32)
  _, e, mantissa = _parts(x)
  odd = e & 1
  g = np.where(odd == 1, _interpolate("RSQRT1", mantissa << 2),
               _interpolate("RSQRT0", mantissa << 2))
  result = _scaled(g, -((e - odd) >> 1) - 1)
  return _choose(x, result, zero=np.copysign(F32(np.inf), x), below=NAN, infinity=F32(0), nan=NAN)


def log2(x):
  x = np.asarray(x, F32)
  _, e, mantissa = _parts(x)
  lower = mantissa < 2**22
  k, t = np.where(lower, e, e + 1), np.where(lower, 2 * mantissa, mantissa - 2**23)
  v = k * 2**52 + t * _interpolate("LOG2", mantissa << 2)
  result = np.ldexp(from_integers(v), -52)
  return _choose(x, result, zero=F32(-np.inf), below=NAN, infinity=F32(np.inf), nan=NAN)
