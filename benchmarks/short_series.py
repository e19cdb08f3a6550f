"""MASE of 144 months of airline passengers: recipes, `auto` and the baselines, twelve months ahead at four origins.

Each recipe is trained again at each origin on the rows before it, without options: window, scale and split are chosen
from these rows. A year's error is divided by that of the seasonal naive forecast on the rows before its origin; the
figure is the mean of the four years. Published: Holt-Winters of the logarithms about 0.69.
"""

import time
from typing import Any

import numpy as np

from benchmarks.measure import note
from benchmarks.report import Line, Report, report_lines
from seqkit.registry import find_dataset
from seqkit.workflows.backtest import backtest

DATASET, SEASON = "air_passengers", 12

TARGETS = {"auto": 0.64, "gru": 0.66}
"""Most MASE, by recipe."""


def run(
    *, recipes: str = "autoregression,gru,auto", origins: int = 4, budget: float = 60.0, quick: bool = False
) -> Report:
    """Backtests each recipe.

    Args:
        recipes: Names of recipes, or auto, separated by commas.
        origins: Number of origins, a year apart, [1, inf).
        budget: Seconds of each search of `auto`, (0, inf).
        quick: One recipe and one origin, as a smoke test.
    """
    names = ["autoregression"] if quick else recipes.split(",")
    origins = 1 if quick else origins
    values = find_dataset(DATASET).load().load()["#Passengers"].to_numpy(np.float64)
    lines, baselines = [], []
    for name in names:
        note(name)
        began = time.perf_counter()
        options: dict[str, Any] = {"budget": budget} if name == "auto" else {}
        forecasts = backtest(name, DATASET, windows=origins, step=SEASON, refit=True, **options).forecasts
        seconds = (time.perf_counter() - began) / origins
        y = forecasts["y"].to_numpy().reshape(origins, SEASON)
        columns = {column: forecasts[column].to_numpy() for column in forecasts.columns[4:]}
        model, *others = columns
        errors = {column: _mase(values, y, columns[column].reshape(origins, SEASON)) for column in (model, *others)}
        lines.append(Line(name, "MASE", [errors[model]], at_most=TARGETS.get(name)))
        lines.append(Line(f"{name}, training and search", "s", [seconds]))
        baselines = [(column, errors[column]) for column in others]
    lines += [Line(column.replace("_", " "), "MASE", [error]) for column, error in baselines]
    return report_lines(lines, notes=[f"{origins} origins, horizon {SEASON}; one seed."])


def _mase(values: np.ndarray, y: np.ndarray, forecasts: np.ndarray) -> float:
    """Returns the mean over the origins of the error relative to that of the seasonal naive forecast before.

    Args:
        values: The whole series.
        y: Actual values, of shape (origins, horizon); the last ones end the series.
        forecasts: Forecasts, of the same shape.
    """
    rows = len(values) - y.size + y.shape[1] * np.arange(len(y))
    scales = [np.abs(values[SEASON:known] - values[: known - SEASON]).mean() for known in rows]
    return float(np.mean(np.abs(forecasts - y).mean(axis=1) / scales))
