"""Texts of two numbers that could be a month, and are another period by the column's name, or by all cells."""

from __future__ import annotations

import re

from seqkit.data.tables.findings import Finding
from seqkit.data.tables.times.names import names_period

_TWO_NUMBERS = re.compile(r"(\d{4})[-/. ](\d{1,2}|\d{4})")
_MEANINGS = {
    "week": "texts are read as ISO year and week",
    "quarter": "texts are read as year and quarter",
    "years": "texts of two years are read as the first of them",
}


def named_period(sample: list[str], name: str) -> tuple[str, Finding] | None:
    """Returns the kind of period, "week", "quarter" or "years", of texts such as 2012-05, with a note; None for months.

    The note is a question if weeks could be months.

    Args:
        sample: Cells of the column, none blank.
        name: Name of the column.
    """
    matches = [_TWO_NUMBERS.fullmatch(cell) for cell in sample]
    if not all(matches) or len(set(sample)) < 2:
        return None
    pairs = [(int(match[1]), int(match[2])) for match in matches if match is not None]
    numbers = [number for _, number in pairs]
    if len({year for year, _ in pairs}) > 1 and all((year + 1) % 100 == number % 100 for year, number in pairs):
        kind = "years"
    elif names_period(name, "week") and max(numbers) <= 53:
        kind = "week"
    elif names_period(name, "quarter") and max(numbers) <= 4:
        kind = "quarter"
    else:
        return None
    if kind == "week" and max(numbers) <= 12:
        message, ways = "could be a week or a month, as in all rows", ({"time_format": kind}, {"time_format": "month"})
        question = Finding("ambiguous date", message, column=name, value=sample[0], blocking=True, alternatives=ways)
        return kind, question
    return kind, Finding("period", _MEANINGS[kind], column=name, value=sample[0])
