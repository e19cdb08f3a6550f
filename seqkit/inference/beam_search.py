"""Beam search: the most probable sequences by a model that gives the next token, for several inputs side by side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

State = list[np.ndarray]
"""Arrays whose first axis are the sequences."""

Step = Callable[[np.ndarray, State], tuple[np.ndarray, State]]
"""Takes all tokens of each sequence so far, int32 of shape (sequences, time), and the state before the newest one, and
returns the logits of the next token (sequences, vocabulary) and the state after the newest one."""


@dataclass(frozen=True)
class Beam:
    """How to search.

    Attributes:
        size: Sequences to keep for each input at each step, at least 1; 1 is greedy.
        n: Sequences to return for each input, from 1 to `size`.
        length_penalty: Exponent α of the length in the score, at least 0; 0 prefers short sequences. The score of a
            sequence of T tokens, its end among them, is its log-probability / ((5 + T) / 6)^α.
    """

    size: int = 5
    n: int = 1
    length_penalty: float = 1.0

    def __post_init__(self) -> None:
        limits = (
            ("size", self.size >= 1, "an integer of at least 1"),
            ("n", 1 <= self.n <= self.size, f"an integer from 1 to the size of the beam, {self.size}"),
            ("length_penalty", 0 <= self.length_penalty < np.inf, "a number of at least 0"),
        )
        for name, is_valid, expected in limits:
            if not is_valid:
                value = getattr(self, name)
                raise ValueError(
                    f"Received an invalid value for argument `{name}`, expected {expected}, got {value!r}."
                )

    def score(self, log_probability: float, length: int) -> float:
        """Returns the score of a sequence of `length` tokens, its end among them."""
        return log_probability / float(((5 + length) / 6) ** self.length_penalty)


@dataclass(frozen=True)
class Hypothesis:
    """A sequence that the search has found.

    Attributes:
        tokens: Token ids, without start and end.
        log_probability: Natural logarithm of its probability, its end included.
        score: What it is ranked by; see `Beam`.
    """

    tokens: tuple[int, ...]
    log_probability: float
    score: float


def beam_search(
    step: Step,
    state: State,
    *,
    start: int,
    end: int,
    max_lengths: Sequence[int],
    beam: Beam,
    banned: Sequence[int] = (),
) -> list[list[Hypothesis]]:
    """Returns the best sequences for each input, the best first.

    A sequence that has ended keeps its place in the beam, so that a beam of one sequence is greedy search. An input is
    finished when no other sequence can still get among its `beam.n` best. With a beam as large as the number of
    possible sequences, the search is exact.

    Args:
        step: Gives the logits of the next token.
        state: The state before the first token of each input.
        start: Id of the token that comes before the first one.
        end: Id of the token that ends a sequence.
        max_lengths: Maximum number of tokens for each input, without start and end, at least 0; a sequence of that
            length has to end.
        beam: How to search.
        banned: Ids that are never chosen, such as padding.
    """
    searches = [_Search(start, end, length, beam) for length in max_lengths]
    active = list(searches)
    while active:
        prefixes = np.concatenate([search.prefixes for search in active])
        logits, state = step(prefixes, state)
        log_probabilities = _log_softmax(logits)
        log_probabilities[:, list(banned)] = -np.inf
        kept, first, remaining = [], 0, []
        for search in active:
            size = len(search.prefixes)
            parents = search.extend(log_probabilities[first : first + size])
            if not search.is_finished:
                remaining.append(search)
                kept.append(first + parents)
            first += size
        active = remaining
        if active:
            rows = np.concatenate(kept)
            state = [values[rows] for values in state]
    return [search.best() for search in searches]


class _Search:
    """The beam of one input.

    Attributes:
        prefixes: The unfinished sequences, with the start, int32, of shape (sequences, time).
        is_finished: Whether the search is over.
    """

    def __init__(self, start: int, end: int, max_length: int, beam: Beam) -> None:
        self.prefixes = np.array([[start]], np.int32)
        self.is_finished = False
        self._log_probabilities = np.zeros(1)
        self._end, self._max_length, self._beam, self._room = end, max_length, beam, beam.size
        self._found: list[Hypothesis] = []

    def extend(self, log_probabilities: np.ndarray) -> np.ndarray:
        """Adds the next token to the sequences of the beam.

        Args:
            log_probabilities: Of the next token of each sequence, of shape (sequences, vocabulary).

        Returns:
            The positions of the sequences that those of the new beam continue.
        """
        totals = self._log_probabilities[:, None] + log_probabilities
        length = self.prefixes.shape[1]  # of a sequence that ends now, its end included
        if length > self._max_length:
            totals[:, np.arange(totals.shape[1]) != self._end] = -np.inf
        chosen = _largest(totals.ravel(), self._room)
        parents, tokens = np.divmod(chosen, totals.shape[1])
        is_end = tokens == self._end
        for row in parents[is_end]:
            self._add(row, float(totals[row, self._end]))
        self._room -= int(is_end.sum())
        chosen, parents, tokens = chosen[~is_end], parents[~is_end], tokens[~is_end]
        if not len(chosen):
            self.is_finished = True
            return parents
        self.prefixes = np.concatenate([self.prefixes[parents], tokens[:, None].astype(np.int32)], axis=1)
        self._log_probabilities = totals.ravel()[chosen]
        if len(self._found) == self._beam.n:
            reachable = self._beam.score(self._log_probabilities[0], self._max_length + 1)
            self.is_finished = bool(self._found[-1].score >= reachable)
        return parents

    def _add(self, row: int, total: float) -> None:
        """Adds a sequence that has ended to the best ones."""
        tokens = tuple(self.prefixes[row, 1:].tolist())
        hypothesis = Hypothesis(tokens, total, self._beam.score(total, len(tokens) + 1))
        found = [*self._found, hypothesis]
        self._found = sorted(found, key=lambda each: -each.score)[: self._beam.n]

    def best(self) -> list[Hypothesis]:
        """Returns the best sequences, the best first."""
        return self._found


def _largest(values: np.ndarray, count: int) -> np.ndarray:
    """Returns the positions of the largest finite values, the largest first; ties in order of position."""
    if count < len(values):
        smallest = np.partition(values, -count)[-count]
        candidates = np.flatnonzero(values >= smallest)
    else:
        candidates = np.arange(len(values))
    candidates = candidates[np.isfinite(values[candidates])]
    return candidates[np.argsort(-values[candidates], kind="stable")][:count]


def _log_softmax(logits: np.ndarray) -> np.ndarray:
    x = logits.astype(np.float64)
    x -= x.max(axis=-1, keepdims=True)
    x -= np.log(np.exp(x).sum(axis=-1, keepdims=True))
    return x
