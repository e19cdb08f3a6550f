"""Metrics of point forecasts: MAE, MSE, RMSE and bias, the skill score and the scale of MASE.

The module needs NumPy only, and works on arrays: it knows no models, column names or files.
"""

import math
from collections.abc import Sequence

import numpy as np

from seqkit.data.series.ranges import Ranges, as_ranges, rows_of


class ForecastErrors:
    """Errors of a forecast, accumulated batch by batch in float64. An error is predicted − actual.

    An actual value that is NaN is left out: it was not measured. Means are over the values that count; metrics that are
    not by target are unweighted means over the targets.
    """

    def __init__(self) -> None:
        self._signed = self._absolute = self._squared = np.zeros((0, 0))  # sums over windows, (horizon, targets)
        self._counts = np.zeros((0, 0), np.int64)  # actual values, (horizon, targets)
        self._absolute_by_window: list[np.ndarray] = []
        self._squared_by_window: list[np.ndarray] = []

    def add(self, y_true: np.ndarray, predicted: np.ndarray, scale: np.ndarray | Sequence[float] | None = None) -> None:
        """Adds a batch.

        Args:
            y_true: Actual values, of shape (windows, horizon, targets).
            predicted: Forecasts of the same shape.
            scale: Positive factors for the errors, of shape (targets,) or (windows, targets). For instance, standard
                deviations convert errors of scaled values to original units. Default: 1.

        Raises:
            ValueError: The shapes differ from each other, from earlier batches, or from that of the scale.
        """
        y_true, predicted = np.asarray(y_true), np.asarray(predicted)
        if y_true.shape != predicted.shape or y_true.ndim != 3:
            raise ValueError(
                "Received invalid shapes for arguments `y_true` and `predicted`, expected the same "
                f"(windows, horizon, targets) for both, got {y_true.shape} and {predicted.shape}."
            )
        if not self._absolute_by_window:
            self._signed, self._absolute, self._squared = np.zeros((3, *y_true.shape[1:]))
            self._counts = np.zeros(y_true.shape[1:], np.int64)
        elif y_true.shape[1:] != self._absolute.shape:
            raise ValueError(f"Received a batch of (horizon, targets) {y_true.shape[1:]} after {self._absolute.shape}.")
        errors = predicted.astype(np.float64) - y_true
        if scale is not None:
            factors = np.asarray(scale, np.float64)
            if factors.shape not in (y_true.shape[2:], y_true.shape[::2]):
                raise ValueError(f"Received {y_true.shape[2]} targets and a scale of shape {factors.shape}.")
            errors *= factors if factors.ndim == 1 else factors[:, None]
        measured = ~np.isnan(y_true)
        counts = measured.sum(axis=(1, 2))  # (windows,)
        if not counts.all():
            raise ValueError(f"Received no actual value for window {len(self) + int(np.argmin(counts))}: leave it out.")
        errors = np.where(measured, errors, 0.0)
        absolute, squared = np.abs(errors), errors**2  # (windows, horizon, targets)
        self._counts += measured.sum(axis=0)
        self._signed += errors.sum(axis=0)
        self._absolute += absolute.sum(axis=0)
        self._squared += squared.sum(axis=0)
        self._absolute_by_window.append(absolute.sum(axis=(1, 2)) / counts)
        self._squared_by_window.append(squared.sum(axis=(1, 2)) / counts)

    def __len__(self) -> int:
        """Number of windows added so far."""
        return sum(map(len, self._absolute_by_window))

    @property
    def mae(self) -> float:
        """Mean absolute error."""
        return self._mean(self._absolute)

    @property
    def mse(self) -> float:
        """Mean squared error."""
        return self._mean(self._squared)

    @property
    def rmse(self) -> float:
        """Root mean squared error."""
        return math.sqrt(self.mse)

    @property
    def bias(self) -> float:
        """Mean error; positive if the forecasts are too high."""
        return self._mean(self._signed)

    @property
    def mae_by_target(self) -> np.ndarray:
        """Mean absolute error of each target, of shape (targets,); NaN without an actual value."""
        return self._mean_by_target(self._absolute)

    @property
    def mse_by_target(self) -> np.ndarray:
        """Mean squared error of each target, of shape (targets,)."""
        return self._mean_by_target(self._squared)

    @property
    def rmse_by_target(self) -> np.ndarray:
        """Root mean squared error of each target, of shape (targets,)."""
        return np.sqrt(self.mse_by_target)

    @property
    def bias_by_target(self) -> np.ndarray:
        """Mean error of each target, of shape (targets,)."""
        return self._mean_by_target(self._signed)

    @property
    def mae_by_step(self) -> np.ndarray:
        """Mean absolute error of each step ahead, of shape (horizon,); NaN without an actual value."""
        means, known = self._mean_by_cell(self._absolute), self._counts > 0
        return divide(np.where(known, means, 0.0).sum(axis=1), known.sum(axis=1))

    @property
    def mae_by_window(self) -> np.ndarray:
        """Mean absolute error of each window, in the order of addition, of shape (windows,)."""
        return np.concatenate([np.empty(0), *self._absolute_by_window])

    @property
    def mse_by_window(self) -> np.ndarray:
        """Mean squared error of each window, in the order of addition, of shape (windows,)."""
        return np.concatenate([np.empty(0), *self._squared_by_window])

    def _mean(self, sums: np.ndarray) -> float:
        if self._is_complete:
            return float(self._mean_by_cell(sums).mean())
        return float(self._mean_by_target(sums)[self._counts.any(axis=0)].mean())

    def _mean_by_target(self, sums: np.ndarray) -> np.ndarray:
        if self._is_complete:
            means: np.ndarray = self._mean_by_cell(sums).mean(axis=0)
            return means
        return divide(sums.sum(axis=0), self._counts.sum(axis=0))

    def _mean_by_cell(self, sums: np.ndarray) -> np.ndarray:
        """Returns the means over the windows, of shape (horizon, targets)."""
        if len(self) == 0:
            raise ValueError("No window was added, so the mean error is undefined.")
        return divide(sums, self._counts)

    @property
    def _is_complete(self) -> bool:
        return bool((self._counts == len(self)).all())


def divide(sums: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Returns sums / counts, NaN where the count is 0."""
    return np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)


def skill(mae: float, reference_mae: float) -> float:
    """Returns the skill score 1 − mae / reference_mae: 1 is perfect, 0 equals the reference, below 0 is worse.

    NaN if both errors are 0, −inf if only that of the reference is.
    """
    if reference_mae == 0:
        return math.nan if mae == 0 else -math.inf
    return 1 - mae / reference_mae


def mase_scale(values: np.ndarray, segments: Ranges, season: int, measured: np.ndarray | None = None) -> np.ndarray:
    """Returns the denominator of MASE: the mean absolute error of the seasonal naive forecast on the training rows.

    R. J. Hyndman and A. B. Koehler, "Another look at measures of forecast accuracy", 2006,
    https://doi.org/10.1016/j.ijforecast.2006.03.001

    Args:
        values: The targets, of shape (rows, targets).
        segments: Training row ranges [first, end) without a gap, each within one series, of shape (segments, 2).
            Differences are taken within a segment only.
        season: Rows per season, at least 1.
        measured: Whether each value was measured, of shape (rows, targets); None if all were. Differences of other
            values are left out; the value one season earlier may be any.

    Returns:
        Mean of |value − value one season earlier| over the segments, of shape (targets,); NaN if no segment is longer
        than a season.

    Raises:
        ValueError: `season` is less than 1.
    """
    if season < 1:
        raise ValueError(
            f"Received an invalid value for argument `season`, expected an integer of at least 1, got {season}."
        )
    values, ranges = values.astype(np.float64, copy=False), as_ranges(segments)
    firsts, ends = ranges[:, 0] + season, ranges[:, 1]
    firsts, ends = firsts[firsts < ends], ends[firsts < ends]
    if not len(firsts):
        return np.full(values.shape[1], np.nan)
    start, end = int(firsts[0]), int(ends[-1])
    differences = values[start:end] - values[start - season : end - season]
    np.abs(differences, out=differences)
    inside = np.zeros(end - start + 1, np.int8)  # 1 at the first row of a segment, −1 after its last
    np.add.at(inside, firsts - start, 1)
    np.subtract.at(inside, ends - start, 1)
    counted = np.cumsum(inside[:-1], dtype=np.int8).astype(bool)[:, None]
    if measured is not None:
        counted = counted & measured[start:end]
        return divide(np.where(counted, differences, 0).sum(axis=0), counted.sum(axis=0))
    mean: np.ndarray = (differences if counted.all() else differences[counted[:, 0]]).mean(axis=0)
    return mean


def mase_scale_by_series(
    values: np.ndarray, segments: Ranges, starts: np.ndarray, season: int, measured: np.ndarray | None = None
) -> np.ndarray:
    """Returns `mase_scale` of each series on its own, of shape (series, targets); NaN where it is undefined.

    Args:
        values: The targets, of shape (rows, targets).
        segments: As in `mase_scale`, ascending.
        starts: Row offsets of the series, of shape (series + 1,).
        season: Rows per season, at least 1.
        measured: As in `mase_scale`.
    """
    ranges, count = as_ranges(segments), len(starts) - 1
    rows = rows_of(np.stack([ranges[:, 0] + season, ranges[:, 1]], axis=1))
    series = np.searchsorted(starts, rows, side="right") - 1
    differences = np.abs(values[rows] - values[rows - season])
    counted = np.ones(differences.shape, bool) if measured is None else measured[rows]
    sums, pairs = (
        np.stack([np.bincount(series, of, count) for of in by_target.T], axis=1)
        for by_target in (np.where(counted, differences, 0), counted)
    )
    return divide(sums, pairs)
