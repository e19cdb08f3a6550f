"""Scores the forecasts of a run and of the baselines, with a paired test of each difference.

The forecasts come from the run's ONNX model, so the module needs neither Keras nor TensorFlow.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from seqkit.data.series.table import Table
from seqkit.data.series.windows import Windows
from seqkit.tasks.forecast import prepare as forecast
from seqkit.tasks.forecast.baselines import LastValue, SeasonalNaive
from seqkit.tasks.forecast.encode import encode, measured_targets, series_label, target_values, times_of, value_column
from seqkit.tasks.forecast.exponential_smoothing import HoltWinters
from seqkit.tasks.forecast.inference import Forecaster
from seqkit.tasks.forecast.interval_scores import IntervalErrors
from seqkit.tasks.forecast.intervals import calibrate, every_nth, has_intervals, scales_of, write_intervals
from seqkit.tasks.forecast.linear_file import load_linear
from seqkit.tasks.forecast.logarithms import from_log
from seqkit.tasks.forecast.metrics import ForecastErrors
from seqkit.tasks.forecast.model_names import GROWTH, HOLT_WINTERS, LAST_VALUE, LINEAR, SEASONAL, uncombined_name
from seqkit.tasks.forecast.part import Part
from seqkit.tasks.forecast.seasonal_growth import SeasonalNaiveWithGrowth
from seqkit.tasks.forecast.series_errors import SeriesErrors

BATCH_SIZE = 2048

MAX_PREDICTIONS = 200_000
"""Most values in `predictions.csv`; of more, it holds only windows whose targets do not overlap."""

MAX_CACHED_VALUES = 1 << 22
"""Most forecast values of a part that are kept in memory for tables and plots, 32 MiB."""


class Evaluator:
    """Scores a run and its baselines on the parts of a table.

    Args:
        forecaster: The run.
        table: The training table, or one with newer rows.
        values: The encoded table. Default: encode it.
        open_end: Whether the test part extends to the end of the table, past its end in training.

    Attributes:
        y_true: The targets in their own units, of shape (rows, targets); NaN where a value was filled.
    """

    def __init__(
        self, forecaster: Forecaster, table: Table, *, values: np.ndarray | None = None, open_end: bool = False
    ) -> None:
        self.forecaster = forecaster
        self.table = table
        self.state = forecaster.state
        self.values = encode(self.state, table) if values is None else values
        self.y_true = measured_targets(self.state, table)
        self._targets = target_values(self.state, table)
        self._open_end = open_end
        self.splits = forecast.find_splits(self.state, table, open_end=open_end)
        self.linear = load_linear(forecaster.run, self.values, self.state)
        self._cache: tuple[np.ndarray, np.ndarray] | None = None
        # Two models read both for each batch: the combined forecast and the uncombined_name one.
        self._predict = _cached(lambda windows: forecaster.predict_unlimited(table, self.values, windows))
        self._linear_forecasts = _cached(self._predict_linear)

    @cached_property
    def times(self) -> np.ndarray:
        """Distinct times of the table up to the end of the test part, ascending."""
        times = np.unique(self.table.time)
        return times if self._open_end else times[times < forecast.stored_borders(self.state, times.dtype).end]

    def score(self, windows: Windows, *, with_intervals: bool = True) -> Part:
        """Scores the model and every baseline on the given windows.

        Args:
            windows: The windows.
            with_intervals: Whether to score the prediction intervals, too, if the run has some. Of very many values,
                those of every n-th window are scored.
        """
        models, seasonal = self.models()
        errors = {name: ForecastErrors() for name in models}
        by_series = {name: SeriesErrors(*self._series_scales()) for name in models} if self.state.series else {}
        self._cache = None
        outputs = self.state.horizon * len(self.state.targets) * (1 + len(self.state.quantiles))
        if len(windows) * outputs <= MAX_CACHED_VALUES:
            self._cache = windows.starts, self._predict(windows)
        intervals = self._interval_errors() if with_intervals else {}
        every = every_nth(len(windows), self.state)
        for first, batch in zip(range(0, len(windows), BATCH_SIZE), windows.batches(BATCH_SIZE), strict=True):
            y_true = batch.read_targets(self.y_true)
            series = self.table.series_of(batch.starts)
            scale = self.state.error_scales(self.table, series)
            scored = slice(-first % every, None, every)
            deviations = scales_of(self.state, self.table, self.values, batch[scored]) if intervals else None
            for name, predict in models.items():
                predicted = predict(batch)
                errors[name].add(y_true, predicted, scale)
                if by_series:
                    by_series[name].add(series, y_true, predicted)
                if deviations and name in intervals:
                    own = self.quantiles(batch)[scored] if name == self.forecaster.name else None
                    intervals[name].add(y_true[scored], predicted[scored], deviations, scale[scored], own)
        return Part(windows, errors, seasonal.fallbacks if seasonal else 0, by_series, intervals)

    def summary(self, name: str, part: Part, unit: str) -> dict[str, Any]:
        """Returns the scores of the part `name` as JSON content, with the number of values that were not scored."""
        counts = forecast.count_targets(self.state, self.table, open_end=self._open_end)
        summary = part.summary(self.table, self.state, unit)
        return {**summary, **counts[name]}

    def calibrate(self) -> None:
        """Calibrates the prediction intervals of the model and the baselines, and writes them to the run."""
        windows = self.splits.selection
        quantiles = self.quantiles if self.state.quantiles else None
        intervals = calibrate(self.final_models(), self.state, self.table, self.values, self.y_true, windows, quantiles)
        write_intervals(self.forecaster.run, intervals)
        self.forecaster.forget_intervals()

    def bounds(self, windows: Windows, level: int) -> tuple[np.ndarray, np.ndarray] | None:
        """Returns the bounds of the model's intervals, each of shape (windows, horizon, targets); None without any.

        Args:
            windows: Windows of the table.
            level: Level in percent.
        """
        if not has_intervals(self.forecaster.run):
            return None
        intervals = self.forecaster.intervals[0]
        if level > len(intervals.bounds):
            return None
        scales = scales_of(self.state, self.table, self.values, windows)
        return intervals.around(self.forecasts(windows), scales, level, self.quantiles(windows))

    def _interval_errors(self) -> dict[str, IntervalErrors]:
        """Returns what accumulates the scores of the intervals by name of the model; empty if the run has none."""
        if not has_intervals(self.forecaster.run):
            return {}
        intervals = zip(self.final_models(), self.forecaster.intervals, strict=True)
        return {name: IntervalErrors(each) for name, each in intervals}

    def final_models(self) -> dict[str, Callable[[Windows], np.ndarray]]:
        """Returns the predictors by name, without the network that the model combines: the model and the baselines."""
        models, _ = self.models()
        return {name: predict for name, predict in models.items() if name != uncombined_name(self.forecaster.name)}

    def forecasts(self, windows: Windows) -> np.ndarray:
        """Returns the model's forecasts in the targets' own units, of shape (windows, horizon, targets).

        Args:
            windows: Windows of the table. Forecasts of the windows scored last come from a cache.
        """
        return self._outputs(windows)[..., 0]

    def quantiles(self, windows: Windows) -> np.ndarray:
        """Returns the model's quantiles, of shape (windows, horizon, targets, quantiles), as `forecasts`."""
        return self._outputs(windows)[..., 1:]

    def _outputs(self, windows: Windows) -> np.ndarray:
        """Returns forecasts and quantiles, with the lower limit of the state."""
        return np.maximum(self._unlimited(windows), self.state.lowest)

    def _unlimited(self, windows: Windows) -> np.ndarray:
        """Returns forecasts and quantiles, from a cache if the windows were scored last."""
        if self._cache is not None:
            starts, outputs = self._cache
            indices = np.searchsorted(starts, windows.starts).clip(max=len(starts) - 1)
            if (starts[indices] == windows.starts).all():
                return outputs[indices]
        return self._predict(windows)

    def predictions(self, windows: Windows) -> pd.DataFrame:
        """Returns actual values and forecasts, one row per predicted value. The actual value is NaN if it was filled.

        If there are more than `MAX_PREDICTIONS` values, only windows whose targets do not overlap are used, so that
        each row of the part is predicted once.
        """
        state = self.state
        if len(windows) * state.horizon * len(state.targets) > MAX_PREDICTIONS:
            windows = windows.tiles()
        predicted = self.forecasts(windows)
        rows = windows.target_rows
        series = np.searchsorted(self.table.starts, rows[:, 0], side="right") - 1
        shape = predicted.shape
        labels = np.array([[series_label(state, self.table, s, t) for t in state.targets] for s in self.table.ids])
        return pd.DataFrame(
            {
                "unique_id": np.broadcast_to(labels[series][:, None, :], shape).ravel(),
                "cutoff": times_of(
                    self.table, np.broadcast_to(self.table.time[windows.last_rows][:, None, None], shape).ravel()
                ),
                "ds": times_of(self.table, np.broadcast_to(self.table.time[rows][:, :, None], shape).ravel()),
                "y": self.y_true[rows].ravel(),
                value_column(self.forecaster.name): predicted.ravel(),
            }
        )

    def models(self) -> tuple[dict[str, Callable[[Windows], np.ndarray]], SeasonalNaive | None]:
        """Returns the predictors by name, the model first, and the seasonal naive baseline if the series has a season.

        Each predictor returns forecasts in the targets' own units.
        """
        models: dict[str, Callable[[Windows], np.ndarray]] = {self.forecaster.name: self.forecasts}
        if self.forecaster.share < 1:
            models[uncombined_name(self.forecaster.name)] = self._uncombined_forecasts
        models[LINEAR] = self._linear_forecasts
        if self._holt_winters is not None:
            models[HOLT_WINTERS] = self._holt_winters.predict
        seasonal = None
        if self.state.season > 1:
            seasonal = SeasonalNaive(self._targets, self.table.segments, self.state.season)
            models[SEASONAL] = seasonal.predict
            if self.state.growth:
                models[GROWTH] = SeasonalNaiveWithGrowth(
                    self._targets, self.table.segments, self.state.season, self.state.growth
                ).predict
        models[LAST_VALUE] = LastValue(self._targets).predict
        if self.state.nonnegative:
            models = {name: _limited(predict, self.state.lowest) for name, predict in models.items()}
        return models, seasonal

    @cached_property
    def _holt_winters(self) -> HoltWinters | None:
        """The baseline with the states of all rows, which all parts share."""
        if not self.state.smoothing:
            return None
        return HoltWinters(self._targets, self.table.segments, self.state.season, self.state.smoothing)

    def _series_scales(self) -> tuple[np.ndarray, np.ndarray]:
        """Returns the season's error and the deviation of the targets of each series of the table.

        The deviation of a series with a constant target is NaN, as it does not choose the model either.
        """
        statistics, table = self.state.series, self.table
        assert statistics is not None
        known = statistics.find(table.ids)
        deviation = self.state.target_deviations(table, np.arange(len(table.ids)))
        constant = statistics.constant[known] & (known >= 0)
        return statistics.season_errors_of(table.ids), np.where(constant[:, None], np.nan, deviation)

    def _predict_linear(self, windows: Windows) -> np.ndarray:
        mean, deviation = self.state.scale_of(self.table, self.table.series_of(windows.starts))
        targets = list(self.state.target_positions)
        forecasts = self.linear.predict(windows) * deviation[:, None, targets] + mean[:, None, targets]
        return from_log(forecasts) if self.state.log else forecasts

    def _uncombined_forecasts(self, windows: Windows) -> np.ndarray:
        """Returns the forecasts of the network without the linear baseline."""
        share, linear = self.forecaster.share, self._linear_forecasts(windows)
        combined = self._unlimited(windows)[..., 0]
        if self.state.log:  # the mean is of logarithms
            return from_log((np.log(combined) - (1 - share) * np.log(linear)) / share)
        return (combined - (1 - share) * linear) / share


def _cached(predict: Callable[[Windows], np.ndarray]) -> Callable[[Windows], np.ndarray]:
    """Returns the function with a cache of its last result."""
    last: tuple[Windows, np.ndarray] | None = None

    def cached(windows: Windows) -> np.ndarray:
        nonlocal last
        if last is None or last[0] is not windows:
            last = windows, predict(windows)
        return last[1]

    return cached


def _limited(predict: Callable[[Windows], np.ndarray], lowest: float) -> Callable[[Windows], np.ndarray]:
    """Returns the function with values of at least `lowest`."""
    return lambda windows: np.maximum(predict(windows), lowest)
