"""Rewrites texts of times that no format matches: ranges, foreign months, names of weekdays, UTC, 1st and 2nd."""

from __future__ import annotations

import re
from typing import Any

from seqkit.data.tables.times.month_names import ENGLISH, with_english_months

_RANGE = re.compile(r"(.*\d\S*)\s+(?:-|–|—|to|bis)\s+.*\d.*|(\d{4}-\d{2}-\d{2}T[^/]+)/.*")
_MONTH = "|".join(ENGLISH)
_DAY_NAMES = (
    "Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonnabend|Sonntag|Mo|Di|Mi|Do|Fr|Sa|So|"
    "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo|"
    "lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica"
)
_YEAR = re.compile(r"\d{4}|\d\d$")
_REWRITES = (
    (re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\.?,?\s+(?=\S)", re.IGNORECASE), ""),
    (re.compile(rf"^(?:{_DAY_NAMES})\.?,?\s+(?=\d)", re.IGNORECASE), ""),
    (re.compile(r"(?<=:\d\d)\s*Uhr$", re.IGNORECASE), ""),
    (re.compile(r"(?<=\d)\.\s+(?=\d)"), "."),
    (re.compile(r"(?<=\d)\.$"), ""),
    (re.compile(r"(?<=:\d\d)(\.\d+)?\s*(?:UTC|GMT)$"), r"\1Z"),
    (re.compile(r"(?<=\d)(?:st|nd|rd|th)\b", re.IGNORECASE), ""),
    (re.compile(r"(?<=\d)(?:er|º)?\s+de\s+|(?<=[a-z])\.?\s+del?\s+(?=\d)|(?<=\d)er\b", re.IGNORECASE), " "),
    (re.compile(r"(?<=\d)\.\s*(?=[a-z]{3})", re.IGNORECASE), " "),
    (re.compile(rf"\b({_MONTH})\.", re.IGNORECASE), r"\1"),
)


def without_ends(cells: list[str]) -> list[str]:
    """Returns the starts of ranges of times such as "01.01.2020 00:00 - 01.01.2020 01:00", other cells unchanged."""
    return [_start(cell) for cell in cells]


def cleaned(cells: list[str]) -> list[str]:
    """Returns cells in a form that formats of times match, if they are times."""
    written = {cell: _cleaned(_start(cell)) if _YEAR.search(cell) else cell for cell in set(cells)}
    return [written[cell] for cell in cells]


def cleaned_column(text: Any) -> Any:
    """Returns a Series of text with each cell as `cleaned` returns it; missing cells stay missing."""
    import pandas

    codes, cells = pandas.factorize(text)
    written = pandas.Series([*cleaned([str(cell) for cell in cells]), None], dtype="str")
    return written.iloc[codes].set_axis(text.index)


def _start(cell: str) -> str:
    match = _RANGE.fullmatch(cell)
    return cell if match is None else match[1] or match[2]


def _cleaned(cell: str) -> str:
    cell = with_english_months(cell)
    for pattern, written in _REWRITES:
        cell = pattern.sub(written, cell)
    return cell
