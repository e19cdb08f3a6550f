"""Parses numeric columns and reports their problems: texts, sentinels, constants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.tables.findings import Choices, Finding, is_common_sentinel, number
from seqkit.data.tables.numbers.texts import are_numbers, read_points, read_texts

if TYPE_CHECKING:
    import pandas


def numeric_columns(frame: pandas.DataFrame, choices: Choices) -> tuple[str, ...]:
    """Returns the numeric columns, including text columns of which most sampled cells are numbers."""
    kinds = zip(frame.columns, (dtype.kind for dtype in frame.dtypes), strict=True)
    return tuple(
        str(name)
        for name, kind in kinds
        if kind in "iufb" or (kind in "OUT" and are_numbers(_sampled(frame[name]), choices))
    )


def varies(column: Any, choices: Choices) -> bool:
    """Returns whether a numeric column contains different values, ignoring sentinels."""
    values = _plain_numbers(column)
    if values is None:
        values, _ = read_texts(column, "", choices, {})
    known = values[np.isfinite(values) & ~np.isin(values, choices.sentinel)]
    return len(known) > 0 and bool(known.min() < known.max())


def text_columns(frame: pandas.DataFrame, names: tuple[str, ...]) -> list[Finding]:
    """Returns a finding for each of the columns: they contain no numbers and are skipped."""
    findings = []
    for name in names:
        known = frame[name].dropna()
        value = None if known.empty else str(known.iloc[0])
        findings.append(Finding("text column", "contains no numbers; skipped", column=name, value=value))
    return findings


def read_numbers(
    column: Any,
    name: str,
    choices: Choices,
    *,
    is_target: bool,
    required: bool,
    three_decimals: tuple[str, ...] | None = None,
) -> tuple[np.ndarray, list[Finding]]:
    """Returns the numbers of a column and the problems with them.

    Args:
        column: The column as read.
        name: Its name.
        choices: Provides sentinels, non-sentinels, null texts and the decimal separator.
        is_target: Whether the column is predicted: it must then contain different numbers.
        required: Whether the user chose the column, so that it must contain values.
        three_decimals: Columns of a text file that are all written with a point before the last three digits; None if
            the table has no text.

    Returns:
        Numbers of shape (rows,), integers or floats, NaN for missing values; and the findings, with rows of the file.
        A remedy that sets the features to () means all columns but this one.
    """
    findings: list[Finding] = []
    drop_column: dict[str, Any] = {} if is_target else {"features": ()}
    values = _plain_numbers(column)
    if values is None:
        values, findings = read_texts(column, name, choices, drop_column)
    elif three_decimals is not None and choices.decimal_mark == ",":
        has_three = name in three_decimals
        values, findings = read_points(values, name, choices, drop_column, three_decimals=has_three)
    if any(finding.blocking for finding in findings):
        return values, findings
    for sentinel in choices.sentinel:
        matches = values == sentinel
        if matches.any():
            values = np.where(matches, np.nan, values if values.dtype.kind == "f" else values.astype(np.float64))
            row, count = int(np.argmax(matches)) + 1, int(matches.sum())
            findings.append(
                Finding("sentinel", "read as missing", column=name, count=count, row=row, value=number(sentinel))
            )
    finite = np.isfinite(values)
    known = values if finite.all() else values[finite]
    if not len(known):
        return values, [*findings, _empty_column(name, len(values), drop_column, is_target or required)]
    low, high = known.min(), known.max()
    if low == high:
        findings.append(_constant_column(name, low, len(known), is_target and choices.interval is None))
    else:
        findings += _suspects(values, known, name, choices)
    return values, findings


def _sampled(column: Any) -> Any:
    return column.iloc[:: max(1, len(column) // 1000)]


def _plain_numbers(column: Any) -> np.ndarray | None:
    """Returns the column's array, booleans as 0 and 1, nullable numbers as floats with NaN; None for texts."""
    if column.dtype.kind not in "iufb":
        return None
    if not isinstance(column.dtype, np.dtype) and column.isna().any():
        return np.asarray(column.to_numpy(np.float64, na_value=np.nan))
    if column.dtype.kind == "b":
        return np.asarray(column.to_numpy(np.int8))
    return np.asarray(column.to_numpy())


def _empty_column(name: str, rows: int, drop_column: dict[str, Any], required: bool) -> Finding:
    message = "contains no values" + ("" if required else "; skipped")
    remedy = drop_column if required else {}
    return Finding("empty column", message, column=name, count=rows, row=1, remedy=remedy, blocking=required)


def _constant_column(name: str, value: Any, rows: int, blocking: bool) -> Finding:
    message = "all values are equal" + (": there is nothing to predict" if blocking else "")
    return Finding("constant", message, column=name, count=rows, value=number(value), blocking=blocking)


def _suspects(values: np.ndarray, known: np.ndarray, name: str, choices: Choices) -> list[Finding]:
    """Returns findings for extreme values of a column that look like sentinels.

    A common sentinel stops training if its distance from all other values exceeds their range, or if it is the only
    negative value; other extreme values are only reported.
    """
    findings: list[Finding] = []
    exempt = {number(v) for v in choices.not_sentinel}
    rest = known
    for _ in range(4):
        low, high = rest.min(), rest.max()
        near_low, near_high = _near(rest)
        far = {low: low < near_low, high: high > near_high}
        candidates = [v for v in (low, high) if number(v) not in exempt and (far[v] or is_common_sentinel(v))]
        if low == high or not candidates:
            break
        value = candidates[0]
        others = rest[rest != value]
        inner_low, inner_high = others.min(), others.max()
        distance = float(inner_low) - float(value) if value == low else float(value) - float(inner_high)
        spread, count = float(inner_high) - float(inner_low), len(rest) - len(others)
        common = is_common_sentinel(value) and (count > 1 or abs(value) > 100)
        isolated = distance > spread and distance > 0.3 * abs(float(value))  # 999 among pressures of 998 is a pressure
        blocking = common and (isolated or value < 0 <= inner_low)
        exempt.add(number(value))
        if not blocking and not (distance > 20 * spread > 0 or (count > 2 and distance > 10 * spread > 0)):
            continue
        rest = others
        text, message = number(value), f"all other values are between {number(inner_low)} and {number(inner_high)}"
        remedy = {"sentinel": (float(text),)} if blocking else {}
        row = int(np.argmax(values == value)) + 1
        kind = "sentinel" if blocking else "extreme value"
        findings.append(
            Finding(kind, message, column=name, count=count, row=row, value=text, remedy=remedy, blocking=blocking)
        )
    return findings


def _near(values: np.ndarray) -> tuple[float, float]:
    """Returns the limits beyond which a value is far from a sample of the column: five times its usual range away."""
    sample = np.sort(values if len(values) <= 4096 else values[:: len(values) // 4096])
    low, high = (_quantile(sample, share) for share in (0.01, 0.99))
    return low - 5 * (high - low), high + 5 * (high - low)


def _quantile(ordered: np.ndarray, share: float) -> float:
    """Returns a quantile of sorted values; `np.quantile` takes ten times as long for a few values."""
    place = share * (len(ordered) - 1)
    first = int(place)
    low, high = float(ordered[first]), float(ordered[min(first + 1, len(ordered) - 1)])
    return low + (place - first) * (high - low)
