# SPDX-License-Identifier: Apache-2.0
"""What quantisation costs a real sentence encoder: cosine similarities of pairs of sentences.

  encoder_quality.py [FOLDER] [--keys-per-tile 128]

FOLDER: that of get_minilm.py unless named. For each pair the similarity in FP32 (bert_numpy) and
what the emulation of the chip makes of it with 8 and 16 bits; then the cosine of each sentence's
vectors with those of FP32. Exit status 0 only when every similarity is within
0.01 with 16 bits, which the chip takes unless told otherwise, and 0.02 with 8.
"""

import argparse
import os
import pathlib
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from tokenizers import Tokenizer

import bert_directory
import get_minilm
from bert_numpy import Encoder, Operations
from encoder_emulation import QuantisedEncoder

BOUNDS = {"8 bit": 0.02, "16 bit": 0.01}
PAIRS = (
    ("A man is playing a guitar.", "Someone plays music on a guitar."),
    ("The cat sits on the mat.", "A dog runs through the park."),
    ("How do I reset my password?", "I forgot my login credentials; what now?"),
    ("The stock market fell sharply today.", "Shares dropped at the close of trading."),
    ("It is raining heavily in London.", "The capital of France is Paris."),
    ("In the beginning God created the heaven and the earth.",
     "And the earth was without form, and void; and darkness was upon the face of the deep."),
    ("Matrix multiplication dominates the running time of neural networks.",
     "Most of the cycles of deep learning are spent in GEMM."),
    ("She did not enjoy the film.", "She enjoyed the film."),
    ("Water boils at one hundred degrees Celsius at sea level, and at a lower temperature on "
     "mountains, where the pressure of the air is less.",
     "At high altitudes water begins to boil before it reaches 100 \u00b0C."),
    ("Hello.", "An accelerator whose every step can be checked against a reference model, from "
     "the first instruction of the program to the last bit of its result, is easier to trust."),
)


def tokenise(folder, longest):
  tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
  tokenizer.no_padding()
  tokenizer.enable_truncation(longest)
  return lambda text: tokenizer.encode(text).ids


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("folder", type=pathlib.Path, nargs="?")
  parser.add_argument("--keys-per-tile", type=int, default=128)
  args = parser.parse_args()
  folder = args.folder or get_minilm.folder()
  model = bert_directory.read(folder)
  tokens = tokenise(folder, model.config.longest)
  encoders = {"FP32": Encoder(Operations(model)),
              **{f"{bits} bit": QuantisedEncoder(model, bits, args.keys_per_tile)
                 for bits in (8, 16)}}
  print("pair  tokens   FP32      8 bit              16 bit")
  worst, cosines = dict.fromkeys(BOUNDS, 0.0), {name: [] for name in BOUNDS}
  for number, pair in enumerate(PAIRS, 1):
    ids = [tokens(text) for text in pair]
    vectors = {name: [encoder.forward(x)["sentence"] for x in ids]
               for name, encoder in encoders.items()}
    exact = float(np.dot(*vectors["FP32"]))
    line = f"{number:3}  {len(ids[0]):3} {len(ids[1]):3}  {exact:7.4f}"
    for name in worst:
      found = float(np.dot(*vectors[name]))
      worst[name] = max(worst[name], abs(found - exact))
      cosines[name] += [float(np.dot(a, b)) for a, b in zip(vectors[name], vectors["FP32"])]
      line += f"   {found:7.4f} ({found - exact:+.4f})"
    print(line, flush=True)
  for name in worst:
    print(f"{name}: similarities within {worst[name]:.4f}, vectors' cosine with FP32 at least "
          f"{min(cosines[name]):.5f}, mean {np.mean(cosines[name]):.5f}")
  return 0 if all(worst[name] <= bound for name, bound in BOUNDS.items()) else 1


if __name__ == "__main__":
  sys.exit(main())
