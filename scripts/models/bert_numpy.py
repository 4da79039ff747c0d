# SPDX-License-Identifier: Apache-2.0
"""BERT in plain NumPy, FP32, from its published definition.

`Encoder` is the network, `Operations` the arithmetic of each step, as in qwen3_numpy.py; arrays
are [tokens][features], heads apart [tokens][heads][head_dim].

  outputs = Encoder(Operations(bert_directory.read(folder))).forward(tokens)

of one sequence without padding: `embedding`, `layer.N` [tokens][hidden], `sentence` [hidden].
"""

import numpy as np
from scipy.special import erf

F32 = np.float32


class Operations:
  """FP32. Weights are called by their published names, without `bert.` and `.weight`."""

  def __init__(self, model):
    self.config, self.tensors = model.config, model.tensors

  def embed(self, tokens, types):
    words, positions, kinds = (self.tensors[f"embeddings.{name}_embeddings.weight"]
                               for name in ("word", "position", "token_type"))
    return words[tokens] + (kinds[types] + positions[:len(tokens)])

  def norm(self, x, name):
    """LayerNorm over the last axis."""
    mean = np.mean(x, axis=-1, keepdims=True, dtype=F32)
    variance = np.mean(np.square(x - mean), axis=-1, keepdims=True, dtype=F32)
    scaled = (x - mean) / np.sqrt(variance + F32(self.config.epsilon))
    return scaled * self.tensors[f"{name}.weight"] + self.tensors[f"{name}.bias"]

  def linear(self, x, name):
    return x @ self.tensors[f"{name}.weight"].T + self.tensors[f"{name}.bias"]

  def attention(self, q, k, v):
    """softmax(q k^T / sqrt(head_dim)) v, head by head."""
    q, k, v = (x.swapaxes(0, 1) for x in (q, k, v))
    scores = q @ k.swapaxes(-1, -2) * F32(self.config.head_dim**-0.5)
    powers = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    return (powers / np.sum(powers, axis=-1, keepdims=True) @ v).swapaxes(0, 1)

  def gelu(self, x):
    if self.config.gelu == "erf":
      return x * F32(0.5) * (1 + erf(x * F32(0.5**0.5)))
    return x * F32(0.5) * (1 + np.tanh(F32((2 / np.pi)**0.5) * (x + F32(0.044715) * x**3)))

  def add(self, x, y):
    """The residual stream."""
    return x + y

  def pool(self, x):
    """The vector of the sequence."""
    vector = np.mean(x, axis=0, dtype=F32) if self.config.pooling == "mean" else x[0]
    return vector / np.linalg.norm(vector) if self.config.normalised else vector


class Encoder:
  """The network over some arithmetic."""

  def __init__(self, operations):
    self.ops = operations
    self.config = operations.config

  def attention(self, x, at):
    ops, shape = self.ops, (len(x), self.config.heads, self.config.head_dim)
    q, k, v = (ops.linear(x, f"{at}.self.{name}").reshape(shape)
               for name in ("query", "key", "value"))
    return ops.linear(ops.attention(q, k, v).reshape(len(x), -1), f"{at}.output.dense")

  def feed_forward(self, x, at):
    inner = self.ops.gelu(self.ops.linear(x, f"{at}.intermediate.dense"))
    return self.ops.linear(inner, f"{at}.output.dense")

  def forward(self, tokens, types=None):
    ops, tokens = self.ops, np.asarray(tokens)
    types = np.zeros_like(tokens) if types is None else np.asarray(types)
    x = ops.norm(ops.embed(tokens, types), "embeddings.LayerNorm")
    found = {"embedding": x}
    for layer in range(self.config.layers):
      at = f"encoder.layer.{layer}"
      x = ops.norm(ops.add(x, self.attention(x, f"{at}.attention")),
                   f"{at}.attention.output.LayerNorm")
      x = ops.norm(ops.add(x, self.feed_forward(x, at)), f"{at}.output.LayerNorm")
      found[f"layer.{layer}"] = x
    found["sentence"] = ops.pool(x)
    return found
