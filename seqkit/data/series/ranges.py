"""Row ranges [first, end): their overlaps and the rows they contain. Work grows with rows, not with pairs of ranges."""

from collections.abc import Sequence

import numpy as np

Ranges = Sequence[tuple[int, int]] | np.ndarray
"""Row ranges [first, end), ascending and disjoint, of shape (ranges, 2); ranges may be empty."""


def as_ranges(ranges: Ranges) -> np.ndarray:
    """Returns ranges as an int64 array of shape (ranges, 2)."""
    return np.asarray(ranges, np.int64).reshape(-1, 2)


def overlaps(ranges: Ranges, others: Ranges) -> tuple[np.ndarray, np.ndarray]:
    """Returns the positions of every pair of ranges that have a row in common, in order of their rows.

    Args:
        ranges: Ranges, ascending and disjoint.
        others: Other ranges, ascending and disjoint.

    Returns:
        Positions in `ranges` and in `others`, both of shape (pairs,).
    """
    ranges, others = as_ranges(ranges), as_ranges(others)
    first = np.searchsorted(others[:, 1], ranges[:, 0], side="right")
    end = np.searchsorted(others[:, 0], ranges[:, 1], side="left")
    counts = np.maximum(end - first, 0)
    left = np.repeat(np.arange(len(ranges)), counts)
    right = count_up(first, counts)
    common = np.maximum(ranges[left, 0], others[right, 0]) < np.minimum(ranges[left, 1], others[right, 1])
    return left[common], right[common]


def intersections(ranges: Ranges, others: Ranges) -> np.ndarray:
    """Returns the rows that are in both lists of ranges, as ranges of shape (ranges, 2); see `overlaps`."""
    ranges, others = as_ranges(ranges), as_ranges(others)
    left, right = overlaps(ranges, others)
    firsts = np.maximum(ranges[left, 0], others[right, 0])
    return np.stack([firsts, np.minimum(ranges[left, 1], others[right, 1])], axis=1)


def rows_of(ranges: Ranges) -> np.ndarray:
    """Returns the rows of all ranges, of shape (rows,)."""
    ranges = as_ranges(ranges)
    return count_up(ranges[:, 0], np.maximum(ranges[:, 1] - ranges[:, 0], 0))


def count_up(first: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Returns `counts[i]` consecutive numbers from `first[i]` on, for each i, concatenated."""
    before = np.cumsum(counts) - counts
    return np.repeat(first - before, counts) + np.arange(counts.sum())
