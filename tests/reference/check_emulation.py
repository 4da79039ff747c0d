# SPDX-License-Identifier: Apache-2.0
"""Checks the emulation of quantised language models (scripts/models/llm_emulation.py).

  check_emulation.py [--only SUBSTRING] [--seed 1]

Its arithmetic (emulation_numerics.py), and every case of make_llm_cases.py with 8- and 16-bit
activations. Distances as root mean squares relative to the other side's, of the worst layer or
the logits:
  to transformers' FP32              at most 0.03 (8 bit), 0.02 (16 bit)
  to FP32 with the same rounded weights, keys and values, 16 bit         at most 0.004
  tiles of 128 keys to tiles of 5, 16 bit                                at most 0.002
A sequence in chunks of 1, 2, 3, ... tokens gives the same bits. Exit status 0 only when all held.
"""

import argparse
import pathlib
import sys
import tempfile
import types

import check_llm  # noqa: F401  finds scripts/models, one thread

import numpy as np

import emulation_numerics
import hf_directory
from check_llm import in_chunks, read_reference
from llm_emulation import (QuantisedCache, QuantisedDecoder, QuantisedOperations, emulate,
                           quantise, quantise_weights)
from make_llm_cases import make_all
from qwen3_numpy import Cache, Decoder, Operations

# A key or value rounded to its other neighbour moves a case by 1e-3; without any it is 1e-4.
TO_FP32, TO_ROUNDED, TO_TILES = {8: 0.03, 16: 0.02}, 0.004, 0.002


class RoundedOperations(Operations):
  """FP32, but for weights, keys and values, which have the chip's 8 bits."""

  def linear(self, x, name):
    key = f"{name}.weight"
    kept = self.tensors[key]
    integers, scales = quantise_weights(kept)
    self.tensors[key] = (integers * scales[:, None]).astype(np.float32)
    y = super().linear(x, name)
    self.tensors[key] = kept
    return y

  def store(self, cache, layer, keys, values):
    rounded = []
    for x in (keys, values):
      q = quantise(x, 8)
      rounded.append((q.values * q.scales[..., None]).astype(np.float32))
    super().store(cache, layer, *rounded)


def distance(found, expected):
  """The largest over layers and logits."""
  def one(a, b):
    return float(np.sqrt(np.mean(np.square(a - b)) / np.mean(np.square(b))))
  return max(one(found[key], expected[key]) for key in expected
             if key.startswith("layer.") or key == "logits")


def check_long_rows(rng):
  """16 bits over more than two chunks of the reduction: their sums are rounded apart."""
  weights = rng.standard_normal((7, 1100)).astype(np.float32)
  x = quantise(rng.standard_normal((3, 1100)).astype(np.float32), 16)
  model = types.SimpleNamespace(config=types.SimpleNamespace(tied=False),
                                tensors={"long.weight": weights})
  found = QuantisedOperations(model, 16).linear(x, "long")
  integers, scales = quantise_weights(weights)
  expected = np.zeros_like(found)
  for t in range(3):
    for n in range(7):
      parts = [np.float32(int(np.sum(x.values[t, i:i + 512] * integers[n, i:i + 512]))) * scales[n]
               for i in (0, 512, 1024)]
      expected[t, n] = ((parts[0] + parts[1]) + parts[2]) * x.scales[t]
  return [] if np.array_equal(found, expected) else [f"rows of 1100: {found} not {expected}"]


def check_chunks(model, activations, once, tokens):
  """A prompt in pieces, over tiles shorter than it."""
  decoder = QuantisedDecoder(model, activations, 5)
  found = in_chunks(decoder, tokens, QuantisedCache(model.config))
  return [f"{activations} bit, in chunks: {key} differs" for key in found
          if not np.array_equal(found[key], once[key])]


def check(name, folder):
  expected, _ = read_reference(name)
  tokens = expected.pop("tokens")
  model = hf_directory.read(folder)
  rounded = Decoder(RoundedOperations(model)).forward(tokens, Cache(model.config))
  broken, distances = [], []
  for activations in (8, 16):
    whole = emulate(folder, tokens, activations, keys_per_tile=128)
    tiles = emulate(folder, tokens, activations, keys_per_tile=5)
    bounds = [("transformers", distance(whole, expected), TO_FP32[activations])]
    if activations == 16:
      bounds += [("FP32 with rounded weights", distance(whole, rounded), TO_ROUNDED),
                 ("tiles of 5", distance(tiles, whole), TO_TILES)]
    distances += [f"{value:.1e}" for _, value, _ in bounds]
    broken += [f"{activations} bit: {value:.1e} from {other}" for other, value, bound in bounds
               if not value <= bound]
    broken += check_chunks(model, activations, tiles, tokens)
  print(f"{name}: {len(tokens)} tokens, distances {' '.join(distances)}")
  return broken


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--only", default="", metavar="SUBSTRING")
  parser.add_argument("--seed", type=int, default=1)
  args = parser.parse_args()
  print(f"seed {args.seed}")
  broken = emulation_numerics.check_all(args.seed)
  broken += check_long_rows(np.random.default_rng(args.seed))
  models = 0
  with tempfile.TemporaryDirectory() as temporary:
    folder = pathlib.Path(temporary)
    for entry in make_all(folder, args.only):
      name = entry["name"]
      broken += [f"{name}: {line}" for line in check(name, folder / name)]
      models += 1
  for line in broken:
    print(f"FAIL {line}", file=sys.stderr)
  print(f"emulation: {models} models, {len(broken)} bounds broken")
  return 0 if models and not broken else 1


if __name__ == "__main__":
  sys.exit(main())
