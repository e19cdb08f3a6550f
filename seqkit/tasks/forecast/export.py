"""Exports a forecast run for programs without seqkit: the model, the preprocessing as JSON, and an example reader."""

import runpy
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from seqkit.errors import SeqkitError, UsageError
from seqkit.files.atomic import write_bytes, write_json
from seqkit.inference.sessions import MAX_MODEL_BYTES
from seqkit.runs.run import Run
from seqkit.tasks.forecast import example_reader
from seqkit.tasks.forecast.inference import Forecaster, open_run
from seqkit.tasks.forecast.intervals import MIN_DEVIATION, check_levels, has_intervals

MODEL, PREPROCESSING, READER, ROWS = "model.onnx", "preprocessing.json", "example_reader.py", "rows.csv"

FILES = (MODEL, PREPROCESSING, READER, ROWS)
"""Files of an exported forecast."""

LEVELS = (80, 95)
"""Levels of the intervals that are exported, as far as the validation part was long enough."""

MAX_COMPARED = 20
"""Series whose forecasts are compared, the first ones."""

MAX_ROWS_BYTES = 1 << 30

TOLERANCE = 1e-6
"""Largest difference of two forecasts, relative to the deviation of the target or to the value."""


def export(run: Run, folder: Path) -> None:
    """Writes the files of an export, and checks that the example reader gives the forecast of the run.

    Args:
        run: The run.
        folder: An empty folder.

    Raises:
        UsageError: The run reads what the example reader does not: categories or features known ahead.
        SeqkitError: The reader gives other numbers than the run.
    """
    forecaster = open_run(run)
    _check_supported(forecaster)
    write_bytes(folder / MODEL, run.read("model.onnx", MAX_MODEL_BYTES))
    write_bytes(folder / ROWS, run.read("context.csv", MAX_ROWS_BYTES))
    write_bytes(folder / READER, Path(example_reader.__file__).read_bytes())
    levels = [level for level in LEVELS if has_intervals(run) and level <= len(forecaster.intervals[0].bounds)]
    write_json(folder / PREPROCESSING, preprocessing(forecaster, levels))
    _compare(forecaster, folder, check_levels(levels))


def preprocessing(forecaster: Forecaster, levels: Sequence[int]) -> dict[str, Any]:
    """Returns what another program needs besides the model, as JSON content.

    Args:
        forecaster: The run.
        levels: Levels of the intervals in percent.
    """
    state, spec = forecaster.state, forecaster.state.spec
    statistics = state.series if state.scaled_by_series else None
    by_series = None
    if statistics is not None:
        own = np.array([name in state.scaled_by_series for name in state.columns])
        means = np.where(own, statistics.mean, state.mean).tolist()
        deviations = np.where(own, statistics.deviation, state.deviation).tolist()
        by_series = {
            name: {"mean": mean, "deviation": deviation}
            for name, mean, deviation in zip(statistics.ids, means, deviations, strict=True)
        }
    return {
        "format": 1,
        "recipe": forecaster.name,
        "input": spec.reads.name,
        "output": spec.gives.name,
        "columns": list(state.columns),
        "targets": list(state.targets),
        "scaling": {"mean": list(state.mean), "deviation": list(state.deviation)},
        "series": by_series,
        "log": state.log,
        "calendar": list(state.calendar),
        "interval": state.interval,
        "rows": state.rows_needed,
        "sampling_rate": state.sampling_rate,
        "lead": state.lead,
        "horizon": state.horizon,
        "normalise": state.normalise,
        "share_of_network": forecaster.share,
        "nonnegative": state.nonnegative,
        "quantiles": list(state.quantiles),
        "min_deviation": MIN_DEVIATION,
        "intervals": [_interval(forecaster, level) for level in levels],
    }


def _interval(forecaster: Forecaster, level: int) -> dict[str, Any]:
    """Returns the bounds of a level: what to add to the forecast, or to two quantiles, in units of a deviation."""
    intervals = forecaster.intervals[0]
    pair = intervals.quantiles.get(level)
    lower, upper = intervals.bounds[level - 1] if pair is None else pair.shifts
    return {
        "level": level,
        "quantiles": None if pair is None else [pair.lower, pair.upper],
        "by_window": pair is None and intervals.by_window,
        "lower": lower.tolist(),
        "upper": upper.tolist(),
    }


def _check_supported(forecaster: Forecaster) -> None:
    state, reads = forecaster.state, ""
    if state.future:
        reads = f"features known ahead ({', '.join(state.future)})"
    elif state.categories:
        reads = f"categories ({', '.join(state.categories)})"
    if reads:
        raise UsageError(
            f"The run {forecaster.run.path} reads {reads}, which an export does not support. Train it on numbers that "
            "are known up to the newest row, or use `seqkit forecast`."
        )


def _compare(forecaster: Forecaster, folder: Path, levels: Sequence[int]) -> None:
    """Compares the forecasts of the reader with those of the run, for the stored rows of the first series."""
    read = runpy.run_path(str(folder / READER))["forecast"]
    table = forecaster.context()
    state, frame = forecaster.state, forecaster.forecast_table(table, levels)
    shape = -1, len(state.targets), state.horizon
    columns = [str(name) for name in list(frame)[2:]]  # after unique_id and ds
    by_column = {name: frame[name].to_numpy().reshape(shape).transpose(0, 2, 1) for name in columns}
    for number in range(min(len(table.ids), MAX_COMPARED)):
        rows = slice(table.starts[number], table.starts[number + 1])
        values = np.stack([table.columns[name][rows] for name in state.columns], axis=1)
        ahead, bounds = read(folder, values, table.time[rows], table.ids[number])
        found = {columns[0]: ahead} | _named(columns[0], bounds)
        unit = state.target_deviations(table, np.array([number]))[0]
        for name, expected in by_column.items():
            difference = np.abs(found[name] - expected[number]) / np.maximum(unit, np.abs(expected[number]))
            if not np.all(difference <= TOLERANCE):
                raise SeqkitError(
                    f"The exported files give another {name} for the series '{table.ids[number]}' than the run "
                    f"{forecaster.run.path}: the largest difference is {np.max(difference):.2g}. Nothing was exported: "
                    "train the run again, or use `seqkit forecast`."
                )


def _named(name: str, bounds: Mapping[int, Any]) -> dict[str, Any]:
    """Returns the bounds by column, as `seqkit forecast` names them."""
    sides = [(f"{name}-lo-{level}", pair[0]) for level, pair in bounds.items()]
    return dict(sides + [(f"{name}-hi-{level}", pair[1]) for level, pair in bounds.items()])
