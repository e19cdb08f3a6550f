"""Labels of rows by a model and its baselines, with a paired bootstrap by recording or by block of time."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from seqkit.stats.bootstrap import paired_bootstrap
from seqkit.tasks.tag.metrics import f1
from seqkit.tasks.tag.series.metrics import counts_by_item, segments_of, summary

MIN_ITEMS = 5
"""Recordings, or blocks of time, from which a paired test is possible."""

SEGMENTS_PER_BLOCK, MAX_BLOCKS = 5, 40
"""Segments of mean length that a block of time has, and maximum number of blocks."""


@dataclass(frozen=True)
class SeriesScores:
    """Labels by the model and by the baselines on one part of the data.

    Attributes:
        rows: Rows of the table that have a label, of shape (rows,).
        stretches: Number of the stretch of each, of shape (rows,).
        items: Number of the recording or block of time of each, for the paired test, of shape (rows,).
        item: What an item is called.
        true: Their true labels, positions in `names`.
        labels: Labels by name of the model, the run's own first; each of shape (rows,).
        probabilities: Probability of the run's own labels, of shape (rows,).
        names: The labels.
    """

    rows: np.ndarray
    stretches: np.ndarray
    items: np.ndarray
    item: str
    true: np.ndarray
    labels: dict[str, np.ndarray]
    probabilities: np.ndarray
    names: tuple[str, ...]

    def counts(self, name: str) -> np.ndarray:
        """Returns counts of each item by a model; see `counts_by_item`."""
        return counts_by_item(self.true, self.labels[name], self.stretches, self.items)

    def summary(self) -> dict[str, Any]:
        """Returns the scores as JSON: one entry for each model, the run's own first."""
        rows: list[dict[str, Any]] = []
        own = self.counts(next(iter(self.labels)))
        for name, labels in self.labels.items():
            row: dict[str, Any] = {"name": name, **summary(self.true, labels, self.stretches, self.names)}
            if rows:
                row["against_model"] = compare_counts(own, self.counts(name), self.item)
            rows.append(row)
        first = rows[0]
        counts = {"rows": first["rows"], "segments": first["segments"], "items": len(own), "item": self.item}
        return {"task": "tag", "kind": "series", **counts, "models": rows}


def compare_counts(counts: np.ndarray, other: np.ndarray, item: str) -> dict[str, Any]:
    """Returns the `difference` of F1@50 on the same items, its 95 % interval and `p_value`.

    Interval and p-value are None where there are too few items, and a `reason` says so.

    Args:
        counts: Correct, predicted and true segments of each item by one model first, of shape (items, 3 or more).
        other: The same by the other model.
        item: What an item is called.
    """
    counts, other = counts[:, :3], other[:, :3]
    if len(counts) < MIN_ITEMS:
        difference = float(f1(counts.sum(axis=0)) - f1(other.sum(axis=0)))
        are = "s are" if len(counts) != 1 else " is"
        reason = f"{len(counts)} {item}{are} too few; at least {MIN_ITEMS} are needed"
        return {"difference": difference, "low": None, "high": None, "p_value": None, "reason": reason}
    test = paired_bootstrap(counts, other, f1)
    return {"difference": test.difference, "low": test.low, "high": test.high, "p_value": test.p_value}


def items_of(recordings: np.ndarray, y_true: np.ndarray, stretches: np.ndarray) -> tuple[np.ndarray, str]:
    """Returns the number of the item of each row for the paired test, and what it is called.

    With at least `MIN_ITEMS` recordings, these are the items. Otherwise each recording is cut into blocks of equal
    length, long enough for some segments, because neighbouring rows and segments depend on each other.

    Args:
        recordings: Number of the recording of each row, ascending, of shape (rows,).
        y_true: True label of each row.
        stretches: Number of the stretch of each row.
    """
    distinct, number = np.unique(recordings, return_inverse=True)
    if len(distinct) >= MIN_ITEMS:
        return number, "recording"
    segments = segments_of(y_true, stretches)
    length = SEGMENTS_PER_BLOCK * len(y_true) / len(segments)
    blocks = np.zeros(len(y_true), np.int64)
    before = 0
    for code in range(len(distinct)):
        rows = np.flatnonzero(number == code)
        share = MAX_BLOCKS * len(rows) / len(y_true)
        count = max(1, min(int(len(rows) / length), int(share)))
        blocks[rows] = before + np.arange(len(rows)) * count // len(rows)
        before += count
    return blocks, "block"
