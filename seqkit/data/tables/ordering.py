"""Ordering stages of the pipeline: sort rows, merge duplicate times."""

from __future__ import annotations

from typing import Any

import numpy as np

from seqkit.data.tables.intervals import DAY
from seqkit.data.tables.resampling import average
from seqkit.data.tables.working_table import WorkingTable


def sort_rows(working: WorkingTable) -> None:
    """Sorts the rows by series, then time; rows with the same time keep their file order."""
    if working.codes is not None and np.any(working.codes[1:] < working.codes[:-1]):
        working.take(np.argsort(working.codes, kind="stable"))
    earlier = working.ticks[1:] < working.ticks[:-1]
    if working.codes is not None:
        earlier &= working.codes[1:] == working.codes[:-1]
    if not earlier.any():
        return
    rows = np.flatnonzero(earlier) + 1
    working.report(
        "unsorted", "earlier than the row before; all rows are sorted by time", rows, column=working.time_name
    )
    order = np.argsort(working.ticks, kind="stable")
    working.take(order if working.codes is None else np.lexsort((working.ticks, working.codes)))


def merge_duplicates(working: WorkingTable) -> None:
    """Merges rows with the same series and time; with `resample`, averaging the bins does that."""
    repeated = working.repeats
    duplicates = np.flatnonzero(repeated)
    if not len(duplicates) or working.choices.resample is not None:
        return
    policy = working.choices.duplicates
    if policy == "error":
        _report_duplicates(working, duplicates)
    else:
        action = {"first": "keeping the first", "last": "keeping the last", "mean": "keeping their mean"}[policy]
        working.report(
            "duplicate time", f"an earlier row has the same time; {action}", duplicates, column=working.time_name
        )
    first = np.flatnonzero(repeated == 0)
    if policy == "mean":
        average(working, first)
    else:
        working.take(np.append(first[1:], len(working)) - 1 if policy == "last" else first)


def _report_duplicates(working: WorkingTable, duplicates: np.ndarray) -> None:
    """Reports rows with duplicate times, and the column that distinguishes them, if any."""
    values = working.columns.values()
    equal = all(np.array_equal(v[duplicates], v[duplicates - 1], equal_nan=v.dtype.kind == "f") for v in values)
    remedy: dict[str, Any] = {"duplicates": "first" if equal else "mean"}
    message = "an earlier row has the same time and " + ("the same values" if equal else "other values")
    distinguishing = None if equal else _distinguishing_column(working)
    if distinguishing is not None:
        role, name = distinguishing
        remedy = {"id": name} if role == "id" else {"time": (*working.roles.time, name)}
        use = "names the series" if role == "id" else "is part of the time"
        message = f"'{name}' differs between rows with the same time: it probably {use}"
    working.report("duplicate time", message, duplicates, column=working.time_name, remedy=remedy, blocking=True)


def _distinguishing_column(working: WorkingTable) -> tuple[str, str] | None:
    """Returns the role and name of a column that differs between all rows with the same time, or None.

    An hour next to a date without a time of day is part of the time; a text or a recurring number names the series.
    """
    import pandas

    candidates = []
    for position, name in enumerate(working.frame.columns):
        if name in (*working.roles.time, *working.roles.targets, working.roles.id):
            continue
        column = working.frame[name] if working.origin is None else working.frame[name].iloc[working.origin]
        if column.dtype.kind not in "iuOUT":
            continue
        codes, distinct = pandas.factorize(column)
        if len(distinct) > max(24, len(working) // 10):
            continue
        is_hour = (
            column.dtype.kind in "iu" and column.min() >= 0 and column.max() <= 23 and len(working.roles.time) == 1
        )
        is_hour = is_hour and not working.counter and not np.any(working.ticks % DAY) and working.codes is None
        if working.codes is not None and not is_hour:
            continue
        keys = pandas.DataFrame({"time": working.ticks, "other": codes})
        if not keys.duplicated().any():
            candidates.append((0 if is_hour else 1 if column.dtype.kind in "OUT" else 2, position, name))
    if not candidates:
        return None
    rank, _, name = min(candidates)
    return ("time" if rank == 0 else "id"), name
