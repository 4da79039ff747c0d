# SPDX-License-Identifier: Apache-2.0
"""Writes small BERT encoders with random weights as Hugging Face directories.

  make_encoder_cases.py OUT_DIR [--only SUBSTRING] [--seed 5] [--list]

OUT_DIR/NAME and OUT_DIR/manifest.json as make_llm_cases.py writes them, with token types beside
the tokens; tests/reference/encoder holds what `transformers` makes of seed 5.
"""

import dataclasses

import numpy as np

from make_llm_cases import LAYERS
from model_cases import SEED, bell, command, write_all, write_model

POSITIONS = 64


@dataclasses.dataclass(frozen=True)
class Case:
  name: str
  hidden: int
  intermediate: int
  heads: int
  vocabulary: int
  dtype: str
  act: str = "gelu"
  types: int = 2
  epsilon: float = 1e-12
  prefix: str = ""
  old_norms: bool = False  # gamma and beta
  shards: int = 1
  files: tuple = ()        # beside the model: (name, content)
  tokens: int = 21


CASES = (
    Case("bert-3-erf", 48, 80, 3, 99, "float32"),
    Case("bert-5-tanh-prefix", 40, 77, 5, 131, "float16", act="gelu_new", types=3, epsilon=0.1,
         prefix="bert.", old_norms=True, shards=2, tokens=13,
         files=(("modules.json", [{"idx": 0, "name": "0", "path": "",
                                   "type": "sentence_transformers.models.Transformer"}]),)),
    Case("bert-2-cls", 60, 130, 2, 70, "bfloat16", epsilon=1e-5, tokens=33, files=(
        ("1_Pooling/config.json", {"word_embedding_dimension": 60, "pooling_mode_cls_token": True,
                                   "pooling_mode_mean_tokens": False}),
        ("sentence_bert_config.json", {"max_seq_length": 40, "do_lower_case": False}))),
)


def config(case):
  """The fields of config.json."""
  return {
      "architectures": ["BertForMaskedLM" if case.prefix else "BertModel"], "model_type": "bert",
      "hidden_size": case.hidden, "intermediate_size": case.intermediate,
      "num_hidden_layers": LAYERS, "num_attention_heads": case.heads, "hidden_act": case.act,
      "vocab_size": case.vocabulary, "max_position_embeddings": POSITIONS,
      "type_vocab_size": case.types, "layer_norm_eps": case.epsilon, "pad_token_id": 0,
      "position_embedding_type": "absolute", "torch_dtype": case.dtype}


def shapes(case):
  """{name: shape} of every tensor, in the order of the network."""
  found = {}

  def norm(name):
    for part in ("gamma", "beta") if case.old_norms else ("weight", "bias"):
      found[f"{case.prefix}{name}.LayerNorm.{part}"] = (case.hidden,)

  def linear(name, rows, columns):
    found[f"{case.prefix}{name}.weight"] = (rows, columns)
    found[f"{case.prefix}{name}.bias"] = (rows,)

  for name, rows in (("word", case.vocabulary), ("position", POSITIONS),
                     ("token_type", case.types)):
    found[f"{case.prefix}embeddings.{name}_embeddings.weight"] = (rows, case.hidden)
  norm("embeddings")
  for layer in range(LAYERS):
    at = f"encoder.layer.{layer}"
    for name in ("query", "key", "value"):
      linear(f"{at}.attention.self.{name}", case.hidden, case.hidden)
    linear(f"{at}.attention.output.dense", case.hidden, case.hidden)
    norm(f"{at}.attention.output")
    linear(f"{at}.intermediate.dense", case.intermediate, case.hidden)
    linear(f"{at}.output.dense", case.hidden, case.intermediate)
    norm(f"{at}.output")
  return found


def tensor(rng, name, shape):
  values = bell(rng, shape)
  if name.endswith(("LayerNorm.weight", "LayerNorm.gamma")):
    return 1 + 0.25 * values
  if len(shape) == 1:
    return 0.25 * values
  if "embeddings" in name:
    return 0.5 + values  # a mean for LayerNorm to take away
  return 2 * values / shape[1] ** 0.5


def make(case, folder, seed):
  """Writes one directory; returns its entry of the manifest."""
  rng, checksum = write_model(case, folder, seed, shapes(case), tensor,
                              [("config.json", config(case)), *case.files])
  return {"name": case.name, "weights_crc32": checksum,
          "tokens": rng.randint(0, case.vocabulary, case.tokens).tolist(),
          "types": np.sort(rng.randint(0, case.types, case.tokens)).tolist()}


def make_all(out, only="", seed=SEED):
  return write_all(CASES, make, out, only, seed)


if __name__ == "__main__":
  command(__doc__, CASES, make_all)
