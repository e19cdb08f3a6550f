"""Partly pooled ridge regression: forecasts each series of a panel from its own past, with weights mostly its own.

Series are on a log scale, divided by the mean change over a season; the features are the differences of a window from
its last value. Forecasts of windows of several lengths are averaged, as logarithms. Pooling is chosen on validation.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.partial_pooling import Moments, solve_pooled
from seqkit.errors import DataError

PENALTY = 1e-2

MIN_CHANGE = 1e-4
"""Added to the mean change over a season, of logarithms, so that a constant series stays finite."""

MAX_GROWTH = 1.5
"""Largest forecast, in relation to the largest value of the series: an unstable recurrence stays finite."""


@dataclass(frozen=True)
class PooledRidge:
    """Settings of the regression.

    Attributes:
        horizon: Steps to forecast.
        season: Rows per season.
        windows: Lengths of the windows whose forecasts are averaged.
        pooling: Weight of all series relative to a series' own rows; see `solve_pooled`.
    """

    horizon: int
    season: int
    windows: tuple[int, ...]
    pooling: float

    def forecast(self, series: Sequence[np.ndarray]) -> np.ndarray:
        """Returns forecasts after the end of each series, of shape (series, horizon).

        Args:
            series: Positive values of each series; each has a row more than window and horizon span, at least.

        Raises:
            DataError: A value is not positive, or a series is too short.
        """
        shortest = max(self.windows) + self.horizon + 1
        for number, values in enumerate(series):
            if not (values > 0).all():
                raise DataError(f"Series {number} has a value that is not positive, and no logarithm. Leave it out.")
            if len(values) < shortest:
                raise DataError(f"Series {number} has {len(values)} rows, expected {shortest}. Shorten the windows.")
        logs = [np.log(values) for values in series]
        scales = [np.mean(np.abs(log[self.season :] - log[: -self.season])) + MIN_CHANGE for log in logs]
        scaled = [log / scale for log, scale in zip(logs, scales, strict=True)]
        changes = np.mean([list(self._changes(scaled, window)) for window in self.windows], axis=0)
        forecasts = [log[-1] + change * scale for log, change, scale in zip(logs, changes, scales, strict=True)]
        largest = [log.max() + np.log(MAX_GROWTH) for log in logs]
        return np.stack([np.exp(np.minimum(log, most)) for log, most in zip(forecasts, largest, strict=True)])

    def _changes(self, series: Sequence[np.ndarray], window: int) -> Iterator[np.ndarray]:
        """Yields the change of each series after its end, of shape (horizon,), from windows of one length."""
        moments = []
        for values in series:
            rows = np.lib.stride_tricks.sliding_window_view(values, window + self.horizon)
            last = rows[:, window - 1 : window]
            moments.append(Moments.of(rows[:, : window - 1] - last, rows[:, window:] - last))
        for values, (coefficients, intercept) in zip(series, solve_pooled(moments, self.pooling, PENALTY), strict=True):
            yield (values[-window:-1] - values[-1]) @ coefficients + intercept
