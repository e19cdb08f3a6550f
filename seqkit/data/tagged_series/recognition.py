"""Recognises tables with a label in every row by their first rows.

Many tables have a column of labels: rows to classify one by one, or series to forecast with a text beside. A table is
recognised as a tagged series only where nothing else is likely; otherwise the user asks for it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from itertools import islice, pairwise

from seqkit.data.files.delimited import find_delimiter
from seqkit.data.files.lines import split_lines
from seqkit.data.files.sniffing import FORECAST_NAMES, TEXT_NAMES, Look, decoded, matching_names
from seqkit.data.tables.times.names import is_time_name
from seqkit.data.tagged_series.column_names import RECORDING_NAMES, ROW_LABEL_NAMES

_ROWS = 2000
_MIN_ROWS = 4
_TARGET_NAMES = ("y", "target")
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}([ T]|$)")


def holds_tagged_series(look: Look) -> bool:
    """Whether it is a table over time in which a column of a usual name has texts that stay the same for some rows.

    Each row of a recording has another time, and each text comes with numbers. A table with texts to classify, or with
    a column that forecasts usually have, is none.
    """
    names, rows = _sample(look)
    labels = matching_names(names, ROW_LABEL_NAMES)
    if len(labels) != 1 or matching_names(names, (*TEXT_NAMES, *FORECAST_NAMES, *_TARGET_NAMES)):
        return False
    label = names.index(labels[0])
    time = next((i for i, name in enumerate(names) if i != label and _is_time(name, [row[i] for row in rows])), None)
    if time is None or len(rows) < _MIN_ROWS:
        return False
    recording = [names.index(name) for name in matching_names(names, RECORDING_NAMES)]
    cells, times = [row[label] for row in rows], [tuple(row[i] for i in (time, *recording)) for row in rows]
    known = [cell for cell in cells if cell]
    changes = sum(before != after for before, after in pairwise(known))
    is_text = len(set(known)) > 1 and not any(map(_is_number, known))
    return is_text and 2 * changes < len(known) and len(set(times)) == len(times) and _has_numbers(names, rows, label)


def may_hold_tagged_series(look: Look) -> bool:
    """Whether a table has a column of numbers besides its labels, and no column of texts to classify."""
    names, rows = _sample(look)
    labels = matching_names(names, ROW_LABEL_NAMES)
    label = names.index(labels[0]) if len(labels) == 1 else None
    return bool(rows) and not _has_sentences(rows) and _has_numbers(names, rows, label)


def _sample(look: Look) -> tuple[list[str], list[list[str]]]:
    """Returns the names of the columns and the cells of the first rows; nothing if it is no table with a header."""
    if look.frame is not None:
        frame = look.frame.reset_index() if any(look.frame.index.names) else look.frame
        rows = frame.iloc[:_ROWS].to_numpy(dtype=object).tolist() if frame.shape[1] else []
        return list(map(str, frame.columns)), [list(map(_cell, row)) for row in rows]
    if look.form == "parquet":
        return look.names, _parquet_rows(look) if look.names else []
    if look.form != "delimited":
        return [], []
    lines = split_lines(decoded(look.head).lstrip("\r\n"))
    if len(look.head) >= 1 << 16:
        lines = lines[:-1]  # the last line is cut
    if not lines:
        return [], []
    names, *rows = list(islice(csv.reader(lines, delimiter=find_delimiter(lines)), _ROWS + 1)) or [[]]
    names = [name.strip() for name in names]
    if any(map(_is_number, names)):
        return [], []
    return names, [[cell.strip() for cell in row] for row in rows if len(row) == len(names)]


def _parquet_rows(look: Look) -> list[list[str]]:
    import pyarrow
    from pyarrow import parquet

    try:
        batch = next(parquet.ParquetFile(look.path).iter_batches(batch_size=_ROWS), None)
    except (pyarrow.ArrowException, OSError):
        return []  # the reader reports the error
    rows = [] if batch is None else batch.to_pandas().to_numpy(dtype=object).tolist()
    return [list(map(_cell, row)) for row in rows]


def _cell(value: object) -> str:
    is_missing = value is None or (isinstance(value, float) and value != value)
    return "" if is_missing else str(value).strip()


def _is_time(name: str, cells: Sequence[str]) -> bool:
    return is_time_name(name) or (bool(cells) and all(_DATE.match(cell) for cell in cells if cell) and any(cells))


def _has_numbers(names: Sequence[str], rows: list[list[str]], label: int | None) -> bool:
    """Whether a column other than that of the labels and of times has numbers, up to a few cells."""
    for i, name in enumerate(names):
        known = [row[i] for row in rows if row[i]]
        if i != label and known and not is_time_name(name) and 2 * sum(map(_is_number, known)) > len(known):
            return True
    return False


def _has_sentences(rows: list[list[str]]) -> bool:
    """Whether a column has cells of several words in most rows."""
    columns = list(zip(*rows, strict=True))
    return any(2 * sum(len(cell.split()) > 3 for cell in cells) > len(cells) for cells in columns)


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True
