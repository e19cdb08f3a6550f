"""Prediction intervals of a run and of its baselines, calibrated on the validation windows, by step and target."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from seqkit.data.series.table import Table
from seqkit.data.series.windows import Windows
from seqkit.errors import DataError, UsageError
from seqkit.files.arrays import stored_array
from seqkit.runs.results import read_run_arrays, write_arrays
from seqkit.runs.run import Run
from seqkit.stats.conformal import LEVELS, residual_bounds, winkler_score
from seqkit.tasks.forecast.quantile_intervals import QuantileBounds, calibrate_quantiles, quantile_levels
from seqkit.tasks.forecast.state import ForecastState

FILE = "intervals.npz"

MAX_BYTES = 1 << 30
"""Most bytes of the file: two bounds of 99 levels for 30,000 outputs and six models."""

MAX_RESIDUALS = 1 << 23
"""Most residuals that calibrate the intervals of one model; of more, every n-th window is used."""

MIN_DEVIATION = 0.05
"""Least deviation of a window, in standard deviations of the training rows."""

CHOICE_LEVELS = (80, 95)
"""Levels whose interval score chooses the scale of the intervals."""

BATCH_SIZE = 1024

Predict = Callable[[Windows], np.ndarray]


@dataclass(frozen=True)
class Intervals:
    """Calibrated intervals of one model.

    Attributes:
        bounds: From `residual_bounds`, in units of the scale, of shape (levels, 2, horizon, targets). The levels are
            those of `LEVELS` for which the validation part has enough windows, from the first.
        by_window: Whether the scale is the deviation of the target in the window that the model reads, rather than in
            the training rows.
        lowest: Lower limit of the bounds.
        quantiles: Bounds by level from the quantiles of the model, where these are better.
    """

    bounds: np.ndarray
    by_window: bool
    lowest: float = -np.inf
    quantiles: dict[int, QuantileBounds] = field(default_factory=dict)

    def around(
        self, forecasts: np.ndarray, scales: "Scales", level: int, quantiles: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Returns the lower and upper bounds of a level, each of the shape of the forecasts.

        Args:
            forecasts: Forecasts in the targets' own units, of shape (windows, horizon, targets).
            scales: Scales of the same windows.
            level: Level in percent, from `check_levels`.
            quantiles: Quantiles of the model, of shape (windows, horizon, targets, quantiles), if it gives some.
        """
        if level in self.quantiles:
            assert quantiles is not None
            ends = self.quantiles[level].around(quantiles, scales.training)
            return np.maximum(ends[0], self.lowest), np.maximum(ends[1], self.lowest)
        lower, upper = self.bounds[LEVELS.index(level)]
        scale = scales.choose(by_window=self.by_window)
        return np.maximum(forecasts + lower * scale, self.lowest), np.maximum(forecasts + upper * scale, self.lowest)


def adapted(
    intervals: Intervals, level: int, share: float, forecasts: np.ndarray, ends: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the bounds of a level, narrowed or widened as much as the calibrated interval of a share is.

    Args:
        intervals: The intervals.
        level: Level in percent.
        share: Share whose interval is used instead, (0, 1); between two levels, their bounds are interpolated. Above
            the highest calibrated level, it is that one.
        forecasts: Forecasts, of shape (windows, horizon, targets).
        ends: Bounds of the level, from `Intervals.around`.
    """
    bounds = intervals.bounds
    position = float(np.clip(100 * share - 1, 0, len(bounds) - 1))
    first = min(int(position), len(bounds) - 2) if len(bounds) > 1 else 0
    weight, after = position - first, min(first + 1, len(bounds) - 1)
    target = (1 - weight) * bounds[first] + weight * bounds[after]  # (2, horizon, targets)
    nominal = bounds[LEVELS.index(level)]
    ratio = np.divide(target, nominal, out=np.ones_like(target), where=nominal != 0)
    lower, upper = (forecasts + (end - forecasts) * factor for end, factor in zip(ends, ratio, strict=True))
    return np.maximum(np.minimum(lower, upper), intervals.lowest), np.maximum(lower, upper)


@dataclass(frozen=True)
class Scales:
    """Deviations of the targets of some windows, in their own units, each of shape (windows, 1, targets).

    Attributes:
        training: Of the training rows.
        window: Of the rows that the model reads.
    """

    training: np.ndarray
    window: np.ndarray

    def __getitem__(self, which: slice) -> "Scales":
        return Scales(self.training[which], self.window[which])

    def choose(self, *, by_window: bool) -> np.ndarray:
        """Returns those of the windows or those of the training rows."""
        return self.window if by_window else self.training


def scales_of(state: ForecastState, table: Table, values: np.ndarray, windows: Windows) -> Scales:
    """Returns the deviations of the targets of the given windows.

    Args:
        state: The fitted state.
        table: The table that the windows index.
        values: The encoded table.
        windows: Windows.
    """
    training = state.target_deviations(table, table.series_of(windows.last_rows))[:, None]
    own = np.empty(training.shape)
    targets = np.ascontiguousarray(values[:, list(state.target_positions)], np.float64)
    for first in range(0, len(windows), BATCH_SIZE):
        piece = slice(first, first + BATCH_SIZE)
        own[piece, 0] = windows[piece].read(targets).std(axis=1)
    return Scales(training, np.maximum(own, MIN_DEVIATION) * training)


def every_nth(count: int, state: ForecastState) -> int:
    """Returns n such that every n-th of `count` windows have at most `MAX_RESIDUALS` values."""
    most = max(1, MAX_RESIDUALS // (state.horizon * len(state.targets)))
    return max(1, -(-count // most))


def calibrate(
    models: Mapping[str, Predict],
    state: ForecastState,
    table: Table,
    values: np.ndarray,
    y_true: np.ndarray,
    windows: Windows,
    quantiles: Predict | None = None,
) -> dict[str, Intervals]:
    """Calibrates the intervals of some models.

    The scale is chosen for each model: the bounds of the earlier half of the windows are scored on the later half.

    Args:
        models: Predictors by name, whose forecasts are in the targets' own units.
        state: The fitted state.
        table: The table.
        values: The encoded table.
        y_true: The targets in their own units, of shape (rows, targets); NaN where a value was filled.
        windows: Windows that the models were not fitted on.
        quantiles: Predicts the quantiles of the first model, if it gives some.
    """
    windows = windows[:: every_nth(len(windows), state)]
    scales = scales_of(state, table, values, windows)
    order = np.argsort(table.time[windows.last_rows], kind="stable")
    earlier, later = np.array_split(order, 2)
    result = {}
    for name, predict in models.items():
        actual = windows.read_targets(y_true)
        residuals = (actual - _in_batches(predict, windows)).astype(np.float32)
        scores = {
            by_window: _score(residuals, scales.training, scales.choose(by_window=by_window), earlier, later)
            for by_window in (False, True)
        }
        by_window = scores[True] < scores[False]
        bounds = residual_bounds(residuals / scales.choose(by_window=by_window))
        finite = np.isfinite(bounds).all(axis=(1, 2, 3))
        result[name] = Intervals(bounds[: int(finite.sum())], by_window, state.lowest)
        if quantiles is not None and len(result) == 1:
            scale = scales.choose(by_window=by_window)
            half = residual_bounds(residuals[earlier] / scale[earlier])
            predicted = _in_batches(quantiles, windows)
            forecasts = actual - residuals
            rivals = {
                level: tuple(forecasts[later] + bound * scale[later] for bound in half[LEVELS.index(level)])
                for level in quantile_levels(state.quantiles)
            }
            by_level = calibrate_quantiles(actual, predicted, scales.training, state.quantiles, rivals, earlier, later)
            result[name] = replace(result[name], quantiles=by_level)
    return result


def _in_batches(predict: Predict, windows: Windows) -> np.ndarray:
    return np.concatenate([predict(batch) for batch in windows.batches(BATCH_SIZE)])


def _score(
    residuals: np.ndarray, training: np.ndarray, scale: np.ndarray, earlier: np.ndarray, later: np.ndarray
) -> float:
    """Returns the mean interval score on the later windows, calibrated on the earlier ones; infinity if too few.

    Args:
        residuals: Residuals, of shape (windows, horizon, targets).
        training: Deviations of the training rows, which make the scores of several series comparable.
        scale: Scale of the intervals, of shape (windows, 1, targets).
        earlier: Positions of the earlier windows.
        later: Positions of the later windows.
    """
    if not len(earlier):
        return np.inf
    bounds = residual_bounds(residuals[earlier] / scale[earlier])
    total = 0.0
    for level in CHOICE_LEVELS:
        lower, upper = bounds[LEVELS.index(level)]
        finite = np.isfinite(upper - lower)
        if not finite.any():
            continue
        score = winkler_score(residuals[later], lower * scale[later], upper * scale[later], level / 100)
        total += float(np.nanmean(np.where(finite, score / training[later], np.nan)))
    return total or np.inf


def write_intervals(run: Run, intervals: Mapping[str, Intervals]) -> None:
    """Writes the intervals of all models to `intervals.npz` of the run, the run's own model first."""
    arrays: dict[str, np.ndarray] = {}
    for n, model in enumerate(intervals.values()):
        for level, pair in model.quantiles.items():
            arrays[f"quantiles_{n}_{level}"] = pair.shifts.astype(np.float32)
        arrays |= {f"bounds_{n}": model.bounds.astype(np.float32), f"by_window_{n}": np.array(model.by_window)}
    write_arrays(run, FILE, arrays)


def has_intervals(run: Run) -> bool:
    """Whether the run has intervals; those written before there were any do not."""
    return (run.path / FILE).exists()


def read_intervals(run: Run, state: ForecastState) -> list[Intervals]:
    """Reads the intervals of all models, the run's own first, from `intervals.npz` of the run.

    Args:
        run: The run.
        state: The fitted state.

    Raises:
        UsageError: The run was written before intervals were calibrated.
        DataError: The file is damaged or belongs to another run.
    """
    path = run.path / FILE
    if not has_intervals(run):
        raise UsageError(
            f"The run {run.path} has no prediction intervals: it was trained without them. Train it again."
        )
    stored = read_run_arrays(run, FILE, MAX_BYTES)
    shape = None, 2, state.horizon, len(state.targets)
    try:
        result: list[Intervals] = []
        while not result or f"bounds_{len(result)}" in stored:
            n = len(result)
            bounds = stored_array(stored, f"bounds_{n}", np.floating, *shape)
            if len(bounds) > len(LEVELS) or (bounds[:, 0] > bounds[:, 1]).any():
                raise DataError(
                    f"'bounds_{n}' has too many levels, or a lower bound above the upper one. Train the run again."
                )
            by_level = {
                level: QuantileBounds(*ends, stored_array(stored, f"quantiles_{n}_{level}", np.floating, *shape[1:]))
                for level, ends in quantile_levels(state.quantiles).items()
                if f"quantiles_{n}_{level}" in stored
            }
            by_window = bool(stored_array(stored, f"by_window_{n}", np.bool_))
            result.append(Intervals(bounds, by_window, state.lowest, by_level))
        return result
    except DataError as error:
        raise DataError(f"{path} does not belong to this run. {error}") from error


def check_levels(levels: Sequence[int], intervals: Intervals | None = None) -> tuple[int, ...]:
    """Returns distinct levels, ascending.

    Args:
        levels: Levels in percent.
        intervals: The intervals that must have them. Default: any.

    Raises:
        UsageError: A level is not from 1 to 99, or the validation part was too short for it.
    """
    for level in levels:
        if level not in LEVELS:
            raise UsageError(
                f"There is no interval of level {level}: use whole percentages from 1 to 99, such as 80,95."
            )
    if intervals is not None and levels and LEVELS.index(max(levels)) >= len(intervals.bounds):
        most = LEVELS[len(intervals.bounds) - 1] if len(intervals.bounds) else 0
        remedy = f"use levels of at most {most}, or train" if most else "train"
        raise UsageError(
            f"The validation part of the run has too few windows for an interval of {max(levels)} %: {remedy} it with "
            "a longer validation part (--split)."
        )
    return tuple(sorted(set(map(int, levels))))
