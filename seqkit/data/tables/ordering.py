"""Ordering stages of the pipeline: sort rows, merge duplicate times."""

from __future__ import annotations

from typing import Any

import numpy as np

from seqkit.data.tables.findings import COUNT_ROWS, flag
from seqkit.data.tables.naming import naming_columns, slot_column
from seqkit.data.tables.resampling import average
from seqkit.data.tables.working_table import WorkingTable
from seqkit.errors import listed


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
    if not len(duplicates):
        return
    policy = working.choices.duplicates
    if working.choices.resample is not None:
        _note_series(working, duplicates)
        return
    if policy == "error":
        _report_duplicates(working, duplicates)
    else:
        _note_series(working, duplicates)
        action = {"first": "keeping the first", "last": "keeping the last", "mean": "keeping their mean"}[policy]
        working.report(
            "duplicate time", f"an earlier row has the same time; {action}", duplicates, column=working.time_name
        )
    first = np.flatnonzero(repeated == 0)
    if policy == "mean":
        average(working, first)
    else:
        working.take(np.append(first[1:], len(working)) - 1 if policy == "last" else first)


def _note_series(working: WorkingTable, duplicates: np.ndarray) -> None:
    """Notes the columns that name the series of a table whose series are about to be merged."""
    if len(duplicates) < 0.2 * len(working) or working.choices.interval is not None:
        return
    naming = naming_columns(working)
    if naming is not None and naming[0] == "id":
        message = f"rows of several series have the same time and are merged; {flag('id', naming[1])} keeps them apart"
        working.report("series", message, duplicates, column=" + ".join(naming[1]))


def _report_duplicates(working: WorkingTable, duplicates: np.ndarray) -> None:
    """Reports rows with duplicate times, and the column that distinguishes them, if any."""
    values = working.columns.values()
    equal = all(np.array_equal(v[duplicates], v[duplicates - 1], equal_nan=v.dtype.kind == "f") for v in values)
    remedy: dict[str, Any] = {"duplicates": "first" if equal else "mean"}
    message = "an earlier row has the same time and " + ("the same values" if equal else "other values")
    naming = naming_columns(working)
    if (slots := slot_column(working)) is not None:
        remedy = {"time": (COUNT_ROWS,)}
        message = f"'{slots}' numbers the rows of each date: --time none counts them in file order"
    elif naming is not None and (naming[0] == "time" or not equal):
        role, names = naming
        remedy = {"id": names} if role == "id" else {"time": (*working.roles.time, *names)}
        if len(names) == 1:
            use = "names the series" if role == "id" else "is part of the time"
            message = f"'{names[0]}' differs between rows with the same time: it probably {use}"
        else:
            message = f"{listed(names)} differ together between rows with the same time: they probably name the series"
    working.report("duplicate time", message, duplicates, column=working.time_name, remedy=remedy, blocking=True)
