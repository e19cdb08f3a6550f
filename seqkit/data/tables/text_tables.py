"""Parses delimited text into a DataFrame with Arrow; nothing is repaired or dropped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from seqkit.data.files.encodings import to_utf8
from seqkit.data.files.layout import DELIMITERS, HEAD, Layout, find_layout, is_number, total_rows
from seqkit.data.files.opening import arrow_to_pandas, check_names
from seqkit.data.tables.numbers.written import written_numbers
from seqkit.errors import DataError

if TYPE_CHECKING:
    import pandas

_OFFSET = re.compile(r"\s*\d{4}-\d\d-\d\d[ T]\d\d:.*[+-]\d\d:?(\d\d)?\s*$")
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
    data = to_utf8(data, encoding, name)
    if not data.strip(b" \t\r\n\x1a"):
        raise DataError(f"{name} contains only blank lines. Choose a file with rows.")
    layout = find_layout(data, name)
    header = _column_names(layout, name)
    parse = partial(_parse, layout, header, name)
    table = parse(texts=_offset_columns(layout.rows, header))
    notes = list(layout.notes)
    if layout.trailing:
        table = _without_last(table, name)
        message = f"the {DELIMITERS[layout.delimiter]} at the end of each row starts no column; left out"
        notes.append({"kind": "delimiter", "message": message})
    written = written_numbers(table, layout.data, layout.delimiter, lambda names: parse(texts=names, only=names))
    for column, cells in written.texts.items():
        table = table.set_column(table.column_names.index(column), column, cells)
    if layout.delimiter == ";":
        notes += [_decimals_note(column) for column in written.three_decimals]
    frame = arrow_to_pandas(table)
    form = "TSV" if layout.delimiter == "\t" else f"CSV, {DELIMITERS[layout.delimiter]}"
    frame.attrs = {"format": f"{form}, {encoding.upper()}", "three_decimals": written.three_decimals}
    texts = [column for column, dtype in zip(frame.columns, frame.dtypes, strict=True) if dtype.kind in "OUT"]
    last = {column: frame[column].iloc[-3:].tolist() for column in texts}
    if notes := [*notes, *total_rows(last, len(frame))]:
        frame.attrs["notes"] = tuple(notes)
    return frame


def _column_names(layout: Layout, name: str) -> list[str]:
    """Returns the names of all columns; a column without a name has its position as one."""
    header = [cell.strip() for cell in layout.header]
    has_lines = b"\n" in layout.data or b"\r" in layout.data
    if not layout.rows and not (len(layout.data) >= HEAD and has_lines):
        raise DataError(f"{name} has a header but no rows. Save it with its rows.")
    if all(is_number(cell) for cell in header):
        raise DataError(
            f"{name} starts with numbers ({', '.join(header[:3])}{', …' if len(header) > 3 else ''}) instead of column "
            "names. Add a header line."
        )
    if len(header) > _MAX_COLUMNS:
        raise DataError(
            f"{name} has {len(header):,} columns; the limit is {_MAX_COLUMNS:,}. Save it in long format: a column each "
            "for series, time and value."
        )
    header = [
        cell or f"Unnamed: {position}" for position, cell in enumerate([*header, ""] if layout.trailing else header)
    ]
    check_names(header, name)
    return header


def _without_last(table: Any, name: str) -> Any:
    """Returns the table without its last column, which is blank."""
    last = table.column(table.num_columns - 1)
    if last.null_count < len(last):
        row = next(i for i, cell in enumerate(last, start=1) if cell.is_valid)
        raise DataError(
            f"{name}: row {row:,} has a value after the last column of the header: {last[row - 1].as_py()!r}. Name "
            "that column in the header, or delete the value."
        )
    return table.remove_column(table.num_columns - 1)


def _decimals_note(column: str) -> dict[str, Any]:
    """Returns the note of a column with three decimals in each number, where a comma is the usual decimal separator."""
    message = "a point before the last three digits of every number is read as decimal; --thousands . reads thousands"
    return {"kind": "thousands separator", "message": message, "column": column}


def _offset_columns(rows: list[list[str]], header: list[str]) -> list[str]:
    """Returns the columns of times with a UTC offset, which Arrow would replace by UTC."""
    return list(
        {name: None for row in rows[:20] for name, cell in zip(header, row, strict=False) if _OFFSET.match(cell)}
    )


def _parse(
    layout: Layout,
    header: list[str],
    name: str,
    *,
    texts: Iterable[str] = (),
    only: list[str] | None = None,
) -> Any:
    """Returns the Arrow table of a CSV text, or reports the rows with too many or too few cells.

    Args:
        layout: The text and its layout.
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
            pyarrow.py_buffer(layout.data),
            read_options=arrow_csv.ReadOptions(
                column_names=header, skip_rows_after_names=1 + layout.units, block_size=1 << 23, **options
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=layout.delimiter,
                newlines_in_values=b'"' in layout.data,
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
        without_blanks = re.sub(rb"\n[ \t]+\r?(?=\n)", b"", layout.data)
        if len(without_blanks) < len(layout.data) and b'"' not in layout.data and layout.delimiter != "\t":
            return _parse(replace(layout, data=without_blanks), header, name, texts=texts, only=only)
        # Parse again on a single thread, which counts the rows, to report those that do not fit.
        with suppress(pyarrow.ArrowInvalid):
            parse(skip, use_threads=False)
        if not ragged:
            reason = str(error).rstrip(".").replace("\n", " ")
            raise DataError(f"{name} cannot be read as CSV: {reason}. Fix it, or save it as Parquet.") from error
        raise DataError(_ragged_message(ragged, len(header), layout, name)) from error


def _ragged_message(ragged: list[Any], expected: int, layout: Layout, name: str) -> str:
    first = ragged[0]
    text = first.text.strip() if len(first.text) <= 80 else first.text[:77].strip() + "…"
    cells = f"{first.actual_columns} cell{'s' if first.actual_columns > 1 else ''}, the header {expected}"
    others = f" {len(ragged):,} rows are like this." if len(ragged) > 1 else ""
    remedy = (
        "Give each row as many cells as the header; put a text that contains a "
        f"{DELIMITERS[layout.delimiter]} in double quotes."
    )
    if first.actual_columns < expected and layout.data.rstrip().endswith(first.text.strip().encode()):
        remedy = "If it is a note below the table, delete it; otherwise give it as many cells as the header."
    elif layout.rows and all(len(row) != expected for row in layout.rows):
        remedy = "Name each column in the header; if the names are in a line further down, delete the lines above it."
    return (
        f"{name}: row {first.number - 1 - layout.units:,} (the first below the header is row 1) has {cells}: {text!r}."
        f"{others} {remedy}"
    )
