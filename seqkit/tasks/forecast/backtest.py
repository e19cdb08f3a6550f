"""Rolling-origin evaluation: forecasts made at several past times, each scored on the steps that followed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from seqkit.data.series.windows import Windows
from seqkit.errors import DataError, UsageError
from seqkit.stats.paired_tests import diebold_mariano
from seqkit.tasks.forecast.encode import series_label, times_of, value_column
from seqkit.tasks.forecast.intervals import adapted, check_levels, scales_of
from seqkit.tasks.forecast.model_names import GROWTH, HOLT_WINTERS, LAST_VALUE, LINEAR, SEASONAL
from seqkit.tasks.forecast.plots import forecast_and_actual
from seqkit.tasks.forecast.prepare import stored_borders
from seqkit.tasks.forecast.scoring import Evaluator
from seqkit.tasks.forecast.state import ForecastState

COLUMNS = {
    LINEAR: "linear",
    HOLT_WINTERS: "holt_winters",
    SEASONAL: "seasonal_naive",
    GROWTH: "seasonal_naive_with_growth",
    LAST_VALUE: "last_value",
}
"""Columns of the baselines' forecasts, by name of the baseline."""

FIXED = "fixed-"
"""Start of the columns of intervals that are not adapted, next to those that are; they are not in the result."""

MIN_TESTED = 5
"""Cutoffs from which losses are compared by a paired test."""


@dataclass(frozen=True)
class Backtest:
    """Result of `seqkit.backtest`.

    Attributes:
        forecasts: One row per predicted value, with the columns `unique_id`, `ds` (predicted time), `cutoff` (time of
            the newest row that the forecast knows), `y` (actual value, NaN if it was filled), those of the models and,
            for each level, the bounds of the model's intervals.
        scores: Errors of each model, the run's own first, by cutoff, series and step ahead, as JSON content.
    """

    forecasts: pd.DataFrame
    scores: dict[str, Any]


def find_cutoffs(times: np.ndarray, state: ForecastState, windows: int, step: int | None) -> np.ndarray:
    """Returns the times at which forecasts are made: the last one just before the newest rows that they predict.

    Args:
        times: Distinct times of the data, ascending.
        state: The fitted state.
        windows: Number of cutoffs, at least 1.
        step: Rows between cutoffs; None for as many as a forecast spans.

    Raises:
        UsageError: The data has too few rows.
    """
    ahead = state.rows_ahead
    step = ahead if step is None else step
    first = len(times) - 1 - ahead - step * (windows - 1)
    if first < 0:
        raise UsageError(
            f"{windows} cutoffs that are {step} row{'s' * (step != 1)} apart, with forecasts of {ahead} rows, span "
            f"{ahead + step * (windows - 1) + 1:,} rows, but the data has {len(times):,} distinct times. Use fewer "
            "--windows or a smaller --step."
        )
    return times[first + step * np.arange(windows)]


def cutoff_text(cutoff: Any) -> str:
    """Returns a cutoff for messages: a time without needless zeros, or a counter."""
    return str(cutoff).removesuffix(".000000000").removesuffix(":00").replace("T", " ")


def split_at(times: np.ndarray, state: ForecastState, cutoff: Any) -> str:
    """Returns the value of --split for a training on the rows up to a cutoff.

    The validation part is as long as that of the run, and ends at the cutoff.

    Args:
        times: Distinct times of the data, ascending.
        state: The fitted state of the run.
        cutoff: Time of the last row of the validation part.

    Raises:
        UsageError: Too few rows for a training part remain.
    """
    borders = stored_borders(state, times.dtype)
    first, end = np.searchsorted(times, [borders.validation, borders.test])
    validation = int(end - first)
    train = int(np.searchsorted(times, cutoff, side="right")) - validation
    needed = state.rows_needed + state.rows_ahead
    if train < needed:
        raise UsageError(
            f"Before the cutoff {cutoff_text(cutoff)} there are {max(train, 0):,} training rows besides the "
            f"{validation:,} of the validation part, but a training window spans {needed:,}. Use fewer --windows or a "
            "smaller --step."
        )
    return f"{train},{validation},{state.rows_ahead}"


def forecast_at(
    evaluator: Evaluator, cutoff: Any, levels: Sequence[int], shares: Mapping[int, float] | None = None
) -> pd.DataFrame:
    """Returns the forecasts of the run and the baselines made at a cutoff, as `Backtest.forecasts`, and their step.

    Args:
        evaluator: Evaluator of a run that saw no row after the cutoff.
        cutoff: Time of the newest row that the forecasts know.
        levels: Levels of the intervals in percent, from `check_levels`.
        shares: Shares whose intervals are used for these levels, from `AdaptiveLevels`. Default: the levels.

    Raises:
        DataError: The cutoff lies before the end of the run's validation part, or no window ends there.
    """
    state, table = evaluator.state, evaluator.table
    windows = evaluator.splits.test
    windows = windows[table.time[windows.last_rows] == cutoff]
    if not len(windows):
        end = str(state.borders[1]).removesuffix(".000000000")
        raise DataError(
            f"There is no forecast at the cutoff {cutoff_text(cutoff)}: its targets must lie after the validation "
            f"part, which ends at {end}, and there must be {state.rows_needed} rows without a gap up to it. Use fewer "
            "--windows or a smaller --step, train again for each cutoff with --refit, or give newer rows with --data."
        )
    columns = _columns(evaluator, windows, levels, shares)
    rows, targets = windows.target_rows, len(state.targets)
    series = [table.ids[s] for s in table.series_of(windows.last_rows)]
    labels = [series_label(state, table, name, target) for name in series for target in state.targets]
    shape = len(windows), targets, state.horizon

    def flat(values: np.ndarray) -> np.ndarray:
        return np.broadcast_to(values, shape).ravel()

    return pd.DataFrame(
        {
            "unique_id": np.repeat(np.array(labels, object), state.horizon),
            "ds": times_of(table, flat(table.time[rows][:, None, :])),
            "cutoff": times_of(table, np.full(int(np.prod(shape)), cutoff)),
            "y": evaluator.y_true[rows].transpose(0, 2, 1).ravel(),
            **{name: values.transpose(0, 2, 1).ravel() for name, values in columns.items()},
            "step": flat(np.arange(1, state.horizon + 1)[None, None]),
        }
    )


def _columns(
    evaluator: Evaluator, windows: Windows, levels: Sequence[int], shares: Mapping[int, float] | None
) -> dict[str, np.ndarray]:
    """Returns forecasts and bounds by column, each of shape (windows, horizon, targets)."""
    state, forecaster = evaluator.state, evaluator.forecaster
    name = value_column(forecaster.name)
    columns = {COLUMNS.get(model, name): predict(windows) for model, predict in evaluator.final_models().items()}
    if levels:
        intervals = forecaster.intervals[0]
        check_levels(levels, intervals)
        scales = scales_of(state, evaluator.table, evaluator.values, windows)
        for level in levels:
            ends = intervals.around(columns[name], scales, level, evaluator.quantiles(windows))
            if shares is not None:
                columns |= {f"{FIXED}{side}-{level}": end for side, end in zip(("lo", "hi"), ends, strict=True)}
                ends = adapted(intervals, level, shares[level], columns[name], ends)
            columns[f"{name}-lo-{level}"], columns[f"{name}-hi-{level}"] = ends
    return columns


def named(forecasts: pd.DataFrame, model: str, name: str) -> pd.DataFrame:
    """Returns the result of `forecast_at` with another name for the columns of the model."""
    old, new = value_column(model), value_column(name)
    own = [column for column in map(str, forecasts) if re.fullmatch(rf"{re.escape(old)}(-(lo|hi)-\d+)?", column)]
    return forecasts.rename(columns={column: new + column[len(old) :] for column in own})


def summarise(
    forecasts: pd.DataFrame, evaluator: Evaluator, levels: Sequence[int], unit: str, name: str | None = None
) -> Backtest:
    """Returns a backtest with its scores.

    Args:
        forecasts: Concatenated results of `forecast_at`.
        evaluator: Evaluator of the run.
        levels: Levels of the intervals in percent.
        unit: Unit of the targets.
        name: Name of the model. Default: that of the run.
    """
    model = value_column(name or evaluator.forecaster.name)
    names = [model, *(column for column in COLUMNS.values() if column in forecasts)]
    scale = forecasts["unique_id"].map(_season_errors(evaluator))
    rows = []
    losses = {name: (forecasts[name] - forecasts["y"]).abs() for name in names}
    by_time = {name: each.groupby(forecasts["cutoff"]).mean() for name, each in losses.items()}
    cutoffs = list(by_time[model].index)
    for name in names:
        absolute = losses[name]
        row: dict[str, Any] = {
            "name": name,
            "mae": float(absolute.mean()),
            "rmse": float((absolute**2).mean() ** 0.5),
            "mase": float((absolute / scale).groupby(forecasts["unique_id"]).mean().mean()),
            "mae_by_cutoff": by_time[name].tolist(),
            "mae_by_step": absolute.groupby(forecasts["step"]).mean().tolist(),
            "mae_by_series": absolute.groupby(forecasts["unique_id"]).mean().to_dict(),
        }
        if name != model:
            row["against_model"] = _paired_test(by_time[model], by_time[name], evaluator)
        rows.append(row)
    known = forecasts["y"].notna()
    covered = coverage(forecasts, f"{model}-", levels)
    adaptive = bool(levels) and f"{FIXED}lo-{levels[0]}" in forecasts
    unadapted = {"coverage_unadapted": coverage(forecasts, FIXED, levels)} if adaptive else {}
    scores = {
        "task": "forecast",
        "unit": unit,
        "cutoffs": [str(cutoff) for cutoff in cutoffs],
        "values": int(known.sum()),
        "coverage": covered,
        **unadapted,
        "models": rows,
    }
    helpers = ["step", *(column for column in map(str, forecasts) if column.startswith(FIXED))]
    return Backtest(forecasts.drop(columns=helpers), scores)


def coverage(forecasts: pd.DataFrame, start: str, levels: Sequence[int]) -> dict[str, float]:
    """Returns the share of the known values in the intervals of each level.

    Args:
        forecasts: Forecasts with the columns of the bounds.
        start: What the names of these columns start with.
        levels: Levels in percent.
    """
    known = forecasts[forecasts["y"].notna()]
    return {
        str(level): float(known["y"].between(known[f"{start}lo-{level}"], known[f"{start}hi-{level}"]).mean())
        for level in levels
    }


def _season_errors(evaluator: Evaluator) -> dict[str, float]:
    """Returns the error of the seasonal naive forecast on the training rows, by label of the series."""
    state, table = evaluator.state, evaluator.table
    single = np.array([np.nan if error is None else error for error in state.season_error])
    errors = np.broadcast_to(single, (len(table.ids), len(state.targets)))
    if state.series is not None:
        errors = state.series.season_errors_of(table.ids)
    return {
        series_label(state, table, name, target): float(errors[s, t])
        for s, name in enumerate(table.ids)
        for t, target in enumerate(state.targets)
    }


def _paired_test(model: "pd.Series[float]", other: "pd.Series[float]", evaluator: Evaluator) -> dict[str, Any]:
    """Returns the Diebold–Mariano test of two models' losses by cutoff."""
    if len(model) < MIN_TESTED:
        return {"p_value": None, "reason": f"{len(model)} cutoffs are too few, at least {MIN_TESTED} are needed"}
    times, state = evaluator.times, evaluator.state
    cutoffs = pd.DatetimeIndex(model.index).tz_localize(None) if evaluator.table.utc else model.index
    positions = np.searchsorted(times, np.asarray(cutoffs, times.dtype))
    step = int(np.diff(positions).min())
    overlap = -(-state.rows_ahead // step) - 1
    test = diebold_mariano(model.to_numpy(), other.to_numpy(), steps_overlap=overlap)
    if test.reason is not None:
        return {"p_value": None, "reason": test.reason}
    return {"p_value": test.p_value}


def draw(result: Backtest, evaluator: Evaluator, levels: Sequence[int], path: Path) -> None:
    """Plots the forecasts of the last series, with the intervals of the lowest level, over the actual values.

    Args:
        result: The backtest.
        evaluator: Evaluator of the run.
        levels: Levels of the intervals in percent, ascending.
        path: PNG file to write.
    """
    model = value_column(evaluator.forecaster.name)
    label = result.forecasts["unique_id"].iloc[-1]
    rows = result.forecasts[result.forecasts["unique_id"] == label]
    names = [name for name in (model, COLUMNS[LINEAR]) if name in rows]
    bounds = [rows[f"{model}-{side}-{levels[0]}"].to_numpy() for side in ("lo", "hi")] if levels else []
    times = rows["ds"].dt.tz_localize(None).to_numpy() if evaluator.table.utc else rows["ds"].to_numpy()
    forecast_and_actual(
        times,
        rows["y"].to_numpy(),
        {name: rows[name].to_numpy() for name in names},
        title=f"{label}: forecasts at {rows['cutoff'].nunique()} cutoffs and actual values",
        unit=evaluator.forecaster.run.manifest.units.get(evaluator.state.targets[-1], ""),
        path=path,
        band=(bounds[0], bounds[1]) if bounds else None,
        band_label=f"{levels[0]} % interval" if levels else "",
    )
