"""Errors of a forecast of several series, each scaled by its own season's error, so that none counts by its level."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from seqkit.tasks.forecast.metrics import divide

MAX_WORST = 10
"""Most series that a summary names; `errors.csv` has the errors of all."""

QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
"""Quantiles of the series' MASE in a summary."""


class SeriesErrors:
    """Absolute errors by series, accumulated batch by batch. An actual value that is NaN is left out.

    MASE of a series is its mean absolute error divided by the error of the seasonal naive forecast on its training
    rows, averaged over the targets for which that is defined.

    Args:
        season_error: Mean absolute error of the seasonal naive forecast on the training rows of each series, of shape
            (series, targets); NaN where it is undefined.
        deviation: Standard deviation of each target of each series, of shape (series, targets); NaN for a series that
            `scaled_mae` leaves out.
    """

    def __init__(self, season_error: np.ndarray, deviation: np.ndarray) -> None:
        self.season_error, self.deviation = season_error, deviation
        self._sums = np.zeros(season_error.shape)
        self._counts = np.zeros(season_error.shape, np.int64)
        self._windows = np.zeros(len(season_error), np.int64)
        self._by_window: list[np.ndarray] = []
        self._step_sums = self._step_counts = np.zeros(0)  # of scaled errors, (horizon,)

    def add(self, series: np.ndarray, y_true: np.ndarray, predicted: np.ndarray) -> None:
        """Adds a batch.

        Args:
            series: Number of the series of each window, of shape (windows,).
            y_true: Actual values, of shape (windows, horizon, targets).
            predicted: Forecasts, of the same shape.
        """
        measured = ~np.isnan(y_true)
        errors = np.where(measured, np.abs(predicted.astype(np.float64) - y_true), 0.0)
        sums, counts = errors.sum(axis=1), measured.sum(axis=1)  # (windows, targets)
        np.add.at(self._sums, series, sums)
        np.add.at(self._counts, series, counts)
        np.add.at(self._windows, series, 1)
        scaled = errors / self.season_error[series][:, None]  # (windows, horizon, targets)
        known = measured & ~np.isnan(scaled)
        if not len(self._step_sums):
            self._step_sums, self._step_counts = np.zeros((2, y_true.shape[1]))
        self._step_sums = self._step_sums + np.where(known, scaled, 0.0).sum(axis=(0, 2))
        self._step_counts = self._step_counts + known.sum(axis=(0, 2))
        self._by_window.append(_mean(divide(sums, counts) / self.season_error[series]))

    @property
    def mase_by_series(self) -> np.ndarray:
        """MASE of each series, of shape (series,); NaN where it is undefined or no window was added."""
        return _mean(divide(self._sums, self._counts) / self.season_error)

    @property
    def mase(self) -> float:
        """Mean of `mase_by_series` over the series that have one; NaN if none has."""
        return float(_mean(self.mase_by_series[None])[0])

    @property
    def mase_by_window(self) -> np.ndarray:
        """Mean scaled error of each window, in the order of addition, of shape (windows,); NaN where undefined."""
        return np.concatenate([np.empty(0), *self._by_window])

    @property
    def mase_by_step(self) -> np.ndarray:
        """Mean scaled error of each step ahead over all windows, of shape (horizon,); NaN where undefined."""
        return divide(self._step_sums, self._step_counts)

    @property
    def scaled_mae(self) -> float:
        """Mean absolute error over all values, each in standard deviations of its series; NaN without any."""
        known = ~np.isnan(self.deviation)
        scaled = np.where(known, self._sums / self.deviation, 0.0).sum()
        return float(divide(np.array(scaled), self._counts[known].sum()))

    @property
    def windows(self) -> np.ndarray:
        """Number of windows of each series, of shape (series,)."""
        return self._windows


def _mean(values: np.ndarray) -> np.ndarray:
    """Returns the mean over the last axis of the values that are not NaN; NaN if all are."""
    known = ~np.isnan(values)
    return divide(np.where(known, values, 0.0).sum(axis=-1), known.sum(axis=-1))


def summarise_series(errors: Mapping[str, SeriesErrors], ids: Sequence[str]) -> dict[str, Any]:
    """Returns the scores of single series as JSON content: how MASE is distributed, and the worst series.

    Args:
        errors: Errors of each model by name, the model of the run first.
        ids: Names of the series.

    Returns:
        Number of series `scored`, and of those `without_mase`; `quantiles` of the model's MASE; in how many series it
        has a lower MASE than each other model, `better_than`; and the `worst` ones with the MASE of each model.
    """
    model, *others = errors
    mase = {name: each.mase_by_series for name, each in errors.items()}
    known = ~np.isnan(mase[model])
    scored = errors[model].windows > 0
    worst = np.flatnonzero(known)[np.argsort(-mase[model][known], kind="stable")][:MAX_WORST]
    quantiles = np.quantile(mase[model][known], QUANTILES).tolist() if known.any() else [None] * len(QUANTILES)
    return {
        "scored": int(scored.sum()),
        "without_mase": int((scored & ~known).sum()),
        "quantiles": dict(zip(map(str, QUANTILES), quantiles, strict=True)),
        "better_than": {name: int((mase[model][known] < mase[name][known]).sum()) for name in others},
        "worst": [
            {"series": ids[s], "windows": int(errors[model].windows[s])}
            | {"mase": {name: float(mase[name][s]) for name in mase}}
            for s in worst
        ],
    }
