"""Sequences of unequal length in one array: what texts and whole series are kept as."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Ragged:
    """Sequences laid end to end.

    Attributes:
        values: Token ids of shape (total,), or steps of shape (total, channels).
        offsets: Where each sequence starts, and where the last one ends, int64, of shape (sequences + 1,).
    """

    values: np.ndarray
    offsets: np.ndarray

    @classmethod
    def from_sequences(cls, sequences: Sequence[np.ndarray]) -> Ragged:
        """Returns the sequences laid end to end, in their order; at least one is given."""
        offsets = np.zeros(len(sequences) + 1, np.int64)
        np.cumsum([len(sequence) for sequence in sequences], out=offsets[1:])
        return cls(np.concatenate(sequences), offsets)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, index: int) -> np.ndarray:
        """Returns one sequence, a view."""
        return self.values[self.offsets[index] : self.offsets[index + 1]]

    @property
    def lengths(self) -> np.ndarray:
        """Length of each sequence, int64, of shape (sequences,)."""
        return np.diff(self.offsets)

    def take(self, indices: np.ndarray) -> Ragged:
        """Returns the chosen sequences, in the order of `indices`, as a copy."""
        lengths = self.lengths[indices]
        offsets = np.zeros(len(lengths) + 1, np.int64)
        np.cumsum(lengths, out=offsets[1:])
        positions = np.arange(offsets[-1]) + np.repeat(self.offsets[:-1][indices] - offsets[:-1], lengths)
        return Ragged(self.values[positions], offsets)

    def padded(self, indices: np.ndarray, pad: float, multiple: int = 1) -> np.ndarray:
        """Returns the chosen sequences side by side, filled up at their ends.

        Args:
            indices: Which, of shape (chosen,).
            pad: What stands where a sequence has ended.
            multiple: The common length is rounded up to a multiple of this, [1, inf).

        Returns:
            Array of shape (chosen, length), or (chosen, length, channels), of the values' type.
        """
        chosen = self.take(indices)
        longest = -(-int(chosen.lengths.max(initial=1)) // multiple) * multiple
        side_by_side = np.full((len(chosen), longest, *self.values.shape[1:]), pad, self.values.dtype)
        side_by_side[np.arange(longest) < chosen.lengths[:, None]] = chosen.values
        return side_by_side


def batches_by_length(lengths: np.ndarray, *, sequences: int, steps: int) -> Iterator[np.ndarray]:
    """Yields the positions of all sequences, short ones first, so that those of a batch are of about one length.

    Args:
        lengths: Of the sequences, of shape (sequences,).
        sequences: To a batch at most, [1, inf).
        steps: To a batch at most, padding included, unless one sequence alone has more, [1, inf).
    """
    order = np.argsort(lengths, kind="stable")
    first = 0
    while first < len(order):
        ahead = order[first : first + sequences]
        filled = lengths[ahead] * np.arange(1, len(ahead) + 1)  # steps if the batch ended there
        count = max(int(np.searchsorted(filled, steps, side="right")), 1)
        yield ahead[:count]
        first += count
