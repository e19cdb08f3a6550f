"""Parses times of day: hours, minutes and seconds in columns of their own, and texts such as 17:24:00 or 5 PM."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from seqkit.data.tables.intervals import DAY
from seqkit.data.tables.times.names import is_clock_name

HOUR, MINUTE, SECOND = DAY // 24, DAY // 1440, DAY // 86_400
_TEXT = re.compile(
    r"(?:he?\s?)?(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2})(?:[:.m](?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?)?s?"
    r"\s*(?:(?P<half>[ap])\.?m\.?|h|uhr|hrs?)?",
    re.IGNORECASE,
)


def read_clock(column: Any) -> tuple[np.ndarray, np.ndarray]:
    """Returns times of day as nanoseconds since midnight, of shape (rows,), and the mask of valid rows.

    Args:
        column: Hours (0 to 24); or hours and minutes as in 1724 or 17.24, texts, or durations. 24 is midnight at the
            end of the day.
    """
    import pandas

    if column.dtype.kind == "m":
        ticks = column.to_numpy().astype("timedelta64[ns]")
        good = (ticks >= np.timedelta64(0)) & (ticks <= np.timedelta64(1, "D"))
        return np.where(good, ticks.astype(np.int64), 0), good
    codes, cells = pandas.factorize(column)
    ticks, good = np.zeros(len(cells) + 1, np.int64), np.zeros(len(cells) + 1, bool)  # the last is that of code -1
    if len(cells):
        numbers = pandas.to_numeric(pandas.Series(cells).astype("str").str.strip(), errors="coerce").to_numpy(
            np.float64
        )
        if np.isnan(numbers).mean() > 0.5:
            parsed = [_text_ticks(str(cell).strip()) for cell in cells]
            good[:-1] = [value is not None for value in parsed]
            ticks[:-1] = [value or 0 for value in parsed]
        else:
            ticks[:-1], good[:-1] = _number_ticks(numbers)
    return ticks[codes], good[codes]


def read_part(column: Any, unit: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns whole minutes or seconds (0 to 59) as nanoseconds, of shape (rows,), and the mask of valid rows."""
    import pandas

    numbers = pandas.to_numeric(column.astype("str"), errors="coerce").to_numpy(np.float64)
    good = (numbers >= 0) & (numbers < 60) & (numbers == np.floor(numbers))
    return np.where(good, numbers, 0).astype(np.int64) * unit, good


def holds_times_of_day(column: Any, name: str) -> bool:
    """Returns whether a column holds times of day in all of its rows.

    Texts such as 17:24 are times of day, and so are all whole numbers from 0 to 23. Other numbers, such as 1724, 17.24
    or some hours, are only if the column's name says so.
    """
    import pandas

    if column.dtype.kind == "m":
        return bool(read_clock(column)[1].all())
    if column.dtype.kind in "iuf":
        if is_clock_name(name):
            return bool(read_clock(column)[1].all())
        return column.dtype.kind != "f" and column.nunique() == 24 and column.min() == 0 and column.max() == 23
    if column.dtype.kind not in "OUT":
        return False
    texts = [str(cell).strip() for cell in pandas.unique(column)]
    if any(text.isdigit() for text in texts[:1]):
        return is_clock_name(name) and bool(read_clock(column)[1].all())
    return all(_text_ticks(text) is not None for text in texts)


def _number_ticks(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    numbers = np.where(np.abs(numbers) <= 2400, numbers, np.nan)
    if np.isnan(numbers).all():
        return np.zeros(len(numbers), np.int64), np.zeros(len(numbers), bool)
    whole = numbers == np.floor(numbers)
    hours = (numbers >= 0) & (numbers <= 24) & whole
    if np.nanmax(numbers) >= 100:  # up to 25, they are hours of a day that the clock made longer
        good = whole & _hours_and_minutes(numbers)
        if good.mean() > 0.5:
            hour, minute = np.divmod(np.where(good, numbers, 0).astype(np.int64), 100)
            return hour * HOUR + minute * MINUTE, good
    elif not whole[~np.isnan(numbers)].all():
        hundredths = np.round(numbers * 100)
        good = (np.abs(numbers * 100 - hundredths) < 1e-6) & _hours_and_minutes(hundredths)
        # 17.5 may be half past five: only other minutes than 50 show that the digits are minutes.
        if good.all() and set(np.unique(hundredths % 100)) - {0, 50}:
            hour, minute = np.divmod(hundredths.astype(np.int64), 100)
            return hour * HOUR + minute * MINUTE, good
    return np.where(hours, numbers, 0).astype(np.int64) * HOUR, hours


def _hours_and_minutes(values: np.ndarray) -> np.ndarray:
    """Returns which numbers are hours and minutes such as 1724, of the shape of `values`."""
    return np.asarray((values >= 0) & (values % 100 < 60) & (values <= 2400))


def _text_ticks(text: str) -> int | None:
    """Returns the nanoseconds since midnight of a time of day, or of the start of a range of two; None for others."""
    start, dash, end = (part.strip() for part in text.replace("–", "-").partition("-"))
    if dash and (_text_ticks(end) is None or "-" in end):
        return None
    match = _TEXT.fullmatch(start)
    if match is None:
        return None
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    if match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (match["half"].lower() == "p")
    fraction = int((match["fraction"] or "").ljust(9, "0"))
    ticks = hour * HOUR + minute * MINUTE + second * SECOND + fraction
    return ticks if minute < 60 and second < 60 and ticks <= DAY else None
