"""Parses timestamps from one or more columns: texts, dates and hours, counters, Unix time.

A cell that cannot be parsed is reported, never skipped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.tables.columns import time_rank
from seqkit.data.tables.findings import Choices, Finding
from seqkit.data.tables.intervals import DAY
from seqkit.data.tables.offsets import column_offsets, text_offsets
from seqkit.data.tables.time_formats import formats, parse, read_text
from seqkit.errors import DataError, UsageError

if TYPE_CHECKING:
    import pandas

_UNIX = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}
_CLOCK = ((DAY // 24, 24), (DAY // 1440, 60), (DAY // 86_400, 60))
_EARLIEST, _LATEST = np.datetime64("1678-01-01", "s"), np.datetime64("2262-01-01", "s")
_BLANK = ("", "nan", "NaN", "NA", "N/A", "NaT", "null", "NULL", "None", "<NA>")


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
    """

    ticks: np.ndarray
    absent: np.ndarray | None
    counter: bool
    utc: bool
    findings: tuple[Finding, ...]
    offset: np.ndarray | None = None


def time_candidates(frame: pandas.DataFrame) -> tuple[str, ...]:
    """Returns the columns that could be the time, most likely first.

    The order is: usual names (timestamps, then texts that parse as times), other timestamps, other texts, and last
    integers with a usual name that differ from row to row.
    """
    ranked = []
    for position, name in enumerate(map(str, frame.columns)):
        kind, rank = _kind(frame[name]), time_rank(name)
        if kind == "time":
            order = 2 if rank is None else 0
        elif kind == "text" and formats(_sample(frame[name])):
            order = 3 if rank is None else 1
        elif kind == "number" and rank is not None and _could_be_time(frame[name]):
            order = 4
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
        return _read_column(frame[names[0]], names[0], choices.time_format)
    if all(_kind(frame[name]) == "number" for name in names):
        return _read_fields(frame, names)
    date = _read_column(frame[names[0]], names[0], choices.time_format)
    if date.counter or len(names) > 4:
        raise UsageError(
            "--time takes one column, a date and its hour (minute, second), or year, month, day and so on. Pass "
            "columns of one of these forms."
        )
    absent = np.zeros(len(frame), bool) if date.absent is None else date.absent
    ticks, good = date.ticks, np.ones(len(frame), bool)
    for name, (unit, end) in zip(names[1:], _CLOCK, strict=False):
        added, whole = _read_part(frame[name], name, unit, end)
        ticks, good = ticks + added, good & whole
    return _combined(frame, names, ticks, good, date, absent, "hours range from 0 to 23, minutes and seconds to 59")


def _read_fields(frame: pandas.DataFrame, names: tuple[str, ...]) -> Times:
    """Returns the times of columns of year, month, day, hour, minute, second."""
    values = [frame[name].to_numpy(np.float64) for name in names]
    limits = ((1678, 2261), (1, 12), (1, 31), (0, 23), (0, 59), (0, 59))
    if len(names) > len(limits):
        raise UsageError("--time takes year, month, day, hour, minute and second at most. Omit the other columns.")
    good = np.ones(len(frame), bool)
    for v, (low, high) in zip(values, limits, strict=False):
        good &= (v >= low) & (v <= high) & (v == np.floor(v))
    year, month, *rest = (np.where(good, v, 1).astype(np.int64) for v in values)
    months = (year - 1970) * 12 + month - 1
    days = months.astype("datetime64[M]").astype("datetime64[D]") + ((rest[0] if rest else 1) - 1)
    good &= days.astype("datetime64[M]").astype(np.int64) == months
    ticks = days.astype(np.int64) * DAY
    for v, (unit, _) in zip(rest[1:], _CLOCK, strict=False):
        ticks = ticks + v * unit
    date = Times(ticks, None, counter=False, utc=False, findings=())
    hint = "the columns are read as year, month, day, hour, minute, second"
    return _combined(frame, names, ticks, good, date, np.zeros(len(frame), bool), hint)


def _combined(
    frame: pandas.DataFrame,
    names: tuple[str, ...],
    ticks: np.ndarray,
    good: np.ndarray,
    date: Times,
    absent: np.ndarray,
    hint: str,
) -> Times:
    """Returns the times of multiple columns, with a finding for the invalid rows."""
    findings = list(date.findings)
    invalid = ~good & ~absent
    if invalid.any():
        value = " ".join(str(frame[name].iloc[int(np.argmax(invalid))]) for name in names)
        findings.append(_unreadable(invalid, value, " + ".join(names), hint))
    absent = absent | ~good
    ticks, absences = np.where(absent, 0, ticks), absent if absent.any() else None
    return Times(ticks, absences, False, date.utc, tuple(findings), date.offset)


def _kind(column: Any) -> str:
    import pandas

    if isinstance(column.dtype, (pandas.DatetimeTZDtype, pandas.PeriodDtype)) or column.dtype.kind == "M":
        return "time"
    if isinstance(column.dtype, pandas.CategoricalDtype):
        return "text"
    return {"i": "number", "u": "number", "f": "number", "O": "text", "U": "text", "T": "text"}.get(
        column.dtype.kind, "other"
    )


def _sample(column: Any) -> list[str]:
    """Returns a sample of the non-blank cells as text."""
    cells = (str(cell).strip() for cell in column.iloc[:: max(1, len(column) // 200)])
    return [cell for cell in cells if cell not in _BLANK]


def _could_be_time(column: Any) -> bool:
    """Whether numbers could be times: mostly distinct integers, or dates such as 20200131."""
    values = column.to_numpy(np.float64)
    whole = bool(np.all(np.isnan(values) | (values == np.floor(values))))
    return whole and (_are_dates(values) or int(column.nunique()) > 0.5 * len(column))


def _are_dates(values: np.ndarray) -> bool:
    """Whether all numbers are dates such as 20200131."""
    known = values[np.isfinite(values)]
    month, day = known // 100 % 100, known % 100
    return len(known) > 0 and bool(
        np.all((known > 1678_00_00) & (known < 2262_00_00) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31))
    )


def _read_column(column: Any, name: str, form: str | None) -> Times:
    kind = _kind(column)
    if kind == "time":
        return _read_stamps(column, name)
    if kind == "number":
        return _read_numbers(column, name, form)
    if kind == "other":
        raise UsageError(
            f"The column '{name}' cannot be the time: its type is {column.dtype}. Choose another with --time."
        )
    return _read_text(column.astype("str").str.strip(), name, form)


def _read_stamps(column: Any, name: str) -> Times:
    import pandas

    if isinstance(column.dtype, pandas.PeriodDtype):
        column = column.dt.to_timestamp()
    utc = isinstance(column.dtype, pandas.DatetimeTZDtype)
    offset = column_offsets(column) if utc else None
    stamps = (column.dt.tz_convert("UTC").dt.tz_localize(None) if utc else column).to_numpy()
    return _finished(stamps, name, blank=np.isnat(stamps), shown=lambda row: str(stamps[row]), utc=utc, offset=offset)


def _read_numbers(column: Any, name: str, form: str | None) -> Times:
    values = column.to_numpy()
    blank = ~np.isfinite(values)
    too_large = ~blank & (np.abs(values.astype(np.float64)) * _UNIX.get(form or "", 1) >= 2.0**63)
    if too_large.any():
        row = int(np.argmax(too_large))
        raise DataError(
            f"The column '{name}' contains {values[row]:g} in row {row + 1:,}, which is too large for a time. Fix it, "
            "or choose another column with --time."
        )
    if form in _UNIX:
        # Whole seconds and remainder separately: float64 cannot represent a current time to the nanosecond.
        seconds, rest = np.divmod(np.where(blank, 0, values), 1_000_000_000 // _UNIX[form])
        ticks = seconds.astype(np.int64) * 1_000_000_000 + np.round(rest * _UNIX[form]).astype(np.int64)
        stamps = np.where(blank, np.datetime64("NaT"), ticks.view("datetime64[ns]"))
        return _finished(stamps, name, blank=blank, shown=lambda row: str(values[row]), utc=True)
    if np.any(~blank & (values != np.floor(values))):
        raise UsageError(
            f"The column '{name}' cannot be the time: it contains decimals. Times are timestamps or whole numbers; "
            "read Unix time with --time-format s (or ms, us, ns)."
        )
    ticks = np.where(blank, 0, values).astype(np.int64)
    if form is not None or _are_dates(values):
        text = column.astype("Int64").astype("str")
        return _read_text(text, name, form or "%Y%m%d")
    findings = [_missing(blank, name)] if blank.any() else []
    largest = int(np.abs(ticks).max(initial=0))
    unit = next((unit for unit, scale in _UNIX.items() if 1e9 <= largest * (scale / 1e9) < 2.2e9), None)
    if unit is not None:
        message = f"looks like Unix time but is read as a counter; --time-format {unit} converts it to timestamps"
        findings.append(Finding("Unix time", message, column=name, value=str(ticks[0])))
    return Times(ticks, blank if blank.any() else None, counter=True, utc=False, findings=tuple(findings))


def _read_part(column: Any, name: str, unit: int, end: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns the ticks to add for a column of hours, minutes, seconds or times of day, and the mask of valid rows."""
    import pandas

    if _kind(column) == "text":
        text = column.astype("str").str.strip()
        numbers = pandas.to_numeric(text, errors="coerce").to_numpy(np.float64)
        if np.isnan(numbers).mean() > 0.5:
            clock = text.where(~text.str.fullmatch(r"\d{1,2}:\d{2}"), text + ":00")
            spans = pandas.to_timedelta(clock, errors="coerce").to_numpy().astype("timedelta64[ns]")
            good = (spans >= np.timedelta64(0)) & (spans < np.timedelta64(1, "D"))
            return np.where(good, spans.astype(np.int64), 0), good
    elif _kind(column) == "number":
        numbers = column.to_numpy(np.float64)
    else:
        raise UsageError(
            f"The column '{name}' cannot be hours or minutes: its type is {column.dtype}. Choose another with --time."
        )
    good = (numbers >= 0) & (numbers < end) & (numbers == np.floor(numbers))
    return np.where(good, numbers, 0).astype(np.int64) * unit, good


def _read_text(text: Any, name: str, form: str | None) -> Times:
    blank = (text.isna() | text.isin(_BLANK)).to_numpy(bool)
    hint, ambiguity, utc = "does not match --time-format", None, False
    if form in _UNIX:
        raise UsageError(
            f"--time-format {form} needs numbers, but '{name}' contains texts such as {_sample(text)[:1]}. Omit it, or "
            "pass a pattern such as %Y-%m-%d."
        )
    if form is None:
        stamps, utc, hint, ambiguity = read_text(text, _sample(text), name)
    else:
        stamps, utc = parse(text, form), "%z" in form
    return _finished(
        stamps,
        name,
        blank=blank,
        shown=lambda row: str(text.iloc[row]),
        utc=utc,
        offset=text_offsets(text) if utc else None,
        hint=hint,
        ambiguity=ambiguity,
    )


def _finished(
    stamps: np.ndarray,
    name: str,
    *,
    blank: np.ndarray,
    shown: Callable[[int], str],
    utc: bool,
    offset: np.ndarray | None = None,
    hint: str = "times must be between the years 1678 and 2261",
    ambiguity: Finding | None = None,
) -> Times:
    """Returns the times, with findings for blank and unreadable cells."""
    findings = [ambiguity] if ambiguity else []
    absent = np.isnat(stamps) | (stamps < _EARLIEST) | (stamps >= _LATEST)
    unreadable = absent & ~blank
    if blank.any():
        findings.append(_missing(blank, name))
    if unreadable.any():
        findings.append(_unreadable(unreadable, shown(int(np.argmax(unreadable))), name, hint))
    ticks = np.where(absent, np.datetime64(0, "s"), stamps) if absent.any() else stamps
    ticks = ticks.astype("datetime64[ns]").view(np.int64)
    return Times(ticks, absent if absent.any() else None, False, utc, tuple(findings), offset)


def _missing(blank: np.ndarray, name: str) -> Finding:
    return Finding(
        kind="missing time",
        message="a row without a time cannot be placed in the series",
        column=name,
        count=int(blank.sum()),
        row=int(np.argmax(blank)) + 1,
        remedy={"missing": "drop"},
        blocking=True,
    )


def _unreadable(bad: np.ndarray, value: str, name: str, hint: str) -> Finding:
    """Returns the finding for unreadable times; dropping them is no remedy if they are the majority."""
    return Finding(
        kind="unreadable time",
        message=hint,
        column=name,
        count=int(bad.sum()),
        row=int(np.argmax(bad)) + 1,
        value=value,
        remedy={"missing": "drop"} if bad.mean() < 0.5 else {},
        blocking=True,
    )
