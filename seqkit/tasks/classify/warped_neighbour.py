"""Baseline for series: one-nearest-neighbour classification with dynamic time warping in a band."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from seqkit.errors import DataError
from seqkit.files.arrays import stored_array
from seqkit.stats.dynamic_time_warping import nearest_warped
from seqkit.tasks.classify.nearest_neighbour import NearestNeighbour, check_series, standardised, stored_rows

BANDS = (0.0, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2)
"""Candidate bands, as shares of the steps."""

MAX_QUERIES = 100
"""Most training series that choose the band."""

MAX_OPERATIONS = 10_000_000_000
"""Most sums over steps and channels for which the baseline is fitted: about 20 s."""


@dataclass(frozen=True)
class WarpedNeighbour:
    """Predicts the label of the training series with the smallest distance after warping both in time.

    Series are standardised, resampled and stored as by `NearestNeighbour`, whose attributes it takes over. All channels
    are warped together. The band is the smallest of those with the highest leave-one-out accuracy on at most
    `MAX_QUERIES` training series; that accuracy is the probability of the neighbour's label.

    Attributes:
        neighbour: The Euclidean baseline with the training series.
        band: Most steps between two steps that are compared.
    """

    neighbour: NearestNeighbour
    band: int

    @classmethod
    def fit(cls, neighbour: NearestNeighbour) -> "WarpedNeighbour":
        """Chooses the band.

        Args:
            neighbour: The fitted Euclidean baseline.
        """
        series, labels = neighbour.series, neighbour.labels
        steps, rows = series.shape[1], stored_rows(len(series), MAX_QUERIES)
        order = np.concatenate([rows, np.setdiff1d(np.arange(len(series)), rows)])  # the queries come first
        best = (-1, 0)
        for band in sorted({min(int(np.ceil(share * steps)), steps - 1) for share in BANDS}):
            if len(series) < 2:
                break
            found, _ = nearest_warped(series[rows], series[order], band, leave_one_out=True)
            is_same = labels[order[found]] == labels[rows]
            correct = int(is_same.sum() if neighbour.multi_label else is_same.all(axis=1).sum())
            best = max(best, (correct, -band))
        outcomes = len(rows) * (labels.shape[1] if neighbour.multi_label else 1)
        trust = neighbour.mixture_weight(max(best[0], 0), outcomes)
        return cls(replace(neighbour, trust=trust), -best[1])

    def predict(self, series: Sequence[np.ndarray]) -> np.ndarray:
        """Returns the class probabilities, of shape (series, classes); see `NearestNeighbour.predict`."""
        return self.neighbour.probabilities(nearest_warped(self._queries(series), self.neighbour.series, self.band)[0])

    def leave_one_out(self, series: Sequence[np.ndarray]) -> np.ndarray:
        """Returns the class probabilities of the training series, each by the others, of shape (series, classes).

        Args:
            series: All training series.
        """
        stored = self.neighbour.series
        nearest = nearest_warped(self._queries(series), stored, self.band)[0]
        if len(stored) > 1:
            rows = stored_rows(len(series), len(stored))
            nearest[rows] = nearest_warped(stored, stored, self.band, leave_one_out=True)[0]
        return self.neighbour.probabilities(nearest)

    def _queries(self, series: Sequence[np.ndarray]) -> np.ndarray:
        neighbour = self.neighbour
        check_series(series, len(neighbour.mean))
        return standardised(series, neighbour.mean, neighbour.deviation, neighbour.series.shape[1])

    def arrays(self) -> dict[str, np.ndarray]:
        """Returns the fitted baseline as arrays, for `from_arrays`."""
        return {**self.neighbour.arrays(), "band": np.array(self.band, np.int64)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "WarpedNeighbour":
        """Restores a fitted baseline from `arrays`.

        Raises:
            DataError: An array is missing or damaged.
        """
        neighbour, band = NearestNeighbour.from_arrays(arrays), int(stored_array(arrays, "band", np.int64))
        if not 0 <= band < neighbour.series.shape[1]:
            raise DataError(f"The stored baseline is damaged: the band is {band}. Train the run again.")
        return cls(neighbour, band)


def count_operations(train: int, scored: int, steps: int, channels: int) -> int:
    """Returns the most sums over steps and channels that it takes to fit the baseline and to score series.

    Args:
        train: Number of training series.
        scored: Number of series to score.
        steps: Steps of the longest training series.
        channels: Number of channels.
    """
    widths = [2 * int(np.ceil(share * steps)) + 1 for share in BANDS]
    pairs_by_width = sum(widths) * min(train, MAX_QUERIES) + max(widths) * scored // 2
    return train * steps * channels * pairs_by_width
