"""Reads times from numbers: dates such as 20200131, Unix time, days of a spreadsheet, counters."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from seqkit.data.tables.findings import Choices, Finding
from seqkit.data.tables.times.digit_dates import (
    are_months_with_a_point,
    date_format,
    date_question,
    format_width,
    period_format,
    period_note,
)
from seqkit.data.tables.times.names import is_date_name, time_rank
from seqkit.data.tables.times.parsed_times import Times, missing_time, times_from_stamps
from seqkit.data.tables.times.text_times import read_text, settles_order
from seqkit.errors import DataError, UsageError

UNIX = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}
SPREADSHEET = {"excel": np.datetime64("1899-12-30"), "excel1904": np.datetime64("1904-01-01")}
_UNIX_SECONDS = (1.0e9, 2.2e9)  # 2001 to 2039
_SPREADSHEET_DAYS = (20_000, 60_000)  # 1954 to 2064


def could_be_times(column: Any, name: str) -> bool:
    """Returns whether numbers are dates, or distinct integers with a usual name, which may count time.

    Args:
        column: The column as read.
        name: Its name, which mentions a time.
    """
    if are_dates(column, name):
        return True
    values = column.to_numpy(np.float64)
    whole = bool(np.all(np.isnan(values) | (values == np.floor(values))))
    return whole and time_rank(name) is not None and int(column.nunique()) > 0.5 * len(column)


def are_dates(column: Any, name: str) -> bool:
    """Returns whether numbers are dates, months, Unix time or days of a spreadsheet, and do not just count.

    Args:
        column: The column as read.
        name: Its name, which mentions a time.
    """
    values = column.to_numpy(np.float64)
    known = values[np.isfinite(values)]
    if not len(known):
        return False
    if unix_unit(known) or (is_date_name(name) and _are_spreadsheet_days(known)):
        return True
    if np.any(known != np.floor(known)):
        return are_months_with_a_point(known)
    forms = (date_format(known), period_format(known, name), date_question(known, name))
    return any(form is not None for form in forms)


def are_years(column: Any) -> bool:
    """Returns whether a column of numbers holds years, of which some repeat or not."""
    values = column.to_numpy()
    return values.dtype.kind in "iu" and len(values) > 0 and bool(values.min() >= 1678 and values.max() < 2262)


def read_numeric_times(column: Any, name: str, choices: Choices) -> Times:
    """Returns the times of a column of numbers.

    Args:
        column: The column as read.
        name: Its name.
        choices: Provides the format, and whether a finished run reads counters.

    Raises:
        UsageError: The numbers are no times in this format.
        DataError: A number is too large.
    """
    values, form = column.to_numpy(), choices.time_format
    if choices.interval is not None and form is not None and settles_order(form):
        form = None  # the run's order of day and month is about texts
    blank = ~np.isfinite(values)
    known = values[~blank].astype(np.float64)
    _check_size(values, blank, name, form)
    if form in UNIX:
        return _read_unix(values, blank, name, form)
    if form in SPREADSHEET:
        return _read_spreadsheet_days(values, blank, name, form)
    run_of_counters = choices.interval is not None and choices.interval.isdigit()
    whole = not np.any(known != np.floor(known))
    if form is None and whole:
        form = date_format(known)
        form = None if run_of_counters and form != "%Y%m%d" else form
    if form is None and not run_of_counters and (unit := unix_unit(known)):
        note = Finding("Unix time", f"read as Unix time ({unit}), which is UTC", column=name, value=f"{known[0]:.0f}")
        return _read_unix(values, blank, name, unit, (note,))
    period = period_format(known, name) if form is None and whole and not run_of_counters else None
    if form is None and not run_of_counters and not period and is_date_name(name) and _are_spreadsheet_days(known):
        return _read_spreadsheet_days(values, blank, name, "excel", (_spreadsheet_question(known, name),))
    if not whole:
        return _read_decimals(values, blank, name, choices)
    findings: tuple[Finding, ...] = ()
    settled_format = None
    if period is not None:
        form = settled_format = period
        findings = (period_note(known, name, period),)
    elif form is None and not run_of_counters and (question := date_question(known, name)) is not None:
        form, findings = question.remedy["time_format"], (question,)
    if form is not None:
        text = column.where(~blank).astype("Int64").astype("str").str.zfill(format_width(form))
        reading = read_text(text, [], name, replace(choices, time_format=form, interval=None))
        return times_from_stamps(
            reading.stamps,
            name,
            blank=blank,
            shown=lambda row: str(text.iloc[row]),
            utc=reading.utc,
            hint=reading.hint,
            findings=(*findings, *reading.findings),
            settled_format=settled_format,
        )
    ticks = np.where(blank, 0, values).astype(np.int64)
    problems = (missing_time(blank, name),) if blank.any() else ()
    return Times(ticks, blank if blank.any() else None, counter=True, utc=False, findings=problems)


def _check_size(values: np.ndarray, blank: np.ndarray, name: str, form: str | None) -> None:
    too_large = ~blank & (np.abs(values.astype(np.float64)) * UNIX.get(form or "", 1) >= 2.0**63)
    if too_large.any():
        row = int(np.argmax(too_large))
        raise DataError(
            f"The column '{name}' contains {values[row]:g} in row {row + 1:,}, which is too large for a time. Fix it, "
            "or choose another column with --time."
        )


def _read_unix(
    values: np.ndarray, blank: np.ndarray, name: str, unit: str, findings: tuple[Finding, ...] = ()
) -> Times:
    # Whole seconds and remainder separately: float64 cannot represent a current time to the nanosecond.
    seconds, rest = np.divmod(np.where(blank, 0, values), 1_000_000_000 // UNIX[unit])
    ticks = seconds.astype(np.int64) * 1_000_000_000 + np.round(rest * UNIX[unit]).astype(np.int64)
    stamps = np.where(blank, np.datetime64("NaT"), ticks.view("datetime64[ns]"))
    return times_from_stamps(stamps, name, blank=blank, shown=lambda row: str(values[row]), utc=True, findings=findings)


def _read_spreadsheet_days(
    values: np.ndarray, blank: np.ndarray, name: str, form: str, findings: tuple[Finding, ...] = ()
) -> Times:
    """Returns the times of days since the start of a spreadsheet's calendar, to the second."""
    days = np.where(blank, 0, values).astype(np.float64)
    if form == "excel":
        # Spreadsheets have a day 60, 29 February 1900, which did not exist: the days before it are one too low.
        blank_or_bad = (days < 0) | (np.floor(days) == 60)
        days = days + (days < 60)
    else:
        blank_or_bad = days < 0
    blank_or_bad |= blank | (days > 3_000_000)
    seconds = np.round(np.where(blank_or_bad, 0, days) * 86_400).astype(np.int64)
    stamps = SPREADSHEET[form].astype("datetime64[s]") + seconds
    stamps[blank_or_bad] = np.datetime64("NaT")
    return times_from_stamps(
        stamps,
        name,
        blank=blank,
        shown=lambda row: str(values[row]),
        utc=False,
        hint="does not match --time-format " + form,
        findings=findings,
    )


def _read_decimals(values: np.ndarray, blank: np.ndarray, name: str, choices: Choices) -> Times:
    if choices.time_format == "%Y.%m":
        import pandas

        text = pandas.Series([f"{value:.2f}" for value in values.tolist()], dtype="str")
        reading = read_text(text, [], name, choices)
        return times_from_stamps(
            reading.stamps, name, blank=blank, shown=lambda row: str(values[row]), utc=False, hint=reading.hint
        )
    known = values[~blank]
    remedy = "read Unix time with --time-format s (or ms, us, ns), spreadsheet days with --time-format excel"
    if are_months_with_a_point(known):
        remedy = "if they are year and month, as in 2012.01, read them with --time-format %Y.%m"
    raise UsageError(
        f"The column '{name}' cannot be the time: it contains decimals. Times are timestamps or whole numbers; "
        f"{remedy}, or count the rows in file order with --time none."
    )


def unix_unit(known: np.ndarray) -> str | None:
    """Returns the unit in which all numbers are Unix times between 2001 and 2039, or None."""
    if not len(known):
        return None
    low, high = float(known.min()), float(known.max())
    return next(
        (
            u
            for u, scale in UNIX.items()
            if low * scale >= _UNIX_SECONDS[0] * 1e9 and high * scale < _UNIX_SECONDS[1] * 1e9
        ),
        None,
    )


def _are_spreadsheet_days(known: np.ndarray) -> bool:
    return len(known) > 1 and bool(
        known.min() >= _SPREADSHEET_DAYS[0] and known.max() < _SPREADSHEET_DAYS[1] and known.min() < known.max()
    )


def _spreadsheet_question(known: np.ndarray, name: str) -> Finding:
    day = SPREADSHEET["excel"] + int(known[0])
    message = f"looks like a spreadsheet's day number ({day}); --time none counts the rows if it is not"
    return Finding(
        kind="spreadsheet days",
        message=message,
        column=name,
        count=len(known),
        value=f"{known[0]:g}",
        remedy={"time_format": "excel"},
        blocking=True,
    )
