"""What a run keeps of its evaluation: `metrics.json`, `predictions.csv`, `errors.csv` and `plots/`."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from seqkit.data.series.table import Table
from seqkit.data.series.windows import Windows
from seqkit.files.atomic import atomic_write
from seqkit.runs.results import write_errors, write_metrics
from seqkit.tasks.forecast.encode import series_label
from seqkit.tasks.forecast.model_names import LINEAR
from seqkit.tasks.forecast.part import Part
from seqkit.tasks.forecast.plots import error_by_step, forecast_and_actual, residuals
from seqkit.tasks.forecast.scoring import Evaluator
from seqkit.tasks.forecast.state import ForecastState

ERROR_COLUMNS: dict[str, type] = dict.fromkeys(("part", "series", "origin", "mae", "mse"), str)
"""Columns of `errors.csv`; read as text, as series may have names such as 007."""

SERIES_ERROR_COLUMNS: dict[str, type] = ERROR_COLUMNS | {"mase": str}
"""Columns of `errors.csv` of a run that was trained on several series: with the error scaled by that of its season."""

ROWS_AT_A_TIME = 1 << 16

BAND_LEVEL = 80
"""Level of the prediction intervals that are drawn."""

MAX_DRAWN = 20_000
"""Windows, the newest ones, that are drawn at most."""


def write_results(evaluator: Evaluator, parts: dict[str, Part]) -> dict[str, Any]:
    """Writes the figures of the given parts, and of test (or the last part) predictions and plots.

    Args:
        evaluator: Made the parts.
        parts: "validation", "test" or both; what the run knows of another part is kept.

    Returns:
        What `metrics.json` now says.
    """
    run, state = evaluator.forecaster.run, evaluator.state
    unit = score_unit(run.manifest.units, state.scores, state.targets)
    metrics = write_metrics(run, {name: evaluator.summary(name, part, unit) for name, part in parts.items()})
    name, part = list(parts.items())[-1]
    with atomic_write(run.path / "predictions.csv") as temporary:
        evaluator.predictions(part.windows).to_csv(temporary, index=False)
    rows = {name: _error_rows(evaluator.table, part) for name, part in parts.items()}
    write_errors(run, rows, error_columns(state))
    _draw(evaluator, name, part)
    return metrics


def error_columns(state: ForecastState) -> dict[str, type]:
    """Returns the columns of `errors.csv` of a run."""
    return SERIES_ERROR_COLUMNS if state.panel else ERROR_COLUMNS


def _error_rows(table: Table, part: Part) -> Iterator[pd.DataFrame]:
    """Yields the rows of `errors.csv` for one part, some windows at a time: the model's error of each window."""
    errors = next(iter(part.errors.values()))
    by_window = {"mae": errors.mae_by_window, "mse": errors.mse_by_window}
    if part.by_series:
        by_window["mase"] = next(iter(part.by_series.values())).mase_by_window
    names = np.array(table.ids, object)
    for first in range(0, len(part.windows), ROWS_AT_A_TIME):
        piece = slice(first, first + ROWS_AT_A_TIME)
        rows = part.windows[piece].last_rows
        yield pd.DataFrame(
            {
                "series": names[table.series_of(rows)],
                "origin": table.time[rows].astype(str),
                **{name: values[piece] for name, values in by_window.items()},
            }
        )


def score_unit(units: dict[str, str], scores: str, targets: tuple[str, ...]) -> str:
    """Returns the unit in which errors are told, as far as it is known."""
    if scores == "scaled":
        return "deviations"
    found = {units.get(target, "") for target in targets}
    return found.pop() if len(found) == 1 else ""


def _draw(evaluator: Evaluator, part_name: str, part: Part) -> None:
    """Draws what a person wants to see of a part; where time runs, the last series' first target stands for all."""
    run, state, table = evaluator.forecaster.run, evaluator.state, evaluator.table
    folder, unit = run.path / "plots", run.manifest.units.get(state.targets[0], "")
    tiles = part.windows.tiles()
    last_series = int(table.series_of(tiles.starts.max()))
    tiles = tiles[tiles.starts >= table.starts[last_series]][-MAX_DRAWN:]

    label = series_label(state, table, table.ids[last_series], state.targets[0])
    rows = tiles.target_rows
    length = max(7 * state.season if state.season > 1 else 100, 2 * state.horizon * state.sampling_rate)
    newest = tiles[rows[:, 0] > rows.max() - length]
    models, _ = evaluator.models()
    drawn = {label: models[label] for label in (evaluator.forecaster.name, LINEAR)}
    bounds = evaluator.bounds(newest, BAND_LEVEL)
    if bounds is not None:
        drawn |= {"lower": lambda _: bounds[0], "upper": lambda _: bounds[1]}
    rows, forecasts = _in_time(newest, drawn)
    forecast_and_actual(
        table.time[rows],
        evaluator.y_true[rows, 0],
        {name: forecasts[name] for name in (evaluator.forecaster.name, LINEAR)},
        title=f"{label}: forecast and actual values, end of the {part_name} part",
        unit=unit,
        path=folder / "forecast.png",
        band=None if bounds is None else (forecasts["lower"], forecasts["upper"]),
        band_label=f"{BAND_LEVEL} % interval",
    )
    rows, forecasts = _in_time(tiles, {"model": models[evaluator.forecaster.name]})
    errors = evaluator.y_true[rows, 0] - forecasts["model"]
    measured = ~np.isnan(evaluator.y_true[rows, 0])
    residuals(table.time[rows][measured], errors[measured], unit=unit, path=folder / "residuals.png")
    by_step = {label: errors.mae_by_step for label, errors in part.errors.items()}
    if part.is_scaled:  # in original units, series of a high level would be all that shows
        by_step = {label: errors.mase_by_step for label, errors in part.by_series.items()}
    error_by_step(
        by_step,
        interval_label=step_label(state.interval, state.sampling_rate, state.lead),
        unit="MASE" if part.is_scaled else score_unit(run.manifest.units, state.scores, state.targets),
        path=folder / "error_by_step.png",
    )


def _in_time(
    tiles: Windows, predictors: dict[str, Callable[[Windows], np.ndarray]]
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Returns the rows that the windows predict, in order, and what each predictor says of the first target there."""
    rows = tiles.target_rows.ravel()
    order = np.argsort(rows)
    return rows[order], {name: predict(tiles)[:, :, 0].ravel()[order] for name, predict in predictors.items()}


def step_label(interval: str, sampling_rate: int, lead: int) -> str:
    """Returns the axis label of the steps ahead: "steps ahead of 6 × 10min, step 1 is 24 steps after the window"."""
    length = interval if interval[0].isdigit() else f"1 {interval}"
    between = length if sampling_rate == 1 else f"{sampling_rate} × {length}"
    return f"steps ahead of {between}" + (f", step 1 is {lead} steps after the window" if lead > 1 else "")
