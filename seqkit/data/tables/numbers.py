"""Numbers from columns, and what is wrong with them: texts among them, values that stand for none, constants."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.tables.findings import Choices, Finding, number
from seqkit.errors import listed

if TYPE_CHECKING:
    import pandas

_BLANK = ("", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null", "None", "<NA>")
_NUMBER_WITH_COMMA = r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?"
# By the sign before the decimals; a leading 0 as in 0,125 shows that no thousands stand before the comma.
_GROUPED = {
    ".": r"[+-]?[1-9]\d{0,2}(?:[,'’ \u00a0\u202f]\d{3})+(?:\.\d+)?",
    ",": r"[+-]?[1-9]\d{0,2}(?:[.'’ \u00a0\u202f]\d{3})+(?:,\d+)?",
}
# Nines, eights or sevens, and the limits of the usual number types: what instruments and files write for "no value".
_REPEATED_DIGIT = re.compile(r"-?(9{2,}|8{3,}|7{3,})(\.(9+|8+|7+))?")
_LIMITS = {"-32768", "32767", "65535", "-2147483648", "2147483647", "9.96921e+36", "9.969209968386869e+36"}
_LIMITS |= {f"{sign}1e+{exponent}" for sign in ("", "-") for exponent in (20, 30, 36)}


def numeric_columns(frame: pandas.DataFrame, choices: Choices) -> tuple[str, ...]:
    """Returns the columns that hold numbers, also as text where most cells of a sample can be read as one."""
    return tuple(str(name) for name in frame.columns if _is_numeric(frame[name], choices))


def varies(column: Any, choices: Choices) -> bool:
    """Returns whether a column that `numeric_columns` names holds different numbers, sentinels apart."""
    values = _plain_numbers(column)
    if values is None:
        values, _ = _numbers_from_text(column, "", choices, {})
    known = values[np.isfinite(values) & ~np.isin(values, choices.sentinel)]
    return len(known) > 0 and bool(known.min() < known.max())


def text_columns(frame: pandas.DataFrame, names: tuple[str, ...]) -> list[Finding]:
    """Returns a finding for each of the columns: they hold no numbers and are left out."""
    found = []
    for name in names:
        known = frame[name].dropna()
        value = None if known.empty else str(known.iloc[0])
        found.append(Finding("text column", "no numbers; it is left out", column=name, value=value))
    return found


def read_numbers(
    column: Any, name: str, choices: Choices, *, is_target: bool, others: tuple[str, ...]
) -> tuple[np.ndarray, list[Finding]]:
    """Returns the numbers of a column and what is wrong with them.

    Args:
        column: The column as it was read.
        name: Its name.
        choices: Gives sentinels, genuine values, texts that mean missing, and the decimal sign.
        is_target: Whether it is predicted: then it must hold numbers, and different ones.
        others: All other columns that are read.

    Returns:
        Numbers of shape (rows,), integers or floats, NaN for missing; and the findings, with rows of the file.
    """
    found: list[Finding] = []
    leave_out = {} if is_target else {"features": others}
    values = _plain_numbers(column)
    if values is None:
        values, found = _numbers_from_text(column, name, choices, leave_out)
    if found:
        return values, found
    for sentinel in choices.sentinel:
        hit = values == sentinel
        if hit.any():
            values = np.where(hit, np.nan, values if values.dtype.kind == "f" else values.astype(np.float64))
            row, count = int(np.argmax(hit)) + 1, int(hit.sum())
            found.append(
                Finding("sentinel", "read as missing", column=name, count=count, row=row, value=number(sentinel))
            )
    finite = np.isfinite(values)
    known = values if finite.all() else values[finite]
    if not len(known):
        wanted = is_target or name in choices.features
        return values, [*found, _empty_column(name, len(values), leave_out, wanted)]
    low, high = known.min(), known.max()
    if low == high:
        found.append(_constant_column(name, low, len(known), is_target and choices.interval is None))
    else:
        found += _suspects(values, known, name, choices)
    return values, found


def _is_numeric(column: Any, choices: Choices) -> bool:
    import pandas

    if column.dtype.kind in "iufb":
        return True
    if column.dtype.kind not in "OUT":
        return False
    cells = _cells(column.iloc[:: max(1, len(column) // 1000)])
    known = cells[~cells.isin([*_BLANK, *choices.null]) & cells.notna()].str.replace(",", ".", regex=False)
    return known.empty or float(pandas.to_numeric(known, errors="coerce").notna().mean()) >= 0.5


def _plain_numbers(column: Any) -> np.ndarray | None:
    """Returns the column's own array, truth values as 0 and 1, nullable numbers as floats with NaN; None for texts."""
    if column.dtype.kind not in "iufb":
        return None
    if not isinstance(column.dtype, np.dtype) and column.isna().any():
        return np.asarray(column.to_numpy(np.float64, na_value=np.nan))
    if column.dtype.kind == "b":
        return np.asarray(column.to_numpy(np.int8))
    return np.asarray(column.to_numpy())


def _cells(column: Any) -> Any:
    return column.astype("str").str.strip()


def _numbers_from_text(
    column: Any, name: str, choices: Choices, leave_out: dict[str, Any]
) -> tuple[np.ndarray, list[Finding]]:
    import pandas

    cells = _cells(column)
    missing = (column.isna() | cells.isna() | cells.isin([*_BLANK, *choices.null])).to_numpy(bool)
    readable = cells
    if choices.decimal == ",":
        # With a comma for the decimals a point would be a thousands sign: such a cell is no number.
        with_point = cells.str.contains(".", regex=False)
        readable = cells.where(~with_point, "").str.replace(",", ".", regex=False)
    values = pandas.to_numeric(readable.where(~missing, "nan"), errors="coerce").to_numpy(np.float64).copy()
    bad = np.isnan(values) & ~missing
    if not bad.any():
        return values, []
    # What is no number stops training; until then an ordinary one stands in, or it would be told again as missing.
    values[bad] = np.median(values[~bad & ~missing]) if np.any(~bad & ~missing) else 0.0
    return values, [_not_numbers(cells, bad, ~bad & ~missing, name, choices, leave_out)]


def _not_numbers(
    cells: Any, bad: np.ndarray, good: np.ndarray, name: str, choices: Choices, leave_out: dict[str, Any]
) -> Finding:
    """Returns the finding for cells that are no numbers: commas, thousands, a word for "missing", or anything else."""
    wrong, row = cells[bad], int(np.argmax(bad))
    distinct = list(dict.fromkeys(wrong.iloc[:10_000]))
    kind, remedy, message = "not a number", leave_out, f"such as {listed(distinct, 3)}; mend these cells"
    grouped = wrong.str.fullmatch(_GROUPED[choices.decimal]).to_numpy(bool)
    with_comma = wrong.str.fullmatch(_NUMBER_WITH_COMMA).to_numpy(bool)
    # 1,234 alone could be either; beside cells without a comma, three digits after each one are thousands.
    if np.any(grouped & ~with_comma) or (grouped.all() and good.any()):
        row = int(np.flatnonzero(bad)[np.argmax(grouped)])
        shown = listed(dict.fromkeys(wrong[grouped].iloc[:10_000]), 3)
        remedy, message = {}, f"{shown}: it seems to have a thousands separator; remove the separator in the file"
    elif choices.decimal == "." and with_comma.all():
        kind, remedy, message = "decimal comma", {"decimal": ","}, "its decimals stand after a comma"
        if cells[good].str.contains(".", regex=False).any():
            remedy, message = leave_out, "some decimals stand after a comma, some after a point; write all one way"
    elif len(distinct) <= 3 and bad.mean() < 0.5 and not np.any(grouped | with_comma):
        remedy, message = {"null": tuple(distinct)}, f"{listed(distinct)} among numbers"
    return Finding(
        kind=kind,
        message=message,
        column=name,
        count=int(bad.sum()),
        row=row + 1,
        value=str(cells.iloc[row]),
        remedy=remedy,
        blocking=True,
    )


def _empty_column(name: str, rows: int, leave_out: dict[str, Any], wanted: bool) -> Finding:
    message = "it holds no value at all" + ("" if wanted else "; it is left out")
    remedy = leave_out if wanted else {}
    return Finding("empty column", message, column=name, count=rows, row=1, remedy=remedy, blocking=wanted)


def _constant_column(name: str, value: Any, rows: int, blocking: bool) -> Finding:
    message = "all its values are equal" + (": there is nothing to predict" if blocking else "")
    return Finding("constant", message, column=name, count=rows, value=number(value), blocking=blocking)


def _suspects(values: np.ndarray, known: np.ndarray, name: str, choices: Choices) -> list[Finding]:
    """Returns the values at the ends of a column that look as if they stood for a missing one.

    A usual sentinel stops training if it lies further from all others than these lie apart, or is the only negative
    value; any other value that far out is only told.
    """
    found: list[Finding] = []
    exempt = {number(v) for v in choices.not_sentinel}
    rest = known
    for _ in range(4):
        low, high = rest.min(), rest.max()
        candidates = [v for v in (low, high) if number(v) not in exempt and (_is_usual(v) or _is_far(v, rest))]
        if low == high or not candidates:
            break
        value = candidates[0]
        others = rest[rest != value]
        inner_low, inner_high = others.min(), others.max()
        distance = float(inner_low) - float(value) if value == low else float(value) - float(inner_high)
        spread, count = float(inner_high) - float(inner_low), len(rest) - len(others)
        usual = _is_usual(value) and (count > 1 or abs(value) > 100)
        alone = distance > spread and distance > 0.3 * abs(float(value))  # 999 among pressures of 998 is one of them
        blocking = usual and (alone or value < 0 <= inner_low)
        exempt.add(number(value))
        if not blocking and not (distance > 20 * spread > 0 or (count > 2 and distance > 10 * spread > 0)):
            continue
        rest = others
        text, hint = number(value), f"all others lie from {number(inner_low)} to {number(inner_high)}"
        remedy = {"sentinel": (float(text),)} if blocking else {}
        row = int(np.argmax(values == value)) + 1
        kind = "sentinel" if blocking else "extreme value"
        found.append(
            Finding(kind, hint, column=name, count=count, row=row, value=text, remedy=remedy, blocking=blocking)
        )
    return found


def _is_usual(value: Any) -> bool:
    return bool(_REPEATED_DIGIT.fullmatch(number(value))) or number(value) in _LIMITS


def _is_far(value: Any, rest: np.ndarray) -> bool:
    """Whether a value lies far outside of what a sample of the column shows."""
    sample = rest if len(rest) <= 4096 else rest[:: len(rest) // 4096]
    low, high = (float(v) for v in np.percentile(sample, (1, 99)))
    return float(value) < low - 5 * (high - low) or float(value) > high + 5 * (high - low)
