"""Parses the `.ts` files of the UEA and UCR archives: labelled series with one or more channels.

The format: `#` comments, a header of `@` tags, `@data`, then one series per line. Colons separate dimensions, commas
separate values, and the label comes last. https://www.timeseriesclassification.com
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

import numpy as np

from seqkit.data.labelled.parsed_series import ParsedSeries
from seqkit.data.labelled.series_values import number_or_nan
from seqkit.errors import DataError, nearest


@dataclass(frozen=True)
class _Header:
    """Tags of a file; None where a tag is missing.

    Attributes:
        first: Index of the first line of data.
        labels: The allowed labels; empty if any is allowed, None if series have no label.
        dimensions: Number of dimensions of a series.
        length: Number of values of a dimension.
        is_equal: Whether all series have the same length.
    """

    first: int
    labels: tuple[str, ...] | None
    dimensions: int | None
    length: int | None
    is_equal: bool


def parse_ts(lines: list[str], name: str) -> ParsedSeries:
    """Returns the series of a `.ts` file.

    Args:
        lines: Lines of the file.
        name: Name of the file in messages.

    Raises:
        DataError: It has no header or no series, a value is not a number, values have timestamps, dimensions differ in
            number or length, or a label is not in the header; the message names the line.
    """
    header = _header(lines, name)
    series: list[np.ndarray] = []
    labels: list[str] = []
    numbers: list[int] = []
    for number, line in enumerate(lines[header.first :], start=header.first + 1):
        content = line.strip()
        if not content or content.startswith(("#", "%")):
            continue
        dimensions = content.split(":")
        if header.labels is not None:
            labels.append(_label(dimensions.pop().strip(), header.labels, number, name))
        expected = series[0].shape[1] if series else header.dimensions or len(dimensions)
        if len(dimensions) != expected or not expected:
            by = "the lines before it" if series else "the header"
            label = " and a label" if header.labels is not None else ""
            raise DataError(
                f"{name}: line {number:,} has {len(dimensions)} dimension{'' if len(dimensions) == 1 else 's'}{label}, "
                f"{by} {expected}. Write each line as dimension:dimension:…{':label' if label else ''}."
            )
        series.append(_series(dimensions, number, name))
        numbers.append(number)
    if not series:
        raise DataError(f"{name} has a header but no series. Save it with its series.")
    channels = tuple(f"dim_{channel}" for channel in range(series[0].shape[1]))
    notes = _notes(series, numbers, header, name)
    return ParsedSeries(series, None if header.labels is None else labels, numbers, channels, notes)


def _header(lines: list[str], name: str) -> _Header:
    tags: dict[str, list[str]] = {}
    for number, line in enumerate(lines, start=1):
        content = line.strip()
        if not content or content.startswith(("#", "%")):
            continue
        if not content.startswith("@"):
            where = f"line {number:,} contains data" if tags else f"line {number:,} is not a tag such as @problemName"
            raise DataError(f"{name} is not a .ts file: {where} before @data.")
        tag, *values = content[1:].split() or [""]
        if not tag:
            raise DataError(f"{name} is not a .ts file: line {number:,} has @ without a name.")
        tags[tag.lower()] = values
        if tag.lower() == "data":
            break
    else:
        raise DataError(f"{name} {'has no line @data' if tags else 'is empty'}: it is not a .ts file, or truncated.")
    if _is_true(tags, "timestamps"):
        _refuse_timestamps(f"{name}: @timeStamps true")
    if _is_true(tags, "targetlabel"):
        raise DataError(f"{name}: @targetLabel true: the series have numeric targets, not class labels.")
    labels: tuple[str, ...] | None = None
    if _is_true(tags, "classlabel"):
        labels = tuple(tags["classlabel"][1:])
    dimensions = 1 if _is_true(tags, "univariate") else _number(tags, "dimensions", name)
    return _Header(number, labels, dimensions, _number(tags, "seriesLength", name), _is_true(tags, "equallength"))


def _is_true(tags: dict[str, list[str]], tag: str) -> bool:
    return [value.lower() for value in tags.get(tag, [])[:1]] == ["true"]


def _number(tags: dict[str, list[str]], tag: str, name: str) -> int | None:
    written = " ".join(tags.get(tag.lower(), []))
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and len(written) < 19) or int(written) == 0:
        raise DataError(f"{name}: @{tag} is {written[:80]!r}, expected a whole number above 0.")
    return int(written)


def _label(label: str, known: tuple[str, ...], number: int, name: str) -> str:
    if label in known or (label and not known):
        return label
    if "(" in label:
        _refuse_timestamps(f"{name}: line {number:,}")
    hint = nearest(label, known) if len(label) <= 80 else f"Known: {', '.join(known)}."
    shown = label if len(label) <= 80 else label[:77] + "…"
    raise DataError(f"{name}: line {number:,} ends with the label {shown!r}, which @classLabel does not name. {hint}")


def _series(dimensions: list[str], number: int, name: str) -> np.ndarray:
    """Returns the values of one line, of shape (steps, channels)."""
    columns: list[np.ndarray] = []
    for dimension, written in enumerate(dimensions, start=1):
        try:
            values = np.array([number_or_nan(value) for value in written.split(",")])
        except ValueError:
            _refuse_value(written, dimension, number, name)
        if columns and len(values) != len(columns[0]):
            raise DataError(
                f"{name}: line {number:,}: dimension {dimension} has {len(values):,} values, dimension 1 "
                f"{len(columns[0]):,}. All dimensions of a series have the same steps."
            )
        columns.append(values)
    return np.column_stack(columns)


def _refuse_value(written: str, dimension: int, number: int, name: str) -> NoReturn:
    """Raises DataError for the first invalid value of a dimension."""
    if "(" in written:
        _refuse_timestamps(f"{name}: line {number:,}")
    step, value = next(
        (step, value) for step, value in enumerate(map(str.strip, written.split(",")), start=1) if not _is_valid(value)
    )
    raise DataError(
        f"{name}: line {number:,}, dimension {dimension}, value {step:,} is {value[:40]!r}, expected a number."
    )


def _is_valid(value: str) -> bool:
    try:
        number_or_nan(value)
    except ValueError:
        return False
    return True


def _refuse_timestamps(where: str) -> NoReturn:
    raise DataError(
        f"{where}: the values have timestamps, as in (0,1.5),(1,2.5). Only series of regular steps are supported: "
        "write only the values, as in 1.5,2.5, with @timeStamps false."
    )


def _notes(series: list[np.ndarray], numbers: list[int], header: _Header, name: str) -> list[str]:
    """Returns a note about the lengths of the series; refuses unequal lengths if the header declares them equal."""
    lengths = np.array([len(values) for values in series])
    shortest, longest = int(lengths.min()), int(lengths.max())
    if shortest == longest:
        if header.length not in (None, longest):
            return [f"@seriesLength is {header.length:,}, but all series have {longest:,} steps"]
        return []
    if header.is_equal:
        common = header.length or int(np.bincount(lengths).argmax())
        odd = int(np.flatnonzero(lengths != common)[0])
        raise DataError(
            f"{name}: line {numbers[odd]:,} has {lengths[odd]:,} steps, others {common:,}, but the header says "
            "@equalLength true. Fix the line, or write @equalLength false."
        )
    return [f"the series have {shortest:,} to {longest:,} steps"]
