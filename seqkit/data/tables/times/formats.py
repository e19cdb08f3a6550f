"""Infers the time formats of texts, and parses texts with them."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import numpy as np

from seqkit.data.tables.times.periods import is_period, parse_periods, period_format
from seqkit.errors import UsageError

_CLOCK = r"(?P<gap>[ T]|, )\d{1,2}:\d{2}(?P<seconds>:\d{2}(?P<fraction>\.\d+)?)?(?P<half>\s*[AaPp][Mm])?"
_NUMBERS = re.compile(
    r"(?P<first>\d{1,2}|\d{4})(?P<sign>[./-])\d{1,2}(?P=sign)(?P<last>\d{1,2}|\d{4})(?:" + _CLOCK + ")?"
)
_ISO = re.compile(
    r"\d{4}-\d{2}(-\d{2}([ T]\d{2}(:\d{2}(:\d{2}([.,]\d{1,9})?)?)?\s?(Z|[+-]\d{2}(:?\d{2})?)?)?)?|\d{8}T\d{4,6}Z?"
)
_DIGITS = {6: "%Y%m", 8: "%Y%m%d", 10: "%Y%m%d%H", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_TWO_DIGITS = re.compile(r"\d\d|\d\D+\d")
_MONTH_NAME = re.compile(r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec", re.IGNORECASE)
_WEEKDAY_NAME = re.compile(r"\b(mon|tue|wed|thu|fri|sat|sun)", re.IGNORECASE)
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
_DAY_WORDS = ("%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d%b%Y", "%d %B %Y", "%d-%B-%Y", "%Y-%b-%d", "%Y %b %d")
_NAMED = (*_MONTH_WORDS, *_DAY_WORDS, "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y")
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", ":%H:%M:%S")
_AFTER_TWO_DIGIT_YEARS = np.datetime64("2040-01-01")


def formats(sample: list[str]) -> list[str]:
    """Returns the formats of most cells, most frequent first; empty if most cells are not times.

    A format is a strptime format (day first if ambiguous), "ISO", or a kind of period such as "quarter".
    """
    seen: Counter[str] = Counter()
    for cell, count in Counter(sample).items():
        seen[_format(cell) or ""] += count
    if not sample or seen.pop("", 0) > 0.5 * len(sample):
        return []
    return [form for form, _ in seen.most_common(4)]


def read_share(sample: list[str]) -> float:
    """Returns the share of cells that have a format of their own."""
    return sum(_format(cell) is not None for cell in sample) / max(1, len(sample))


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

    if form == "ISO":
        text = text.str.replace(",", ".", regex=False)  # ISO 8601 allows both before a fraction of a second
    try:
        stamps = pandas.to_datetime(text, format="ISO8601" if form == "ISO" else form, errors="coerce", utc=True)
    except ValueError as error:
        raise UsageError(f"--time-format '{form}' cannot be used: {error}.") from error
    return stamps.dt.tz_localize(None).to_numpy().astype("datetime64[us]")


def names_a_part(cell: str) -> bool:
    """Returns whether a cell contains the English name of a month or of a weekday."""
    return _MONTH_NAME.search(cell) is not None or _WEEKDAY_NAME.search(cell) is not None


def parse_all(text: Any, forms: list[str]) -> np.ndarray:
    """Parses texts with the first format that matches each; returns datetime64[us] of shape (rows,)."""
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
    if not cell[:1].isalnum() or not _TWO_DIGITS.search(cell):
        return None
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
