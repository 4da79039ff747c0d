# SPDX-License-Identifier: Apache-2.0
"""Reads a Hugging Face model directory of the Qwen3 or Llama family into NumPy.

`read(folder)` gives a `Model`: its `Config` and its tensors as float32, by their published names.
One model.safetensors or the shards that model.safetensors.index.json names; F32, F16, BF16.
"""

import dataclasses
import json

import ml_dtypes
import numpy as np
from safetensors import deserialize

DTYPES = {"F32": np.float32, "F16": np.float16, "BF16": ml_dtypes.bfloat16,
          "I64": np.int64}  # of buffers that are no weights
FAMILIES = {"Qwen3ForCausalLM": "qwen3", "LlamaForCausalLM": "llama"}


@dataclasses.dataclass(frozen=True)
class Config:
  family: str          # "qwen3" (q and k normalised per head) or "llama"
  vocabulary: int
  hidden: int
  intermediate: int
  layers: int
  heads: int
  kv_heads: int
  head_dim: int
  epsilon: float       # of every RMSNorm
  theta: float         # of RoPE
  llama3: dict | None  # RoPE scaling: factor, low_freq_factor, ..., as published
  tied: bool           # the LM head is the embedding


@dataclasses.dataclass(frozen=True)
class Model:
  config: Config
  tensors: dict  # name: float32 array


def read_config(folder):
  fields = json.loads((folder / "config.json").read_text())
  heads = fields["num_attention_heads"]
  # Newer files keep theta and the scaling in rope_parameters, older ones side by side.
  rope = fields.get("rope_parameters") or fields.get("rope_scaling") or {}
  kind = rope.get("rope_type", rope.get("type", "default"))
  if kind not in ("default", "llama3"):
    raise ValueError(f"{folder}/config.json: RoPE {kind!r}; default and llama3 are known")
  return Config(
      family=FAMILIES[fields["architectures"][0]],
      vocabulary=fields["vocab_size"], hidden=fields["hidden_size"],
      intermediate=fields["intermediate_size"], layers=fields["num_hidden_layers"], heads=heads,
      kv_heads=fields.get("num_key_value_heads") or heads,
      head_dim=fields.get("head_dim") or fields["hidden_size"] // heads,
      epsilon=fields["rms_norm_eps"],
      theta=float(rope.get("rope_theta") or fields.get("rope_theta") or 10000),
      llama3=rope if kind == "llama3" else None,
      tied=fields.get("tie_word_embeddings", False))


def read_tensors(folder):
  index = folder / "model.safetensors.index.json"
  files = (sorted(set(json.loads(index.read_text())["weight_map"].values())) if index.exists()
           else ["model.safetensors"])
  tensors = {}
  for name in files:
    for tensor, entry in deserialize((folder / name).read_bytes()):
      values = np.frombuffer(entry["data"], DTYPES[entry["dtype"]])
      tensors[tensor] = values.reshape(entry["shape"]).astype(np.float32)
  return tensors


def read(folder):
  return Model(read_config(folder), read_tensors(folder))
