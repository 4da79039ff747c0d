# SPDX-License-Identifier: Apache-2.0
"""Compares the NumPy language models with what `transformers` computed (tests/reference/llm).

  check_llm.py [--only SUBSTRING]

Every case of make_llm_cases.py, made anew, and tests/models/qwen3-kjv: embedding, each layer, last
norm and logits, of the whole sequence at once and again in chunks of 1, 2, 3, ... tokens on a
cache. The largest difference of a tensor, divided by the root mean square of the reference, is at
most 1e-4. qwen3-kjv also: perplexity on heldout.txt within 1e-4 of its value, the tokenizer gives
the text back, the chat template renders. Exit status 0 only when every bound held.
"""

import argparse
import json
import os
import pathlib
import sys
import tempfile

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import jinja2
import numpy as np
from safetensors import safe_open
from tokenizers import Tokenizer

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "models"))

import hf_directory  # noqa: E402
import make_llm_cases  # noqa: E402
from qwen3_numpy import Cache, Decoder, Operations, perplexity  # noqa: E402

KJV = ROOT / "tests" / "models" / "qwen3-kjv"
REFERENCE = pathlib.Path(__file__).resolve().parent / "llm"
BOUND, WINDOW = 1e-4, 512


def read_reference(name):
  """({tensor name: array}, metadata)."""
  with safe_open(REFERENCE / f"{name}.safetensors", framework="np") as file:
    return {key: file.get_tensor(key) for key in file.keys()}, file.metadata()


def in_chunks(decoder, tokens, cache):
  """Outputs of the sequence run as 1, 2, 3, ... tokens on an empty cache, joined."""
  parts, size = [], 1
  while cache.length < len(tokens):
    parts.append(decoder.forward(tokens[cache.length:cache.length + size], cache))
    size += 1
  return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}


def compare(found, expected):
  """(largest relative difference, lines that say what is out of bounds)."""
  worst, broken = 0.0, []
  if set(found) != set(expected):
    broken.append(f"tensors {sorted(found)} instead of {sorted(expected)}")
  for key in set(found) & set(expected):
    a, b = found[key], expected[key]
    difference = (float(np.max(np.abs(a - b)) / np.sqrt(np.mean(np.square(b))))
                  if a.shape == b.shape else np.inf)
    worst = max(worst, difference)
    if not difference <= BOUND:
      broken.append(f"{key} {a.shape} differs by {difference:.1e} from {b.shape}")
  return worst, broken


def check(name, folder, weights=None):
  """Lines of what is wrong with one model."""
  expected, made = read_reference(name)
  if made.get("weights_crc32") != weights:
    return [f"weights {weights}, but the reference was made from {made.get('weights_crc32')}"]
  tokens = expected.pop("tokens")
  decoder = Decoder(Operations(hf_directory.read(folder)))
  once, broken = compare(decoder.forward(tokens, Cache(decoder.config)), expected)
  chunks, more = compare(in_chunks(decoder, tokens, Cache(decoder.config)), expected)
  print(f"{name}: {len(tokens)} tokens, within {once:.1e}, in chunks {chunks:.1e}")
  return broken + [f"in chunks: {line}" for line in more]


def check_trained():
  """The trained model: its text, perplexity and chat template."""
  tokenizer = Tokenizer.from_file(str(KJV / "tokenizer.json"))
  text, broken = (KJV / "heldout.txt").read_text(), []
  tokens = tokenizer.encode(text).ids
  if tokenizer.decode(tokens) != text:
    broken.append("tokenizer.json does not give heldout.txt back")
  fields = json.loads((KJV / "tokenizer_config.json").read_text())
  chat = jinja2.Environment().from_string(fields["chat_template"]).render(
      messages=[{"role": "user", "content": "Who art thou?"}], add_generation_prompt=True)
  if chat != "<|im_start|>user\nWho art thou?<|im_end|>\n<|im_start|>assistant\n":
    broken.append(f"the chat template renders {chat!r}")
  expected = float(read_reference(KJV.name)[1][f"perplexity_{WINDOW}"])
  found = perplexity(Operations(hf_directory.read(KJV)), tokens, WINDOW)
  print(f"{KJV.name}: perplexity {found:.4f} over {len(tokens)} tokens, transformers {expected:.4f}")
  if not abs(found / expected - 1) <= BOUND:
    broken.append(f"perplexity {found} instead of {expected}")
  return broken


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--only", default="", metavar="SUBSTRING")
  args = parser.parse_args()
  broken, models = [], 0
  with tempfile.TemporaryDirectory() as temporary:
    folder = pathlib.Path(temporary)
    for entry in make_llm_cases.make_all(folder, args.only):
      name = entry["name"]
      broken += [f"{name}: {line}" for line in check(name, folder / name, entry["weights_crc32"])]
      models += 1
  if args.only in KJV.name:
    broken += [f"{KJV.name}: {line}" for line in check(KJV.name, KJV) + check_trained()]
    models += 1
  for line in broken:
    print(f"FAIL {line}", file=sys.stderr)
  print(f"llm: {models} models compared, {len(broken)} bounds broken")
  return 0 if models and not broken else 1


if __name__ == "__main__":
  sys.exit(main())
