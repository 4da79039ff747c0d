# SPDX-License-Identifier: Apache-2.0
"""Trains a small Qwen3 (0.9 M parameters) on the King James text, for the demo and its tests.

  train_qwen3.py [--out tests/models/qwen3-kjv] [--work build/train_qwen3] [--steps N] [--seed 1]

Needs scripts/models/requirements-train.txt in an environment of its own, and Debian's packages
bible-kjv and bible-kjv-text (kjv.py). One core, ten minutes. A checkpoint every 125 steps
in --work: started again, it goes on from there. The order of the data depends on the seed and the
epoch alone; the committed files are the product, for another processor rounds otherwise.

Hidden matrices are trained by Muon, embedding and norms by AdamW; linear warm-up, cosine to zero.
Written: the weights in BF16 (model.safetensors), config.json, generation_config.json,
tokenizer.json, tokenizer_config.json with a chat template, heldout.txt (text never trained on).
"""

import argparse
import json
import math
import os
import pathlib
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one summation order

import torch
from safetensors.torch import save_file
from transformers import Qwen3Config, Qwen3ForCausalLM

import kjv

VOCABULARY = 1024
# Tokens of a step and of a window; the last quarter of the steps sees long windows.
BATCH, SHORT, LONG = 2048, 256, 512
MUON_RATE, ADAM_RATE, DECAY, WARM_UP = 0.015, 4e-3, 0.1, 50
CHAT_TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] "
    "+ '<|im_end|>\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}")


def config():
  """The fields of config.json, named as published Qwen3 models name them."""
  end_of_text, im_end = VOCABULARY - len(kjv.SPECIAL), VOCABULARY - 1
  return {
      "architectures": ["Qwen3ForCausalLM"], "attention_bias": False, "attention_dropout": 0.0,
      "bos_token_id": end_of_text, "eos_token_id": im_end, "head_dim": 16, "hidden_act": "silu",
      "hidden_size": 128, "initializer_range": 0.02, "intermediate_size": 384,
      "max_position_embeddings": 2048, "max_window_layers": 4, "model_type": "qwen3",
      "num_attention_heads": 8, "num_hidden_layers": 4, "num_key_value_heads": 4,
      "rms_norm_eps": 1e-6, "rope_scaling": None, "rope_theta": 10000, "sliding_window": None,
      "tie_word_embeddings": True, "torch_dtype": "bfloat16", "use_cache": True,
      "use_sliding_window": False, "vocab_size": VOCABULARY}


def optimisers(model):
  """[(optimiser, its highest rate)]."""
  matrices = [p for n, p in model.named_parameters() if p.ndim == 2 and "embed" not in n]
  others = [p for n, p in model.named_parameters() if p.ndim != 2 or "embed" in n]
  muon = torch.optim.Muon(matrices, lr=MUON_RATE, weight_decay=DECAY, momentum=0.95)
  adam = torch.optim.AdamW(others, lr=ADAM_RATE, betas=(0.9, 0.95), weight_decay=0.0)
  return [(muon, MUON_RATE), (adam, ADAM_RATE)]


def rate_factor(step, steps):
  if step < WARM_UP:
    return (step + 1) / WARM_UP
  return 0.5 * (1 + math.cos(math.pi * (step - WARM_UP) / (steps - WARM_UP)))


class Batches:
  """Rows of step number `step` of the endless shuffled stream: [windows][tokens + 1]."""

  def __init__(self, tokenized, end_of_text, seed, steps):
    self.tokenized, self.end_of_text, self.seed, self.steps = tokenized, end_of_text, seed, steps
    self.epoch = None
    self.per_epoch = (sum(len(t) + 1 for t in tokenized) - 1) // BATCH

  def __getitem__(self, step):
    epoch, place = divmod(step, self.per_epoch)
    if epoch != self.epoch:
      self.epoch = epoch
      self.tokens = torch.tensor(kjv.stream(self.tokenized, self.end_of_text, self.seed, epoch))
    window = LONG if 4 * step >= 3 * self.steps else SHORT
    return self.tokens[place * BATCH:(place + 1) * BATCH + 1].unfold(0, window + 1, window)


def loss_of(model, rows):
  logits = model(input_ids=rows[:, :-1], use_cache=False).logits
  return torch.nn.functional.cross_entropy(logits.flatten(0, 1), rows[:, 1:].flatten())


def train(model, batches, work, checkpoint_every):
  groups = optimisers(model)
  steps, first, checkpoint = batches.steps, 0, work / "checkpoint.pt"
  if checkpoint.exists():
    state = torch.load(checkpoint)
    model.load_state_dict(state["model"])
    for (optimiser, _), saved in zip(groups, state["optimisers"]):
      optimiser.load_state_dict(saved)
    first = state["step"]
  print(f"{steps} steps of {BATCH} tokens, {steps / batches.per_epoch:.1f} epochs, "
        f"from step {first}", flush=True)
  start, total = time.time(), 0.0
  model.train()
  for step in range(first, steps):
    for optimiser, highest in groups:
      for group in optimiser.param_groups:
        group["lr"] = highest * rate_factor(step, steps)
    loss = loss_of(model, batches[step])
    model.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    for optimiser, _ in groups:
      optimiser.step()
    total += loss.item()
    if step % 50 == 49:
      seconds = (time.time() - start) / (step + 1 - first)
      print(f"step {step + 1}/{steps}: loss {total / 50:.4f}, {BATCH / seconds:.0f} "
            f"tokens/s, {seconds * (steps - step - 1):.0f} s left", flush=True)
      total = 0.0
    if step % checkpoint_every == checkpoint_every - 1:
      torch.save({"model": model.state_dict(), "step": step + 1,
                  "optimisers": [o.state_dict() for o, _ in groups]}, work / "checkpoint.new")
      (work / "checkpoint.new").replace(checkpoint)


@torch.no_grad()
def perplexity(model, tokens):
  """exp of the mean loss per token, in windows of LONG tokens that do not overlap."""
  model.eval()
  total, count = 0.0, 0
  for start in range(0, len(tokens) - 1, LONG):
    rows = torch.tensor([tokens[start:start + LONG + 1]])
    total += loss_of(model, rows).item() * (rows.shape[1] - 1)
    count += rows.shape[1] - 1
  return math.exp(total / count)


@torch.no_grad()
def sample(model, tokenizer, prompt, length, seed):
  torch.manual_seed(seed)
  tokens = torch.tensor([tokenizer.encode(prompt).ids])
  made = model.generate(tokens, max_new_tokens=length, do_sample=True, temperature=0.8, top_k=0,
                        top_p=1.0, pad_token_id=tokenizer.token_to_id(kjv.END_OF_TEXT))
  return tokenizer.decode(made[0].tolist(), skip_special_tokens=False)


def write_json(path, value):
  path.write_text(json.dumps(value, indent=2) + "\n")


def write(out, model, tokenizer, held):
  out.mkdir(parents=True, exist_ok=True)
  weights = {name: value.detach().to(torch.bfloat16).contiguous()
             for name, value in model.state_dict().items() if name != "lm_head.weight"}
  save_file(weights, out / "model.safetensors", metadata={"format": "pt"})
  fields = config()
  write_json(out / "config.json", fields)
  write_json(out / "generation_config.json", {
      "bos_token_id": fields["bos_token_id"], "do_sample": True,
      "eos_token_id": [fields["eos_token_id"], fields["bos_token_id"]],
      "pad_token_id": fields["bos_token_id"], "temperature": 0.8, "top_k": 40, "top_p": 0.95})
  tokenizer.save(str(out / "tokenizer.json"))
  write_json(out / "tokenizer_config.json", {
      "add_bos_token": False, "add_prefix_space": False, "bos_token": None,
      "chat_template": CHAT_TEMPLATE, "clean_up_tokenization_spaces": False,
      "eos_token": kjv.IM_END, "model_max_length": fields["max_position_embeddings"],
      "pad_token": kjv.END_OF_TEXT, "tokenizer_class": "PreTrainedTokenizerFast",
      "unk_token": None})
  (out / "heldout.txt").write_text("".join(kjv.plain(chapter) for chapter in held))


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  root = pathlib.Path(__file__).resolve().parents[2]
  parser.add_argument("--out", type=pathlib.Path, default=root / "tests/models/qwen3-kjv")
  parser.add_argument("--work", type=pathlib.Path, default=root / "build/train_qwen3")
  parser.add_argument("--steps", type=int, default=1250)
  parser.add_argument("--checkpoint-every", type=int, default=125)
  parser.add_argument("--seed", type=int, default=1)
  args = parser.parse_args()

  torch.set_num_threads(1)
  torch.use_deterministic_algorithms(True)
  torch.manual_seed(args.seed)
  args.work.mkdir(parents=True, exist_ok=True)

  training, held = kjv.split(kjv.chapters())
  tokenizer = kjv.train_tokenizer(training, VOCABULARY)
  documents = kjv.documents(training)
  tokenized = [encoding.ids for encoding in tokenizer.encode_batch(documents)]
  batches = Batches(tokenized, tokenizer.token_to_id(kjv.END_OF_TEXT), args.seed, args.steps)
  held_tokens = tokenizer.encode("".join(kjv.plain(chapter) for chapter in held)).ids
  characters = sum(len(kjv.plain(chapter)) for chapter in held)

  model = Qwen3ForCausalLM(Qwen3Config(**config())).float()
  print(f"{sum(p.numel() for p in model.parameters())} parameters; {len(documents)} documents, "
        f"{sum(map(len, tokenized))} tokens; held out {characters} characters, "
        f"{len(held_tokens)} tokens", flush=True)
  train(model, batches, args.work, args.checkpoint_every)

  print(f"perplexity held out, FP32 weights: {perplexity(model, held_tokens):.4f}")
  with torch.no_grad():
    for parameter in model.parameters():
      parameter.copy_(parameter.to(torch.bfloat16).float())
  value = perplexity(model, held_tokens)
  print(f"perplexity held out, BF16 weights: {value:.4f} per token, "
        f"{math.log2(value) * len(held_tokens) / characters:.4f} bits per character", flush=True)
  write(args.out, model, tokenizer, held)
  for prompt in ("And the king said unto", "In the beginning",
                 "<|im_start|>user\nThe LORD is my shepherd; I shall not want.<|im_end|>\n"
                 "<|im_start|>assistant\n"):
    for seed in (1, 2):
      print(f"--- seed {seed}\n{sample(model, tokenizer, prompt, 100, seed)}", flush=True)


if __name__ == "__main__":
  main()
