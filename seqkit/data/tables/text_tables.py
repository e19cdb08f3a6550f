"""Parses delimited text into a DataFrame with Arrow; nothing is repaired or dropped."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from seqkit.data.files.encodings import to_utf8
from seqkit.data.files.opening import arrow_to_pandas, check_names
from seqkit.data.tables.written_numbers import written_numbers
from seqkit.errors import DataError

if TYPE_CHECKING:
    import pandas

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_OFFSET = re.compile(r"\s*\d{4}-\d\d-\d\d[ T]\d\d:.*[+-]\d\d:?(\d\d)?\s*$")
_HEAD = 1 << 16
_MAX_COLUMNS = 50_000
"""Each column takes ten kilobytes before the first row is read."""


def frame_from_text(data: bytes, encoding: str, name: str) -> pandas.DataFrame:
    """Returns the table in a delimited text; its attribute "format" is the delimiter and the encoding.

    "three_decimals" are its columns of numbers that are all written with a point before the last three digits.

    Args:
        data: The content of the file.
        encoding: Its encoding.
        name: Its name in messages.

    Raises:
        UsageError: The encoding is unknown.
        DataError: It is empty, has no rows, is not a table, is in another encoding, has rows of different lengths or
            duplicate column names.
    """
    if not data:
        raise DataError(f"{name} is empty. Choose another file.")
    data = to_utf8(data, encoding, name).lstrip(b"\r\n").rstrip(b"\r\n\x1a")
    if not data.strip():
        raise DataError(f"{name} contains only blank lines. Choose a file with rows.")
    delimiter, sample = _sniff(data, name)
    header = [cell.strip() for cell in sample[0]]
    if len(sample) == 1 and (len(data) < _HEAD or not (b"\n" in data or b"\r" in data)):
        raise DataError(f"{name} has a header but no rows. Save it with its rows.")
    if all(_is_number(cell) for cell in header):
        raise DataError(
            f"{name} starts with numbers ({', '.join(header[:3])}{', …' if len(header) > 3 else ''}) instead of column "
            "names. Add a header line."
        )
    if len(header) > _MAX_COLUMNS:
        raise DataError(
            f"{name} has {len(header):,} columns; the limit is {_MAX_COLUMNS:,}. Save it in long format: a column each "
            "for series, time and value."
        )
    header = [cell or f"Unnamed: {position}" for position, cell in enumerate(header)]
    check_names(header, name)
    parse = partial(_parse, data, delimiter, header, name)
    table = parse(texts=_offset_columns(sample, header))
    written = written_numbers(table, data, delimiter, lambda names: parse(texts=names, only=names))
    for column, texts in written.texts.items():
        table = table.set_column(table.column_names.index(column), column, texts)
    frame = arrow_to_pandas(table)
    form = "TSV" if delimiter == "\t" else f"CSV, {_DELIMITERS[delimiter]}"
    frame.attrs = {"format": f"{form}, {encoding.upper()}", "three_decimals": written.three_decimals}
    return frame


def _sniff(data: bytes, name: str) -> tuple[str, list[list[str]]]:
    """Returns the delimiter that gives the first lines equally many cells, and those cells."""
    end = data.find(b"\n", _HEAD)
    text = io.StringIO(data[: end if end >= 0 else None].decode("utf-8"), newline="")
    lines = list(itertools.islice(text, 200))
    results = {}
    for delimiter in _DELIMITERS:
        try:
            rows = [row for row in csv.reader(lines, delimiter=delimiter) if row]
        except csv.Error:
            continue
        cells = len(rows[0])
        results[delimiter] = (cells > 1 and all(len(row) == cells for row in rows), cells), rows
    if not results:
        raise DataError(f"{name} is not a table: no line can be split into cells. Pass a CSV file.")
    best = max(results, key=lambda delimiter: results[delimiter][0])
    return best, results[best][1]


def _offset_columns(sample: list[list[str]], header: list[str]) -> list[str]:
    """Returns the columns of times with a UTC offset, which Arrow would replace by UTC."""
    return list(
        {name: None for row in sample[1:20] for name, cell in zip(header, row, strict=False) if _OFFSET.match(cell)}
    )


def _parse(
    data: bytes,
    delimiter: str,
    header: list[str],
    name: str,
    *,
    texts: Iterable[str] = (),
    only: list[str] | None = None,
) -> Any:
    """Returns the Arrow table of a CSV text, or reports the rows with too many or too few cells.

    Args:
        data: The text.
        delimiter: Separator of its cells.
        header: Names of all columns.
        name: Name of the file in messages.
        texts: Columns to read as texts, whatever they contain.
        only: The columns to read; all by default.
    """
    import pyarrow
    from pyarrow import csv as arrow_csv

    ragged: list[Any] = []

    def skip(row: Any) -> str:
        ragged.append(row)
        return "skip"

    def parse(handler: Any = None, **options: Any) -> Any:
        return arrow_csv.read_csv(
            pyarrow.py_buffer(data),
            read_options=arrow_csv.ReadOptions(
                column_names=header, skip_rows_after_names=1, block_size=1 << 23, **options
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=b'"' in data,
                # A blank line is a missing value in a table of one column, and is ignored otherwise.
                ignore_empty_lines=len(header) > 1,
                invalid_row_handler=handler,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={column: pyarrow.string() for column in texts}, include_columns=only
            ),
        )

    try:
        return parse()
    except pyarrow.ArrowInvalid as error:
        # Parse again on a single thread, which counts the rows, to report those that do not fit.
        with suppress(pyarrow.ArrowInvalid):
            parse(skip, use_threads=False)
        if not ragged:
            reason = str(error).rstrip(".").replace("\n", " ")
            raise DataError(f"{name} cannot be read as CSV: {reason}. Fix it, or save it as Parquet.") from error
        raise DataError(_ragged_message(ragged, len(header), delimiter, name)) from error


def _ragged_message(ragged: list[Any], expected: int, delimiter: str, name: str) -> str:
    first = ragged[0]
    text = first.text.strip() if len(first.text) <= 80 else first.text[:77].strip() + "…"
    cells = f"{first.actual_columns} cell{'s' if first.actual_columns > 1 else ''}, the header {expected}"
    others = f" {len(ragged):,} rows are like this." if len(ragged) > 1 else ""
    return (
        f"{name}: row {first.number - 1:,} (the first below the header is row 1) has {cells}: {text!r}.{others} "
        "Give each row as many cells as the header; put a text that contains a "
        f"{_DELIMITERS[delimiter]} in double quotes."
    )


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
