"""Ragged arrays: sequences of unequal length, such as texts and series, stored end to end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Ragged:
    """Sequences stored end to end.

    Attributes:
        values: Token ids of shape (total,), or steps of shape (total, channels).
        offsets: Start of each sequence, and end of the last one, int64, of shape (sequences + 1,).
    """

    values: np.ndarray
    offsets: np.ndarray

    @classmethod
    def from_sequences(cls, sequences: Sequence[np.ndarray]) -> Ragged:
        """Concatenates sequences; at least one."""
        offsets = np.zeros(len(sequences) + 1, np.int64)
        np.cumsum([len(sequence) for sequence in sequences], out=offsets[1:])
        return cls(np.concatenate(sequences), offsets)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, index: int) -> np.ndarray:
        """Returns one sequence as a view."""
        return self.values[self.offsets[index] : self.offsets[index + 1]]

    @property
    def lengths(self) -> np.ndarray:
        """Length of each sequence, int64, of shape (sequences,)."""
        return np.diff(self.offsets)

    def take(self, indices: np.ndarray) -> Ragged:
        """Returns a copy of the sequences at `indices`, in that order."""
        lengths = self.lengths[indices]
        offsets = np.zeros(len(lengths) + 1, np.int64)
        np.cumsum(lengths, out=offsets[1:])
        positions = np.arange(offsets[-1]) + np.repeat(self.offsets[:-1][indices] - offsets[:-1], lengths)
        return Ragged(self.values[positions], offsets)

    def padded(self, indices: np.ndarray, pad: float, multiple: int = 1) -> np.ndarray:
        """Returns the sequences at `indices` as one array, padded at their ends.

        Args:
            indices: Positions of the sequences, of shape (chosen,).
            pad: Padding value.
            multiple: The common length is rounded up to a multiple of this, [1, inf).

        Returns:
            Array of shape (chosen, length), or (chosen, length, channels), of the values' type.
        """
        chosen = self.take(indices)
        longest = -(-int(chosen.lengths.max(initial=1)) // multiple) * multiple
        padded = np.full((len(chosen), longest, *self.values.shape[1:]), pad, self.values.dtype)
        padded[np.arange(longest) < chosen.lengths[:, None]] = chosen.values
        return padded


def batches_by_length(lengths: np.ndarray, *, sequences: int, steps: int) -> Iterator[np.ndarray]:
    """Yields batches of positions, sorted by length, so that the sequences of a batch have similar lengths.

    Args:
        lengths: Lengths of the sequences, of shape (sequences,).
        sequences: Maximum number of sequences per batch, [1, inf).
        steps: Maximum number of steps per batch, including padding, unless a single sequence has more, [1, inf).
    """
    order = np.argsort(lengths, kind="stable")
    first = 0
    while first < len(order):
        candidates = order[first : first + sequences]
        padded_steps = lengths[candidates] * np.arange(1, len(candidates) + 1)  # of a batch that ends there
        count = max(int(np.searchsorted(padded_steps, steps, side="right")), 1)
        yield candidates[:count]
        first += count
