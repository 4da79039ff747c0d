# SPDX-License-Identifier: Apache-2.0
"""Checks of scripts/models/llm_numerics.py and llm_functions.py for check_emulation.py.

Each check gives lines of what is wrong. The other side is exact: rational numbers of Python, plain
loops over one number at a time, double precision for the special functions.
"""

from fractions import Fraction

import numpy as np

import llm_functions
import llm_numerics as num

F32 = np.float32
INF, NAN = F32(np.inf), num.NAN
ULP = 1.0  # largest error of a special function


def bits(value):
  return int(np.asarray(value, F32).view(np.uint32))


def rounded(value):
  """A rational number other than 0 as FP32: 24 bits of unbounded exponent, then the range."""
  exponent = abs(value.numerator).bit_length() - value.denominator.bit_length()
  while abs(value) >= Fraction(2) ** (exponent + 1):
    exponent += 1
  while abs(value) < Fraction(2) ** exponent:
    exponent -= 1
  unit = Fraction(2) ** (exponent - 23)
  value = round(value / unit) * unit  # halves to even
  sign = -1 if value < 0 else 1
  if abs(value) < Fraction(2) ** -126:
    return F32(sign * 0.0)
  return F32(sign) * (INF if abs(value) >= 2**128 else F32(float(abs(value))))


def finite_pairs(rng, count):
  """Two FP32 arrays without subnormals; half the products and sums are near the range's ends."""
  mantissas = rng.choice([0, 1, 2, 0x3FFFFF, 0x400000, 0x7FFFFE, 0x7FFFFF, -1], (2, count))
  mantissas = np.where(mantissas < 0, rng.integers(0, 2**23, (2, count)), mantissas)
  first = rng.integers(1, 255, count)
  second = np.where(rng.random(count) < 0.5, rng.integers(1, 255, count),
                    np.clip(rng.choice([126, 127, 128, 380, 381, 382], count) - first, 1, 254))
  near = rng.random(count) < 0.3
  second = np.where(near, np.clip(first + rng.integers(-26, 27, count), 1, 254), second)
  signs = rng.integers(0, 2, (2, count))
  return ((signs << 31) | (np.stack([first, second]) << 23) | mantissas).astype(np.uint32).view(F32)


def check_arithmetic(rng):
  a, b = finite_pairs(rng, 4000)
  broken = []
  for name, found, exact in (("mul", num.mul(a, b), lambda x, y: x * y),
                             ("add", num.add(a, b), lambda x, y: x + y)):
    for x, y, result in zip(a, b, found):
      value = exact(Fraction(float(x)), Fraction(float(y)))
      expected = rounded(value) if value else F32(0)
      if bits(result) != bits(expected):
        broken.append(f"{name}({x!r}, {y!r}) gives {result!r} instead of {expected!r}")
  return broken[:5]


def check_corners():
  """The table of numerics.md and the conversions."""
  zero, minus = F32(0), F32(-0.0)
  half = F32(2.0**-63) * F32(1 - 2.0**-24)  # times 2^-63: a subnormal, exactly
  rows = [
      ("mul", (zero, minus), minus), ("mul", (INF, -INF), -INF), ("mul", (INF, zero), NAN),
      ("mul", (NAN, F32(1)), NAN), ("mul", (half, F32(2.0**-63)), zero),
      ("mul", (F32(3e38), F32(-2)), -INF),
      ("add", (zero, minus), zero), ("add", (minus, minus), minus), ("add", (INF, -INF), NAN),
      ("add", (F32(1), F32(-1)), zero), ("add", (NAN, F32(1)), NAN),
      ("maximum", (zero, minus), zero), ("maximum", (minus, minus), minus),
      ("maximum", (INF, NAN), NAN), ("maximum", (-INF, F32(-3)), F32(-3)),
      ("minimum", (zero, minus), minus), ("minimum", (-INF, NAN), NAN),
      ("minimum", (F32(-3), F32(-2)), F32(-3)),
      ("clean", (np.uint32(0x80000001).view(F32),), minus),
      ("clean", (np.uint32(0xFFC12345).view(F32),), NAN),
      ("from_integers", (np.int64(2**24 + 1),), F32(2**24)),
      ("from_bf16", (0x8001,), minus), ("from_bf16", (0xC040,), F32(-3)),
  ]
  broken = [f"{name}{args} gives {getattr(num, name)(*args)!r} instead of {expected!r}"
            for name, args, expected in rows
            if bits(getattr(num, name)(*args)) != bits(expected)]
  values = np.array([0.5, 1.5, -2.5, 126.6, 127.5, -128.6, 3e9, -INF, NAN], F32)
  for dtype, expected in ((np.int8, [0, 2, -2, 127, 127, -128, 127, -128, 0]),
                          (np.uint8, [0, 2, 0, 127, 128, 0, 255, 0, 0]),
                          (np.int16, [0, 2, -2, 127, 128, -129, 32767, -32768, 0])):
    if num.to_integers(values, dtype).tolist() != expected:
      broken.append(f"to {dtype.__name__}: {num.to_integers(values, dtype)} not {expected}")
  every = np.arange(65536).astype(np.uint16)
  plain = ((every & 0x7F80) != 0) & ((every & 0x7FFF) <= 0x7F80)
  if not np.array_equal(num.to_bf16(num.from_bf16(every))[plain], every[plain]):
    broken.append("BF16 to FP32 and back is not the same")
  ties = np.array([0x3F808000, 0x3F818000, 0x3F808001, 0x7F7F8000, 0x7FC00000], np.uint32)
  if num.to_bf16(ties.view(F32)).tolist() != [0x3F80, 0x3F82, 0x3F81, 0x7F80, 0x7FC0]:
    broken.append("FP32 to BF16 rounds wrongly")
  v = np.arange(-32767, 32768)
  high = num.to_integers(num.mul(num.add(num.from_integers(v), F32(-127.5)), F32(2.0**-8)), np.int8)
  low = num.to_integers(num.add(num.mul(num.from_integers(high), F32(-256)), num.from_integers(v)),
                        np.uint8)
  if not np.array_equal(256 * high.astype(int) + low, v):
    broken.append("256 * hi + lo is not v")
  return broken


def plain_reduction(op, row):
  partials = {}
  for i, value in enumerate(row):
    partials[i % 128] = op(partials[i % 128], value) if i % 128 in partials else value
  for step in (64, 32, 16, 8, 4, 2, 1):
    for i in range(step):
      if i + step in partials:
        partials[i] = op(partials[i], partials[i + step])
  return partials[0]


def check_reductions(rng):
  broken = []
  for count in (1, 2, 3, 63, 65, 127, 128, 129, 200, 300):
    # Magnitudes far apart, so that another order gives another sum.
    rows = (rng.standard_normal((2, 3, count)) * 10.0 ** rng.integers(-6, 7, (2, 3, count)))
    rows = rows.astype(F32)
    rows[1, 0, rng.integers(0, count)] = rng.choice([F32(-0.0), NAN])
    for name, op in (("row_sum", num.add), ("row_max", num.maximum), ("row_min", num.minimum)):
      found = getattr(num, name)(rows)
      expected = np.array([[plain_reduction(op, row) for row in plane] for plane in rows], F32)
      if not np.array_equal(found.view(np.uint32), expected.view(np.uint32)):
        broken.append(f"{name} of {count}: {found} instead of {expected}")
  rows = np.array([[1, 5, 5, 2], [-0.0, 0, -1, 0], [1, NAN, INF, NAN]], F32)
  if num.row_argmax(rows).tolist() != [1, 0, 1]:
    broken.append(f"row_argmax gives {num.row_argmax(rows)}")
  return broken


FUNCTIONS = {"exp2": np.exp2, "recip": np.reciprocal, "log2": np.log2,
             "rsqrt": lambda x: 1 / np.sqrt(x)}
SPECIAL = {  # operand: 0, -0, -1, infinity, -infinity, NaN
    "exp2": (1, 1, 0.5, INF, 0, NAN), "recip": (INF, -INF, -1, 0, -0.0, NAN),
    "rsqrt": (INF, -INF, NAN, 0, NAN, NAN), "log2": (-INF, -INF, NAN, INF, NAN, NAN)}


def check_functions():
  """Both ends and two inner points of every segment with every exponent; special operands."""
  mantissas = (np.arange(128)[:, None] << 16 | np.array([0, 0x7FFF, 0x8000, 0xFFFF])).ravel()
  sweep = ((np.arange(1, 255)[:, None] << 23) | mantissas).astype(np.uint32).view(F32).ravel()
  # exp2 takes its segments from the fraction of the number, not from its mantissa.
  grid = np.arange(-128, 130)[:, None] + (mantissas / 2.0**23)
  operands = {"exp2": np.concatenate([sweep, -sweep, grid.astype(F32).ravel()]),
              "recip": np.concatenate([sweep, -sweep]), "rsqrt": sweep, "log2": sweep}
  broken = []
  for name, exact in FUNCTIONS.items():
    function, x = getattr(llm_functions, name), num.clean(operands[name])
    found = function(x).astype(np.float64)
    with np.errstate(all="ignore"):
      expected = exact(x.astype(np.float64))
      ulp = np.ldexp(1.0, np.frexp(expected)[1] - 24)
      inside = (np.abs(expected) >= 2.0**-126) & (np.abs(expected) < 2.0**128)
      error = np.where(inside, np.abs(found - expected) / ulp, 0)
    at = int(np.argmax(error))
    print(f"{name}: {len(x)} operands, {error[at]:.3f} ulp")
    if not error[at] <= ULP:
      broken.append(f"{name}({x[at]!r}) gives {found[at]!r} instead of {expected[at]!r}")
    small, large = np.abs(expected) < 2.0**-126 * (1 - 2.0**-22), np.abs(expected) >= 2.0**128
    if found[small].any() or not np.isinf(found[large]).all():
      broken.append(f"{name} out of the range of FP32")
    result = function(np.array([0, -0.0, -1, INF, -INF, NAN], F32))
    if [bits(r) for r in result] != [bits(F32(e)) for e in SPECIAL[name]]:
      broken.append(f"{name} of special operands gives {result} instead of {SPECIAL[name]}")
  return broken


def check_all(seed):
  rng = np.random.default_rng(seed)
  return check_arithmetic(rng) + check_corners() + check_reductions(rng) + check_functions()
