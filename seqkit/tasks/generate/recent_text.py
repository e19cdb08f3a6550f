"""Language model of the text just read: n-grams of the last tokens.

Texts repeat themselves: a name that has been mentioned is likely to be mentioned again. The probability of a token
interpolates its counts after the last tokens, from no context to the longest that the recent text has seen, with the
weights of Witten and Bell.

R. Kuhn and R. De Mori, "A Cache-Based Natural Language Model for Speech Recognition", 1990,
https://doi.org/10.1109/34.56193
"""

from collections import Counter
from collections.abc import Iterable

import numpy as np

ORDERS = {"char": 6, "word": 3, "bpe": 4, "note": 12}
"""Longest n-grams, by unit."""

WINDOWS = {"char": 20_000, "word": 2_000, "bpe": 4_000, "note": 2_000}
"""Number of the last tokens that count, by unit."""

HALF_WEIGHT = 1 / 20
"""Fraction of the window from which the counts have half of their weight in a mixture."""


class RecentText:
    """Reads a text token by token, and gives the distribution of the next one.

    Args:
        vocabulary: Number of tokens.
        unit: Unit of the text, or "note", which decides how many tokens count, and how long the n-grams are.
    """

    def __init__(self, vocabulary: int, unit: str) -> None:
        self._vocabulary, self._order, self._window = vocabulary, ORDERS[unit], WINDOWS[unit]
        self._tokens: list[int] = []
        self._first = 0  # of the tokens that count
        self._context: list[int] = []
        self._arrays: dict[tuple[int, ...], tuple[np.ndarray, np.ndarray, float]] = {}  # of `distribution`
        self._counts: list[dict[tuple[int, ...], Counter[int]]] = [{} for _ in range(self._order)]
        self._totals: list[dict[tuple[int, ...], int]] = [{} for _ in range(self._order)]

    @property
    def weight(self) -> float:
        """Reliability of the counts, from 0 without a text towards 1: a factor of their weight in a mixture."""
        count = len(self._tokens) - self._first
        return count / (count + self._window * HALF_WEIGHT)

    def read(self, token: int) -> None:
        """Moves on by a token, and counts it."""
        self._arrays.clear()
        for length in range(len(self._context) + 1):
            context = tuple(self._context[len(self._context) - length :])
            counts = self._counts[length].get(context)
            if counts is None:
                counts = self._counts[length][context] = Counter()
                self._totals[length][context] = 0
            counts[token] += 1
            self._totals[length][context] += 1
        self._tokens.append(token)
        self.follow(token)
        if len(self._tokens) - self._first > self._window:
            self._forget()

    def follow(self, token: int) -> None:
        """Moves on by a token that does not count; no other may be counted afterwards."""
        self._context = [*self._context, token][-(self._order - 1) :]

    def probability(self, token: int) -> float:
        """Returns the probability that a token comes next."""
        result = 1 / self._vocabulary
        for _, counts, total in self._matches():
            result = (counts.get(token, 0) + len(counts) * result) / (total + len(counts))
        return result

    def distribution(self) -> np.ndarray:
        """Returns the probabilities of all tokens, of shape (vocabulary,)."""
        result = np.full(self._vocabulary, 1 / self._vocabulary)
        for context, counts, total in self._matches():
            if context not in self._arrays:
                mass = total + len(counts)
                weights = np.array(list(counts.values())) / mass
                self._arrays[context] = np.array(list(counts)), weights, len(counts) / mass
            tokens, weights, rest = self._arrays[context]
            result *= rest
            result[tokens] += weights
        return result

    def _matches(self) -> Iterable[tuple[tuple[int, ...], Counter[int], int]]:
        """Yields the last 0, 1, … tokens as long as they occurred before, the counts after them, and their sum."""
        for length in range(len(self._context) + 1):
            context = tuple(self._context[len(self._context) - length :])
            counts = self._counts[length].get(context)
            if counts is None:
                return
            yield context, counts, self._totals[length][context]

    def _forget(self) -> None:
        """Takes back the n-grams that start with the first token, and drops tokens that do not count any more."""
        first = self._first
        for length in range(self._order):
            context, token = tuple(self._tokens[first : first + length]), self._tokens[first + length]
            counts = self._counts[length][context]
            counts[token] -= 1
            self._totals[length][context] -= 1
            if not counts[token]:
                del counts[token]
            if not counts:
                del self._counts[length][context], self._totals[length][context]
        self._first += 1
        if self._first > self._window:
            del self._tokens[: self._first]
            self._first = 0


def recent_probabilities(
    ids: np.ndarray, before: np.ndarray, vocabulary: int, unit: str
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the probability of each token after those before it, and the weight of each, both of shape (tokens,).

    Args:
        ids: Token ids.
        before: Ids of the text before.
        vocabulary: Number of tokens.
        unit: Unit of the text.
    """
    recent = RecentText(vocabulary, unit)
    for token in before[-WINDOWS[unit] :].tolist():
        recent.read(token)
    probabilities, weights = np.empty(len(ids)), np.empty(len(ids))
    for number, token in enumerate(ids.tolist()):
        probabilities[number], weights[number] = recent.probability(token), recent.weight
        recent.read(token)
    return probabilities, weights
