# SPDX-License-Identifier: Apache-2.0
"""A language model on a device: generation, logits, perplexity."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

import girih_core
from girih_core import Error

from .sampling import Sampling
from .text import TextStream, Tokenizer


def load(folder: str | os.PathLike, device: str = "golden", preset: str = "base", check: str = "tiles",
         activations: int = 8, kv: int = 8, kv_tokens: int | None = None, **chip) -> "LanguageModel":
    """A Hugging Face directory (Qwen3 or Llama family) on a device.

    device       golden or rtl
    preset       sizes of the chip: tiny, base, wide or ecp5
    check        rtl: tiles compares every instruction's result with the golden model as it retires; none
    activations  bits of activations, 8 or 16
    kv           bits of the cache, 8
    kv_tokens    room of the cache in tokens; default: the model's longest context, at most 4,096
    chip         seed, stalls, latency of the simulated memory; reproduce: a command line for reports
    """
    return LanguageModel(Path(folder), girih_core.Engine(
        str(folder), device=device, preset=preset, check=check, activations=activations, kv=kv,
        kv_tokens=kv_tokens or 0, **chip))


class LanguageModel:
    """Made by load(). Sequences live in the cache of the device; these methods make and free their own."""

    def __init__(self, folder: Path, engine: "girih_core.Engine"):
        self.folder = folder
        self.engine = engine
        self._tokenizer: Tokenizer | None = None

    @property
    def tokenizer(self) -> Tokenizer:
        """Read when first used: logits() of numbers needs none."""
        if self._tokenizer is None:
            self._tokenizer = Tokenizer(self.folder, self.engine.vocabulary)
        return self._tokenizer

    def tokens_of(self, prompt: str | Sequence[int], chat: bool = False) -> list[int]:
        if not isinstance(prompt, str):
            tokens = [int(token) for token in prompt]
        elif chat:
            tokens = self.tokenizer.chat([{"role": "user", "content": prompt}])
        else:
            tokens = self.tokenizer.encode(prompt)
        if not tokens:
            raise Error("the prompt is empty; at least one token is needed")
        return tokens

    def stream_tokens(self, prompt: str | Sequence[int], tokens: int = 64, chat: bool = False,
                      sampling: Sampling = Sampling(), seed: int = 0) -> Iterator[int]:
        """New tokens one by one, until `tokens` of them or an end token (which is not given)."""
        if tokens < 1:
            raise Error(f"tokens {tokens}: a whole number from 1 on is accepted")
        given = self.tokens_of(prompt, chat)
        longest = self.engine.context
        if len(given) + tokens - 1 > longest:
            raise Error(f"{len(given)} tokens of prompt and {tokens} new ones: the context holds {longest}")
        random = np.random.default_rng(seed)
        sequence = self.engine.new_sequence()
        try:
            step = self.engine.feed(sequence, given, rows="last")
            for made in range(tokens):
                token = int(step.argmax[-1]) if sampling.greedy else sampling.draw(step.logits[-1], random)
                if token in self.engine.end_tokens:
                    return
                yield token
                if made + 1 < tokens:
                    step = self.engine.feed(sequence, [token], rows="last")
        finally:
            self.engine.free(sequence)

    def stream(self, prompt: str | Sequence[int], tokens: int = 64, chat: bool = False,
               temperature: float = 0.0, top_k: int = 0, top_p: float = 1.0, seed: int = 0) -> Iterator[str]:
        """Text as it comes."""
        text = TextStream(self.tokenizer)
        for token in self.stream_tokens(prompt, tokens, chat, Sampling(temperature, top_k, top_p), seed):
            piece = text.push(token)
            if piece:
                yield piece
        rest = text.end()
        if rest:
            yield rest

    def generate(self, prompt: str | Sequence[int], tokens: int = 64, **options) -> str:
        """The text that follows the prompt; options as for stream()."""
        return "".join(self.stream(prompt, tokens, **options))

    def logits(self, tokens: str | Sequence[int]) -> np.ndarray:
        """[tokens][vocabulary], float32: what the model expects after each token."""
        given = self.tokens_of(tokens)
        sequence = self.engine.new_sequence()
        try:
            return self.engine.feed(sequence, given, rows="all").logits
        finally:
            self.engine.free(sequence)

    def negative_log_likelihood(self, tokens: Sequence[int]) -> np.ndarray:
        """Of every token but the first, given those before it, in nats: [tokens - 1]."""
        logits = self.logits(tokens[:-1]).astype(np.float64)
        shifted = logits - logits.max(axis=1, keepdims=True)
        chosen = shifted[np.arange(len(logits)), np.asarray(tokens)[1:]]
        return np.log(np.exp(shifted).sum(axis=1)) - chosen

    @property
    def statistics(self) -> dict:
        """tokens, steps, cycles, bytes on the bus, tiles compared, mismatches, first_mismatch so far."""
        return self.engine.statistics()
