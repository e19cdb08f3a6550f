"""Parses texts that name a period: months, quarters, weeks and so on. The time is the period's first day."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

_YEAR = r"(\d{4})"
# Each pattern has two groups per alternative: year and number, or number and year.
_PATTERNS = {
    "month": (
        rf"{_YEAR}(?:[-/ ]?M|[-/.:])(\d{{1,2}})",
        rf"M?(\d{{1,2}})[-/. ]{_YEAR}",
    ),
    "quarter": (
        rf"{_YEAR}[-/.: ]?Q([1-4])",
        rf"Q([1-4])[-/.' ]?{_YEAR}",
        rf"([1-4])[ -]?Q[-/ ]?{_YEAR}",
    ),
    "half-year": (rf"{_YEAR}[-/ ]?[HS]([12])", rf"[HS]([12])[-/ ]?{_YEAR}"),
    "week": (rf"{_YEAR}[-/ ]?W(\d{{1,2}})", rf"(?:W|CW|KW|WEEK) ?(\d{{1,2}})[-/ ]{{0,2}}{_YEAR}"),
}
_MONTHS = {"month": 1, "quarter": 3, "half-year": 6, "years": 12}
# Numbers, and texts that could be months, are weeks or quarters only if the format says so.
_IF_GIVEN = {"week": rf"{_YEAR}[-/. ]?(\d{{1,2}})", "quarter": rf"{_YEAR}[-/. ]?([1-4])"}
_YEARS = re.compile(rf"{_YEAR}[-/](\d{{2}}|\d{{4}})")
_COMPILED = {name: re.compile("|".join(patterns), re.IGNORECASE) for name, patterns in _PATTERNS.items()}


def period_format(cell: str) -> str | None:
    """Returns the kind of period that a cell names ("month", "quarter", "half-year", "week", "years"), or None.

    Six digits, which may be a month or a week, name none.
    """
    for name, pattern in _COMPILED.items():
        if match := pattern.fullmatch(cell):
            year, number = sorted((int(group) for group in match.groups() if group), reverse=True)
            if 1678 <= year < 2262 and 1 <= number <= (53 if name == "week" else 12):
                return name
    years = _YEARS.fullmatch(cell)
    return "years" if years and int(years[2]) % 100 == (int(years[1]) + 1) % 100 else None


def is_period(form: str) -> bool:
    """Returns whether a format is the name of a kind of period."""
    return form in _PATTERNS or form == "years"


def parse_periods(text: Any, kind: str) -> np.ndarray:
    """Returns the first day of each period, datetime64[us] of shape (rows,); NaT where a text names none.

    Args:
        text: A Series of text.
        kind: As returned by `period_format`. Weeks may also be written as 201205 or 2012-05, quarters as 20121 or
            2012-1.
    """
    if kind == "years":
        first, second = text.str.extract(f"^(?:{_YEARS.pattern})$").to_numpy(np.float64, na_value=np.nan).T
        consecutive = (first + 1) % 100 == second % 100
        return _stamps(first, np.ones(len(text)), consecutive, kind)
    year, number = np.full(len(text), np.nan), np.full(len(text), np.nan)
    for pattern in (*_PATTERNS[kind], *([_IF_GIVEN[kind]] if kind in _IF_GIVEN else [])):
        parts = text.str.extract(f"^(?:{pattern})$", flags=re.IGNORECASE).to_numpy(np.float64, na_value=np.nan)
        if not pattern.startswith(_YEAR):
            parts = parts[:, ::-1]
        unknown = np.isnan(year)
        year[unknown], number[unknown] = parts[unknown].T
    return _stamps(year, number, np.ones(len(text), bool), kind)


def _stamps(year: np.ndarray, number: np.ndarray, good: np.ndarray, kind: str) -> np.ndarray:
    good = good & (year >= 1678) & (year < 2262) & (number >= 1)
    if kind in _MONTHS:
        good &= number <= 12 / _MONTHS[kind]
    year, number = np.where(good, year, 1970), np.where(good, number, 1)
    days = week_start(year, number) if kind == "week" else _month_start(year, number, _MONTHS[kind])
    stamps = days.astype("datetime64[us]")
    stamps[~good | np.isnat(stamps)] = np.datetime64("NaT")
    return stamps


def week_start(year: np.ndarray, week: np.ndarray) -> np.ndarray:
    """Returns the Monday of each ISO week, datetime64[D]; NaT where the year has no such week."""
    first = _month_start(year, np.ones_like(year), 1).astype(np.int64)
    monday = first + 3 - (first + 6) % 7  # of week 1, which contains 4 January; day 0 was a Thursday
    days = (monday + 7 * (week.astype(np.int64) - 1)).astype("datetime64[D]")
    thursday = (days + 3).astype("datetime64[Y]").astype(np.int64) + 1970
    return np.where((thursday == year) & (week >= 1), days, np.datetime64("NaT"))


def _month_start(year: np.ndarray, number: np.ndarray, months: int) -> np.ndarray:
    total = (year.astype(np.int64) - 1970) * 12 + (number.astype(np.int64) - 1) * months
    return total.astype("datetime64[M]").astype("datetime64[D]")
