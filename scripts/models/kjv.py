# SPDX-License-Identifier: Apache-2.0
"""The King James text of Debian's packages `bible-kjv` and `bible-kjv-text`, as training documents.

The text is out of copyright. `bible -f` prints one verse a line, its reference before it.
"""

import random
import subprocess

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

END_OF_TEXT, IM_START, IM_END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
SPECIAL = (END_OF_TEXT, IM_START, IM_END)
VERSES = 31102
# One chapter in HELD_OUT_EVERY is kept from training, the tokenizer's training too.
HELD_OUT_EVERY = 132
# One verse in DIALOGUE_EVERY also starts a dialogue: the user says it, the answer goes on.
DIALOGUE_EVERY = 18
# Qwen's own splitting of text into words, so that the tokenizer has the structure of a real one.
WORDS = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
         r"|\s*[\r\n]+|\s+(?!\S)|\s+")


def chapters():
  """Every chapter as a list of verses, in order."""
  try:
    text = subprocess.run(["bible", "-f", "gen1:1-rev22:21"], check=True, capture_output=True,
                          encoding="ascii").stdout
  except FileNotFoundError:
    raise SystemExit("no program `bible`: apt-get install bible-kjv bible-kjv-text") from None
  found, last, count = [], None, 0
  for line in text.splitlines():
    reference, verse = line.split(" ", 1)
    chapter = reference.split(":")[0]
    if chapter != last:
      found.append([])
      last = chapter
    found[-1].append(verse.strip())
    count += 1
  if count != VERSES:
    raise SystemExit(f"`bible` printed {count} verses instead of {VERSES}")
  return found


def split(all_chapters):
  """(chapters to train with, chapters held out)."""
  held = set(range(HELD_OUT_EVERY // 2, len(all_chapters), HELD_OUT_EVERY))
  return ([c for i, c in enumerate(all_chapters) if i not in held],
          [c for i, c in enumerate(all_chapters) if i in held])


def plain(chapter):
  return "".join(verse + "\n" for verse in chapter)


def dialogue(said, answer):
  """What the chat template makes of one question and its answer."""
  return (f"{IM_START}user\n{said}{IM_END}\n{IM_START}assistant\n{answer}{IM_END}\n")


def documents(training):
  """Chapters as they are, and short dialogues."""
  found = [plain(chapter) for chapter in training]
  pairs = [(c[i], " ".join(c[i + 1:i + 3])) for c in training for i in range(len(c) - 1)]
  return found + [dialogue(*pair) for pair in pairs[::DIALOGUE_EVERY]]


def train_tokenizer(training, vocabulary):
  """Byte-level BPE; the special tokens have the last numbers, as Qwen's have."""
  tokenizer = Tokenizer(models.BPE())
  tokenizer.normalizer = normalizers.NFC()
  tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
      pre_tokenizers.Split(Regex(WORDS), "isolated"),
      pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
  tokenizer.decoder = decoders.ByteLevel()
  trainer = trainers.BpeTrainer(vocab_size=vocabulary - len(SPECIAL), show_progress=False,
                                initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
  tokenizer.train_from_iterator((plain(chapter) for chapter in training), trainer)
  tokenizer.add_special_tokens(list(SPECIAL))
  if tokenizer.get_vocab_size() != vocabulary:
    raise SystemExit(f"the tokenizer has {tokenizer.get_vocab_size()} tokens")
  return tokenizer


def stream(tokenized, end_of_text, seed, epoch):
  """The token stream of one epoch: all documents in an order of its own, each closed."""
  order = list(range(len(tokenized)))
  random.Random(1000 * seed + epoch).shuffle(order)
  return [token for i in order for token in (*tokenized[i], end_of_text)]
