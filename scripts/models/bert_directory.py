# SPDX-License-Identifier: Apache-2.0
"""Reads a Hugging Face directory of a BERT encoder into NumPy: docs/encoders.md.

`read(folder)` gives a `Model`: its `Config` and its tensors as float32, by their published names
without `bert.`, LayerNorm's called weight and bias.
"""

import dataclasses
import json

from hf_directory import read_tensors

ACTIVATIONS = {"gelu": "erf", "gelu_new": "tanh", "gelu_pytorch_tanh": "tanh"}


@dataclasses.dataclass(frozen=True)
class Config:
  vocabulary: int
  hidden: int
  intermediate: int
  layers: int
  heads: int
  positions: int
  types: int
  epsilon: float    # of every LayerNorm
  gelu: str         # "erf" or "tanh"
  pooling: str      # "mean" or "cls"
  normalised: bool  # the vectors have length 1
  longest: int      # tokens of a text; what follows is cut

  @property
  def head_dim(self):
    return self.hidden // self.heads


@dataclasses.dataclass(frozen=True)
class Model:
  config: Config
  tensors: dict  # name: float32 array


def _optional(file, absent):
  return json.loads(file.read_text()) if file.exists() else absent


def read_config(folder):
  fields = json.loads((folder / "config.json").read_text())
  if fields["architectures"] not in (["BertModel"], ["BertForMaskedLM"]):
    raise ValueError(f"{folder}/config.json: architectures {fields['architectures']}; "
                     "BertModel and BertForMaskedLM are known")
  modules = _optional(folder / "modules.json", None)
  pooling = _optional(folder / "1_Pooling" / "config.json", {"pooling_mode_mean_tokens": True})
  modes = [name for name, on in pooling.items() if name.startswith("pooling_mode_") and on is True]
  positions = fields["max_position_embeddings"]
  return Config(
      vocabulary=fields["vocab_size"], hidden=fields["hidden_size"],
      intermediate=fields["intermediate_size"], layers=fields["num_hidden_layers"],
      heads=fields["num_attention_heads"], positions=positions,
      types=fields.get("type_vocab_size", 2), epsilon=fields.get("layer_norm_eps", 1e-12),
      gelu=ACTIVATIONS[fields.get("hidden_act", "gelu")],
      pooling={"pooling_mode_mean_tokens": "mean", "pooling_mode_cls_token": "cls"}[modes[0]],
      normalised=modules is None or any(m["type"].endswith(".Normalize") for m in modules),
      longest=_optional(folder / "sentence_bert_config.json", {}).get("max_seq_length", positions))


def read(folder):
  def plain(name):
    name = name.removeprefix("bert.")
    return name.replace("LayerNorm.gamma", "LayerNorm.weight").replace(
        "LayerNorm.beta", "LayerNorm.bias")
  tensors = {plain(name): tensor for name, tensor in read_tensors(folder).items()}
  return Model(read_config(folder), tensors)
