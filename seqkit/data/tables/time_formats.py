"""Infers the time formats of a text column from its cells, and parses all cells with them.

If day and month are ambiguous in every row, the user is asked; the order is never guessed.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import numpy as np

from seqkit.data.tables.findings import Finding
from seqkit.errors import UsageError

_CLOCK = r"(?P<gap>[ T]|, )\d{1,2}:\d{2}(?P<seconds>:\d{2}(?P<fraction>\.\d+)?)?(?P<half>\s*[AaPp][Mm])?"
_NUMBERS = re.compile(
    r"(?P<first>\d{1,2}|\d{4})(?P<sign>[./-])\d{1,2}(?P=sign)(?P<last>\d{1,2}|\d{4})(?:" + _CLOCK + ")?"
)
_ISO = re.compile(
    r"\d{4}-\d{2}(-\d{2}([ T]\d{2}(:\d{2}(:\d{2}([.,]\d{1,9})?)?)?\s?(Z|[+-]\d{2}(:?\d{2})?)?)?)?|\d{8}T\d{4,6}Z?"
)
_OFFSET = r"[T ]\d{2}:?\d{2}.*(?:Z|[+-]\d{2}(?::?\d{2})?)$"
_DIGITS = {8: "%Y%m%d", 10: "%Y%m%d%H", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_QUARTER = re.compile(r"(\d{4})[- ]?Q([1-4])|Q([1-4])[- ]?(\d{4})")
_WEEK = re.compile(r"\d{4}-?W\d{2}")
_MONTH_WORDS = ("%b %Y", "%b-%Y", "%b-%y", "%b %y", "%B %Y", "%Y %b")
_NAMED = (*_MONTH_WORDS, "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%B %d, %Y", "%d %B %Y")


def formats(sample: list[str]) -> list[str]:
    """Returns the formats of most cells, most frequent first; empty if most cells are not times.

    A format is a strptime format (day first if ambiguous), "ISO", "quarter" or "week".
    """
    seen = Counter(_format(cell) or "" for cell in sample)
    if not sample or seen.pop("", 0) > 0.5 * len(sample):
        return []
    return [form for form, _ in seen.most_common(4)]


def read_text(text: Any, sample: list[str], name: str) -> tuple[np.ndarray, bool, str, Finding | None]:
    """Parses texts with their most frequent formats.

    Args:
        text: Cells, a Series of text of length rows.
        sample: Some of the cells, none blank.
        name: Name of the column.

    Returns:
        Times, datetime64[us] of shape (rows,), NaT where a cell cannot be parsed; whether they are UTC because the
        cells contain offsets; a hint about unreadable cells; and a finding if day and month are ambiguous.
    """
    hint = "set the format with --time-format, such as '%d.%m.%Y %H:%M'"
    forms = formats(sample)
    swapped = [_month_first(form) for form in forms]
    if swapped != forms:
        stamps, ambiguity = _decide_order(text, name, forms, swapped)
        return stamps, False, hint, ambiguity
    stamps = _parse_all(text, forms)
    if not any(re.search(_OFFSET, cell) for cell in sample):
        return stamps, False, hint, None
    with_offset = text.str.contains(_OFFSET).fillna(False).to_numpy(bool)
    utc = bool(with_offset.sum() >= (~with_offset & ~np.isnat(stamps)).sum())
    # Times with and without an offset are not comparable: the rarer kind counts as unreadable.
    stamps[with_offset != utc] = np.datetime64("NaT")
    hint = "most times have a UTC offset, this one does not" if utc else "only some times have a UTC offset"
    return stamps, utc, hint, None


def parse(text: Any, form: str) -> np.ndarray:
    """Parses texts with one format; returns datetime64[us] of shape (rows,), NaT where a text does not match.

    Raises:
        UsageError: The format is not a valid strptime format.
    """
    import pandas

    if form == "quarter":
        parts = text.str.extract(_QUARTER)
        month = pandas.to_numeric(parts[1].fillna(parts[2])) * 3 - 2
        text, form = parts[0].fillna(parts[3]) + "-" + month.map("{:02.0f}".format), "%Y-%m"
    elif form == "week":
        text, form = text.str.replace("-", "") + "-1", "%GW%V-%u"
    elif form == "ISO":
        form = "ISO8601"
    elif re.fullmatch(r"(?:%[dmYyHMS]|[^%])+", form) and "%" in form:
        return _parse_digits(text, form)
    try:
        stamps = pandas.to_datetime(text, format=form, errors="coerce", utc=True)
    except ValueError as error:
        raise UsageError(f"--time-format '{form}' cannot be used: {error}.") from error
    return stamps.dt.tz_localize(None).to_numpy().astype("datetime64[us]")


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
    if _QUARTER.fullmatch(cell):
        return "quarter"
    if _WEEK.fullmatch(cell):
        return "week"
    if len(cell) <= 32 and re.search(r"[A-Za-z]{3}.*\d{2}|\d{2}.*[A-Za-z]{3}", cell):
        return _named_format(cell)
    return None


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
        for clock in ("", " %H:%M", " %H:%M:%S"):
            try:
                datetime.strptime(cell, form + clock)
            except ValueError:
                continue
            return form + clock
    return None


def _month_first(form: str) -> str:
    """Returns the same format with the month first; dates with points always have the day first."""
    return re.sub(r"^%d([/-])%m", r"%m\1%d", form)


def _decide_order(
    text: Any, name: str, day_first: list[str], month_first: list[str]
) -> tuple[np.ndarray, Finding | None]:
    """Parses day-first and month-first; returns a blocking finding if every row matches both orders."""
    parsed = [_parse_all(text, day_first), _parse_all(text, month_first)]
    counts = [int((~np.isnat(stamps)).sum()) for stamps in parsed]
    differ = ~np.isnat(parsed[0]) & ~np.isnat(parsed[1]) & (parsed[0] != parsed[1])
    if counts[0] != counts[1] or not differ.any():
        return parsed[int(counts[1] > counts[0])], None
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
    return parsed[better], ambiguity


def _regularity(stamps: np.ndarray) -> float:
    """Returns the share of the most frequent difference between consecutive times."""
    steps = np.diff(np.unique(stamps[~np.isnat(stamps)]))
    return float(np.unique(steps, return_counts=True)[1].max() / len(steps)) if len(steps) else 0.0
