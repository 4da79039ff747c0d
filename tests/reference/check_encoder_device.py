# SPDX-License-Identifier: Apache-2.0
"""Encoders on a device against their emulation in NumPy, to the last bit.

  check_encoder_device.py [--only SUBSTRING] [--device golden] [--presets base ...]

Every case of make_encoder_cases.py with activations of 8 and 16 bits: the vector of the whole sequence and
of its beginnings, so that rows are filled up, at once or in blocks of rows. Set PYTHONPATH as ./girih
does. Exit status 0 only when all bits agree.
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

import bert_directory  # noqa: E402
import girih  # noqa: E402
from encoder_emulation import QuantisedEncoder  # noqa: E402
from make_encoder_cases import make_all  # noqa: E402


def lengths(count):
  """Whole tiles of rows and others; one token alone. The sequence is repeated for the longest."""
  return sorted({1, 7, 8, 9, count, 32, 40, 64})


def differences(found, expected):
  wrong = np.flatnonzero(found.view(np.uint32) != expected.view(np.uint32))
  if not len(wrong):
    return []
  i = wrong[0]
  return [f"{len(wrong)} of {found.size} values differ, first [{i}]: {found[i]!r}, emulation {expected[i]!r}"]


def check(folder, entry, bits, presets, device):
  """Lines of what is wrong, and the number of vectors compared."""
  network, emulated, lines, compared = bert_directory.read(folder), {}, [], 0
  for preset in presets:
    engine = girih.load_encoder(folder, device=device, preset=preset, activations=bits).engine
    for length in lengths(len(entry["tokens"])):
      if length > engine.longest:
        continue
      tokens, types = ((entry[key] * length)[:length] for key in ("tokens", "types"))
      key = engine.keys_per_tile, length
      if key not in emulated:
        emulated[key] = QuantisedEncoder(network, bits, engine.keys_per_tile).forward(tokens, types)["sentence"]
      expected, at = emulated[key], f"{preset}, {length} tokens: "
      found = engine.embed(tokens, types)
      compared += 1
      lines += [at + line for line in differences(found, expected)]
      if not differences(found, np.nextafter(expected, np.float32(np.inf))):
        lines.append(at + "one unit in the last place was not noticed")
  return lines, compared


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--only", default="", metavar="SUBSTRING")
  parser.add_argument("--device", default="golden", choices=["golden", "rtl"])
  parser.add_argument("--presets", nargs="+", default=["base"])
  args = parser.parse_args()
  failed = compared = 0
  with tempfile.TemporaryDirectory() as folder:
    for entry in make_all(pathlib.Path(folder), args.only):
      for bits in (8, 16):
        lines, count = check(pathlib.Path(folder) / entry["name"], entry, bits, args.presets, args.device)
        compared += count
        failed += len(lines)
        print(f"{entry['name']}, {bits} bits: " + ("; ".join(lines) or f"{count} vectors equal"), flush=True)
  print(f"{compared} compared, {failed} differ")
  return 1 if failed or not compared else 0


if __name__ == "__main__":
  sys.exit(main())
