"""Reads and writes `series.csv`: the statistics of each series of a run that was trained on several.

This module does without pandas, whose import takes longer than the forecast.
"""

import csv
import math
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from seqkit.errors import DataError
from seqkit.files.atomic import write_bytes
from seqkit.runs.run import Run
from seqkit.tasks.forecast.series_statistics import SeriesStatistics
from seqkit.tasks.forecast.state import ForecastState
from seqkit.tasks.forecast.text import csv_lines

NAME = "series.csv"

HEADER = ["unique_id", "column", "mean", "deviation", "season_error", "constant"]
"""One row for each series and column; the season's error of targets only, and empty where it is undefined."""


def write_series(run: Run, state: ForecastState) -> None:
    """Writes the statistics of each series to the run; nothing if it was trained on a single one."""
    if state.series is None:
        return
    series, width = state.series, len(state.columns)
    season_error = np.full(series.mean.shape, np.nan)
    season_error[:, list(state.target_positions)] = series.season_error
    rows = [
        [name for name in series.ids for _ in range(width)],
        list(state.columns) * len(series.ids),
        series.mean.ravel().tolist(),
        series.deviation.ravel().tolist(),
        ["" if math.isnan(error) else error for error in season_error.ravel().tolist()],
        np.repeat(series.constant, width).astype(int).tolist(),
    ]
    write_bytes(run.path / NAME, csv_lines(dict(zip(HEADER, rows, strict=True))).encode())


def read_series(run: Run, state: ForecastState) -> ForecastState:
    """Returns the state with the statistics of each series; unchanged if the run was trained on a single one.

    Raises:
        DataError: `series.csv` is missing or damaged.
    """
    if not state.panel:
        return state
    path = run.text_file(NAME)
    try:
        return state.model_copy(update={"series": _read(path, state)})
    except (ValueError, csv.Error) as error:
        raise DataError(f"{path} is damaged: {error}. Train the run again.") from error


def _read(path: Path, state: ForecastState) -> SeriesStatistics:
    width, ids = len(state.columns), []
    numbers: list[list[float]] = []
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, strict=True)
        if next(rows, None) != HEADER:
            raise ValueError(f"its columns are not {', '.join(HEADER)}")
        for block in _blocks(rows, width):
            name = block[0][0]
            if [row[:2] for row in block] != [[name, column] for column in state.columns]:
                raise ValueError(f"series '{name}' does not have one row for each of {', '.join(state.columns)}")
            ids.append(name)
            numbers += [[float(row[2]), float(row[3]), float(row[4] or "nan"), float(row[5])] for row in block]
    mean, deviation, season_error, constant = np.array(numbers).reshape(-1, width, 4).transpose(2, 0, 1)
    if len(set(ids)) < len(ids) or not ids:
        raise ValueError("a series occurs twice, or there is none")
    if not (np.isfinite(mean).all() and ((deviation > 0) & np.isfinite(deviation)).all()):
        raise ValueError("a mean is not a finite number, or a deviation is not a positive one")
    if not (np.isnan(season_error) | ((season_error > 0) & np.isfinite(season_error))).all():
        raise ValueError("the season's error of a series is not a positive number")
    if not np.isin(constant, (0, 1)).all():
        raise ValueError("`constant` is neither 0 nor 1")
    targets = list(state.target_positions)
    return SeriesStatistics(tuple(ids), mean, deviation, constant[:, 0] == 1, season_error[:, targets])


def _blocks(rows: Iterator[list[str]], size: int) -> Iterator[list[list[str]]]:
    """Yields `size` rows at a time, each with a cell for every column."""
    while block := list(islice(rows, size)):
        if len(block) < size or any(len(row) != len(HEADER) for row in block):
            raise ValueError(f"a row does not have {len(HEADER)} cells, or rows are missing at its end")
        yield block
