# SPDX-License-Identifier: Apache-2.0
"""Compares language models on a device with the NumPy emulation of the chip's arithmetic, bit for bit.

  check_llm_device.py [--only SUBSTRING] [--device golden] [--presets tiny base]

Every case of make_llm_cases.py and tests/models/qwen3-kjv, activations of 8 and 16 bits: the logits and
argmax of every token, the sequence in one call (chunks as the chip takes them) and again one token at a
time. Set PYTHONPATH as ./girih does. Exit status 0 only when all bits agree.
"""

import argparse
import os
import pathlib
import sys
import tempfile

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "models"))

import girih  # noqa: E402
import make_llm_cases  # noqa: E402
from llm_emulation import emulate  # noqa: E402

KJV = ROOT / "tests" / "models" / "qwen3-kjv"


def run(model, tokens):
  """{name: (logits, argmax)} of the whole sequence and of single tokens."""
  engine, found = model.engine, {}
  for name, parts in (("at once", [tokens]), ("one by one", [[token] for token in tokens])):
    sequence = engine.new_sequence()
    steps = [engine.feed(sequence, part, rows="all") for part in parts]
    engine.free(sequence)
    found[name] = tuple(np.concatenate([getattr(step, part) for step in steps])
                        for part in ("logits", "argmax"))
  return found


def differences(found, expected):
  """Lines that name the first element that differs."""
  lines = []
  for name, (logits, argmax) in found.items():
    wrong = np.argwhere(logits.view(np.uint32) != expected["logits"].view(np.uint32))
    if len(wrong):
      row, column = wrong[0]
      lines.append(f"{name}: {len(wrong)} of {logits.size} logits differ, first [{row}][{column}]: "
                   f"{logits[row, column]!r}, emulation {expected['logits'][row, column]!r}")
    if not np.array_equal(argmax, expected["argmax"]):
      lines.append(f"{name}: argmax {argmax.tolist()}, emulation {expected['argmax'].tolist()}")
  return lines


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--only", default="", metavar="SUBSTRING")
  parser.add_argument("--device", default="golden", choices=["golden", "rtl"])
  parser.add_argument("--presets", nargs="+", default=["base"])
  args = parser.parse_args()
  failed = compared = 0
  with tempfile.TemporaryDirectory() as folder:
    cases = [(pathlib.Path(folder) / entry["name"], entry["tokens"])
             for entry in make_llm_cases.make_all(pathlib.Path(folder), args.only)]
    if args.only in KJV.name:
      cases.append((KJV, [(7 * i * i + 3) % 1021 for i in range(150)]))  # several tiles of keys
    for path, tokens in cases:
      for bits in (8, 16):
        emulated = {}
        for preset in args.presets:
          model = girih.load(path, device=args.device, preset=preset, activations=bits)
          keys = model.engine.keys_per_tile
          if keys not in emulated:
            emulated[keys] = emulate(path, tokens, bits, keys)
          found = run(model, tokens)
          lines = differences(found, emulated[keys])
          compared += 1
          failed += 1 if lines else 0
          spoiled = {**emulated[keys], "logits": np.nextafter(emulated[keys]["logits"], np.float32(np.inf))}
          if not differences(found, spoiled):
            lines.append("one unit in the last place was not noticed")
            failed += 1
          print(f"{path.name}, {bits} bits, {preset} (S = {keys}): " + ("; ".join(lines) or "equal"), flush=True)
  print(f"{compared} compared, {failed} differ")
  return 1 if failed or not compared else 0


if __name__ == "__main__":
  sys.exit(main())
