"""The newest rows of each series, which a run keeps so that it forecasts without its training data: `context.csv`.

Written and read without pandas, whose import would take longer than the forecast.
"""

import csv
from pathlib import Path

import numpy as np

from seqkit.data.series.table import Table
from seqkit.data.tables.intervals import parse_interval
from seqkit.errors import DataError
from seqkit.files.atomic import write_bytes
from seqkit.runs.run import Run
from seqkit.tasks.forecast.encode import check_columns
from seqkit.tasks.forecast.state import ForecastState
from seqkit.tasks.forecast.text import csv_lines, csv_times

ID, TIME = "unique_id", "ds"
"""The columns that name the series and the time of a row."""

UTC = "+00:00"


def write_context(run: Run, state: ForecastState, table: Table) -> None:
    """Writes the newest rows of each series to the run.

    A series too short for a window is skipped: nothing can be forecast from it.
    """
    chosen, ids = [], []
    for name, first, end in zip(table.ids, table.starts[:-1].tolist(), table.starts[1:].tolist(), strict=True):
        if end - first >= state.rows_needed:
            chosen.append(np.arange(end - state.rows_needed, end))
            ids += [name] * state.rows_needed
    rows = np.concatenate(chosen)
    columns: dict[str, list[object]] = {} if table.id_column is None else {ID: list(ids)}
    columns[TIME] = list(csv_times(table.time[rows], utc=table.utc))
    columns |= {name: values[rows].tolist() for name, values in table.columns.items()}
    write_bytes(run.path / "context.csv", csv_lines(columns).encode())


def read_context(run: Run, state: ForecastState) -> Table:
    """Returns the newest rows that a run keeps.

    Raises:
        DataError: `context.csv` is missing or damaged.
    """
    path = run.text_file("context.csv")
    try:
        table = _read(path, state)
    except (DataError, ValueError, OverflowError, csv.Error) as error:
        raise DataError(f"{path} is damaged. Give the newest rows with --data. {error}") from error
    lengths = np.diff(table.starts)
    if (lengths != state.rows_needed).any():
        raise DataError(
            f"{path} is damaged: it has {lengths.min()} rows of a series where a forecast reads {state.rows_needed}. "
            "Give the newest rows with --data."
        )
    return table


def _read(path: Path, state: ForecastState) -> Table:
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = [row for row in csv.reader(file, strict=True) if row] or [[]]
    check_columns(state, header)
    if TIME not in header or len(set(header)) < len(header):
        raise DataError(f"It has no column '{TIME}', or one twice.")
    ragged = next((number for number, row in enumerate(rows, start=2) if len(row) != len(header)), None)
    if ragged is not None or not rows:
        raise DataError(f"Row {ragged or 2} has not the {len(header)} cells of the header.")
    cells = dict(zip(header, zip(*rows, strict=True), strict=True))
    columns = {name: np.array(list(map(float, cells[name]))) for name in state.columns}
    for name, values in columns.items():
        if not np.isfinite(values).all():
            raise DataError(f"Its column '{name}' holds a value that is not a number.")
    time, utc = _times(cells[TIME], counter=isinstance(state.borders[0], int))
    names = cells.get(ID, ("series",) * len(rows))
    starts = [0, *(i for i in range(1, len(rows)) if names[i] != names[i - 1]), len(rows)]
    ids = tuple(names[first] for first in starts[:-1])
    if len(set(ids)) < len(ids):
        raise DataError("The rows of a series are not together.")
    return Table(
        columns=columns,
        time=time,
        ids=ids,
        starts=np.array(starts),
        segments=_segments(time, starts, state.interval),
        interval=state.interval,
        targets=state.targets,
        time_column=(TIME,),
        id_column=ID if ID in header else None,
        notes=(),
        utc=utc,
    )


def _times(cells: tuple[str, ...], *, counter: bool) -> tuple[np.ndarray, bool]:
    """Returns the times, and whether they are UTC."""
    if counter:
        return np.array(list(map(int, cells))), False
    utc = all(cell.endswith(UTC) for cell in cells)
    texts = [cell.removesuffix(UTC) if utc else cell for cell in cells]
    if any("+" in text or "Z" in text or text.strip() in ("", "NaT") for text in texts):
        raise DataError("Its times are not all of one zone, or one is missing.")
    return np.array(texts, "datetime64[ns]"), utc


def _segments(time: np.ndarray, starts: list[int], interval: str) -> np.ndarray:
    """Returns the row ranges without a gap, each inside one series."""
    ticks = time if time.dtype.kind == "i" else time.astype("datetime64[ns]").astype(np.int64)
    numbers, phases = parse_interval(interval).split(ticks)
    follows = (np.diff(numbers) == 1) & (np.diff(phases) == 0)
    off = np.zeros(len(time), bool)
    off[starts[:-1]] = True
    broken = np.flatnonzero(~follows & ~off[1:]) + 1
    for row in broken:
        if ticks[row] <= ticks[row - 1] or phases[row] != phases[row - 1]:
            raise DataError(f"The time {time[row]} in row {row + 2} does not follow the one before by {interval}.")
    edges = np.union1d(starts, broken)
    return np.stack([edges[:-1], edges[1:]], axis=1)
