"""Finds columns that Arrow reads as numbers although their text says more: codes, and points that separate thousands.

The numbers themselves show which columns could be such columns, so the text of few columns is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

_CODE = r"^\s*(0\d+|0[xX][0-9a-fA-F]+|\d{19,}|\d+[eE]\d+)\s*$"
"""A leading zero, a hexadecimal number, more digits than an integer has, or digits that pass for an exponent."""
_POINT = r"^\s*[+-]?[1-9]\d{0,2}\.\d{3}\s*$"
_NO_POINT = r"^\s*[+-]?\d{1,3}\s*$"
_SAMPLE = 1000


@dataclass(frozen=True)
class Written:
    """Columns whose text says more than their numbers.

    Attributes:
        texts: Columns that must stay text, as Arrow columns of texts, by name.
        three_decimals: Columns of numbers that all have a point before the last three digits.
    """

    texts: dict[str, Any]
    three_decimals: tuple[str, ...] = ()


def written_numbers(table: Any, data: bytes, delimiter: str, texts_of: Callable[[list[str]], Any]) -> Written:
    """Returns what the text of the columns of an Arrow table says more than their numbers.

    Args:
        table: The table, with the types that Arrow infers.
        data: The delimited text that it was read from.
        delimiter: Separator of its cells.
        texts_of: Reads the named columns of the same text as texts.
    """
    import pyarrow

    has_zeros = _has_leading_zeros(data, delimiter)
    suspects = []
    for name, kind in zip(table.column_names, table.schema.types, strict=True):
        if (pyarrow.types.is_integer(kind) and has_zeros) or (
            pyarrow.types.is_floating(kind) and _could_be_whole(table.column(name))
        ):
            suspects.append(name)
    if not suspects:
        return Written({})
    texts = texts_of(suspects)
    forms = {name: _form(texts.column(name)) for name in suspects}
    return Written(
        {name: texts.column(name) for name, form in forms.items() if form == "text"},
        tuple(name for name, form in forms.items() if form == "three decimals"),
    )


def _has_leading_zeros(data: bytes, delimiter: str) -> bool:
    """Whether a cell could start with a zero that is followed by a digit or an x."""
    starts = (re.escape(delimiter.encode()), b"\n", b"\r", b'"')
    return any(re.search(start + rb" *0[0-9xX]", data) for start in starts)


def _could_be_whole(column: Any) -> bool:
    """Whether all numbers are whole, or would be with a point that separates thousands."""
    values = column.drop_null()
    for part in (values.slice(0, _SAMPLE), values):
        numbers = part.to_numpy()
        numbers = numbers[np.isfinite(numbers)]
        fractions = numbers[numbers != np.floor(numbers)]
        if not len(fractions):
            continue
        thousands = fractions * 1000
        if (
            np.any(np.abs(numbers) >= 1000)
            or np.any(np.abs(fractions) < 1)
            or np.any(np.abs(thousands - np.rint(thousands)) > 1e-6)
        ):
            return False
    return len(values) > 0


def _form(texts: Any) -> Literal["text", "three decimals", "number"]:
    """Returns whether cells are codes or have a point before three digits, next to cells without one, or all have."""
    points = 0
    for part in (texts.slice(0, _SAMPLE), texts):
        points = _count(part, r"\.")
        if points and points > _count(part, _POINT):
            return "number"
    if not points:
        return "text" if _count(texts, _CODE) else "number"
    return "text" if points < len(texts) and _count(texts, _NO_POINT) else "three decimals"


def _count(texts: Any, pattern: str) -> int:
    """Returns the number of texts that match a pattern."""
    from pyarrow import compute

    return int(compute.sum(compute.match_substring_regex(texts, pattern)).as_py() or 0)
