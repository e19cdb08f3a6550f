"""Infers the time formats of a text column from its cells, and parses all cells with them.

If day and month are ambiguous in every row, the user is asked; the order is never guessed.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from seqkit.data.tables.findings import Finding
from seqkit.data.tables.hour_24 import without_hour_24
from seqkit.data.tables.periods import is_period, parse_periods, period_format
from seqkit.data.tables.working_table import tick_text
from seqkit.errors import UsageError

_CLOCK = r"(?P<gap>[ T]|, )\d{1,2}:\d{2}(?P<seconds>:\d{2}(?P<fraction>\.\d+)?)?(?P<half>\s*[AaPp][Mm])?"
_NUMBERS = re.compile(
    r"(?P<first>\d{1,2}|\d{4})(?P<sign>[./-])\d{1,2}(?P=sign)(?P<last>\d{1,2}|\d{4})(?:" + _CLOCK + ")?"
)
_ISO = re.compile(
    r"\d{4}-\d{2}(-\d{2}([ T]\d{2}(:\d{2}(:\d{2}([.,]\d{1,9})?)?)?\s?(Z|[+-]\d{2}(:?\d{2})?)?)?)?|\d{8}T\d{4,6}Z?"
)
_OFFSET = r"[T ]\d{2}:?\d{2}.*(?:Z|[+-]\d{2}(?::?\d{2})?)$"
_DIGITS = {6: "%Y%m", 8: "%Y%m%d", 10: "%Y%m%d%H", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_MONTH_NAME = re.compile(r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec", re.IGNORECASE)
_MONTH_WORDS = (
    "%b %Y",
    "%b-%Y",
    "%b-%y",
    "%b %y",
    "%B %Y",
    "%B-%Y",
    "%B %y",
    "%Y %b",
    "%Y-%b",
    "%Y%b",
    "%b%Y",
    "%b/%Y",
)
_NAMED = (*_MONTH_WORDS, "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d%b%Y", "%b %d, %Y", "%B %d, %Y", "%d %B %Y")
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", ":%H:%M:%S")
_AFTER_TWO_DIGIT_YEARS = np.datetime64("2040-01-01")


@dataclass(frozen=True)
class Reading:
    """Times that were read from texts.

    Attributes:
        stamps: Times, datetime64[us] of shape (rows,), NaT where a cell cannot be parsed.
        utc: Whether the times are UTC because the cells contain offsets.
        hint: What is wrong with a cell that cannot be parsed.
        findings: Problems and notes.
        order: The format that settled the order of day and month, or None if every cell shows it.
    """

    stamps: np.ndarray
    utc: bool = False
    hint: str = ""
    findings: tuple[Finding, ...] = ()
    order: str | None = None


def formats(sample: list[str]) -> list[str]:
    """Returns the formats of most cells, most frequent first; empty if most cells are not times.

    A format is a strptime format (day first if ambiguous), "ISO", or a kind of period such as "quarter".
    """
    seen = Counter(_format(cell) or "" for cell in sample)
    if not sample or seen.pop("", 0) > 0.5 * len(sample):
        return []
    return [form for form, _ in seen.most_common(4)]


def read_text(text: Any, sample: list[str], name: str, form: str | None = None) -> Reading:
    """Parses texts with one format, or with their most frequent formats.

    Args:
        text: Cells, a Series of text of length rows.
        sample: Some of the cells, none blank.
        name: Name of the column.
        form: The format; inferred by default.

    Raises:
        UsageError: The format is not a valid strptime format.
    """
    text, midnights = without_hour_24(text)
    if form is not None:
        reading = Reading(parse(text, form), "%z" in form, "does not match --time-format")
    else:
        reading = _read_inferred(text, sample, name)
    if midnights is None:
        return reading
    reading.stamps[midnights] += np.timedelta64(1, "D")
    row = int(np.argmax(midnights))
    note = Finding(
        "hour 24",
        "24:00 is read as 00:00 of the next day",
        column=name,
        count=int(midnights.sum()),
        row=row + 1,
        value=tick_text(int(reading.stamps[row].astype("datetime64[ns]").astype(np.int64)), counter=False),
    )
    return replace(reading, findings=(*reading.findings, note))


def _read_inferred(text: Any, sample: list[str], name: str) -> Reading:
    hint = "set the format with --time-format, such as '%d.%m.%Y %H:%M'"
    forms = formats(sample)
    swapped = [_month_first(form) for form in forms]
    if swapped != forms:
        return _decide_order(text, name, forms, swapped, hint)
    stamps = _parse_all(text, forms)
    if not any(re.search(_OFFSET, cell) for cell in sample):
        return Reading(stamps, hint=hint)
    with_offset = text.str.contains(_OFFSET).fillna(False).to_numpy(bool)
    utc = bool(with_offset.sum() >= (~with_offset & ~np.isnat(stamps)).sum())
    # Times with and without an offset are not comparable: the rarer kind counts as unreadable.
    stamps[with_offset != utc] = np.datetime64("NaT")
    hint = "most times have a UTC offset, this one does not" if utc else "only some times have a UTC offset"
    return Reading(stamps, utc, hint)


def parse(text: Any, form: str) -> np.ndarray:
    """Parses texts with one format; returns datetime64[us] of shape (rows,), NaT where a text does not match.

    Two-digit years are those from 1940 to 2039.

    Raises:
        UsageError: The format is not a valid strptime format.
    """
    if is_period(form):
        return parse_periods(text, form)
    stamps = _parse_digits(text, form) if _is_numeric_format(form) else _parse_with_pandas(text, form)
    if "%y" in form:
        late = stamps >= _AFTER_TWO_DIGIT_YEARS
        months = stamps[late].astype("datetime64[M]")
        stamps[late] = (months - 1200).astype("datetime64[us]") + (stamps[late] - months)
    return stamps


def _is_numeric_format(form: str) -> bool:
    return "%" in form and re.fullmatch(r"(?:%[dmYyHMS]|[^%])+", form) is not None


def _parse_with_pandas(text: Any, form: str) -> np.ndarray:
    import pandas

    try:
        stamps = pandas.to_datetime(text, format="ISO8601" if form == "ISO" else form, errors="coerce", utc=True)
    except ValueError as error:
        raise UsageError(f"--time-format '{form}' cannot be used: {error}.") from error
    return stamps.dt.tz_localize(None).to_numpy().astype("datetime64[us]")


def names_a_month(cell: str) -> bool:
    """Returns whether a cell contains the English name of a month."""
    return _MONTH_NAME.search(cell) is not None


def _parse_all(text: Any, forms: list[str]) -> np.ndarray:
    stamps = np.full(len(text), np.datetime64("NaT"), "datetime64[us]")
    for form in forms:
        remaining = np.isnat(stamps)
        if remaining.any():
            stamps[remaining] = parse(text[remaining], form)
    return stamps


def _parse_digits(text: Any, form: str) -> np.ndarray:
    """Parses with Arrow, many times faster than pandas; pandas only parses the days that may not exist."""
    import pyarrow
    from pyarrow import compute

    cells = pyarrow.array(text, type=pyarrow.large_string(), from_pandas=True)
    stamps = compute.strptime(cells, format=form, unit="us", error_is_null=True).to_numpy(zero_copy_only=False)
    stamps = stamps.astype("datetime64[us]")
    # Arrow converts 31 April to 1 May: pandas, which rejects such days, parses days 1 to 3 again.
    day = (stamps.astype("datetime64[D]") - stamps.astype("datetime64[M]")).astype(np.int64)
    doubtful = ~np.isnat(stamps) & (day < 3)
    if doubtful.any() and "%d" in form:
        import pandas

        again = pandas.to_datetime(text[doubtful], format=form, errors="coerce")
        stamps[doubtful] = again.to_numpy().astype("datetime64[us]")
    return stamps


def _format(cell: str) -> str | None:
    """Returns the format of one cell, or None."""
    if _ISO.fullmatch(cell):
        return "ISO"
    if match := _NUMBERS.fullmatch(cell):
        return _number_format(match)
    if cell.isdigit() and len(cell) in _DIGITS and "1678" < cell[:4] < "2262" and "00" < cell[4:6] < "13":
        return _DIGITS[len(cell)]
    if len(cell) > 32:
        return None
    if period := period_format(cell):
        return period
    return _named_format(cell) if _MONTH_NAME.search(cell) else None


def _number_format(match: re.Match[str]) -> str | None:
    """Returns the format of a numeric date with an optional time of day, or None without a year."""
    if len(match["first"]) == 4:
        parts = ["%Y", "%m", "%d"]
    elif len(match["last"]) > 1:
        parts = ["%d", "%m", "%Y" if len(match["last"]) == 4 else "%y"]
    else:
        return None
    date = match["sign"].join(parts)
    if match["gap"] is None:
        return date
    half = match["half"] or ""
    seconds = (":%S" if match["seconds"] else "") + (".%f" if match["fraction"] else "")
    return f"{date}{match['gap']}{'%I' if half else '%H'}:%M{seconds}" + half.lower().replace("am", "%p").replace(
        "pm", "%p"
    )


def _named_format(cell: str) -> str | None:
    """Returns the format of a date with a named month, or None."""
    from datetime import datetime

    for form in _NAMED:
        for clock in _CLOCKS:
            try:
                datetime.strptime(cell, form + clock)
            except ValueError:
                continue
            return form + clock
    return None


def _month_first(form: str) -> str:
    """Returns the same format with the month first; dates with points always have the day first."""
    return re.sub(r"^%d([/-])%m", r"%m\1%d", form)


def _decide_order(text: Any, name: str, day_first: list[str], month_first: list[str], hint: str) -> Reading:
    """Parses day-first and month-first; returns a blocking finding if every row matches both orders."""
    parsed = [_parse_all(text, day_first), _parse_all(text, month_first)]
    counts = [int((~np.isnat(stamps)).sum()) for stamps in parsed]
    differ = ~np.isnat(parsed[0]) & ~np.isnat(parsed[1]) & (parsed[0] != parsed[1])
    if counts[0] != counts[1] or not differ.any():
        settled = int(counts[1] > counts[0])
        order = (day_first, month_first)[settled][0] if counts[0] != counts[1] else None
        return Reading(parsed[settled], hint=hint, order=order)
    better = int(_regularity(parsed[1]) > _regularity(parsed[0]))
    form, row = (day_first, month_first)[better][0], int(np.argmax(differ))
    dates = [stamps[row].astype("datetime64[D]") for stamps in parsed]
    message = f"could be {dates[0]} or {dates[1]}, as in all rows; {form} gives the more regular series"
    ambiguity = Finding(
        kind="ambiguous date",
        message=message,
        column=name,
        count=int(differ.sum()),
        row=row + 1,
        value=str(text.iloc[row]),
        remedy={"time_format": form},
        blocking=True,
    )
    return Reading(parsed[better], hint=hint, findings=(ambiguity,))


def _regularity(stamps: np.ndarray) -> float:
    """Returns the share of the most frequent difference between consecutive times."""
    steps = np.diff(np.unique(stamps[~np.isnat(stamps)]))
    return float(np.unique(steps, return_counts=True)[1].max() / len(steps)) if len(steps) else 0.0
