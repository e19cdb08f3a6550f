"""Scores prediction intervals: coverage, width, interval score and continuous ranked probability score."""

from typing import Any

import numpy as np

from seqkit.stats.conformal import pinball_loss, winkler_score
from seqkit.tasks.forecast.intervals import Intervals, Scales
from seqkit.tasks.forecast.metrics import divide

SCORED_LEVELS = (80, 95)
"""Levels of the intervals that are scored."""

CRPS_LEVELS = tuple(range(10, 100, 10))
"""Levels whose bounds, with the forecast itself as median, are the quantiles of 5, 10, … 95 %."""


class IntervalErrors:
    """Scores of the intervals of one model, accumulated batch by batch; actual values that are NaN are left out."""

    def __init__(self, intervals: Intervals) -> None:
        self._intervals = intervals
        self.levels = [level for level in SCORED_LEVELS if level <= len(intervals.bounds)]
        shape = intervals.bounds.shape[2:]
        self._counts = np.zeros(shape)
        self._sums = {level: np.zeros((3, *shape)) for level in self.levels}  # covered, width, interval score
        self._pinball = np.zeros(shape)

    def add(
        self,
        y_true: np.ndarray,
        forecasts: np.ndarray,
        scales: Scales,
        factor: np.ndarray,
        quantiles: np.ndarray | None = None,
    ) -> None:
        """Adds a batch.

        Args:
            y_true: Actual values, of shape (windows, horizon, targets).
            forecasts: Forecasts, of the same shape.
            scales: From `scales_of` for the windows.
            factor: Factor to the unit of the scores, of shape (windows, targets).
            quantiles: Quantiles of the model, if it gives some.
        """
        measured, factor = ~np.isnan(y_true), factor[:, None]
        self._counts += measured.sum(axis=0)

        def total(values: np.ndarray) -> np.ndarray:
            sums: np.ndarray = np.where(measured, values, 0).sum(axis=0)
            return sums

        for level in self.levels:
            lower, upper = self._intervals.around(forecasts, scales, level, quantiles)
            self._sums[level][0] += total((y_true >= lower) & (y_true <= upper))
            self._sums[level][1] += total((upper - lower) * factor)
            self._sums[level][2] += total(winkler_score(y_true, lower, upper, level / 100) * factor)
        if self.has_crps:
            self._pinball += total(pinball_loss(y_true, forecasts, 0.5) * factor)
            for level in CRPS_LEVELS:
                tail = (1 - level / 100) / 2
                lower, upper = self._intervals.around(forecasts, scales, level, quantiles)
                self._pinball += total(pinball_loss(y_true, lower, tail) * factor)
                self._pinball += total(pinball_loss(y_true, upper, 1 - tail) * factor)

    @property
    def has_crps(self) -> bool:
        """Whether all levels are there that the score needs."""
        return CRPS_LEVELS[-1] <= len(self._intervals.bounds)

    def summary(self) -> dict[str, Any]:
        """Returns the scores as JSON content, by level; `crps` is twice the mean quantile loss."""
        by_level = {}
        for level, (covered, width, score) in self._sums.items():
            by_level[str(level)] = {
                "coverage": self._mean(covered),
                "width": self._mean(width),
                "winkler": self._mean(score),
                "coverage_by_step": divide(covered.sum(axis=1), self._counts.sum(axis=1)).tolist(),
            }
        quantiles = 2 * len(CRPS_LEVELS) + 1
        return {"levels": by_level, "crps": 2 * self._mean(self._pinball) / quantiles if self.has_crps else None}

    def _mean(self, sums: np.ndarray) -> float:
        """Returns the mean over all values of each target, averaged over the targets."""
        by_target = divide(sums.sum(axis=0), self._counts.sum(axis=0))
        return float(np.nanmean(by_target))
