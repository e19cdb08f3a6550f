"""Parses timestamps from one or more columns: texts, dates and hours, counters, Unix time.

A cell that cannot be parsed is reported, never skipped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.tables.findings import Choices
from seqkit.data.tables.times.cleaning import cleaned
from seqkit.data.tables.times.formats import formats, parse
from seqkit.data.tables.times.names import mentions_time, time_rank
from seqkit.data.tables.times.numeric_times import (
    SPREADSHEET,
    UNIX,
    are_dates,
    are_years,
    could_be_times,
    read_numeric_times,
)
from seqkit.data.tables.times.offsets import column_offsets, text_offsets
from seqkit.data.tables.times.parsed_times import BLANK, Times, times_from_stamps
from seqkit.data.tables.times.split_times import parts_by_name, read_date_and_clock, read_parts
from seqkit.data.tables.times.text_times import read_text
from seqkit.errors import UsageError

if TYPE_CHECKING:
    import pandas


def time_candidates(frame: pandas.DataFrame, form: str | None = None) -> tuple[str, ...]:
    """Returns the columns that could be the time, most likely first.

    The order is: usual names (timestamps, then texts that parse as times), other timestamps, other texts, and last
    numbers with a usual name, or one that mentions a time: those that are dates, then those that may count.

    Args:
        frame: The table as read.
        form: The format of times, if it is given.
    """
    ranked = []
    for position, name in enumerate(map(str, frame.columns)):
        kind, rank = column_kind(frame[name]), time_rank(name)
        if kind == "time":
            order = 2 if rank is None else 0
        elif kind == "text" and is_time_text(frame[name], form):
            order = 3 if rank is None else 1
        elif kind == "number" and mentions_time(name) and could_be_times(frame[name], name):
            order = 6 if not are_dates(frame[name], name) else 5 if rank is None else 4
        else:
            continue
        ranked.append((order, rank or 0, position, name))
    return tuple(name for *_, name in sorted(ranked))


def read_times(frame: pandas.DataFrame, names: tuple[str, ...], choices: Choices) -> Times:
    """Returns the times in one or more columns.

    Args:
        frame: The table as read.
        names: One column; or a date, then an hour, minute and second (or a time of day); or year, month, day, ...
        choices: Provides `time_format`.

    Raises:
        UsageError: The format is invalid, or the columns contain no times.
    """
    if len(names) == 1:
        return _read_column(frame[names[0]], names[0], choices)
    kinds = [column_kind(frame[name]) for name in names]
    if parts_by_name(names) or (set(kinds) == {"number"} and are_years(frame[names[0]])):
        return read_parts(frame, names)
    if set(kinds) == {"number"} and not are_dates(frame[names[0]], "date"):
        return read_parts(frame, names)
    return read_date_and_clock(frame, names, _read_column(frame[names[0]], names[0], choices))


def is_time_text(column: Any, form: str | None) -> bool:
    """Returns whether most cells of a column of texts are times, in the given format or in a usual one."""
    import pandas

    cells = sample(column)
    if formats(cells):
        return True
    rewritten = cleaned(cells)
    if rewritten != cells and formats(rewritten):
        return True
    if not cells or form is None or form in UNIX or form in SPREADSHEET:
        return False
    return float(np.isnat(parse(pandas.Series(cells, dtype="str"), form)).mean()) < 0.5


def column_kind(column: Any) -> str:
    """Returns what a column holds, by its type: "time", "text", "number" or "other"."""
    import pandas

    if isinstance(column.dtype, (pandas.DatetimeTZDtype, pandas.PeriodDtype)) or column.dtype.kind == "M":
        return "time"
    if isinstance(column.dtype, pandas.CategoricalDtype):
        return "text"
    return {"i": "number", "u": "number", "f": "number", "O": "text", "U": "text", "T": "text"}.get(
        column.dtype.kind, "other"
    )


def sample(column: Any) -> list[str]:
    """Returns a sample of the non-blank cells as text."""
    cells = (str(cell).strip() for cell in column.iloc[:: max(1, len(column) // 200)])
    return [cell for cell in cells if cell not in BLANK]


def _read_column(column: Any, name: str, choices: Choices) -> Times:
    kind = column_kind(column)
    if kind == "time":
        return _read_stamps(column, name)
    if kind == "number":
        return read_numeric_times(column, name, choices)
    if kind == "other":
        raise UsageError(
            f"The column '{name}' cannot be the time: its type is {column.dtype}. Choose another with --time."
        )
    return _read_text(column.astype("str").str.strip(), name, choices)


def _read_stamps(column: Any, name: str) -> Times:
    import pandas

    if isinstance(column.dtype, pandas.PeriodDtype):
        column = column.dt.to_timestamp()
    if isinstance(column.dtype, pandas.ArrowDtype):
        zone = getattr(column.dtype.pyarrow_dtype, "tz", None)
        column = column.astype("datetime64[us]" if zone is None else pandas.DatetimeTZDtype("us", zone))
    utc = isinstance(column.dtype, pandas.DatetimeTZDtype)
    offset = column_offsets(column) if utc else None
    stamps = (column.dt.tz_convert("UTC").dt.tz_localize(None) if utc else column).to_numpy()
    return times_from_stamps(
        stamps, name, blank=np.isnat(stamps), shown=lambda row: str(stamps[row]), utc=utc, offset=offset
    )


def _read_text(text: Any, name: str, choices: Choices) -> Times:
    blank = (text.isna() | text.isin(BLANK)).to_numpy(bool)
    form = choices.time_format
    if form in UNIX or form in SPREADSHEET:
        raise UsageError(
            f"--time-format {form} needs numbers, but '{name}' contains texts such as {sample(text)[:1]}. Omit it, or "
            "pass a pattern such as %Y-%m-%d."
        )
    reading = read_text(text, sample(text), name, choices)
    return times_from_stamps(
        reading.stamps,
        name,
        blank=blank,
        shown=lambda row: str(text.iloc[row]),
        utc=reading.utc,
        offset=text_offsets(text) if reading.utc else None,
        hint=reading.hint,
        findings=reading.findings,
        settled_format=reading.order,
    )
