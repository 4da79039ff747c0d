# SPDX-License-Identifier: Apache-2.0
"""What `transformers` computes, in FP32, for the language models of the tests.

  llm_reference.py [--out tests/reference/llm] [--only SUBSTRING]

Needs scripts/models/requirements-train.txt in an environment of its own. For every case of
make_llm_cases.py and for tests/models/qwen3-kjv, one OUT/NAME.safetensors:
  tokens          I32 [T]              the sequence, from position 0
  embedding       F32 [T][hidden]      after the look-up
  layer.N         F32 [T][hidden]      the residual stream after layer N
  norm            F32 [T][hidden]      after the last RMSNorm
  logits          F32 [T][vocabulary]
The metadata name the library's version and the CRC-32 of the weights (the random cases), or the
perplexity on heldout.txt in windows of 512 tokens (qwen3-kjv).
"""

import argparse
import os
import pathlib
import tempfile

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch
import transformers
from safetensors.torch import save_file
from tokenizers import Tokenizer

import make_llm_cases
from train_qwen3 import LONG, perplexity

ROOT = pathlib.Path(__file__).resolve().parents[2]
KJV = ROOT / "tests" / "models" / "qwen3-kjv"
PROMPT = "And the king said unto Daniel, O Daniel, is thy God able to deliver thee?"


def load(folder):
  model, report = transformers.AutoModelForCausalLM.from_pretrained(
      folder, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
  wrong = {kind: names for kind, names in report.items() if names}
  if wrong:
    raise SystemExit(f"{folder}: {wrong}")
  return model.eval()


@torch.no_grad()
def outputs(model, tokens):
  """{name: tensor}, batch axis removed."""
  found = {"tokens": torch.tensor(tokens, dtype=torch.int32)}

  def keep(name):
    def hook(module, inputs, result):
      found[name] = (result[0] if isinstance(result, tuple) else result)[0].contiguous()
    return hook

  base = model.model
  for name, module in (("embedding", base.embed_tokens), *((f"layer.{i}", layer) for i, layer in
                                                           enumerate(base.layers)),
                       ("norm", base.norm)):
    module.register_forward_hook(keep(name))
  found["logits"] = model(input_ids=torch.tensor([tokens]), use_cache=False).logits[0].contiguous()
  return found


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--out", type=pathlib.Path, default=ROOT / "tests" / "reference" / "llm")
  parser.add_argument("--only", default="", metavar="SUBSTRING")
  args = parser.parse_args()
  torch.set_num_threads(1)
  transformers.utils.logging.disable_progress_bar()
  args.out.mkdir(parents=True, exist_ok=True)

  made = {"transformers": transformers.__version__, "torch": torch.__version__.split("+")[0]}
  with tempfile.TemporaryDirectory() as temporary:
    folder = pathlib.Path(temporary)
    for entry in make_llm_cases.make_all(folder, args.only):
      save_file(outputs(load(folder / entry["name"]), entry["tokens"]),
                args.out / f"{entry['name']}.safetensors",
                metadata={**made, "weights_crc32": entry["weights_crc32"]})
      print(entry["name"], flush=True)
  if args.only in KJV.name and KJV.exists():
    tokenizer = Tokenizer.from_file(str(KJV / "tokenizer.json"))
    held = tokenizer.encode((KJV / "heldout.txt").read_text()).ids
    value = perplexity(load(KJV), held)
    save_file(outputs(load(KJV), tokenizer.encode(PROMPT).ids), args.out / f"{KJV.name}.safetensors",
              metadata={**made, f"perplexity_{LONG}": f"{value:.6f}"})
    print(f"{KJV.name}: perplexity {value:.4f}")


if __name__ == "__main__":
  main()
