"""Reads times that are split over columns: a date and a time of day, or year, month, day and so on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.tables.findings import Finding
from seqkit.data.tables.intervals import DAY
from seqkit.data.tables.times.month_names import month_number
from seqkit.data.tables.times.names import part_of_time
from seqkit.data.tables.times.parsed_times import Times, unreadable_time
from seqkit.data.tables.times.periods import week_start
from seqkit.data.tables.times.times_of_day import MINUTE, SECOND, read_clock, read_part
from seqkit.data.tables.working_table import tick_text
from seqkit.errors import UsageError

if TYPE_CHECKING:
    import pandas

_POSITIONS = ("year", "month", "day", "hour", "minute", "second")
_LIMITS = {
    "year": (1678, 2261),
    "quarter": (1, 4),
    "month": (1, 12),
    "week": (1, 53),
    "day": (1, 31),
    "hour": (0, 24),
    "minute": (0, 59),
    "second": (0, 59),
}


def parts_by_name(names: tuple[str, ...]) -> dict[str, str] | None:
    """Returns columns by the part of a time that their names mean, or None if they are not a year and its parts."""
    parts = {part_of_time(name): name for name in names}
    if None in parts or len(parts) < len(names) or "year" not in parts or len(parts) < 2:
        return None
    ordered = [part for part in _LIMITS if part in parts]
    date, *clock = [part for part in ordered if part != "year"]
    complete = {"quarter": [], "week": [], "month": ["day", "hour", "minute", "second"]}.get(date)
    if complete is None or clock != complete[: len(clock)]:
        return None
    return {part: str(parts[part]) for part in ordered}


def read_parts(frame: pandas.DataFrame, names: tuple[str, ...]) -> Times:
    """Returns the times of columns of year and quarter, year and week, or year, month, day, hour, minute, second.

    Raises:
        UsageError: There are too many columns.
    """
    if len(names) > len(_POSITIONS):
        raise UsageError("--time takes year, month, day, hour, minute and second at most. Omit the other columns.")
    columns = parts_by_name(names) or dict(zip(_POSITIONS, names, strict=False))
    good, values = np.ones(len(frame), bool), {}
    for part, name in columns.items():
        numbers = month_numbers(frame[name]) if part == "month" else _numbers(frame[name])
        low, high = _LIMITS[part]
        good &= (numbers >= low) & (numbers <= high) & (numbers == np.floor(numbers))
        values[part] = numbers
    number = {part: np.where(good, v, 1970 if part == "year" else 1).astype(np.int64) for part, v in values.items()}
    if "week" in number:
        days = week_start(number["year"], number["week"])
        good &= ~np.isnat(days)
        days = np.where(good, days, np.datetime64(0, "D"))
    else:
        month = number.get("month", 3 * number["quarter"] - 2 if "quarter" in number else np.ones(len(frame), np.int64))
        months = (number["year"] - 1970) * 12 + month - 1
        days = months.astype("datetime64[M]").astype("datetime64[D]") + (number.get("day", np.array(1)) - 1)
        good &= days.astype("datetime64[M]").astype(np.int64) == months
    clock = [number.get(part, np.zeros(len(frame), np.int64)) for part in ("hour", "minute", "second")]
    good &= (clock[0] < 24) | ((clock[1] == 0) & (clock[2] == 0))
    ticks = days.astype(np.int64) * DAY + clock[0] * (DAY // 24) + clock[1] * MINUTE + clock[2] * SECOND
    hint = f"the columns are read as {', '.join(columns)}"
    date = Times(ticks, None, counter=False, utc=False, findings=_hour_24(clock[0] == 24, names, ticks))
    return _combined(frame, names, ticks, good, date, hint)


def read_date_and_clock(frame: pandas.DataFrame, names: tuple[str, ...], date: Times) -> Times:
    """Returns the times of a column of dates and columns of a time of day, or hour, minute and second.

    Args:
        frame: The table as read.
        names: The column of dates, then the others.
        date: The times of the first column.

    Raises:
        UsageError: The columns are of another form.
    """
    if date.counter or len(names) > 4:
        raise UsageError(
            "--time takes one column, a date and its hour (minute, second), or year, month, day and so on. Pass "
            "columns of one of these forms."
        )
    ticks, good = date.ticks, np.ones(len(frame), bool)
    for name, unit in zip(names[1:], (0, MINUTE, SECOND), strict=False):
        column = frame[name]
        if column.dtype.kind == "M" or column.dtype.kind == "b":
            raise UsageError(
                f"The column '{name}' cannot be hours or minutes: its type is {column.dtype}. Choose another with "
                "--time."
            )
        added, valid = read_part(column, unit) if unit else read_clock(column)
        if not unit:
            date = _with_findings(date, _hour_24(added == DAY, names, ticks + added))
        ticks, good = ticks + added, good & valid
    hint = "hours range from 0 to 24, minutes and seconds to 59; a time of day is written as in 17:24 or 5 PM"
    return _combined(frame, names, ticks, good, date, hint)


def month_numbers(column: Any) -> np.ndarray:
    """Returns months as numbers, float64 of shape (rows,), from numbers or from names such as Jan or März."""
    if column.dtype.kind in "iuf":
        return np.asarray(column.to_numpy(np.float64))
    texts = column.astype("str")
    numbers = texts.map({name: month_number(name) for name in texts.dropna().unique().tolist()}).astype("Float64")
    return np.where(numbers.isna(), _numbers(column), numbers.to_numpy(np.float64, na_value=np.nan))


def _numbers(column: Any) -> np.ndarray:
    import pandas

    return np.asarray(pandas.to_numeric(column.astype("str"), errors="coerce").to_numpy(np.float64))


def _hour_24(midnight: np.ndarray, names: tuple[str, ...], ticks: np.ndarray) -> tuple[Finding, ...]:
    if not midnight.any():
        return ()
    row = int(np.argmax(midnight))
    return (
        Finding(
            kind="hour 24",
            message="hour 24 is read as 00:00 of the next day",
            column=" + ".join(names),
            count=int(midnight.sum()),
            row=row + 1,
            value=tick_text(int(ticks[row]), counter=False),
        ),
    )


def _with_findings(times: Times, findings: tuple[Finding, ...]) -> Times:
    return replace(times, findings=(*times.findings, *findings))


def _combined(
    frame: pandas.DataFrame, names: tuple[str, ...], ticks: np.ndarray, good: np.ndarray, date: Times, hint: str
) -> Times:
    """Returns the times of multiple columns, with a finding for the invalid rows."""
    absent = np.zeros(len(frame), bool) if date.absent is None else date.absent
    findings, invalid = list(date.findings), ~good & ~absent
    if invalid.any():
        value = " ".join(str(frame[name].iloc[int(np.argmax(invalid))]) for name in names)
        findings.append(unreadable_time(invalid, value, " + ".join(names), hint))
    absent = absent | ~good
    ticks = np.where(absent, 0, ticks)
    return replace(date, ticks=ticks, absent=absent if absent.any() else None, findings=tuple(findings))
