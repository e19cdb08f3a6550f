"""Draws the next token from a distribution: temperature, top-k, nucleus (top-p) and a penalty on repetition."""

import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Sampling:
    """How to choose the next token.

    Attributes:
        temperature: Exponent 1 / temperature of the probabilities: below 1 sharpens, 0 takes the most probable token.
        top_k: Number of the most probable tokens to choose from; None for all.
        top_p: Choose from the fewest tokens that together have this probability, (0, 1]; 1 for all.
        repetition_penalty: Exponent of the probabilities of tokens in the recent text; 1 for none.
    """

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float = 1.0
    repetition_penalty: float = 1.0

    def __post_init__(self) -> None:
        limits = (
            ("temperature", 0 <= self.temperature < math.inf, "a number of at least 0"),
            ("top_k", self.top_k is None or self.top_k >= 1, "an integer of at least 1, or None"),
            ("top_p", 0 < self.top_p <= 1, "a number in (0, 1]"),
            ("repetition_penalty", 1 <= self.repetition_penalty < math.inf, "a number of at least 1"),
        )
        for name, is_valid, expected in limits:
            if not is_valid:
                value = getattr(self, name)
                raise ValueError(
                    f"Received an invalid value for argument `{name}`, expected {expected}, got {value!r}."
                )

    def distribution(self, probabilities: np.ndarray, recent: Collection[int] = ()) -> np.ndarray:
        """Returns the distribution to draw from.

        Args:
            probabilities: Probabilities of the tokens, of shape (vocabulary,).
            recent: Tokens of the recent text, for the penalty.
        """
        penalised = list(set(recent)) if self.repetition_penalty > 1 else []
        if penalised or self.temperature != 1:
            with np.errstate(divide="ignore", over="ignore"):  # of logarithms, as powers of all may vanish
                logs = np.log(probabilities)
                logs[penalised] *= self.repetition_penalty
                if self.temperature == 0:
                    return np.eye(1, len(logs), int(np.argmax(logs)))[0]
                probabilities = np.exp((logs - logs.max()) / self.temperature)
        if self.top_k is not None and self.top_k < len(probabilities):
            smallest = np.partition(probabilities, -self.top_k)[-self.top_k]
            probabilities = np.where(probabilities >= smallest, probabilities, 0)
        probabilities = probabilities / probabilities.sum()
        if self.top_p < 1:
            order = np.argsort(-probabilities, kind="stable")
            kept = int(np.searchsorted(np.cumsum(probabilities[order]), self.top_p)) + 1
            nucleus = np.zeros(len(probabilities))
            nucleus[order[:kept]] = probabilities[order[:kept]]
            probabilities = nucleus / nucleus.sum()
        return probabilities

    def draw(self, probabilities: np.ndarray, rng: np.random.Generator, recent: Collection[int] = ()) -> int:
        """Returns the next token, drawn from `distribution`."""
        cumulative = np.cumsum(self.distribution(probabilities, recent))
        return min(int(np.searchsorted(cumulative, rng.random() * cumulative[-1], side="right")), len(cumulative) - 1)
