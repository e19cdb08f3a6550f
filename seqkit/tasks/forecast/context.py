"""Reads and writes `context.csv`: the newest rows of each series, so that a run forecasts without its training data.

This module does without pandas, whose import takes longer than the forecast.
"""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from seqkit.data.series.ranges import rows_of
from seqkit.data.series.table import Table
from seqkit.data.tables.findings import COUNT_ROWS
from seqkit.data.tables.intervals import parse_interval
from seqkit.errors import DataError
from seqkit.files.atomic import write_bytes
from seqkit.runs.run import Run
from seqkit.tasks.forecast.encode import check_columns
from seqkit.tasks.forecast.state import ForecastState
from seqkit.tasks.forecast.text import csv_lines, csv_times

ID, TIME = "unique_id", "ds"
"""Names of the columns that hold the series and the time of a row."""

UTC = "+00:00"


def write_context(run: Run, state: ForecastState, table: Table) -> None:
    """Writes the newest rows of each series, as many as one window spans, to the run.

    Series shorter than a window are left out, as no forecast can be made from them.
    """
    long = np.flatnonzero(np.diff(table.starts) >= state.rows_needed)
    ends = table.starts[1:][long]
    rows = rows_of(np.stack([ends - state.rows_needed, ends], axis=1))
    ids = [table.ids[s] for s in long for _ in range(state.rows_needed)]
    columns: dict[str, list[object]] = {} if table.id_column is None else {ID: list(ids)}
    columns[TIME] = list(csv_times(table.time[rows], utc=table.utc))
    columns |= {name: values[rows].tolist() for name, values in table.columns.items()}
    write_bytes(run.path / "context.csv", csv_lines(columns).encode())


def read_context(run: Run, state: ForecastState) -> Table:
    """Reads the rows stored in a run.

    Raises:
        DataError: `context.csv` is missing or damaged.
    """
    path = run.text_file("context.csv")
    try:
        table = _read(path, state, join_gaps=run.manifest.reading.get("missing") == "skip")
    except (DataError, ValueError, OverflowError, csv.Error) as error:
        raise DataError(f"{path} is damaged. Give the newest rows with --data. {error}") from error
    lengths = np.diff(table.starts)
    if (lengths != state.rows_needed).any():
        raise DataError(
            f"{path} is damaged: a series has {lengths.min()} rows, expected {state.rows_needed}. "
            "Give the newest rows with --data."
        )
    return table


def with_stored_names(reading: Mapping[str, Any], columns: Iterable[object]) -> dict[str, Any]:
    """Returns options that read the columns `unique_id` and `ds` of data that lacks those named in training.

    Forecasts and stored rows have these columns, whatever the training data calls them.

    Args:
        reading: Options of reading the training data.
        columns: Columns of the data.
    """
    names = set(map(str, columns))
    stored: dict[str, Any] = {}
    for option, name in (("id", ID), ("time", TIME)):
        own = set(reading.get(option) or ()) - {COUNT_ROWS}
        if own and name in names and not names & own:
            stored[option] = (name,)
    if "time" in stored:
        stored["time_format"] = None  # stored times are not in the format of the training data
    return {**reading, **stored}


def _read(path: Path, state: ForecastState, *, join_gaps: bool) -> Table:
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = [row for row in csv.reader(file, strict=True) if row] or [[]]
    check_columns(state, header)
    if TIME not in header or len(set(header)) < len(header):
        raise ValueError(f"The column '{TIME}' is missing, or a column occurs twice.")
    ragged = next((number for number, row in enumerate(rows, start=2) if len(row) != len(header)), None)
    if ragged is not None or not rows:
        raise ValueError(f"Row {ragged or 2} does not have {len(header)} cells, as the header has.")
    cells = dict(zip(header, zip(*rows, strict=True), strict=True))
    columns = {name: np.array(list(map(float, cells[name]))) for name in state.columns}
    for name, values in columns.items():
        if not np.isfinite(values).all():
            raise ValueError(f"The column '{name}' contains a value that is not a finite number.")
    time, utc = _times(cells[TIME], counter=isinstance(state.borders[0], int))
    names = cells.get(ID, ("series",) * len(rows))
    starts = [0, *(i for i in range(1, len(rows)) if names[i] != names[i - 1]), len(rows)]
    ids = tuple(names[first] for first in starts[:-1])
    if len(set(ids)) < len(ids):
        raise ValueError("The rows of a series are not together.")
    segments = _segments(time, starts, state.interval)
    return Table(
        columns=columns,
        time=time,
        ids=ids,
        starts=np.array(starts),
        segments=np.stack([starts[:-1], starts[1:]], axis=1) if join_gaps else segments,
        interval=state.interval,
        targets=state.targets,
        time_column=(TIME,),
        id_column=ID if ID in header else None,
        notes=(),
        utc=utc,
    )


def _times(cells: tuple[str, ...], *, counter: bool) -> tuple[np.ndarray, bool]:
    """Parses the time column; the second value is whether the times are UTC."""
    if counter:
        return np.array(list(map(int, cells))), False
    utc = all(cell.endswith(UTC) for cell in cells)
    texts = [cell.removesuffix(UTC) if utc else cell for cell in cells]
    if any("+" in text or "Z" in text or text.strip() in ("", "NaT") for text in texts):
        raise ValueError("A time is missing, or the times have different time zones.")
    return np.array(texts, "datetime64[ns]"), utc


def _segments(time: np.ndarray, starts: list[int], interval: str) -> np.ndarray:
    """Returns the row ranges [first, end) without a gap, each within one series, of shape (segments, 2)."""
    ticks = time if time.dtype.kind == "i" else time.astype("datetime64[ns]").astype(np.int64)
    numbers, phases = parse_interval(interval).split(ticks)
    consecutive = (np.diff(numbers) == 1) & (np.diff(phases) == 0)
    is_first = np.zeros(len(time), bool)
    is_first[starts[:-1]] = True
    after_gap = np.flatnonzero(~consecutive & ~is_first[1:]) + 1
    for row in after_gap:
        if ticks[row] <= ticks[row - 1] or phases[row] != phases[row - 1]:
            raise ValueError(
                f"The time {time[row]} in row {row + 2} is not a multiple of {interval} after the previous one."
            )
    edges = np.union1d(starts, after_gap)
    return np.stack([edges[:-1], edges[1:]], axis=1)
