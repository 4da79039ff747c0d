# SPDX-License-Identifier: Apache-2.0
"""Functions as sequences of VECTOR instructions, to the last bit: docs/encoders.md, "Recipes".

Clean FP32 arrays in and out. Each statement is one instruction.

  recipes.py [--points 4000000]      measures the page's table against double precision
"""

import argparse
import math

import numpy as np

from llm_functions import exp2, recip, rsqrt
from llm_numerics import F32, add, maximum, mul, row_sum

LOG2_E = math.log2(math.e)
# Abramowitz and Stegun, 7.1.26: erf(z) = 1 - (a1 t + ... + a5 t^5) exp(-z^2), t = 1 / (1 + p z).
ERF_P = 0.3275911
ERF_A = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)
# x (1 + tanh(sqrt(2 / pi) (x + c x^3))) / 2 is x sigmoid(2 sqrt(2 / pi) (x + c x^3)).
TANH_C = 0.044715
TANH_K = -2 * math.sqrt(2 / math.pi) * LOG2_E


def sigmoid(x):
  e = exp2(mul(x, F32(-LOG2_E)))
  return recip(add(e, F32(1)))


def tanh(x):
  e = exp2(mul(x, F32(2 * LOG2_E)))
  c = mul(recip(add(e, F32(1))), F32(-2))
  return add(c, F32(1))


def gelu_erf(x):
  a1, a2, a3, a4, a5 = (F32(-a / 2) for a in ERF_A)
  r = maximum(x, F32(0))
  u = add(mul(r, F32(2)), -x)
  s = mul(mul(x, x), F32(-LOG2_E / 2))
  e = exp2(s)
  t = recip(add(mul(u, F32(ERF_P / math.sqrt(2))), F32(1)))
  p = add(mul(t, a5), a4)
  p = add(mul(p, t), a3)
  p = add(mul(p, t), a2)
  p = add(mul(p, t), a1)
  p = mul(mul(p, t), e)
  return add(mul(p, u), r)


def gelu_tanh(x):
  w = mul(add(mul(x, x), F32(1 / TANH_C)), F32(TANH_K * TANH_C))
  e = exp2(mul(x, w))
  c = recip(add(e, F32(1)))
  return mul(x, c)


def layer_norm(h, weight, bias, epsilon):
  """Rows along the last axis."""
  inverse = F32(1 / h.shape[-1])
  mean = mul(row_sum(h), inverse)
  d = add(h, -mean[..., None])
  ss = row_sum(mul(d, d))
  r = rsqrt(add(mul(ss, inverse), F32(epsilon)))
  d = mul(d, r[..., None])
  return add(mul(d, weight), bias)


def l2_normalise(e):
  """Rows along the last axis."""
  ss = row_sum(mul(e, e))
  r = rsqrt(maximum(ss, F32(2.0**-80)))
  return mul(e, r[..., None])


def _relative(found, exact):
  """The largest error, of max(1, |value|)."""
  return float(np.max(np.abs(found - exact) / np.maximum(1, np.abs(exact))))


def errors(points):
  """{name: the largest error against double precision}, of [-20, 20] or random rows."""
  from scipy.special import erf, expit

  x = np.linspace(-20, 20, points).astype(F32)
  d = x.astype(np.float64)
  exact = {"sigmoid": (sigmoid, expit(d)), "tanh": (tanh, np.tanh(d)),
           "gelu (tanh)": (gelu_tanh,
                           d * expit(math.sqrt(8 / math.pi) * (d + 0.044715 * d**3))),
           "gelu (erf)": (gelu_erf, d * (1 + erf(d / math.sqrt(2))) / 2)}
  found = {}
  for name, (function, values) in exact.items():
    y = function(x)
    found[name] = float(np.max(np.abs(y - values)))
    found[f"{name}, of max(1, y)"] = _relative(y, values)
  rng = np.random.default_rng(1)
  for size in (8, 384, 1024):
    h = (rng.standard_normal((points // 2000, size)) + rng.uniform(-10, 10, (points // 2000, 1)))
    h = h.astype(F32)
    wide = h.astype(np.float64)
    values = (wide - wide.mean(1, keepdims=True)) / wide.std(1, keepdims=True)
    found[f"layer norm of {size}, of max(1, y)"] = _relative(
        layer_norm(h, F32(1), F32(0), 1e-12), values)
    values = wide / np.linalg.norm(wide, axis=1, keepdims=True)
    found[f"unit vectors of {size}"] = float(np.max(np.abs(l2_normalise(h) - values)))
  return found


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--points", type=int, default=4_000_000)
  for name, error in errors(parser.parse_args().points).items():
    print(f"{name}: {error:.2e}")


if __name__ == "__main__":
  main()
