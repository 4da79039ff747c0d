# SPDX-License-Identifier: Apache-2.0
"""What `transformers` computes, in FP32, for the encoders of the tests.

  encoder_reference.py [--out tests/reference/encoder] [--only SUBSTRING]

Needs scripts/models/requirements-train.txt in an environment of its own. For every case of
make_encoder_cases.py one OUT/NAME.safetensors:
  tokens, types   I32 [T]
  embedding       F32 [T][hidden]      after the embeddings' LayerNorm
  layer.N         F32 [T][hidden]      after layer N
The metadata name the library's version and the CRC-32 of the weights.
"""

import argparse
import os
import pathlib
import tempfile

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch
import transformers
from safetensors.torch import save_file

import make_encoder_cases

ROOT = pathlib.Path(__file__).resolve().parents[2]


@torch.no_grad()
def outputs(folder, tokens, types):
  model, report = transformers.BertModel.from_pretrained(
      folder, dtype=torch.float32, attn_implementation="eager", add_pooling_layer=False,
      output_loading_info=True)
  wrong = {kind: names for kind, names in report.items() if names}
  if wrong:
    raise SystemExit(f"{folder}: {wrong}")
  states = model.eval()(
      input_ids=torch.tensor([tokens]), token_type_ids=torch.tensor([types]),
      output_hidden_states=True).hidden_states
  names = ["embedding", *(f"layer.{i}" for i in range(len(states) - 1))]
  return {"tokens": torch.tensor(tokens, dtype=torch.int32),
          "types": torch.tensor(types, dtype=torch.int32),
          **{name: state[0].contiguous() for name, state in zip(names, states)}}


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--out", type=pathlib.Path, default=ROOT / "tests/reference/encoder")
  parser.add_argument("--only", default="", metavar="SUBSTRING")
  args = parser.parse_args()
  torch.set_num_threads(1)
  transformers.utils.logging.disable_progress_bar()
  args.out.mkdir(parents=True, exist_ok=True)
  made = {"transformers": transformers.__version__, "torch": torch.__version__.split("+")[0]}
  with tempfile.TemporaryDirectory() as temporary:
    folder = pathlib.Path(temporary)
    for entry in make_encoder_cases.make_all(folder, args.only):
      save_file(outputs(folder / entry["name"], entry["tokens"], entry["types"]),
                args.out / f"{entry['name']}.safetensors",
                metadata={**made, "weights_crc32": entry["weights_crc32"]})
      print(entry["name"], flush=True)


if __name__ == "__main__":
  main()
