# SPDX-License-Identifier: Apache-2.0
"""What the chip computes of an encoder, in NumPy, to the last bit: docs/encoders.md.

  outputs = emulate(folder, tokens, types=None, activations=8, keys_per_tile=128)

gives bert_numpy's {name: array}: `embedding`, `layer.N` [tokens][hidden], `sentence` [hidden].
Rows that fill a sequence up change none of it; keys_per_tile (S) does.
"""

import math
import pathlib

import numpy as np

import bert_directory
import recipes
from bert_numpy import Encoder
from llm_emulation import LOG2_E, QuantisedOperations, TileSoftmax, quantise, quantise_weights
from llm_numerics import F32, add, clean, from_integers, mul


class EncoderOperations(QuantisedOperations):
  """Linear layers and the residual stream are a language model's."""

  def __init__(self, model, bits, tile):
    self.config, self.bits, self.tile = model.config, bits, tile
    self.tensors = {name: clean(tensor) for name, tensor in model.tensors.items()}
    self.weights = {name: quantise_weights(tensor) for name, tensor in self.tensors.items()
                    if name.startswith("encoder.") and tensor.ndim == 2}

  def embed(self, tokens, types):
    words, positions, kinds = (self.tensors[f"embeddings.{name}_embeddings.weight"]
                               for name in ("word", "position", "token_type"))
    return add(words[tokens], add(kinds[types], positions[:len(tokens)]))

  def norm(self, x, name):
    return recipes.layer_norm(x, self.tensors[f"{name}.weight"], self.tensors[f"{name}.bias"],
                              self.config.epsilon)

  def gelu(self, x):
    return recipes.gelu_erf(x) if self.config.gelu == "erf" else recipes.gelu_tanh(x)

  def attention(self, q, k, v):
    q, k, v = (quantise(x.swapaxes(0, 1), bits) for x, bits in ((q, self.bits), (k, 8), (v, 8)))
    sq = mul(q.scales, F32(LOG2_E / math.sqrt(self.config.head_dim)))
    softmax = TileSoftmax(self.bits, sq.shape, self.config.head_dim)
    for first in range(0, sq.shape[1], self.tile):
      # Slots beyond the end count as zeros to every sum: they are left out.
      keys = slice(first, first + self.tile)
      acc = from_integers(q.values @ k.values[:, keys].swapaxes(-1, -2))
      s = mul(mul(acc, k.scales[:, None, keys]), sq[..., None])
      softmax.take(s, v.values[:, keys], v.scales[:, None, keys])
    return softmax.result().swapaxes(0, 1)

  def pool(self, x):
    p = x[0]
    if self.config.pooling == "mean":
      rows = mul(x, F32(1 / len(x)))
      while len(rows) > 1:
        s = 1 << (len(rows) - 1).bit_length() - 1
        rows = np.concatenate([add(rows[:len(rows) - s], rows[s:]), rows[len(rows) - s:s]])
      p = rows[0]
    return recipes.l2_normalise(p) if self.config.normalised else p


class QuantisedEncoder(Encoder):
  def __init__(self, model, activations=8, keys_per_tile=128):
    super().__init__(EncoderOperations(model, activations, keys_per_tile))


def emulate(folder, tokens, types=None, activations=8, keys_per_tile=128):
  model = bert_directory.read(pathlib.Path(folder))
  return QuantisedEncoder(model, activations, keys_per_tile).forward(tokens, types)
