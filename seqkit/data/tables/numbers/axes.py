"""Asks about columns of numbers that look like the time although their names do not say so.

A column that is not read as the time is an input, and its rows are counted in file order: gaps are lost, and a file
that begins with the newest row is learned backwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from seqkit.data.tables.findings import COUNT_ROWS, Finding
from seqkit.data.tables.times.numeric_times import UNIX, unix_unit

if TYPE_CHECKING:
    import pandas

_MIN_ROWS = 5
_YEARS = (1678, 2262)


def time_axis(frame: pandas.DataFrame, names: Sequence[str]) -> Finding | None:
    """Returns the question about the first column that looks like Unix time, years with decimals or falling counters.

    Args:
        frame: A table without a column of times.
        names: The columns that could be the time.
    """
    for name in names:
        column = frame[name]
        if column.dtype.kind in "iuf" and len(column) >= _MIN_ROWS and (finding := _axis(column, name)):
            return finding
    return None


def _axis(column: pandas.Series, name: str) -> Finding | None:
    values = column.to_numpy(np.float64)
    steps = np.diff(values)
    if not np.isfinite(values).all() or not (np.all(steps > 0) or np.all(steps < 0)):
        return None
    usual = float(np.median(np.abs(steps)))
    is_regular = bool(np.mean(np.isclose(np.abs(steps), usual, rtol=0.02)) > 0.5)
    if is_regular and (unit := unix_unit(values)):
        first = np.datetime64(round(values[0] * UNIX[unit]), "ns").astype("datetime64[s]")
        message = f"looks like Unix time ({first} UTC): --time reads it; --time none counts the rows"
        return _question(values, name, message, {"time": (name,)})
    if steps[0] < 0 and np.all(steps == -1):
        message = (
            f"falls by 1 from row to row, so that the newest row may come first: --time {name} sorts the rows; "
            "--time none counts them as they are"
        )
        return _question(values, name, message, {"time": (name,)})
    is_year = bool(values.min() >= _YEARS[0] and values.max() < _YEARS[1] and np.any(values != np.floor(values)))
    if is_year and 1 / 400 < usual <= 0.5 and is_regular:
        message = "looks like years with decimals, which are no times: write dates as in 2020-01-31"
        remedy = {"time": (COUNT_ROWS,)} if steps[0] > 0 and np.ptp(steps) < 0.2 * usual else {}
        return _question(values, name, f"{message}; --time none counts the rows", remedy)
    return None


def _question(values: np.ndarray, name: str, message: str, remedy: Mapping[str, tuple[str, ...]]) -> Finding:
    value = f"{values[0]:.12g}"
    return Finding("unread time", message, name, None, len(values), 1, value, remedy, blocking=True)
