# SPDX-License-Identifier: Apache-2.0
"""Qwen3 and Llama in plain NumPy, FP32, from their published definitions.

`Decoder` is the network: what is computed, in which order. `Operations` is the arithmetic of each
step; another arithmetic derives from it and overrides what it does otherwise. All arrays are
[tokens][features], heads apart [tokens][heads][head_dim].

  cache = Cache(config)
  outputs = Decoder(Operations(hf_directory.read(folder))).forward(tokens, cache)

runs any number of tokens after those the cache already holds, so a prompt may come in chunks.
"""

import numpy as np

F32 = np.float32


def rope_frequencies(config):
  """Radians per position of each pair of features: float32 [head_dim / 2]."""
  exponent = np.arange(0, config.head_dim, 2, dtype=F32) / F32(config.head_dim)
  frequency = F32(1) / np.power(F32(config.theta), exponent)
  if config.llama3 is None:
    return frequency
  # Long waves are slowed by `factor`, short ones kept, those between blended.
  scaling = config.llama3
  factor, low, high = (scaling[k] for k in ("factor", "low_freq_factor", "high_freq_factor"))
  turns = scaling["original_max_position_embeddings"] * frequency / F32(2 * np.pi)
  keep = np.clip((turns - F32(low)) / F32(high - low), 0, 1)
  return (keep * frequency + (1 - keep) * frequency / F32(factor)).astype(F32)


class Cache:
  """Keys (rotated) and values of every layer, as the operations keep them."""

  def __init__(self, config):
    self.length = 0  # tokens held
    self.keys = [[] for _ in range(config.layers)]
    self.values = [[] for _ in range(config.layers)]


class Operations:
  """FP32. Weights are called by their published names, without `model.` and `.weight`."""

  def __init__(self, model):
    self.config = model.config
    self.tensors = {name.removeprefix("model."): value for name, value in model.tensors.items()}
    self.frequencies = rope_frequencies(model.config)

  def embed(self, tokens):
    return self.tensors["embed_tokens.weight"][tokens]

  def norm(self, x, name):
    """RMSNorm over the last axis."""
    mean = np.mean(np.square(x), axis=-1, keepdims=True, dtype=F32)
    return self.tensors[f"{name}.weight"] * (x / np.sqrt(mean + F32(self.config.epsilon)))

  def linear(self, x, name):
    y = x @ self.tensors[f"{name}.weight"].T
    bias = self.tensors.get(f"{name}.bias")
    return y if bias is None else y + bias

  def head(self, x):
    return self.linear(x, "embed_tokens" if self.config.tied else "lm_head")

  def rotate(self, x, positions):
    """RoPE: feature i turns with feature i + head_dim / 2."""
    angle = positions[:, None, None].astype(F32) * self.frequencies
    cosine, sine = np.cos(angle), np.sin(angle)
    a, b = np.split(x, 2, axis=-1)
    return np.concatenate([a * cosine - b * sine, b * cosine + a * sine], axis=-1)

  def store(self, cache, layer, keys, values):
    cache.keys[layer].extend(keys)
    cache.values[layer].extend(values)

  def scores(self, cache, layer, head, queries):
    """[tokens][positions]: scaled products of one KV head's keys with queries that share it."""
    keys = np.stack([k[head] for k in cache.keys[layer]])
    return (queries @ keys.T) * F32(self.config.head_dim**-0.5)

  def softmax(self, scores, lengths):
    """Along the last axis; row i sees the first lengths[i] positions."""
    seen = np.arange(scores.shape[1]) < lengths[:, None]
    shifted = scores - np.max(np.where(seen, scores, -np.inf), axis=1, keepdims=True)
    powers = np.where(seen, np.exp(np.where(seen, shifted, 0)), F32(0))
    return powers / np.sum(powers, axis=1, keepdims=True)

  def mix(self, cache, layer, head, probabilities):
    """[tokens][head_dim]: one KV head's values weighted by the probabilities."""
    return probabilities @ np.stack([v[head] for v in cache.values[layer]])

  def gate(self, gate, up):
    """SwiGLU: silu(gate) * up."""
    return gate / (1 + np.exp(-gate)) * up

  def add(self, x, y):
    """The residual stream."""
    return x + y


class Decoder:
  """The network over some arithmetic."""

  def __init__(self, operations):
    self.ops = operations
    self.config = operations.config

  def attention(self, x, layer, cache):
    config, ops = self.config, self.ops
    at = f"layers.{layer}.self_attn"
    count = len(x)
    q = ops.linear(x, f"{at}.q_proj").reshape(count, config.heads, config.head_dim)
    k = ops.linear(x, f"{at}.k_proj").reshape(count, config.kv_heads, config.head_dim)
    v = ops.linear(x, f"{at}.v_proj").reshape(count, config.kv_heads, config.head_dim)
    if config.family == "qwen3":
      q, k = ops.norm(q, f"{at}.q_norm"), ops.norm(k, f"{at}.k_norm")
    positions = cache.length + np.arange(count)
    q, k = ops.rotate(q, positions), ops.rotate(k, positions)
    ops.store(cache, layer, k, v)
    mixed = np.empty_like(q)
    group = config.heads // config.kv_heads
    for head in range(config.heads):
      scores = ops.scores(cache, layer, head // group, q[:, head])
      probabilities = ops.softmax(scores, positions + 1)
      mixed[:, head] = ops.mix(cache, layer, head // group, probabilities)
    return ops.linear(mixed.reshape(count, -1), f"{at}.o_proj")

  def feed_forward(self, x, layer):
    ops, at = self.ops, f"layers.{layer}.mlp"
    gated = ops.gate(ops.linear(x, f"{at}.gate_proj"), ops.linear(x, f"{at}.up_proj"))
    return ops.linear(gated, f"{at}.down_proj")

  def forward(self, tokens, cache):
    """{embedding, layer.0, ..., norm, logits} of the tokens; the cache grows by them."""
    ops = self.ops
    found = {"embedding": ops.embed(np.asarray(tokens))}
    x = found["embedding"]
    for layer in range(self.config.layers):
      normed = ops.norm(x, f"layers.{layer}.input_layernorm")
      x = ops.add(x, self.attention(normed, layer, cache))
      normed = ops.norm(x, f"layers.{layer}.post_attention_layernorm")
      x = ops.add(x, self.feed_forward(normed, layer))
      found[f"layer.{layer}"] = x
    cache.length += len(tokens)
    found["norm"] = ops.norm(x, "norm")
    found["logits"] = ops.head(found["norm"])
    return found


def losses(logits, expected):
  """-log of the probability of each expected token, in double."""
  logits = logits.astype(np.float64)
  logits -= logits.max(axis=1, keepdims=True)
  return np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(logits)), expected]


def windows(tokens, size):
  """(input tokens, each one's successor), in windows that do not overlap."""
  for start in range(0, len(tokens) - 1, size):
    part = np.asarray(tokens[start:start + size + 1])
    yield part[:-1], part[1:]


def perplexity(operations, tokens, window):
  """exp of the mean loss per token; each window starts a new cache."""
  decoder, total = Decoder(operations), 0.0
  for inputs, expected in windows(tokens, window):
    logits = decoder.forward(inputs, Cache(operations.config))["logits"]
    total += np.sum(losses(logits, expected))
  return float(np.exp(total / (len(tokens) - 1)))
