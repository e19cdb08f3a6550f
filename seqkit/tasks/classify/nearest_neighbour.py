"""Baseline for series: one-nearest-neighbour classification with the Euclidean distance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from seqkit.errors import DataError
from seqkit.files.arrays import stored_array

MAX_NUMBERS = 1 << 24
"""Maximum number of stored values of training series: 64 MiB."""

MAX_DISTANCES = 1 << 23
"""Maximum number of distances in memory at a time."""


@dataclass(frozen=True)
class NearestNeighbour:
    """Predicts the label of the training series with the smallest Euclidean distance, the earliest one of equals.

    Each channel is standardised by its mean and standard deviation over all steps of the training series, so that
    channels have equal weight and the level of a series still counts. A series of another length is resampled to the
    length of the longest training series by linear interpolation.

    A single neighbour gives no confidence. The probabilities are therefore a mixture of its label and the uniform
    distribution, with the probability of its label set to the leave-one-out accuracy on the training series,
    (correct + 1) / (series + 2), but always above that of any other class. With several labels, each class is treated
    on its own, and the accuracy is over all pairs of series and class.

    The usual baseline of the field: A. Bagnall, J. Lines, A. Bostrom, J. Large and E. Keogh, "The great time series
    classification bake off", 2017, https://doi.org/10.1007/s10618-016-0483-9

    Attributes:
        mean: Mean of each channel in training, of shape (channels,).
        deviation: Standard deviation of each channel in training, 1 if it is constant, of shape (channels,).
        series: Standardised training series, float32, of shape (stored, steps, channels); evenly spaced ones if all
            would exceed `MAX_NUMBERS` values.
        labels: Whether each series has each label, of shape (stored, classes).
        multi_label: Whether a series may have several labels.
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
        """Stores the training series and computes their leave-one-out accuracy.

        Args:
            series: Training series, at least one, each of shape (steps, channels) with at least one step.
            y_true: Class indices of shape (series,), or booleans of shape (series, classes).
            classes: Number of classes.

        Raises:
            DataError: Series differ in their channels, or one is empty or contains a value that is not finite.
        """
        check_series(series, np.asarray(series[0]).shape[-1])
        all_steps = np.concatenate([np.asarray(values, np.float64) for values in series])
        mean, deviation = all_steps.mean(axis=0), all_steps.std(axis=0)
        deviation = np.where(deviation > 1e-12 * np.abs(mean), deviation, 1.0)  # below that, it is rounding error
        steps = max(map(len, series))
        max_series = max(1, MAX_NUMBERS // (steps * len(mean)))
        rows = stored_rows(len(series), max_series)
        scaled = standardised([series[i] for i in rows], mean, deviation, steps)
        labels = (np.eye(classes, dtype=bool)[y_true] if y_true.ndim == 1 else y_true.astype(bool))[rows]

        multi_label = y_true.ndim == 2
        neighbours = labels[_nearest(scaled, scaled, leave_one_out=True)] if len(rows) > 1 else ~labels
        correct = neighbours == labels if multi_label else (neighbours & labels).any(axis=1)
        fitted = cls(mean, deviation, scaled, labels, multi_label, 0.5)
        return replace(fitted, trust=fitted.mixture_weight(int(correct.sum()), correct.size))

    def mixture_weight(self, correct: int, outcomes: int) -> float:
        """Returns the weight of the neighbour's label from how many of the leave-one-out outcomes were correct."""
        chance = 1 / (2 if self.multi_label else self.labels.shape[1])
        accuracy = (correct + 1) / (outcomes + 2)
        return float(np.clip((accuracy - chance) / (1 - chance), 0.01, 0.999999))

    def probabilities(self, nearest: np.ndarray) -> np.ndarray:
        """Returns the class probabilities (series, classes) of series from the positions of their neighbours."""
        uniform = 0.5 if self.multi_label else 1 / self.labels.shape[1]
        return self.trust * self.labels[nearest] + (1 - self.trust) * uniform

    def predict(self, series: Sequence[np.ndarray]) -> np.ndarray:
        """Returns the class probabilities, of shape (series, classes).

        Args:
            series: Series of shape (steps, channels), each with at least one step.

        Raises:
            DataError: A series has another number of channels than in training, is empty or contains a value that is
                not finite.
        """
        check_series(series, len(self.mean))
        queries = standardised(series, self.mean, self.deviation, self.series.shape[1])
        return self.probabilities(_nearest(queries, self.series))

    def leave_one_out(self, series: Sequence[np.ndarray]) -> np.ndarray:
        """Returns the class probabilities of the training series, each by the others, of shape (series, classes).

        Args:
            series: All training series, as in `fit`.
        """
        check_series(series, len(self.mean))
        queries = standardised(series, self.mean, self.deviation, self.series.shape[1])
        nearest = _nearest(queries, self.series)
        rows = stored_rows(len(series), len(self.series))
        if len(rows) > 1:
            nearest[rows] = _nearest(self.series, self.series, leave_one_out=True)
        return self.probabilities(nearest)

    def arrays(self) -> dict[str, np.ndarray]:
        """Returns the fitted baseline as arrays, for `from_arrays`."""
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
        """Restores a fitted baseline from `arrays`.

        Raises:
            DataError: An array is missing or damaged.
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


def stored_rows(count: int, most: int) -> np.ndarray:
    """Returns the positions of at most `most` of `count` series, evenly spaced."""
    return np.unique(np.linspace(0, count - 1, min(most, count)).astype(np.int64))


def check_series(series: Sequence[np.ndarray], channels: int) -> None:
    """Raises DataError for a series with other channels, without a step, or with a value that is not finite."""
    for number, values in enumerate(series, start=1):
        if np.ndim(values) != 2 or values.shape[1] != channels:
            raise DataError(f"Series {number} has the shape {np.shape(values)}, expected (steps, {channels}).")
        if not len(values) or not np.isfinite(values).all():
            raise DataError(f"Series {number} is empty or contains a value that is not finite. Fix it or leave it out.")


def standardised(series: Sequence[np.ndarray], mean: np.ndarray, deviation: np.ndarray, steps: int) -> np.ndarray:
    """Standardises series and resamples them to one length, float32, of shape (series, steps, channels)."""
    standardised = np.empty((len(series), steps, len(mean)), np.float32)
    for i, values in enumerate(series):
        scaled = (np.asarray(values, np.float64) - mean) / deviation
        if len(values) != steps:
            positions, indices = np.linspace(0, len(values) - 1, steps), np.arange(len(values))
            scaled = np.stack([np.interp(positions, indices, channel) for channel in scaled.T], axis=1)
        standardised[i] = scaled
    return standardised


def _nearest(queries: np.ndarray, series: np.ndarray, *, leave_one_out: bool = False) -> np.ndarray:
    """Returns the index of the series nearest to each query, of shape (queries,).

    Args:
        queries: Of shape (queries, steps, channels).
        series: Of shape (series, steps, channels).
        leave_one_out: Whether `queries` are the series themselves, each of which then ignores itself.
    """
    flat = series.reshape(len(series), -1)  # (series, steps * channels)
    squares = np.einsum("nd,nd->n", flat, flat, dtype=np.float64)
    batch_size = max(1, MAX_DISTANCES // len(flat))
    nearest = np.empty(len(queries), np.int64)
    for first in range(0, len(queries), batch_size):
        batch = queries[first : first + batch_size].reshape(-1, flat.shape[1])
        with np.errstate(over="ignore", invalid="ignore"):  # far outliers overflow
            distances = squares - 2 * (batch @ flat.T)  # the query's own square is the same for all series
        if leave_one_out:
            rows = np.arange(len(batch))
            distances[rows, first + rows] = np.inf
        nearest[first : first + batch_size] = distances.argmin(axis=1)
    return nearest
