# SPDX-License-Identifier: Apache-2.0
"""An encoder on a device: texts to vectors."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import girih_core
from girih_core import Error

from .text import Tokenizer


def load_encoder(folder: str | os.PathLike, device: str = "golden", preset: str = "base", check: str = "tiles",
                 activations: int = 16, **chip) -> "Encoder":
    """A Hugging Face directory of the BERT family on a device; the options are those of load()."""
    return Encoder(Path(folder), girih_core.Encoder(
        str(folder), device=device, preset=preset, check=check, activations=activations, **chip))


class Encoder:
    """Made by load_encoder()."""

    def __init__(self, folder: Path, engine: "girih_core.Encoder"):
        self.folder = folder
        self.engine = engine
        self._tokenizer: Tokenizer | None = None

    @property
    def tokenizer(self) -> Tokenizer:
        """Read when first used: vectors of numbers need none."""
        if self._tokenizer is None:
            self._tokenizer = Tokenizer(self.folder, self.engine.vocabulary)
            self._tokenizer.cut(self.engine.longest)
        return self._tokenizer

    def embed(self, texts: str | Sequence[str]) -> np.ndarray:
        """[texts][hidden], float32; longer texts are cut where the model ends. One text alone: [hidden]."""
        if isinstance(texts, str):
            return self.embed([texts])[0]
        vectors = np.empty((len(texts), self.engine.hidden), np.float32)
        for i, text in enumerate(texts):
            tokens, types = self.tokenizer.encode_with_types(text)
            if not tokens:
                raise Error(f"text {i} has no tokens; at least one is needed")
            vectors[i] = self.engine.embed(tokens, types)
        return vectors

    @property
    def statistics(self) -> dict:
        """tokens, steps, cycles, bytes on the bus, tiles compared, mismatches, first_mismatch so far."""
        return self.engine.statistics()
