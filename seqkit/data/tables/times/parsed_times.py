"""The times of a table's rows, and the findings for cells that are blank or cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from seqkit.data.files.layout import TOTAL_MESSAGE, is_total
from seqkit.data.tables.findings import Finding
from seqkit.data.tables.times.month_names import UNKNOWN_MONTH

BLANK = ("", "nan", "NaN", "NA", "N/A", "NaT", "null", "NULL", "None", "<NA>")
_MAX_UNKNOWN_MONTHS = 0.05  # more lack a month of every year, which no policy for gaps mends
_EARLIEST, _LATEST = np.datetime64("1678-01-01", "s"), np.datetime64("2262-01-01", "s")


@dataclass(frozen=True)
class Times:
    """The times of all rows, in file order.

    Attributes:
        ticks: Nanoseconds since 1970, or counters, int64 of shape (rows,); 0 where the time is absent.
        absent: Mask of rows without a valid time, of shape (rows,); None if all rows have one.
        counter: Whether the ticks are counters.
        utc: Whether the file contains UTC offsets, so that the times are UTC.
        findings: Problems with the times.
        offset: UTC offset of each row in nanoseconds, int64 of shape (rows,); None if the file has no offsets.
        settled_format: The format that the cells as a whole settled, where a cell alone could be read in two ways:
            the order of day and month, or the kind of period; None otherwise.
    """

    ticks: np.ndarray
    absent: np.ndarray | None
    counter: bool
    utc: bool
    findings: tuple[Finding, ...] = ()
    offset: np.ndarray | None = None
    settled_format: str | None = None


def times_from_stamps(
    stamps: np.ndarray,
    name: str,
    *,
    blank: np.ndarray,
    shown: Callable[[int], str],
    utc: bool,
    offset: np.ndarray | None = None,
    hint: str = "times must be between the years 1678 and 2261",
    findings: tuple[Finding, ...] = (),
    settled_format: str | None = None,
) -> Times:
    """Returns the times of one column, with findings for blank and unreadable cells.

    Args:
        stamps: datetime64 of shape (rows,), NaT where a cell is blank or cannot be read.
        name: Name of the column.
        blank: Mask of blank cells.
        shown: Returns the cell of a row as text.
        utc: As in `Times`.
        offset: As in `Times`.
        hint: What is wrong with a cell that cannot be read.
        findings: Earlier findings.
        settled_format: As in `Times`.
    """
    problems = list(findings)
    absent = np.isnat(stamps) | (stamps < _EARLIEST) | (stamps >= _LATEST)
    unreadable = absent & ~blank
    if blank.any():
        problems.append(missing_time(blank, name))
    if unreadable.any():
        problems.append(unreadable_time(unreadable, shown(int(np.argmax(unreadable))), name, hint))
    ticks = np.where(absent, np.datetime64(0, "s"), stamps) if absent.any() else stamps
    ticks = ticks.astype("datetime64[ns]").view(np.int64)
    return Times(ticks, absent if absent.any() else None, False, utc, tuple(problems), offset, settled_format)


def missing_time(blank: np.ndarray, name: str) -> Finding:
    """Returns the finding for blank cells."""
    return Finding(
        kind="missing time",
        message="a row without a time cannot be placed in the series",
        column=name,
        count=int(blank.sum()),
        row=int(np.argmax(blank)) + 1,
        remedy={"missing": "drop"},
        blocking=True,
    )


def unreadable_time(bad: np.ndarray, value: str, name: str, hint: str) -> Finding:
    """Returns the finding for unreadable times; dropping them is no remedy if they are the majority, or name months."""
    most = _MAX_UNKNOWN_MONTHS if hint == UNKNOWN_MONTH else 0.5
    return Finding(
        kind="unreadable time",
        message=TOTAL_MESSAGE if is_total(value) else hint,
        column=name,
        count=int(bad.sum()),
        row=int(np.argmax(bad)) + 1,
        value=value,
        remedy={"missing": "drop"} if bad.mean() < most else {},
        blocking=True,
    )
