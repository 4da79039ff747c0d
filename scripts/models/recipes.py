# SPDX-License-Identifier: Apache-2.0
"""Functions that are sequences of VECTOR instructions, to the last bit: docs/encoders.md, "Recipes".

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


def _errors(found, exact):
  """(largest error, where, largest relative to the value)."""
  error = np.abs(found.astype(np.float64) - exact)
  with np.errstate(all="ignore"):
    relative = np.where(exact == 0, 0, error / np.abs(exact))
  return error.max(), int(error.argmax()), relative


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--points", type=int, default=4_000_000)
  args = parser.parse_args()
  from scipy.special import erf, expit  # only here: double precision to compare with

  x = np.linspace(-20, 20, args.points).astype(F32)
  d = x.astype(np.float64)
  for name, found, exact in (
      ("sigmoid", sigmoid(x), expit(d)),
      ("tanh", tanh(x), np.tanh(d)),
      ("gelu (erf)", gelu_erf(x), d * (1 + erf(d / np.sqrt(2))) / 2),
      ("gelu (tanh)", gelu_tanh(x), d * expit(2 * np.sqrt(2 / np.pi) * (d + TANH_C * d**3)))):
    largest, at, relative = _errors(found, exact)
    print(f"{name}: {largest:.2e} at {x[at]:.4f}; within [-4, 4] "
          f"{np.abs(found - exact)[np.abs(d) <= 4].max():.2e}; over max(|y|, 1) "
          f"{(np.abs(found - exact) / np.maximum(np.abs(exact), 1)).max():.2e}; relative, x >= 0.1 "
          f"{relative[d >= 0.1].max():.2e}, all x above -4 {relative[d >= -4].max():.2e}")
  rng = np.random.default_rng(1)
  for size in (8, 384, 1024):
    h = (rng.standard_normal((2000, size)) * 3 + rng.standard_normal((2000, 1)) * 5).astype(F32)
    wide = h.astype(np.float64)
    exact = (wide - wide.mean(1, keepdims=True)) / np.sqrt(wide.var(1, keepdims=True) + 1e-12)
    found = layer_norm(h, F32(1), F32(0), 1e-12)
    print(f"layer norm over {size}: {np.abs(found - exact).max():.2e}")
    exact = wide / np.linalg.norm(wide, axis=1, keepdims=True)
    print(f"L2 over {size}: {np.abs(l2_normalise(h) - exact).max():.2e}")


if __name__ == "__main__":
  main()
