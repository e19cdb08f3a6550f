"""Parses ARFF files of labelled series, the other format of the UEA and UCR archives.

A row has a numeric attribute for each step and a nominal one for the class. Series of several channels are in a
relational attribute: one quoted cell with a line for each channel. https://waikato.github.io/weka-wiki/formats_and_processing/arff_stable/
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from seqkit.data.labelled.parsed_series import ParsedSeries
from seqkit.data.labelled.series_values import number_or_nan
from seqkit.errors import DataError, nearest

_ATTRIBUTE = re.compile(r"""@attribute\s+('[^']*'|"[^"]*"|[^\s{]+)\s*(.*)""", re.IGNORECASE)
_NUMERIC = ("numeric", "real", "integer")
_QUOTED = re.compile(r"""\s*('[^']*'|"[^"]*")\s*(?:,|$)""")
_REMEDY = "Save it with numeric attributes for the steps, or one relational one, and a nominal one for the class."


@dataclass
class _Header:
    """Attributes of a file.

    Attributes:
        first: Index of the first line of data.
        kinds: "number", "class" or "relation" of each attribute.
        labels: Names of the classes.
    """

    first: int = 0
    kinds: list[str] = field(default_factory=list)
    labels: tuple[str, ...] = ()


def parse_arff(lines: list[str], name: str) -> ParsedSeries:
    """Returns the series of an ARFF file.

    Args:
        lines: Lines of the file.
        name: Name of the file in messages.

    Raises:
        DataError: The header has no class or no values, a row does not match it, or a value is not a number.
    """
    header = _header(lines, name)
    series, labels, numbers = [], [], []
    for number, line in enumerate(lines[header.first :], start=header.first + 1):
        content = line.strip()
        if not content or content.startswith("%"):
            continue
        cells = _cells(content)
        if len(cells) != len(header.kinds):
            raise DataError(
                f"{name}: line {number:,} has {len(cells):,} values, the header {len(header.kinds):,} attributes. Give "
                "each row a value for each attribute."
            )
        label = _without_quotes(cells[header.kinds.index("class")])
        if label not in header.labels:
            raise DataError(
                f"{name}: line {number:,} has the class {label[:80]!r}, which the header does not name. "
                f"{nearest(label[:80], header.labels)}"
            )
        if "relation" in header.kinds:
            written = re.split(r"\\n|\n", _without_quotes(cells[header.kinds.index("relation")]))
        else:
            written = [",".join(cell for cell, kind in zip(cells, header.kinds, strict=True) if kind == "number")]
        series.append(_series(written, number, name))
        if series[-1].shape[1] != series[0].shape[1]:
            raise DataError(
                f"{name}: line {number:,} has {series[-1].shape[1]} dimensions, the lines before it "
                f"{series[0].shape[1]}. Give all series the same dimensions."
            )
        labels.append(label)
        numbers.append(number)
    if not series:
        raise DataError(f"{name} has a header but no series. Save it with its series.")
    return ParsedSeries(series, labels, numbers, tuple(f"dim_{channel}" for channel in range(series[0].shape[1])))


def _header(lines: list[str], name: str) -> _Header:
    header, is_inside_relation = _Header(), False
    for number, line in enumerate(lines, start=1):
        content = line.strip()
        keyword = content.split(maxsplit=1)[0].lower() if content else ""
        if not content or content.startswith("%") or keyword in ("@relation", "@end"):
            is_inside_relation &= keyword != "@end"
        elif keyword == "@data":
            header.first = number
            break
        elif keyword == "@attribute" and (match := _ATTRIBUTE.match(content)):
            if not is_inside_relation:
                kind = _kind(match[2], f"{name}: line {number:,}")
                header.kinds.append(kind)
                is_inside_relation = kind == "relation"
                if kind == "class":
                    header.labels = tuple(map(_without_quotes, _cells(match[2].strip().strip("{}"))))
        else:
            raise DataError(f"{name} is not an ARFF file: line {number:,} is {content[:40]!r} before @data. {_REMEDY}")
    else:
        raise DataError(f"{name} has no line @data: it is not an ARFF file, or truncated. Download it again.")
    if header.kinds.count("class") != 1 or header.kinds.count("relation") > 1 or len(set(header.kinds)) != 2:
        raise DataError(f"{name} is not an ARFF file of labelled series. {_REMEDY}")
    return header


def _kind(written: str, where: str) -> str:
    if written.startswith("{"):
        return "class"
    kind = written.split(maxsplit=1)[0].lower() if written else ""
    if kind in _NUMERIC:
        return "number"
    if kind == "relational":
        return "relation"
    raise DataError(f"{where}: an attribute is of type {kind[:40]!r}. {_REMEDY}")


def _cells(content: str) -> list[str]:
    """Returns the cells of a row; commas inside quotes separate nothing."""
    if "'" not in content and '"' not in content:
        return [cell.strip() for cell in content.split(",")]
    cells, position = [], 0
    while position <= len(content):
        quoted = _QUOTED.match(content, position)
        end = content.find(",", position)
        end = len(content) if end < 0 else end
        if quoted:
            cells.append(quoted[1])
            if quoted.end() == len(content) and not quoted[0].rstrip().endswith(","):
                break
            position = quoted.end()
        else:
            cells.append(content[position:end].strip())
            position = end + 1
    return cells


def _without_quotes(cell: str) -> str:
    cell = cell.strip()
    return cell[1:-1] if len(cell) > 1 and cell[0] == cell[-1] and cell[0] in "'\"" else cell


def _series(written: list[str], number: int, name: str) -> np.ndarray:
    """Returns the values of one row, of shape (steps, channels)."""
    columns: list[list[float]] = []
    for dimension, line in enumerate(written, start=1):
        values: list[float] = []
        for step, value in enumerate(line.split(","), start=1):
            try:
                values.append(number_or_nan(value))
            except ValueError as error:
                raise DataError(
                    f"{name}: line {number:,}, dimension {dimension}, value {step:,} is {value.strip()[:40]!r}, "
                    "expected a number. Fix it."
                ) from error
        columns.append(values)
    if len({len(values) for values in columns}) > 1:
        raise DataError(
            f"{name}: line {number:,} has dimensions of {min(map(len, columns)):,} to {max(map(len, columns)):,} "
            "values. Give all dimensions of a series the same steps."
        )
    return np.array(columns).T
