"""Converts a raw DataFrame to a regular table: sorted, numeric, and without gaps inside a segment.

All problems are reported at once, with the flags that fix them. Nothing is fixed unless requested, except the order of
the rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from seqkit.data.series.table import Table
from seqkit.data.tables.findings import Choices
from seqkit.data.tables.gaps import segments
from seqkit.data.tables.pipeline import examine
from seqkit.data.tables.report import finding_lines, refusal
from seqkit.errors import DataError

if TYPE_CHECKING:
    import pandas


def regularise(
    frame: pandas.DataFrame,
    *,
    time: tuple[str, ...] = (),
    id: tuple[str, ...] = (),
    target: tuple[str, ...] = (),
    features: tuple[str, ...] = (),
    wide: Literal["none", "columns", "rows"] = "none",
    timezone: str | None = None,
    time_format: str | None = None,
    sentinel: tuple[float, ...] = (),
    not_sentinel: tuple[float, ...] = (),
    null: tuple[str, ...] = (),
    decimal: Literal[".", ","] = ".",
    thousands: Literal["error", "none", ".", ",", "'", "space"] = "error",
    missing: Literal["error", "ffill", "interpolate", "drop", "skip"] = "error",
    duplicates: Literal["error", "first", "last", "mean"] = "error",
    sessions: str | None = None,
    round: str | None = None,
    resample: str | None = None,
    resample_with: Literal["mean", "sum", "first", "last", "min", "max"] = "mean",
    interval: str | None = None,
) -> Table:
    """Returns the regular table of a DataFrame, or raises an error that lists every problem.

    Args:
        frame: The table, as `seqkit.data.tables.reading.read_frame` returns it; it is not changed.
        time: Time column; multiple columns are a date and an hour (minute, second), or year, month, day and so on.
            'none' counts the rows in file order.
        id: Column that names the series in a long table; multiple columns, such as store and department, name them
            together. unique_id and item_id are recognised.
        target: Columns to predict, or 'all'; recognises y, target, and the only numeric column.
        features: Columns to read, in addition to the targets; all numeric columns by default.
        wide: Layout of a table without a row per time and series: columns has one series in each column, rows one in
            each row, named by its first cell, from the left to the right. none is a long table.
        timezone: Local time zone, such as Europe/Berlin. Times are converted to UTC, except where rows or bins are a
            day or longer: these keep, or follow, the local dates.
        time_format: Format of the times, such as '%d.%m.%Y %H:%M'; s, ms, us or ns for Unix time; excel (or excel1904)
            for the day numbers of a spreadsheet; week for year and week, such as 201205.
        sentinel: Numbers that mean a missing value, such as -9999.
        not_sentinel: Numbers that look like a sentinel but are measured values.
        null: Texts in numeric columns that mean a missing value, such as '?'.
        decimal: Decimal separator. With a decimal comma, a point separates thousands.
        thousands: Thousands separator of numbers: , reads 1,234 as 1234. With a point, the decimal separator is a
            comma; space includes narrow spaces. error stops where numbers may have one; none reads 1.012 as it is, next
            to 914 too.
        missing: What to do about missing rows and values: error stops; drop removes the rows and splits the series
            there; skip removes them and joins the rows around, as suits holidays among trading days; ffill repeats the
            last value; interpolate draws a line to the next value. A filled value is read, but never trained on as a
            target or scored; no window ends on an interpolated value, as the next one was not known then.
        duplicates: What to do about rows with the same time: error stops; first, last or mean keeps the first row, the
            last row or the mean of all.
        sessions: Days that have rows, such as 'Mon-Sat', or days and hours, 'Mon-Fri 09:30-15:30': nights, weekends and
            breaks are then no gaps, and forecasts skip them.
        round: Round times that jitter to the nearest step of an interval, such as 15min, h, D, MS; no value changes.
        resample: Reduce all rows in each interval, such as 10min, h, D, W-SUN, MS, to one. An interval at the start or
            end of a series that is not whole is left out; one with less than half of its usual rows is missing.
        resample_with: How to reduce them: their mean, sum (for rain, sales), first, last, smallest or largest value.
        interval: The required interval, for data that a finished run reads; a target may then be constant.

    Raises:
        UsageError: A requested column does not exist (the message suggests the nearest), no target is chosen, or an
            option has an invalid value.
        DataError: The options do not fix every problem; the message lists each with column, count, first row and value,
            and the flags that fix it.
    """
    choices = Choices(
        time=time,
        id=id,
        target=target,
        features=features,
        wide=wide,
        timezone=timezone,
        time_format=time_format,
        sentinel=sentinel,
        not_sentinel=not_sentinel,
        null=null,
        decimal=decimal,
        thousands=thousands,
        missing=missing,
        duplicates=duplicates,
        sessions=sessions,
        round=round,
        resample=resample,
        resample_with=resample_with,
        interval=interval,
    )
    return regular_table(frame, choices)


def regular_table(frame: pandas.DataFrame, choices: Choices, *, must_choose: bool = True) -> Table:
    """Returns the regular table of a DataFrame, or raises an error that lists every problem; see `regularise`.

    Args:
        frame: The table as read.
        choices: Roles and fixes.
        must_choose: Whether a missing target is an error.

    Raises:
        UsageError: A choice does not fit the columns.
        DataError: The choices do not fix every problem.
    """
    working = examine(frame, choices, must_choose=must_choose)
    if any(finding.blocking for finding in working.findings):
        raise DataError(refusal(frame, choices, must_choose=must_choose))
    assert working.interval is not None  # otherwise there is a blocking finding
    filled = {name: mask for name, mask in working.filled.items() if mask.any()}
    return Table(
        columns=dict(working.columns),
        time=working.ticks if working.counter else working.ticks.view("datetime64[ns]"),
        ids=working.ids,
        starts=working.starts,
        segments=segments(working),
        interval=working.interval,
        targets=working.roles.targets,
        time_column=working.roles.time,
        id_column=working.roles.id_name,
        notes=tuple(finding_lines(working.findings)),
        utc=working.utc,
        time_format=working.time_format,
        filled=filled,
        lookahead=np.logical_or.reduce(list(filled.values())) if filled and choices.missing == "interpolate" else None,
        origin=working.origin,
    )
