# SPDX-License-Identifier: Apache-2.0
"""Choosing a token from logits, on the host."""

from dataclasses import dataclass

import numpy as np

from girih_core import Error


@dataclass(frozen=True)
class Sampling:
    """How tokens are drawn; temperature 0 takes the most likely one.

    top_k keeps the k largest logits (0: all); top_p, of those, the fewest whose probabilities sum to p.
    """
    temperature: float = 0.0
    top_k: int = 0
    top_p: float = 1.0

    def __post_init__(self):
        if not 0.0 <= self.temperature < float("inf"):
            raise Error(f"temperature {self.temperature}: a number from 0 on is accepted")
        if self.top_k < 0:
            raise Error(f"top_k {self.top_k}: a whole number from 0 on is accepted")
        if not 0.0 < self.top_p <= 1.0:
            raise Error(f"top_p {self.top_p}: a number above 0, at most 1, is accepted")

    @property
    def greedy(self) -> bool:
        return self.temperature == 0.0

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """What is drawn from: [vocabulary], sums to 1."""
        scores = logits.astype(np.float64) / self.temperature
        order = np.argsort(-scores, kind="stable")
        if self.top_k:
            order = order[:self.top_k]
        likely = np.exp(scores[order] - scores[order[0]])
        likely /= likely.sum()
        if self.top_p < 1.0:
            kept = int(np.searchsorted(np.cumsum(likely), self.top_p)) + 1
            order, likely = order[:kept], likely[:kept]
        result = np.zeros(len(scores))
        result[order] = likely / likely.sum()
        return result

    def draw(self, logits: np.ndarray, random: np.random.Generator) -> int:
        return int(random.choice(len(logits), p=self.probabilities(logits)))
