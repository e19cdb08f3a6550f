"""How times are written: the writing of a column is told from its cells, and decided once for all of them.

Where day and month could be either way round in every row it is asked, not guessed.
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
    """Returns the writings of most cells, the commonest first; none where most are no times.

    A writing is a strptime format (day before month, where that is open), "ISO", "quarter" or "week".
    """
    seen = Counter(_format(cell) or "" for cell in sample)
    if not sample or seen.pop("", 0) > 0.5 * len(sample):
        return []
    return [form for form, _ in seen.most_common(4)]


def read_text(text: Any, sample: list[str], name: str) -> tuple[np.ndarray, bool, str, Finding | None]:
    """Returns the times of texts in whichever writings most of them have.

    Args:
        text: Cells, a Series of text of length rows.
        sample: Some of them, none blank.
        name: Their column.

    Returns:
        datetime64[us] of shape (rows,), NaT where a cell could not be read; whether they are UTC because they said
        their offset; what to say of a cell that could not be read; and a finding where day and month are open.
    """
    hint = "say how times are written with --time-format, such as '%d.%m.%Y %H:%M'"
    forms = formats(sample)
    swapped = [_month_first(form) for form in forms]
    if swapped != forms:
        stamps, found = _decide_order(text, name, forms, swapped)
        return stamps, False, hint, found
    stamps = _parse_all(text, forms)
    if not any(re.search(_OFFSET, cell) for cell in sample):
        return stamps, False, hint, None
    with_offset = text.str.contains(_OFFSET).fillna(False).to_numpy(bool)
    utc = bool(with_offset.sum() >= (~with_offset & ~np.isnat(stamps)).sum())
    # Times with and without an offset cannot stand on one line: the rarer kind counts as not read.
    stamps[with_offset != utc] = np.datetime64("NaT")
    hint = "most times say their offset from UTC and this one does not" if utc else "only some times say their offset"
    return stamps, utc, hint, None


def parse(text: Any, form: str) -> np.ndarray:
    """Returns the times of texts in one writing, datetime64[us] of shape (rows,), NaT where they are not in it.

    Raises:
        UsageError: It is no strptime format.
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
        left = np.isnat(stamps)
        if left.any():
            stamps[left] = parse(text[left], form)
    return stamps


def _parse_digits(text: Any, form: str) -> np.ndarray:
    """Parses many times faster than pandas does, which still reads the days that may not exist."""
    import pyarrow
    from pyarrow import compute

    cells = pyarrow.array(text, type=pyarrow.large_string(), from_pandas=True)
    stamps = compute.strptime(cells, format=form, unit="us", error_is_null=True).to_numpy(zero_copy_only=False)
    stamps = stamps.astype("datetime64[us]")
    # Arrow turns a 31 April into a 1 May: days up to the third are read again by a parser that refuses.
    day = (stamps.astype("datetime64[D]") - stamps.astype("datetime64[M]")).astype(np.int64)
    doubtful = ~np.isnat(stamps) & (day < 3)
    if doubtful.any() and "%d" in form:
        import pandas

        again = pandas.to_datetime(text[doubtful], format=form, errors="coerce")
        stamps[doubtful] = again.to_numpy().astype("datetime64[us]")
    return stamps


def _format(cell: str) -> str | None:
    """Returns the writing of one cell, or None."""
    if _ISO.fullmatch(cell):
        return "ISO"
    if found := _NUMBERS.fullmatch(cell):
        return _number_format(found)
    if cell.isdigit() and len(cell) in _DIGITS and "1678" < cell[:4] < "2262" and "00" < cell[4:6] < "13":
        return _DIGITS[len(cell)]
    if _QUARTER.fullmatch(cell):
        return "quarter"
    if _WEEK.fullmatch(cell):
        return "week"
    if len(cell) <= 32 and re.search(r"[A-Za-z]{3}.*\d{2}|\d{2}.*[A-Za-z]{3}", cell):
        return _named_format(cell)
    return None


def _number_format(found: re.Match[str]) -> str | None:
    """Returns the format of three numbers with a sign between them and perhaps a clock; one of them must be a year."""
    if len(found["first"]) == 4:
        parts = ["%Y", "%m", "%d"]
    elif len(found["last"]) > 1:
        parts = ["%d", "%m", "%Y" if len(found["last"]) == 4 else "%y"]
    else:
        return None
    date = found["sign"].join(parts)
    if found["gap"] is None:
        return date
    half = found["half"] or ""
    seconds = (":%S" if found["seconds"] else "") + (".%f" if found["fraction"] else "")
    return f"{date}{found['gap']}{'%I' if half else '%H'}:%M{seconds}" + half.lower().replace("am", "%p").replace(
        "pm", "%p"
    )


def _named_format(cell: str) -> str | None:
    """Returns the format of a date whose month is a word."""
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
    """Returns the same writing with the month first; with points between the numbers the day always comes first."""
    return re.sub(r"^%d([/-])%m", r"%m\1%d", form)


def _decide_order(
    text: Any, name: str, day_first: list[str], month_first: list[str]
) -> tuple[np.ndarray, Finding | None]:
    """Returns the times by whichever of day and month comes first in all rows, or asks where both could."""
    read = [_parse_all(text, day_first), _parse_all(text, month_first)]
    counts = [int((~np.isnat(stamps)).sum()) for stamps in read]
    differ = ~np.isnat(read[0]) & ~np.isnat(read[1]) & (read[0] != read[1])
    if counts[0] != counts[1] or not differ.any():
        return read[int(counts[1] > counts[0])], None
    better = int(_regularity(read[1]) > _regularity(read[0]))
    form, row = (day_first, month_first)[better][0], int(np.argmax(differ))
    dates = [stamps[row].astype("datetime64[D]") for stamps in read]
    message = f"it could be {dates[0]} or {dates[1]}, and so in all rows; {form} gives the more regular series"
    found = Finding(
        kind="ambiguous date",
        message=message,
        column=name,
        count=int(differ.sum()),
        row=row + 1,
        value=str(text.iloc[row]),
        remedy={"time_format": form},
        blocking=True,
    )
    return read[better], found


def _regularity(stamps: np.ndarray) -> float:
    """Returns the share of the commonest difference between neighbouring times."""
    steps = np.diff(np.unique(stamps[~np.isnat(stamps)]))
    return float(np.unique(steps, return_counts=True)[1].max() / len(steps)) if len(steps) else 0.0
