# SPDX-License-Identifier: Apache-2.0
"""Writes small language models with random weights as Hugging Face directories.

  make_llm_cases.py OUT_DIR [--only SUBSTRING] [--seed 5] [--list]

OUT_DIR/NAME/{config.json, model.safetensors or shards}, OUT_DIR/manifest.json with names and
tokens to run. Shapes avoid round sizes on purpose. Weights come from raw integer draws, so every
machine makes the same bytes; tests/reference/llm holds what `transformers` makes of seed 5.
"""

import dataclasses

from model_cases import SEED, bell, command, write_all, write_model

# Wavelengths of 16 and 64 tokens part what is kept, blended and slowed: all within few positions.
LLAMA3 = {"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
          "original_max_position_embeddings": 64}
LAYERS, POSITIONS = 2, 512


@dataclasses.dataclass(frozen=True)
class Case:
  name: str
  family: str
  hidden: int
  intermediate: int
  heads: int
  kv_heads: int
  vocabulary: int
  dtype: str
  head_dim: int | None = None  # None: not in config.json, hidden / heads
  tied: bool = False
  theta: float = 10000.0
  epsilon: float = 1e-6
  llama3: bool = False
  attention_bias: bool = False
  mlp_bias: bool = False
  shards: int = 1
  new_rope: bool = False       # config.json as recent libraries write it: rope_parameters, dtype
  tokens: int = 16
  layers: int = LAYERS
  positions: int = POSITIONS


CASES = (
    Case("qwen3-4-2-tied", "qwen3", 64, 96, 4, 2, 151, "bfloat16", 16, tied=True, theta=1e6),
    Case("qwen3-3-1", "qwen3", 50, 77, 3, 1, 97, "float32", 32, theta=1e6, new_rope=True),
    Case("qwen3-6-2-bias", "qwen3", 96, 130, 6, 2, 131, "float16", 8, tied=True,
         epsilon=1e-3, attention_bias=True, tokens=19),
    Case("qwen3-5-5-shards", "qwen3", 40, 72, 5, 5, 200, "bfloat16", 24, shards=3, tokens=13),
    Case("llama-4-2", "llama", 64, 112, 4, 2, 113, "float16", theta=5e5),
    Case("llama-3-1-llama3", "llama", 48, 85, 3, 1, 128, "bfloat16", tied=True, theta=5e5,
         llama3=True, tokens=20),
    Case("llama-6-2-biases", "llama", 60, 90, 6, 2, 101, "bfloat16", epsilon=1e-2,
         attention_bias=True, mlp_bias=True, tokens=12),
    Case("llama-5-5-llama3-shards", "llama", 80, 33, 5, 5, 163, "float32", 12, theta=5e5,
         llama3=True, shards=2, new_rope=True, tokens=17),
)


def config(case):
  """The fields of config.json."""
  scaling = {"rope_type": "llama3", **LLAMA3} if case.llama3 else None
  fields = {
      "architectures": [{"qwen3": "Qwen3ForCausalLM", "llama": "LlamaForCausalLM"}[case.family]],
      "attention_bias": case.attention_bias, "bos_token_id": 1, "eos_token_id": 2,
      "hidden_act": "silu", "hidden_size": case.hidden, "intermediate_size": case.intermediate,
      "max_position_embeddings": case.positions, "model_type": case.family,
      "num_attention_heads": case.heads, "num_hidden_layers": case.layers,
      "num_key_value_heads": case.kv_heads, "rms_norm_eps": case.epsilon,
      "tie_word_embeddings": case.tied, "vocab_size": case.vocabulary}
  if case.head_dim:
    fields["head_dim"] = case.head_dim
  if case.family == "llama":
    fields["mlp_bias"] = case.mlp_bias
  if case.new_rope:
    fields["rope_parameters"] = {**(scaling or {"rope_type": "default"}), "rope_theta": case.theta}
    fields["dtype"] = case.dtype
  else:
    fields.update(rope_theta=case.theta, rope_scaling=scaling, torch_dtype=case.dtype)
  return fields


def shapes(case):
  """{name: shape} of every tensor, in the order of the network."""
  head_dim = case.head_dim or case.hidden // case.heads
  wide, narrow = case.heads * head_dim, case.kv_heads * head_dim
  found = {"model.embed_tokens.weight": (case.vocabulary, case.hidden)}

  def linear(name, rows, columns, bias):
    found[f"{name}.weight"] = (rows, columns)
    if bias:
      found[f"{name}.bias"] = (rows,)

  for layer in range(case.layers):
    at = f"model.layers.{layer}"
    found[f"{at}.input_layernorm.weight"] = (case.hidden,)
    for name, rows, columns in (("q", wide, case.hidden), ("k", narrow, case.hidden),
                                ("v", narrow, case.hidden), ("o", case.hidden, wide)):
      linear(f"{at}.self_attn.{name}_proj", rows, columns, case.attention_bias)
    if case.family == "qwen3":
      found[f"{at}.self_attn.q_norm.weight"] = found[f"{at}.self_attn.k_norm.weight"] = (head_dim,)
    found[f"{at}.post_attention_layernorm.weight"] = (case.hidden,)
    for name, rows, columns in (("gate", case.intermediate, case.hidden),
                                ("up", case.intermediate, case.hidden),
                                ("down", case.hidden, case.intermediate)):
      linear(f"{at}.mlp.{name}_proj", rows, columns, case.mlp_bias)
  found["model.norm.weight"] = (case.hidden,)
  if not case.tied:
    found["lm_head.weight"] = (case.vocabulary, case.hidden)
  return found


def tensor(rng, name, shape):
  values = bell(rng, shape)
  if name.endswith("norm.weight"):
    return 1 + 0.25 * values
  if name.endswith("bias"):
    return 0.25 * values
  if "embed_tokens" in name:
    return values
  return values / shape[1] ** 0.5


def make(case, folder, seed):
  """Writes one directory; returns its entry of the manifest."""
  rng, checksum = write_model(case, folder, seed, shapes(case), tensor, [("config.json", config(case))])
  return {"name": case.name, "weights_crc32": checksum,
          "tokens": rng.randint(0, case.vocabulary, case.tokens).tolist()}


def make_all(out, only="", seed=SEED):
  return write_all(CASES, make, out, only, seed)


if __name__ == "__main__":
  command(__doc__, CASES, make_all)
