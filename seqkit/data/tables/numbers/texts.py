"""Reads numbers written as text: decimal and thousands separators, minus signs, and cells that are no numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from seqkit.data.tables.findings import Choices, Finding, flag, is_common_sentinel
from seqkit.errors import listed

BLANK = ("", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null", "None", "<NA>")
"""Cells that are missing values in a numeric column."""

_MARKS = {".": ".", ",": ",", "'": "'’", "space": " \u00a0\u2009\u202f"}
"""Values of --thousands, each with the characters it stands for."""
_MARK_NAMES = {".": "a point", ",": "a comma", "'": "an apostrophe", "space": "a space"}
_MINUS = r"^[−–](?=[\d.,])"
_WHOLE = r"[+-]?\d{1,3}"
_CURRENCY = r"(?:[$€£¥₹₽₩₺]|USD|EUR|GBP|CHF|JPY|CNY|INR|Rs\.?|kr)"
_DECORATIONS = (
    ("a currency sign; write the number alone", rf"(?P<sign>[+-]?) ?{_CURRENCY} ?(?P<number>.+)"),
    ("a currency sign; write the number alone", rf"(?P<sign>)(?P<number>.+?)\s?{_CURRENCY}"),
    ("a percent sign; write the number alone", r"(?P<sign>)(?P<number>.+?)\s?[%‰]"),
    ("a negative number in parentheses; write a minus sign", r"(?P<sign>)\((?P<number>[^()]+)\)"),
    ("a limit of detection; write a number, such as half of it,", r"(?P<sign>)[<>≤≥] ?(?P<number>.+)"),
    ("a minus sign after the number; write it before", r"(?P<sign>)(?P<number>.*\d)\s?-"),
)
_EXAMPLES = 10_000


@dataclass(frozen=True)
class _Notation:
    """A way to write numbers: a value of --thousands, or "none", and a decimal separator."""

    thousands: str
    decimal: str

    @property
    def pattern(self) -> re.Pattern[str]:
        return _number_pattern(self.thousands, self.decimal)


_NOTATIONS = (
    _Notation("none", "."),
    _Notation("none", ","),
    *(_Notation(mark, decimal) for decimal in ".," for mark in _MARKS if mark != decimal),
)


def cells_of(column: Any) -> Any:
    """Returns the cells of a column as text without surrounding blanks."""
    return column.astype("str").str.strip()


def are_numbers(column: Any, choices: Choices) -> bool:
    """Whether at least half of the known cells are numbers in any notation, or numbers with a sign of a unit."""
    import pandas

    cells = cells_of(column)
    known = cells[~cells.isin([*BLANK, *choices.null]) & cells.notna()]
    if known.empty:
        return True
    plain = pandas.to_numeric(known.str.replace(",", ".", regex=False), errors="coerce").notna().to_numpy()
    if plain.mean() >= 0.5:
        return True
    others = known[~plain].str.replace(_MINUS, "-", regex=True)
    return bool(plain.sum() + sum(map(_is_like_number, others)) >= 0.5 * len(known))


def read_texts(
    column: Any, name: str, choices: Choices, drop_column: dict[str, Any]
) -> tuple[np.ndarray, list[Finding]]:
    """Returns the numbers of a text column, NaN for missing values, and the findings; those that stop training alone.

    Args:
        column: The column as read.
        name: Its name.
        choices: Provides null texts and separators.
        drop_column: Options that leave the column out.
    """
    import pandas

    original = cells_of(column)
    missing = (column.isna() | original.isna() | original.isin([*BLANK, *choices.null])).to_numpy(bool)
    cells = original.where(~missing, "nan")
    findings = []
    with_minus = cells.str.contains(_MINUS, regex=True).to_numpy(bool)
    if with_minus.any():
        cells = cells.str.replace(_MINUS, "-", regex=True)
        findings.append(_note("minus sign", "a dash before a number is a minus sign", name, original, with_minus))
    notation = _Notation(choices.thousands_mark or "none", choices.decimal_mark)
    grouped = np.zeros(len(cells), bool)
    readable = cells
    if notation.thousands != "none":
        marks = _class(notation.thousands)
        grouped = np.array(cells.str.contains(marks, regex=True), bool)
        grouped[grouped] = cells[grouped].str.fullmatch(notation.pattern.pattern).to_numpy(bool)
        readable = cells.where(~grouped, cells.str.replace(marks, "", regex=True))
    if notation.decimal == ",":
        with_point = readable.str.contains(".", regex=False)
        readable = readable.where(~with_point, "").str.replace(",", ".", regex=False)
    values = pandas.to_numeric(readable, errors="coerce").to_numpy(np.float64).copy()
    bad = np.isnan(values) & ~missing
    if bad.any():
        # These cells stop training; a placeholder keeps later stages from reporting them as missing values too.
        values[bad] = np.median(values[~bad & ~missing]) if np.any(~bad & ~missing) else 0.0
        return values, [_not_numbers(cells, bad, ~bad & ~missing, name, choices, drop_column)]
    if choices.thousands == "error" and grouped.any():
        row = int(np.argmax(grouped))
        message = f"with a decimal comma, a point separates thousands: read as {values[row]:.10g}"
        findings.append(_note("thousands separator", message, name, original, grouped))
    if choices.thousands == "error" and not grouped.any():
        question = _question(cells, values, missing, name, choices)
        if question is not None:
            return values, [question]
    return values, findings


def read_points(
    values: np.ndarray, name: str, choices: Choices, drop_column: dict[str, Any], *, three_decimals: bool
) -> tuple[np.ndarray, list[Finding]]:
    """Returns the numbers of a column of a text file that was read with decimal points although a comma is decimal.

    Args:
        values: The numbers.
        name: Name of the column.
        choices: Provides the separators, of which the decimal one is a comma.
        drop_column: Options that leave the column out.
        three_decimals: Whether all numbers are written with a point before the last three digits.
    """
    if values.dtype.kind != "f":
        return values, []
    if three_decimals and choices.thousands_mark == ".":
        read, known = np.rint(values * 1000), np.isfinite(values)
        row = int(np.argmax(known))
        message = f"with a decimal comma, a point separates thousands: read as {read[row]:.10g}"
        cell = f"{values[row]:.3f}"
        note = Finding("thousands separator", message, column=name, count=int(known.sum()), row=row + 1, value=cell)
        return read, [note] if choices.thousands == "error" else []
    with_point = np.isfinite(values) & (values != np.floor(values))
    if not with_point.any():
        return values, []
    row = int(np.argmax(with_point))
    finding = Finding(
        kind="decimal point",
        message="a decimal point, although a comma is the decimal separator; use one of them in the file",
        column=name,
        count=int(with_point.sum()),
        row=row + 1,
        value=str(values[row]),
        remedy=drop_column,
        blocking=True,
    )
    return values, [finding]


def _note(kind: str, message: str, name: str, cells: Any, rows: np.ndarray) -> Finding:
    row = int(np.argmax(rows))
    return Finding(kind, message, column=name, count=int(rows.sum()), row=row + 1, value=str(cells.iloc[row]))


def _question(cells: Any, values: np.ndarray, missing: np.ndarray, name: str, choices: Choices) -> Finding | None:
    """Returns the question whether the decimal separator separates thousands, or None if the cells answer it.

    It may do so if three digits follow each, nothing but a zero is below 1, and whole numbers below 1000 have none.
    Zeros and sentinels prove nothing: they are written so next to decimals too.
    """
    mark = choices.decimal
    marked = cells.str.contains(mark, regex=False).to_numpy(bool)
    if not marked.any():
        return None
    plain = ~marked & ~missing
    numbers = np.unique(values[plain])
    telling = [v for v in numbers if v != 0 and not is_common_sentinel(v) and v not in choices.sentinel]
    pattern = rf"[+-]?[1-9]\d{{0,2}}{re.escape(mark)}\d{{3}}"
    if not telling or not (cells[marked].str.fullmatch(pattern).all() and cells[plain].str.fullmatch(_WHOLE).all()):
        return None
    row = int(np.argmax(marked))
    cell = str(cells.iloc[row])
    thousands = {"thousands": "."} if mark == "." else {"thousands": ",", "decimal": "."}
    flags = " ".join(flag(option, value) for option, value in thousands.items())
    return Finding(
        kind="thousands separator",
        message=f"next to {telling[-1]:.10g}, {cell} may be {cell.replace(mark, '')}: {flags} reads it so, "
        f"--thousands none as {values[row]:.10g}",
        column=name,
        count=int(marked.sum()),
        row=row + 1,
        value=cell,
        alternatives=(thousands, {"thousands": "none"}),
        blocking=True,
    )


def _not_numbers(
    cells: Any, bad: np.ndarray, good: np.ndarray, name: str, choices: Choices, drop_column: dict[str, Any]
) -> Finding:
    """Returns the finding for cells that are no numbers: in another notation, decorated, null texts, or others."""
    wrong, row = cells[bad], int(np.argmax(bad))
    distinct = list(dict.fromkeys(wrong.iloc[:_EXAMPLES]))
    plain = list(dict.fromkeys(cells[good].iloc[:_EXAMPLES]))
    kind, remedy, message = "not a number", drop_column, f"such as {listed(distinct, 3)}; fix these cells"
    alternatives: tuple[dict[str, Any], ...] = ()
    notations = _notations(distinct, plain, choices)
    decorated = next(filter(None, map(_decoration, distinct)), None)
    if notations:
        row = int(np.flatnonzero(bad)[np.argmax(wrong.str.fullmatch(notations[0].pattern.pattern).to_numpy(bool))])
        examples = listed([cell for cell in distinct if notations[0].pattern.fullmatch(cell)], 3)
        kind, remedy, message = _advice(notations[0], distinct, examples)
        if len(notations) > 1:
            kind, remedy, alternatives = "thousands separator", {}, ({"thousands": ","}, {"decimal": ","})
            cell = str(cells.iloc[row])
            whole, decimals = cell.replace(",", ""), cell.replace(",", ".")
            message = f"{cell} may be {whole} (--thousands ,) or {decimals} (--decimal ,)"
    elif any(_Notation("none", ",").pattern.fullmatch(cell) for cell in distinct) and choices.decimal_mark == ".":
        message = "the decimal separator is a comma in some cells, a point in others; use one"
        kind = "decimal comma"
    elif decorated is not None:
        shown = [cell for cell in distinct if _decoration(cell) == decorated]
        row = int(np.flatnonzero(bad)[np.argmax(wrong.isin(shown).to_numpy(bool))])
        message = f"{listed(shown, 3)}: {decorated} in the file"
    elif len(distinct) <= 3 and bad.mean() < 0.5 and not any(map(_is_like_number, distinct)):
        remedy, message = {"null": tuple(distinct)}, f"{listed(distinct)} among numbers"
    return Finding(
        kind=kind,
        message=message,
        column=name,
        count=int(bad.sum()),
        row=row + 1,
        value=str(cells.iloc[row]),
        remedy=remedy,
        alternatives=alternatives,
        blocking=True,
    )


def _notations(wrong: list[str], plain: list[str], choices: Choices) -> list[_Notation]:
    """Returns the notation that reads the most of the wrong cells, and all plain ones; two if a comma may be either.

    1,234 alone is ambiguous; next to whole numbers without a comma, three digits after each comma are thousands.
    """
    scores = {}
    for notation in _NOTATIONS[1:]:
        decimal_fits = notation.decimal == choices.decimal_mark or choices.decimal_mark == "."
        thousands_fit = choices.thousands == "error" or choices.thousands == notation.thousands
        if decimal_fits and thousands_fit and all(map(notation.pattern.fullmatch, plain)):
            scores[notation] = sum(bool(notation.pattern.fullmatch(cell)) for cell in wrong)
    most = max(scores.values(), default=0)
    best = [notation for notation, score in scores.items() if score == most > 0]
    either = [_Notation("none", ","), _Notation(",", ".")]
    if not set(either) <= set(best):
        return best[:1]
    whole = [float(cell) for cell in plain if "." not in cell]
    if any("." in cell for cell in plain) or any(v != 0 and not is_common_sentinel(v) for v in whole):
        return either[1:]
    return either


def _advice(notation: _Notation, cells: list[str], examples: str) -> tuple[str, dict[str, Any], str]:
    """Returns kind, remedy and message for cells in another notation."""
    if notation.thousands == "none":
        return "decimal comma", {"decimal": ","}, "the decimal separator is a comma"
    remedy = {"thousands": notation.thousands}
    if notation.decimal == "," and any("," in cell for cell in cells):
        remedy["decimal"] = ","
    return "thousands separator", remedy, f"{examples}: {_MARK_NAMES[notation.thousands]} separates thousands"


def _decoration(cell: str) -> str | None:
    """Returns what is written around a number, or None if the cell contains anything else."""
    for what, pattern in _DECORATIONS:
        match = re.fullmatch(pattern, cell)
        if match is not None and _is_plain(match["sign"] + match["number"].strip()):
            return what
    return None


def _is_like_number(cell: str) -> bool:
    return _is_plain(cell) or _decoration(cell) is not None


def _is_plain(cell: str) -> bool:
    """Whether a cell is a number in any notation; one with a currency sign may have another sign, too."""
    return any(notation.pattern.fullmatch(cell) for notation in _NOTATIONS)


def _class(thousands: str) -> str:
    return f"[{re.escape(_MARKS[thousands])}]"


@cache
def _number_pattern(thousands: str, decimal: str) -> re.Pattern[str]:
    """Returns the pattern of numbers; a leading 0 shows that a mark is none of thousands, and 1,23,456 is Indian."""
    digits = r"\d+"
    if thousands != "none":
        mark = _class(thousands)
        digits = rf"(?:[1-9]\d{{0,2}}(?:{mark}\d{{3}})+|[1-9]\d?(?:{mark}\d{{2}})+{mark}\d{{3}}|\d+)"
    point = re.escape(decimal)
    return re.compile(rf"[+-]?(?:{digits}(?:{point}\d*)?|{point}\d+)(?:[eE][+-]?\d+)?")
