# SPDX-License-Identifier: Apache-2.0
"""What the chip computes of a language model, in NumPy, to the last bit: docs/language-models.md.

Written from the section Numbers alone, with its names. Every FP32
step is one of llm_numerics or llm_functions, every sum of integers is exact.

  outputs = emulate(folder, tokens, activations=8, keys_per_tile=128)

gives {name: array}: `embedding`, `layer.N` (h after layer N) [tokens][hidden], `logits`
[tokens][vocabulary], `argmax` [tokens], and of the cache, by position, `k8.N`, `v8.N`
[kv heads][tokens][head_dim] INT8, `sk.N`, `sv.N` [kv heads][tokens] FP32. How a sequence is cut
into steps changes none of it; keys_per_tile (S) does.
"""

import dataclasses
import math
import pathlib

import numpy as np

import hf_directory
from llm_functions import exp2, recip, rsqrt
from llm_numerics import (F32, add, clean, from_integers, maximum, mul, row_argmax, row_max,
                          row_sum, to_integers)
from qwen3_numpy import Decoder, Operations

FLOOR = F32(2.0**-100)     # of every largest magnitude
LOG2_E = math.log2(math.e)
INTEGERS = {8: (np.int8, 127), 16: (np.int16, 32767)}
CHUNK = 512                # of the reduction of a linear layer, 16 bits


@dataclasses.dataclass(frozen=True)
class Quantised:
  """Rows of integers, as exact float64, and the scale of each row."""
  values: np.ndarray  # [...][K]
  scales: np.ndarray  # [...]


def quantise(x, bits):
  """Rows (the last axis) with a scale each; the scale of what x was made from is left to others."""
  dtype, largest = INTEGERS[bits]
  m = maximum(row_max(np.abs(x)), FLOOR)
  f = mul(recip(m), F32(largest))
  values = to_integers(mul(x, f[..., None]), dtype)
  return Quantised(values.astype(np.float64), mul(m, F32(1 / largest)))


def quantise_weights(w):
  """(Wq as float64 [N][K], sw [N]); on the host."""
  scales = np.max(np.abs(w), axis=1) / F32(127)
  divisors = np.where(scales == 0, F32(1), scales)
  rounded = np.clip(np.rint(w / divisors[:, None]), -127, 127)
  return rounded.astype(np.float64), clean(scales)


def rope_tables(config, count):
  """cos, sin of positions 0 to count - 1: FP32 [count][head_dim / 2], from double."""
  half = config.head_dim // 2
  frequencies = [config.theta ** (-2 * i / config.head_dim) for i in range(half)]
  if config.llama3 is not None:
    # Long waves are slowed by `factor`, short ones kept, those between blended.
    factor, low, high, trained = (config.llama3[key] for key in (
        "factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings"))

    def scaled(frequency):
      turns = trained * frequency / (2 * math.pi)
      keep = min(max((turns - low) / (high - low), 0.0), 1.0)
      return (1 - keep) * frequency / factor + keep * frequency
    frequencies = [scaled(frequency) for frequency in frequencies]
  angles = np.arange(count, dtype=np.float64)[:, None] * np.array(frequencies)
  # The C library's functions: NumPy's own are less exact.
  return clean(np.vectorize(math.cos)(angles)), clean(np.vectorize(math.sin)(angles))


class QuantisedCache:
  """k8, v8, sk, sv of every layer, by position."""

  def __init__(self, config):
    self.length = 0
    empty = np.zeros((config.kv_heads, 0, config.head_dim)), np.zeros((config.kv_heads, 0), F32)
    self.keys = [Quantised(*empty)] * config.layers
    self.values = [Quantised(*empty)] * config.layers

  def store(self, layer, keys, values):
    for held, new in ((self.keys, keys), (self.values, values)):
      held[layer] = Quantised(np.concatenate([held[layer].values, new.values], axis=1),
                              np.concatenate([held[layer].scales, new.scales], axis=1))

  def tile(self, held, first, count):
    """`count` slots from a position on; beyond the end zeros, which the mask takes away."""
    values, scales = held.values[:, first:first + count], held.scales[:, first:first + count]
    missing = count - values.shape[1]
    return (np.pad(values, ((0, 0), (0, missing), (0, 0))), np.pad(scales, ((0, 0), (0, missing))))


class TileSoftmax:
  """Steps 5 and 6 of attention: what rows [...][rows] keep from tile to tile."""

  def __init__(self, bits, shape, size):
    self.bits, self.first = bits, True
    self.mx, self.l = np.full(shape, -np.inf, F32), np.zeros(shape, F32)
    self.mixed = np.zeros((*shape, size), F32)

  def take(self, s, v8, sv, rows=slice(None)):
    """A tile's scores [...][rows][keys] of some rows; v8 [...][keys][size] and sv [...][1][keys]."""
    mx = self.mx[..., rows]
    now = maximum(mx, row_max(s))
    p = exp2(add(s, -now[..., None]))
    lt = row_sum(p)
    p8 = quantise(mul(p, sv), self.bits)
    o = mul(from_integers(p8.values @ v8), p8.scales[..., None])
    if not self.first:
      al = exp2(add(mx, -now))
      lt = add(mul(self.l[..., rows], al), lt)
      o = add(mul(self.mixed[..., rows, :], al[..., None]), o)
    self.mx[..., rows], self.l[..., rows], self.mixed[..., rows, :] = now, lt, o
    self.first = False

  def result(self):
    return mul(self.mixed, recip(self.l)[..., None])


class QuantisedOperations(Operations):
  """What a chip does for each step of the decoder that is no attention."""

  def __init__(self, model, bits):
    self.config, self.bits = model.config, bits
    self.weights, self.tensors = {}, {}
    for name, tensor in model.tensors.items():
      name = name.removeprefix("model.")
      self.tensors[name] = clean(tensor)
      if tensor.ndim == 2 and (name != "embed_tokens.weight" or model.config.tied):
        self.weights[name] = quantise_weights(tensor)

  def inverse_root(self, x):
    """r of RMSNorm, of each row."""
    mean = mul(row_sum(mul(x, x)), F32(1 / x.shape[-1]))
    return rsqrt(add(mean, F32(self.config.epsilon)))

  def norm(self, x, name):
    """RMSNorm and the quantisation behind it; r goes to the scales."""
    q = quantise(mul(x, self.tensors[f"{name}.weight"]), self.bits)
    return Quantised(q.values, mul(q.scales, self.inverse_root(x)))

  def linear(self, x, name):
    x = x if isinstance(x, Quantised) else quantise(x, self.bits)
    weights, scales = self.weights[f"{name}.weight"]
    width = weights.shape[1]
    step = CHUNK if self.bits == 16 else width
    y = None
    for first in range(0, width, step):
      chunk = slice(first, first + step)
      part = mul(from_integers(x.values[:, chunk] @ weights[:, chunk].T), scales)
      y = part if y is None else add(y, part)
    y = mul(y, x.scales[:, None])
    bias = self.tensors.get(f"{name}.bias")
    return y if bias is None else add(y, bias)

  def gate(self, gate, up):
    c = recip(add(exp2(mul(gate, F32(-LOG2_E))), F32(1)))
    return mul(mul(gate, c), up)

  def add(self, x, y):
    return add(x, y)


class QuantisedDecoder(Decoder):
  """The decoder with attention over tiles of `keys_per_tile` keys."""

  def __init__(self, model, activations=8, keys_per_tile=128):
    super().__init__(QuantisedOperations(model, activations))
    self.bits, self.tile = activations, keys_per_tile
    self.cosines = self.sines = np.zeros((0, self.config.head_dim // 2), F32)

  def rotate(self, x, positions, weights):
    """Step 2: RoPE of [tokens][heads][hd], the norm's weights in the tables."""
    if positions[-1] >= len(self.cosines):
      self.cosines, self.sines = rope_tables(self.config, 2 * (int(positions[-1]) + 1))
    cosines = np.tile(self.cosines[positions], 2)
    sines = np.concatenate([-self.sines[positions], self.sines[positions]], axis=1)
    if weights is not None:
      cosines = mul(cosines, weights)
      sines = mul(sines, np.roll(weights, -self.config.head_dim // 2))
    swapped = np.roll(x, -self.config.head_dim // 2, axis=-1)
    u = mul(swapped, sines[:, None])
    return add(mul(x, cosines[:, None]), u)

  def prepare(self, x, at, positions, bits):
    """Steps 1 to 3 of q or k: [heads][tokens] rows of integers and their scales."""
    weights = self.ops.tensors.get(f"{at}.weight") if self.config.family == "qwen3" else None
    q = quantise(self.rotate(x, positions, weights), bits)
    scales = q.scales if weights is None else mul(q.scales, self.ops.inverse_root(x))
    return Quantised(q.values.swapaxes(0, 1), scales.swapaxes(0, 1))

  def attention(self, x, layer, cache):
    config, ops = self.config, self.ops
    at = f"layers.{layer}.self_attn"
    count, size = len(x.values), config.head_dim
    positions = cache.length + np.arange(count)
    q = ops.linear(x, f"{at}.q_proj").reshape(count, config.heads, size)
    k = ops.linear(x, f"{at}.k_proj").reshape(count, config.kv_heads, size)
    v = quantise(ops.linear(x, f"{at}.v_proj").reshape(count, config.kv_heads, size), 8)
    q = self.prepare(q, f"{at}.q_norm", positions, self.bits)
    q = Quantised(q.values, mul(q.scales, F32(LOG2_E / math.sqrt(size))))
    cache.store(layer, self.prepare(k, f"{at}.k_norm", positions, 8),
                Quantised(v.values.swapaxes(0, 1), v.scales.swapaxes(0, 1)))
    mixed = self.softmax_over_tiles(q, positions, cache, layer)
    return ops.linear(mixed.swapaxes(0, 1).reshape(count, -1), f"{at}.o_proj")

  def softmax_over_tiles(self, q, positions, cache, layer):
    """Steps 5 and 6: [heads][tokens][hd]."""
    config, count = self.config, len(positions)
    group = config.heads // config.kv_heads
    shape = (config.kv_heads, group, count)  # heads that share keys are neighbours
    queries = q.values.reshape(*shape, -1)
    sq = q.scales.reshape(*shape, 1)
    softmax = TileSoftmax(self.bits, shape, config.head_dim)
    for first in range(0, int(positions[-1]) + 1, self.tile):
      k8, sk = cache.tile(cache.keys[layer], first, self.tile)
      v8, sv = cache.tile(cache.values[layer], first, self.tile)
      # Rows before the tile see nothing of it: their maximum stays, they add zeros.
      rows = slice(int(np.searchsorted(positions, first)), count)
      acc = from_integers(queries[:, :, rows] @ k8[:, None].swapaxes(-1, -2))
      s = mul(mul(acc, sk[:, None, None]), sq[:, :, rows])
      if first + self.tile > positions[0] + 1:
        seen = first + np.arange(self.tile) <= positions[rows, None]
        s = add(s, np.where(seen, F32(0), F32(-np.inf)))
      softmax.take(s, v8[:, None], sv[:, None, None], rows)
    return softmax.result().reshape(config.heads, count, -1)

  def forward(self, tokens, cache):
    """As Decoder's, with argmax; what the last norm gives is never apart from its scale."""
    found = super().forward(tokens, cache)
    del found["norm"]
    return {**found, "argmax": row_argmax(found["logits"])}


def emulate(folder, tokens, activations=8, keys_per_tile=128):
  model = hf_directory.read(pathlib.Path(folder))
  cache = QuantisedCache(model.config)
  found = QuantisedDecoder(model, activations, keys_per_tile).forward(tokens, cache)
  for layer in range(model.config.layers):
    for letter, held in (("k", cache.keys[layer]), ("v", cache.values[layer])):
      found[f"{letter}8.{layer}"] = held.values.astype(np.int8)
      found[f"s{letter}.{layer}"] = held.scales
  return found
