# SPDX-License-Identifier: Apache-2.0
"""What quantisation costs a language model: the emulation of the chip beside FP32.

  llm_quality.py [FOLDER] [--text FILE] [--window 512] [--keys-per-tile 128] [--limit TOKENS]

FOLDER is tests/models/qwen3-kjv and FILE its heldout.txt unless said otherwise. The text is taken
in windows that do not overlap, every input token predicts its successor. Prints, for activations
of 8 and of 16 bits: perplexity, how often the likeliest token is FP32's, and the ratio of FP32's
values to their difference (decibels) after each layer and in the logits.
"""

import argparse
import os
import pathlib
import sys
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from tokenizers import Tokenizer

import hf_directory
from llm_emulation import QuantisedCache, QuantisedDecoder
from qwen3_numpy import Cache, Decoder, Operations, losses, windows

KJV = pathlib.Path(__file__).resolve().parents[2] / "tests" / "models" / "qwen3-kjv"
KINDS = ("FP32", "8 bit", "16 bit")


class Tally:
  """Sums over the windows of one kind of arithmetic."""

  def __init__(self):
    self.loss, self.agreed, self.signal, self.noise = 0.0, 0, {}, {}

  def count(self, found, reference, expected):
    self.loss += float(np.sum(losses(found["logits"], expected)))
    self.agreed += int(np.sum(found["logits"].argmax(axis=1) == reference["logits"].argmax(axis=1)))
    for name, value in reference.items():
      if name.startswith("layer.") or name == "logits":
        value = value.astype(np.float64)
        self.signal[name] = self.signal.get(name, 0.0) + np.sum(value**2)
        self.noise[name] = self.noise.get(name, 0.0) + np.sum((value - found[name])**2)


def measure(folder, tokens, window=512, keys_per_tile=128, progress=False):
  """{kind: Tally} of the tokens."""
  model = hf_directory.read(folder)
  config, begin, done = model.config, time.monotonic(), 0
  runs = {"FP32": (Decoder(Operations(model)), Cache)}
  for bits in (8, 16):
    runs[f"{bits} bit"] = QuantisedDecoder(model, bits, keys_per_tile), QuantisedCache
  tallies = {kind: Tally() for kind in KINDS}
  for inputs, expected in windows(tokens, window):
    reference = None
    for kind, (decoder, cache) in runs.items():
      found = decoder.forward(inputs, cache(config))
      reference = reference or found
      tallies[kind].count(found, reference, expected)
    done += len(inputs)
    if progress:
      print(f"{done} of {len(tokens) - 1} tokens, {time.monotonic() - begin:.0f} s",
            file=sys.stderr, flush=True)
  return tallies


def report(tallies, count):
  """Lines of a Markdown table."""
  def line(title, cells):
    return f"| {title} | {' | '.join(cells)} |"

  reference = tallies["FP32"]
  perplexity = {kind: np.exp(tally.loss / count) for kind, tally in tallies.items()}
  lines = [line("", KINDS), "|---|" + "---|" * len(KINDS),
           line("perplexity", [f"{perplexity[kind]:.4f}" for kind in KINDS]),
           line("against FP32", ["", *(f"{100 * (perplexity[kind] / perplexity['FP32'] - 1):+.3f} %"
                                       for kind in KINDS[1:])]),
           line("top-1 agreement", ["", *(f"{100 * tallies[kind].agreed / count:.2f} %"
                                          for kind in KINDS[1:])])]
  for name in reference.signal:
    ratios = (tallies[kind].signal[name] / tallies[kind].noise[name] for kind in KINDS[1:])
    lines.append(line(f"{name}, signal to noise", ["", *(f"{10 * np.log10(r):.1f} dB"
                                                         for r in ratios)]))
  return lines


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("folder", type=pathlib.Path, nargs="?", default=KJV)
  parser.add_argument("--text", type=pathlib.Path)
  parser.add_argument("--window", type=int, default=512)
  parser.add_argument("--keys-per-tile", type=int, default=128)
  parser.add_argument("--limit", type=int, help="input tokens; the whole text if not given")
  args = parser.parse_args()
  text = (args.text or args.folder / "heldout.txt").read_text()
  tokens = Tokenizer.from_file(str(args.folder / "tokenizer.json")).encode(text).ids
  if args.limit:
    tokens = tokens[:args.limit + 1]
  tallies = measure(args.folder, tokens, args.window, args.keys_per_tile, progress=True)
  count = len(tokens) - 1
  print(f"{args.folder.name}: {count} tokens in windows of {args.window}, "
        f"tiles of {args.keys_per_tile} keys", *report(tallies, count), sep="\n")


if __name__ == "__main__":
  main()
