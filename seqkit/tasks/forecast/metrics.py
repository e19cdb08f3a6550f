"""Scores of forecasts: errors, summed batch by batch; skill; the scale of MASE; a paired test of two forecasts.

NumPy only. Nothing here knows of models, columns by name or files.
"""

import math
from collections.abc import Sequence

import numpy as np


class ForecastErrors:
    """Errors of a forecast, added batch by batch and kept in float64. An error is predicted − true.

    Where there are several targets, what is not by target is the plain mean over them.

    Args:
        scale: One positive number for each target, of shape (targets,), that every error is multiplied by: the
            standard deviations a scaler divided by give errors in original units. Default: errors as they come.
    """

    def __init__(self, scale: np.ndarray | Sequence[float] | None = None) -> None:
        self.scale = None if scale is None else np.asarray(scale, np.float64)
        self._signed = self._absolute = self._squared = np.zeros((0, 0))  # sums over windows, (horizon, targets)
        self._absolute_by_window: list[np.ndarray] = []
        self._squared_by_window: list[np.ndarray] = []

    def add(self, y_true: np.ndarray, predicted: np.ndarray) -> None:
        """Adds a batch, both arrays of shape (windows, horizon, targets).

        Raises:
            ValueError: The shapes differ from each other, from earlier batches or from the scale.
        """
        y_true, predicted = np.asarray(y_true), np.asarray(predicted)
        if y_true.shape != predicted.shape or y_true.ndim != 3:
            raise ValueError(
                "Received invalid shapes for arguments `truth` and `predicted`, expected the same "
                f"(windows, horizon, targets) twice, got {y_true.shape} and {predicted.shape}."
            )
        if not self._absolute_by_window:
            if self.scale is not None and self.scale.shape != y_true.shape[2:]:
                raise ValueError(f"Received {y_true.shape[2]} targets and a scale of shape {self.scale.shape}.")
            self._signed, self._absolute, self._squared = np.zeros((3, *y_true.shape[1:]))
        elif y_true.shape[1:] != self._absolute.shape:
            raise ValueError(f"Received a batch of (horizon, targets) {y_true.shape[1:]} after {self._absolute.shape}.")
        errors = predicted.astype(np.float64) - y_true
        if self.scale is not None:
            errors *= self.scale
        absolute, squared = np.abs(errors), errors**2  # (windows, horizon, targets)
        self._signed += errors.sum(axis=0)
        self._absolute += absolute.sum(axis=0)
        self._squared += squared.sum(axis=0)
        self._absolute_by_window.append(absolute.mean(axis=(1, 2)))
        self._squared_by_window.append(squared.mean(axis=(1, 2)))

    def __len__(self) -> int:
        """The windows added so far."""
        return sum(map(len, self._absolute_by_window))

    @property
    def mae(self) -> float:
        """Mean absolute error."""
        return float(self._mean(self._absolute).mean())

    @property
    def mse(self) -> float:
        """Mean squared error."""
        return float(self._mean(self._squared).mean())

    @property
    def rmse(self) -> float:
        """Root of the mean squared error."""
        return math.sqrt(self.mse)

    @property
    def bias(self) -> float:
        """Mean error; above 0, the forecasts are too high."""
        return float(self._mean(self._signed).mean())

    @property
    def mae_by_target(self) -> np.ndarray:
        """Mean absolute error of each target, of shape (targets,)."""
        return self._mean(self._absolute).mean(axis=0)

    @property
    def mse_by_target(self) -> np.ndarray:
        """Mean squared error of each target, of shape (targets,)."""
        return self._mean(self._squared).mean(axis=0)

    @property
    def rmse_by_target(self) -> np.ndarray:
        """Root of the mean squared error of each target, of shape (targets,)."""
        return np.sqrt(self.mse_by_target)

    @property
    def bias_by_target(self) -> np.ndarray:
        """Mean error of each target, of shape (targets,)."""
        return self._mean(self._signed).mean(axis=0)

    @property
    def mae_by_step(self) -> np.ndarray:
        """Mean absolute error of each step ahead, of shape (horizon,)."""
        return self._mean(self._absolute).mean(axis=1)

    @property
    def mae_by_window(self) -> np.ndarray:
        """Mean absolute error of each window in the order they were added, of shape (windows,)."""
        return np.concatenate([np.empty(0), *self._absolute_by_window])

    @property
    def mse_by_window(self) -> np.ndarray:
        """Mean squared error of each window in the order they were added, of shape (windows,)."""
        return np.concatenate([np.empty(0), *self._squared_by_window])

    def _mean(self, sums: np.ndarray) -> np.ndarray:
        if len(self) == 0:
            raise ValueError("No window was added, so there is no error to take the mean of.")
        return sums / len(self)


def skill(mae: float, reference_mae: float) -> float:
    """Returns 1 − mae / reference_mae: 1 is perfect, 0 as good as the reference, below 0 worse than it.

    NaN where both are 0, −inf where only the reference is.
    """
    if reference_mae == 0:
        return math.nan if mae == 0 else -math.inf
    return 1 - mae / reference_mae


def mase_scale(values: np.ndarray, segments: np.ndarray | Sequence[tuple[int, int]], season: int) -> np.ndarray:
    """Returns what a mean absolute error is divided by to give MASE: that of the seasonal naive forecast.

    R. J. Hyndman and A. B. Koehler, "Another look at measures of forecast accuracy", 2006,
    https://doi.org/10.1016/j.ijforecast.2006.03.001

    Args:
        values: The targets, of shape (rows, targets).
        segments: Training rows [first, end) without a gap, each within one series, of shape (n, 2). No pair of rows
            is taken across two of them.
        season: Rows in a season, at least 1.

    Returns:
        Mean of |value − value a season before| over the segments, of shape (targets,); NaN where no segment is longer
        than a season.
    """
    if season < 1:
        raise ValueError(
            f"Received an invalid value for argument `season`, expected an integer of at least 1, got {season}."
        )
    total, pairs = np.zeros(values.shape[1]), 0
    for first, end in segments:
        rows = values[first:end].astype(np.float64)
        total += np.abs(rows[season:] - rows[:-season]).sum(axis=0)
        pairs += max(len(rows) - season, 0)
    return total / pairs if pairs else np.full(values.shape[1], np.nan)
