"""Finds tables with times in their column names, which hold several times in each row."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from seqkit.data.tables.findings import Finding
from seqkit.data.tables.times.formats import formats
from seqkit.data.tables.times.month_names import month_number

if TYPE_CHECKING:
    import pandas

_MIN_DATED_COLUMNS = 3
_MIN_NUMBERED_COLUMNS = 10
_NUMBERED = re.compile(r"(\D*)(\d+)")
_HOUR = re.compile(r"(?:hour|hr|he|h)[ _.]?(\d{1,2})|(\d{1,2})(?::00|h)", re.IGNORECASE)


def times_in_header(frame: pandas.DataFrame) -> Finding | None:
    """Returns a finding if most columns are named by times: each row is a series then."""
    names = list(map(str, frame.columns))
    dated = dated_columns(names)
    if len(dated) < max(_MIN_DATED_COLUMNS, 0.5 * len(names)):
        return None
    message = f"the columns are times, up to {dated[-1]}, and each row is a series: read it with --wide rows"
    return Finding("times in the header", message, count=len(dated), value=dated[0], blocking=True)


def dated_columns(names: list[str]) -> list[str]:
    """Returns the names of columns that are times."""
    return [name for name in names if formats([name.strip()]) or (len(name) == 4 and "1800" <= name <= "2100")]


def looks_like_rows(frame: pandas.DataFrame) -> bool:
    """Returns whether each row seems to be a series: a text that names it, and numbered columns of values."""
    numbers = [_NUMBERED.fullmatch(str(name)) for name in frame.columns[1:]]
    if len(numbers) < _MIN_NUMBERED_COLUMNS or frame.dtypes.iloc[0].kind in "iufbM":
        return False
    found = [(match[1], int(match[2])) for match in numbers if match]
    consecutive = all(b == (a[0], a[1] + 1) for a, b in pairwise(found))
    return len(found) == len(numbers) and consecutive and frame.iloc[:, 0].is_unique


def parts_in_header(names: list[str]) -> Finding | None:
    """Returns a finding if columns are named by all months of a year, or by all hours of a day."""
    months = {month_number(name): name for name in reversed(names) if name.strip(" .").isalpha()}
    hours = {int(match[1] or match[2]): name for name in reversed(names) if (match := _HOUR.fullmatch(name.strip()))}
    for part, found, starts in (("month", months, (1,)), ("hour", hours, (0, 1))):
        size = {"month": 12, "hour": 24}[part]
        start = next((start for start in starts if set(range(start, start + size)) <= set(found)), None)
        if start is not None:
            message = (
                f"the columns are the {part}s of each row: save one row per {part}, as pandas.melt makes them; "
                f"if one {part} is to be predicted from the others, name it with --target"
            )
            return Finding("times in the header", message, count=size, value=found[start], blocking=True)
    return None
