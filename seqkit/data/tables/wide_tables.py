"""Finds tables with times in their column names, which hold several times in each row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seqkit.data.tables.findings import Finding
from seqkit.data.tables.times.formats import formats
from seqkit.data.tables.times.month_names import month_number

if TYPE_CHECKING:
    import pandas

_MIN_DATED_COLUMNS = 3
_HOUR = re.compile(r"(?:hour|hr|he|h)[ _.]?(\d{1,2})|(\d{1,2})(?::00|h)", re.IGNORECASE)


def times_in_header(frame: pandas.DataFrame) -> Finding | None:
    """Returns a finding if most columns are named by times: each row is a series then."""
    names = list(map(str, frame.columns))
    dated = [name for name in names if formats([name.strip()]) or (len(name) == 4 and "1800" <= name <= "2100")]
    if len(dated) < max(_MIN_DATED_COLUMNS, 0.5 * len(names)):
        return None
    message = (
        f"the columns are times, up to {dated[-1]}, and each row is a series; save one row per time and series, as "
        "pandas.melt makes them"
    )
    return Finding("times in the header", message, count=len(dated), value=dated[0], blocking=True)


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
