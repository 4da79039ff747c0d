# SPDX-License-Identifier: Apache-2.0
"""Checks encoders in NumPy: the FP32 network and the emulation of the chip (docs/encoders.md).

  check_encoder.py [--only SUBSTRING]

The page's recipes keep their largest errors. Every case of make_encoder_cases.py:
  FP32 to `transformers` (tests/reference/encoder)    1e-4 of the root mean square, every element
  emulation to `transformers`, root mean squares      0.06 (8 bit), 0.05 (16 bit)
  to FP32 with the same rounded weights, keys and values, 16 bit         0.006
  its vectors' cosine with those of FP32              0.999 (8 bit), 0.9995 (16 bit)
  the emulation over T > L rows with mask and factors, as a chip has them: the same bits
  other tiles of keys: within the same distances
Exit status 0 only when all held.
"""

import argparse
import pathlib
import sys
import tempfile

import check_llm  # noqa: F401  finds scripts/models, one thread

import numpy as np
from safetensors import safe_open

import bert_directory
import recipes
from bert_numpy import Encoder, Operations
from encoder_emulation import EncoderOperations, QuantisedEncoder
from llm_emulation import LOG2_E, TileSoftmax, quantise, quantise_weights
from llm_numerics import F32, add, from_integers, mul
from make_encoder_cases import make_all

REFERENCE = pathlib.Path(__file__).resolve().parent / "encoder"
# TO_ROUNDED: a key or value rounded to its other neighbour moves a case by up to 3e-3.
EXACT, TO_FP32, TO_ROUNDED = 1e-4, {8: 0.06, 16: 0.05}, 0.006
COSINE = {8: 0.999, 16: 0.9995}
RECIPES = {"sigmoid": 1.1e-7, "tanh": 2.2e-7, "gelu (tanh)": 5.2e-7,
           "gelu (tanh), of max(1, y)": 1.7e-7, "gelu (erf)": 3.4e-7,
           "gelu (erf), of max(1, y)": 2.2e-7,
           "layer norm of 384, of max(1, y)": 1.5e-6, "unit vectors of 384": 2e-8}


def rounded(integers, scales):
  return (integers * scales[..., None]).astype(np.float32)


class RoundedOperations(Operations):
  """FP32, but for weights, keys and values, which have the chip's 8 bits."""

  def linear(self, x, name):
    y = x @ rounded(*quantise_weights(self.tensors[f"{name}.weight"])).T
    return y + self.tensors[f"{name}.bias"]

  def attention(self, q, k, v):
    k, v = (rounded(x.values, x.scales) for x in (quantise(k, 8), quantise(v, 8)))
    return super().attention(q, k, v)


class FilledOperations(EncoderOperations):
  """Over T rows of which the last are no tokens: a mask for the keys, factors for the mean."""

  def __init__(self, model, bits, tile, length):
    super().__init__(model, bits, tile)
    self.length = length

  def embed(self, tokens, types):
    """Rows of filling: token 0, row 0 of the positions."""
    first = super().embed(tokens[:1] * 0, types[:1] * 0)
    rows = super().embed(tokens[:self.length], types[:self.length])
    return np.concatenate([rows, np.repeat(first, len(tokens) - self.length, axis=0)])

  def attention(self, q, k, v):
    q, k, v = (quantise(x.swapaxes(0, 1), bits) for x, bits in ((q, self.bits), (k, 8), (v, 8)))
    sq = mul(q.scales, F32(LOG2_E / np.sqrt(self.config.head_dim)))
    rows = sq.shape[1]
    softmax = TileSoftmax(self.bits, sq.shape, self.config.head_dim)
    for first in range(0, rows, self.tile):
      # A whole tile: what lies beyond the rows is anything finite, here the first ones again.
      slots = np.arange(first, first + self.tile)
      mask = np.where(slots < self.length, F32(0), F32(-np.inf))
      slots = slots % rows
      acc = from_integers(q.values @ k.values[:, slots].swapaxes(-1, -2))
      s = add(mul(mul(acc, k.scales[:, None, slots]), sq[..., None]), mask)
      softmax.take(s, v.values[:, slots], v.scales[:, None, slots])
    return softmax.result().swapaxes(0, 1)

  def pool(self, x):
    if self.config.pooling != "mean":
      return super().pool(x)
    factors = np.where(np.arange(len(x)) < self.length, F32(1 / self.length), F32(0))
    rows = mul(x, factors[:, None])
    count = len(rows)
    while count > 1:
      s = 1 << (count - 1).bit_length() - 1
      rows[:count - s] = add(rows[:count - s], rows[s:count])
      count = s
    return recipes.l2_normalise(rows[0]) if self.config.normalised else rows[0]


def check_filled(model, bits, tile, tokens, types, expected):
  fill = tile + 3  # at least one tile without any token
  encoder = Encoder(FilledOperations(model, bits, tile, len(tokens)))
  found = encoder.forward(np.pad(tokens, (0, fill)), np.pad(types, (0, fill)))
  return [f"{bits} bit, {fill} rows of filling: {key} differs" for key in expected
          if not np.array_equal(found[key][:len(tokens)] if key != "sentence" else found[key],
                                expected[key])]


def distance(found, expected):
  return max(float(np.sqrt(np.mean(np.square(found[key] - expected[key]))
                           / np.mean(np.square(expected[key])))) for key in expected)


def cosine(a, b):
  return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def read_reference(name):
  with safe_open(REFERENCE / f"{name}.safetensors", framework="np") as file:
    return {key: file.get_tensor(key) for key in file.keys()}, file.metadata()


def check(entry, folder):
  """Lines of what is wrong with one case."""
  expected, made = read_reference(entry["name"])
  tokens, types = expected.pop("tokens"), expected.pop("types")
  if made["weights_crc32"] != entry["weights_crc32"]:
    return [f"weights {entry['weights_crc32']}, the reference was made from {made}"]
  model = bert_directory.read(folder)
  plain = Encoder(Operations(model)).forward(tokens, types)
  broken, worst = [], 0.0
  for key, b in expected.items():
    worst = max(worst, float(np.max(np.abs(plain[key] - b)) / np.sqrt(np.mean(np.square(b)))))
  if not worst <= EXACT:
    broken.append(f"FP32: {worst:.1e} from transformers")
  distances = []
  for bits in (8, 16):
    for tile in (128, 5):
      found = QuantisedEncoder(model, bits, tile).forward(tokens, types)
      away, angle = distance(found, expected), cosine(found["sentence"], plain["sentence"])
      distances.append(f"{away:.1e}/{1 - angle:.1e}")
      if not away <= TO_FP32[bits]:
        broken.append(f"{bits} bit, tiles of {tile}: {away:.1e} from transformers")
      if not angle >= COSINE[bits]:
        broken.append(f"{bits} bit, tiles of {tile}: cosine {angle:.6f} with FP32")
      broken += check_filled(model, bits, tile, tokens, types, found)
  away = distance(QuantisedEncoder(model, 16).forward(tokens, types),
                  Encoder(RoundedOperations(model)).forward(tokens, types))
  if not away <= TO_ROUNDED:
    broken.append(f"16 bit: {away:.1e} from FP32 with rounded weights, keys and values")
  print(f"{entry['name']}: {len(tokens)} tokens, FP32 within {worst:.1e}, emulation's distances "
        f"and 1 - cosines {' '.join(distances)}; with rounded weights {away:.1e}")
  return broken


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--only", default="", metavar="SUBSTRING")
  args = parser.parse_args()
  measured = recipes.errors(200_000)
  broken = [f"{name}: error {measured[name]:.2e}, the page says {bound}"
            for name, bound in RECIPES.items() if not measured[name] <= bound]
  models = 0
  with tempfile.TemporaryDirectory() as temporary:
    for entry in make_all(pathlib.Path(temporary), args.only):
      folder = pathlib.Path(temporary) / entry["name"]
      broken += [f"{entry['name']}: {line}" for line in check(entry, folder)]
      models += 1
  for line in broken:
    print(f"FAIL {line}", file=sys.stderr)
  print(f"encoder: {models} models compared, {len(broken)} bounds broken")
  return 0 if models and not broken else 1


if __name__ == "__main__":
  sys.exit(main())
