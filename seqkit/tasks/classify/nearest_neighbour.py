"""The nearest training series: what a model that labels series has to beat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from seqkit.errors import DataError
from seqkit.files.arrays import stored_array

MAX_NUMBERS = 1 << 24
"""So many numbers of training series are kept at most: 64 MiB."""

DISTANCES_AT_A_TIME = 1 << 23


@dataclass(frozen=True)
class NearestNeighbour:
    """The label of the training series with the least Euclidean distance, the earliest where several are as near.

    Each channel is first shifted and scaled by its mean and standard deviation over all steps of the training series:
    one number each, so that no channel outweighs another and the level of a series still counts. A series of another
    length is stretched or shortened to that of the longest in training, by linear interpolation between its steps.

    One neighbour says nothing of how sure it is. So the probabilities are a mixture of its label and of evenly spread
    ones, such that its class has the accuracy that the training series have among themselves, each labelled by the
    nearest other one: (right + 1) / (series + 2), and always more than any other class. Of several labels each is taken
    by itself, and the accuracy is that over all pairs of series and class.

    A. Bagnall, J. Lines, A. Bostrom, J. Large and E. Keogh, "The great time series classification bake off", 2017,
    https://doi.org/10.1007/s10618-016-0483-9, have it beside everything else.

    Attributes:
        mean: Of each channel in training, of shape (channels,).
        deviation: Of each channel in training, 1 where it never varies, of shape (channels,).
        series: Training series, scaled, float32, of shape (kept, steps, channels); an even choice of them where all
            would be more than `MAX_NUMBERS`.
        labels: Whether each carries each class, of shape (kept, classes).
        multi_label: Whether a series may carry several labels.
        trust: Weight of the neighbour's label in the mixture, (0, 1).
    """

    mean: np.ndarray
    deviation: np.ndarray
    series: np.ndarray
    labels: np.ndarray
    multi_label: bool
    trust: float

    @classmethod
    def fit(cls, series: Sequence[np.ndarray], y_true: np.ndarray, classes: int) -> "NearestNeighbour":
        """Returns what remembers the training series.

        Args:
            series: Of training, at least one, each of shape (steps, channels) and with one step at least.
            y_true: Class index of each, of shape (series,), or yes or no, of shape (series, classes).
            classes: How many there are.

        Raises:
            DataError: Series differ in their channels, or one is empty or holds a number that is not finite.
        """
        _check(series, np.asarray(series[0]).shape[-1])
        together = np.concatenate([np.asarray(each, np.float64) for each in series])
        mean, deviation = together.mean(axis=0), together.std(axis=0)
        deviation = np.where(deviation > 1e-12 * np.abs(mean), deviation, 1.0)  # else it varies by rounding alone
        steps = max(map(len, series))
        most = max(1, MAX_NUMBERS // (steps * len(mean)))
        kept = np.unique(np.linspace(0, len(series) - 1, min(most, len(series))).astype(np.int64))
        scaled = _aligned([series[i] for i in kept], mean, deviation, steps)
        labels = (np.eye(classes, dtype=bool)[y_true] if y_true.ndim == 1 else y_true.astype(bool))[kept]

        multi_label = y_true.ndim == 2
        others = labels[_nearest(scaled, scaled, others=True)] if len(kept) > 1 else ~labels
        right = others == labels if multi_label else (others & labels).any(axis=1)
        accuracy, chance = (right.sum() + 1) / (right.size + 2), 1 / (2 if multi_label else classes)
        trust = float(np.clip((accuracy - chance) / (1 - chance), 0.01, 0.999999))
        return cls(mean, deviation, scaled, labels, multi_label, trust)

    def predict(self, series: Sequence[np.ndarray]) -> np.ndarray:
        """Returns the probability of each class, of shape (series, classes).

        Args:
            series: Each of shape (steps, channels), of any length from one step on.

        Raises:
            DataError: A series has other channels than those of training, is empty or holds a number that is not
                finite.
        """
        _check(series, len(self.mean))
        queries = _aligned(series, self.mean, self.deviation, self.series.shape[1])
        even = 0.5 if self.multi_label else 1 / self.labels.shape[1]
        return self.trust * self.labels[_nearest(queries, self.series)] + (1 - self.trust) * even

    def arrays(self) -> dict[str, np.ndarray]:
        """Returns all that `from_arrays` needs, as plain arrays."""
        return {
            "mean": self.mean,
            "deviation": self.deviation,
            "series": self.series,
            "labels": self.labels,
            "several": np.array(self.multi_label),
            "trust": np.array(self.trust),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "NearestNeighbour":
        """Returns what `arrays` came from.

        Raises:
            DataError: They are missing or damaged.
        """
        series = stored_array(arrays, "series", np.floating, None, None, None)
        deviation = stored_array(arrays, "deviation", np.floating, series.shape[2])
        labels = stored_array(arrays, "labels", np.bool_, len(series), None)
        trust = float(stored_array(arrays, "trust", np.floating))
        if 0 in series.shape or 0 in labels.shape or not (deviation > 0).all() or not 0 < trust < 1:
            raise DataError("The stored baseline is damaged: it is empty or out of range. Train the run again.")
        return cls(
            mean=stored_array(arrays, "mean", np.floating, series.shape[2]),
            deviation=deviation,
            series=series,
            labels=labels,
            multi_label=bool(stored_array(arrays, "several", np.bool_)),
            trust=trust,
        )


def _check(series: Sequence[np.ndarray], channels: int) -> None:
    for number, each in enumerate(series, start=1):
        if np.ndim(each) != 2 or each.shape[1] != channels:
            raise DataError(f"Series {number} has the shape {np.shape(each)}, expected (steps, {channels}).")
        if not len(each) or not np.isfinite(each).all():
            raise DataError(
                f"Series {number} is empty or holds a value that is not a finite number. Mend it or leave it out."
            )


def _aligned(series: Sequence[np.ndarray], mean: np.ndarray, deviation: np.ndarray, steps: int) -> np.ndarray:
    """Returns the series scaled and of one length, float32, of shape (series, steps, channels)."""
    aligned = np.empty((len(series), steps, len(mean)), np.float32)
    for i, each in enumerate(series):
        scaled = (np.asarray(each, np.float64) - mean) / deviation
        if len(each) != steps:
            places, known = np.linspace(0, len(each) - 1, steps), np.arange(len(each))
            scaled = np.stack([np.interp(places, known, channel) for channel in scaled.T], axis=1)
        aligned[i] = scaled
    return aligned


def _nearest(queries: np.ndarray, series: np.ndarray, *, others: bool = False) -> np.ndarray:
    """Returns which series is nearest to each query, of shape (queries,); `others`: the query itself left out."""
    known = series.reshape(len(series), -1)
    squares = np.einsum("nd,nd->n", known, known, dtype=np.float64)
    at_a_time = max(1, DISTANCES_AT_A_TIME // len(known))
    nearest = np.empty(len(queries), np.int64)
    for first in range(0, len(queries), at_a_time):
        part = queries[first : first + at_a_time].reshape(-1, known.shape[1])
        with np.errstate(over="ignore", invalid="ignore"):  # from so far away that all are alike
            distances = squares - 2 * (part @ known.T)  # less the query's own square, which is the same for all
        if others:
            own = np.arange(len(part))
            distances[own, first + own] = np.inf
        nearest[first : first + at_a_time] = distances.argmin(axis=1)
    return nearest
