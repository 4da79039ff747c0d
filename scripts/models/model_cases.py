# SPDX-License-Identifier: Apache-2.0
"""Directories of models with random weights, as Hugging Face writes them: what make_llm_cases.py and
make_encoder_cases.py share. Weights come from raw integer draws, so every machine makes the same bytes.
"""

import argparse
import json
import pathlib
import zlib

import ml_dtypes
import numpy as np
from safetensors.numpy import save_file

DTYPES = {"float32": np.float32, "float16": np.float16, "bfloat16": ml_dtypes.bfloat16}
SEED = 5


def bell(rng, shape):
  """Values of mean 0 and variance 1, roughly normal, from integers alone: exact everywhere."""
  total = rng.randint(0, 65536, (4, *shape)).sum(axis=0) - 2 * 65535
  return total * (3.0**0.5 / 65536)


def write_weights(folder, tensors, shards):
  """One file, or consecutive runs of tensors as shards with their index."""
  if shards == 1:
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    return
  names, weight_map = list(tensors), {}
  for shard in range(shards):
    part = names[shard * len(names) // shards:(shard + 1) * len(names) // shards]
    file = f"model-{shard + 1:05}-of-{shards:05}.safetensors"
    save_file({n: tensors[n] for n in part}, folder / file, metadata={"format": "pt"})
    weight_map.update(dict.fromkeys(part, file))
  total = sum(t.nbytes for t in tensors.values())
  (folder / "model.safetensors.index.json").write_text(json.dumps(
      {"metadata": {"total_size": total}, "weight_map": weight_map}, indent=2) + "\n")


def write_model(case, folder, seed, shapes, tensor, files):
  """Weights of `shapes` by tensor(rng, name, shape), and JSON `files`; (the generator, CRC-32 of the weights)."""
  folder.mkdir(parents=True, exist_ok=True)
  rng = np.random.RandomState(zlib.crc32(case.name.encode()) ^ seed)
  tensors = {name: tensor(rng, name, shape).astype(np.float32).astype(DTYPES[case.dtype])
             for name, shape in shapes.items()}
  write_weights(folder, tensors, case.shards)
  for name, content in files:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps(content, indent=2) + "\n")
  checksum = 0
  for values in tensors.values():
    checksum = zlib.crc32(values.tobytes(), checksum)
  return rng, f"{checksum:08x}"


def write_all(cases, make, out, only, seed):
  """Every case whose name contains `only`, by make(case, folder, seed); the manifest."""
  out.mkdir(parents=True, exist_ok=True)
  manifest = [make(case, out / case.name, seed) for case in cases if only in case.name]
  (out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
  return manifest


def command(purpose, cases, make_all):
  """The command line of a table of cases."""
  parser = argparse.ArgumentParser(
      description=purpose, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("out", type=pathlib.Path, nargs="?")
  parser.add_argument("--only", default="", metavar="SUBSTRING")
  parser.add_argument("--seed", type=int, default=SEED)
  parser.add_argument("--list", action="store_true")
  args = parser.parse_args()
  if args.list or not args.out:
    print("\n".join(case.name for case in cases))
    return
  for entry in make_all(args.out, args.only, args.seed):
    print(f"{entry['name']}: {len(entry['tokens'])} tokens, weights {entry['weights_crc32']}")
