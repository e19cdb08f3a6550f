"""Recognises numbers whose digits write a date or a period: 20200131, 202001, 2020053, 20201."""

from __future__ import annotations

import re

import numpy as np

from seqkit.data.tables.findings import Finding
from seqkit.data.tables.times.formats import parse
from seqkit.data.tables.times.names import is_date_name, is_time_name, names_period
from seqkit.data.tables.times.text_times import regularity

_FIRST_YEAR, _END_YEAR = 1678, 2262
_END_PERIOD_YEAR = 2101  # 210131 is rather a day of 2021 than a week of 2101
_FIRST_YEAR_WITH_HOUR = 1900  # before, ten digits may be Unix time
_WIDTHS = {"Y": 4, "y": 2, "m": 2, "d": 2, "j": 3, "H": 2, "M": 2, "S": 2}
_ASKED = ("%y%m%d", "%d%m%Y", "%m%d%Y", "%d%m%y", "%m%d%y", "%m%Y", "%y%m")
_MAX_SAMPLE = 1000


def date_format(known: np.ndarray) -> str | None:
    """Returns the format of numbers that are all dates such as 20200131, perhaps with a time of day; or None."""
    if not len(known) or np.any(known < 1e7):
        return None
    digits = len(f"{known[0]:.0f}")
    form = {8: "%Y%m%d", 10: "%Y%m%d%H", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}.get(digits)
    if form is None:
        return None
    date, clock = np.divmod(known, 10 ** (digits - 8))
    good = _are_dates(date, _FIRST_YEAR if digits == 8 else _FIRST_YEAR_WITH_HOUR)
    for place, end in ((10, 25), (12, 60), (14, 60)):
        if digits >= place:
            good &= clock // 10 ** (digits - place) % 100 < end
    return form if good.all() else None


def period_format(known: np.ndarray, name: str) -> str | None:
    """Returns the format of numbers that are months (201201), weeks (201252), quarters (20121) or days of years.

    The format is "%Y%m", "week", "quarter" or "%Y%j"; None if the numbers may count. Numbers of more than one year
    prove that they do not: a counter would not leap from December to January.
    """
    if not len(known):
        return None
    for form, size, end in (("%Y%m", 100, 12), ("week", 100, 53), ("quarter", 10, 4), ("%Y%j", 1000, 366)):
        year, number = np.divmod(known, size)
        if np.any((year < _FIRST_YEAR) | (year >= _END_PERIOD_YEAR) | (number < 1) | (number > end)):
            continue
        leaps = bool(year.min() < year.max())
        if form == "%Y%m" and not names_period(name, "week") and (leaps or is_time_name(name)):
            return form
        if form == "week" and (names_period(name, "week") or (leaps and number.max() > 31)):
            return form
        if form == "quarter" and (names_period(name, "quarter") or (leaps and is_time_name(name))):
            return form
        if form == "%Y%j" and is_time_name(name) and leaps:
            return form
    return None


def period_note(known: np.ndarray, name: str, form: str) -> Finding:
    """Returns the note that numbers are read as periods; a question if weeks could be months."""
    value = f"{known[0]:.0f}"
    if form == "week" and not np.any(known % 100 > 12):
        message, ways = "could be a week or a month, as in all rows", ({"time_format": "week"}, {"time_format": "%Y%m"})
        return Finding("ambiguous date", message, column=name, value=value, blocking=True, alternatives=ways)
    what = {
        "%Y%m": "year and month (%Y%m)",
        "week": "ISO year and week",
        "quarter": "year and quarter",
        "%Y%j": "year and day of the year (%Y%j)",
    }[form]
    return Finding("period", f"whole numbers are read as {what}", column=name, value=value)


def date_question(known: np.ndarray, name: str) -> Finding | None:
    """Returns the question about numbers with a date's name that are more regular as dates (31012020), or None."""
    import pandas

    if not is_date_name(name) or not len(known) or known.min() <= 0 or known.max() >= 1e8:
        return None
    distinct = np.unique(known.astype(np.int64))
    if len(distinct) < 3:
        return None
    sample = distinct[:_MAX_SAMPLE]
    best, best_regularity = None, regularity(sample)
    for form in _ASKED:
        if len(str(distinct[-1])) > format_width(form):
            continue
        text = pandas.Series([str(number).zfill(format_width(form)) for number in sample.tolist()], dtype="str")
        stamps = parse(text, form)
        if not np.isnat(stamps).any() and regularity(np.sort(stamps)) > best_regularity:
            best, best_regularity = form, regularity(stamps)
    if best is None:
        return None
    message = f"goes up irregularly as a number, but not as a date in the format {best}"
    return Finding(
        kind="ambiguous date",
        message=message,
        column=name,
        count=len(known),
        value=f"{known[0]:.0f}",
        remedy={"time_format": best},
        blocking=True,
    )


def are_months_with_a_point(known: np.ndarray) -> bool:
    """Returns whether all decimals are years and months such as 2012.01."""
    year, month = np.divmod(np.round(known * 100), 100)
    return len(known) > 0 and bool(
        np.all((np.abs(known * 100 - np.round(known * 100)) < 1e-6) & (year >= _FIRST_YEAR) & (year < _END_YEAR))
        and np.all((month >= 1) & (month <= 12))
    )


def format_width(form: str) -> int:
    """Returns the number of digits of a format such as %d%m%Y; 0 for other formats."""
    directives = re.fullmatch(r"(?:%[YymdjHMS])+", form)
    return sum(_WIDTHS[letter] for letter in form[1::2]) if directives else 0


def _are_dates(numbers: np.ndarray, first_year: int) -> np.ndarray:
    """Returns which numbers are dates such as 20200131, of the shape of `numbers`."""
    year, month, day = numbers // 10_000, numbers // 100 % 100, numbers % 100
    return np.asarray(
        (year >= first_year) & (year < _END_YEAR) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    )
