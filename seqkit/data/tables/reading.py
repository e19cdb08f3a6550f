"""Reading a table as it stands: CSV, TSV (also .gz), Parquet or standard input into a pandas frame.

Nothing is repaired and nothing is dropped here: a cell that is no number stays text, a name stays as it is written, and
a file that cannot be read whole is refused with the place and the remedy. What is wrong with the values is found by
`seqkit.data.tables.report`.
"""

from __future__ import annotations

import csv
import io
import itertools
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqkit.data.files.encodings import to_utf8
from seqkit.data.files.opening import arrow_to_pandas, bytes_unless_parquet, check_names, frame_from_parquet, unpacked
from seqkit.errors import DataError

if TYPE_CHECKING:
    import pandas

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_HEAD = 1 << 16
_MAX_COLUMNS = 50_000
"""Each takes ten thousand bytes before a single row has been read."""


def read_frame(source: str | Path, *, encoding: str = "utf-8") -> pandas.DataFrame:
    """Returns the table of a file, all columns and all rows, in the order of the file.

    The delimiter is found among comma, semicolon, tab and bar. Cells with nothing in them, NA, NaN, NULL and N/A are
    missing in columns of numbers; columns of other cells stay text, digits with leading zeros included. ISO 8601
    timestamps are parsed; those that carry an offset become UTC. `frame.attrs` says what was read: "source" is the
    file's name, "format" what it is, "encoding" how it was read.

    Args:
        source: A path, or "-" for standard input; Parquet and gzip are known by their content.
        encoding: Encoding of a text file, such as utf-8 (with or without a byte order mark), latin-1, cp949, utf-16.

    Raises:
        NotFoundError: There is no such file.
        UsageError: It is a directory, or there is no such encoding.
        DataError: It is empty, has no rows, is no table, is not in that encoding, has rows of different lengths or
            columns of the same name; the message says where and how to mend it.
    """
    name = "standard input" if str(source) == "-" else str(source)
    data = sys.stdin.buffer.read() if str(source) == "-" else bytes_unless_parquet(Path(source))
    data = None if data is None else unpacked(data, name)
    if data is None or data.startswith(b"PAR1"):
        frame, form = frame_from_parquet(Path(source) if data is None else io.BytesIO(data), name), "Parquet"
    else:
        frame, form = _from_text(data, encoding, name)
    short = name if str(source) == "-" else Path(source).name
    frame.attrs = {"source": short, "format": form, "encoding": encoding}
    return frame


def _from_text(data: bytes, encoding: str, name: str) -> tuple[pandas.DataFrame, str]:
    if not data:
        raise DataError(f"{name} is empty. Name another file.")
    data = to_utf8(data, encoding, name).lstrip(b"\r\n").rstrip(b"\r\n\x1a")
    if not data.strip():
        raise DataError(f"{name} holds nothing but blank lines. Name a file with rows.")
    delimiter, sample = _sniff(data, name)
    header = [cell.strip() for cell in sample[0]]
    if len(sample) == 1 and (len(data) < _HEAD or not (b"\n" in data or b"\r" in data)):
        raise DataError(f"{name} has a header and no rows under it. Write it with its rows.")
    if all(_is_number(cell) for cell in header):
        raise DataError(
            f"{name} starts with numbers ({', '.join(header[:3])}{', …' if len(header) > 3 else ''}) and not with the "
            "names of its columns. Put a line of names first."
        )
    if len(header) > _MAX_COLUMNS:
        raise DataError(
            f"{name} has {len(header):,} columns, and at most {_MAX_COLUMNS:,} are read. Write it long: a column each "
            "for series, time and value."
        )
    header = [cell or f"Unnamed: {position}" for position, cell in enumerate(header)]
    check_names(header, name)
    table = _parse(data, delimiter, header, _code_columns(sample), name)
    form = "TSV" if delimiter == "\t" else f"CSV, {_DELIMITERS[delimiter]}"
    return arrow_to_pandas(table), f"{form}, {encoding.upper()}"


def _sniff(data: bytes, name: str) -> tuple[str, list[list[str]]]:
    """Returns the delimiter and the cells of the first lines: what cuts all of them into equally many cells wins."""
    end = data.find(b"\n", _HEAD)
    text = io.StringIO(data[: end if end >= 0 else None].decode("utf-8"), newline="")
    lines = list(itertools.islice(text, 200))
    found = {}
    for delimiter in _DELIMITERS:
        try:
            rows = [row for row in csv.reader(lines, delimiter=delimiter) if row]
        except csv.Error:
            continue
        cells = len(rows[0])
        found[delimiter] = (cells > 1 and all(len(row) == cells for row in rows), cells), rows
    if not found:
        raise DataError(f"{name} is no table: no line of it can be cut into cells. Give a CSV file.")
    best = max(found, key=lambda delimiter: found[delimiter][0])
    return best, found[best][1]


def _code_columns(sample: list[list[str]]) -> set[int]:
    """Returns the positions of columns whose digits are codes: a number would lose leading zeros or the last digits."""
    codes = set()
    for position in range(len(sample[0])):
        for row in sample[1:]:
            cell = row[position].strip() if position < len(row) else ""
            if cell.isdigit() and ((len(cell) > 1 and cell[0] == "0") or len(cell) > 18):
                codes.add(position)
                break
    return codes


def _parse(data: bytes, delimiter: str, header: list[str], codes: set[int], name: str) -> Any:
    """Returns the Arrow table of a CSV text, or names the rows that have too many cells or too few."""
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
                # A blank line is a missing value where there is one column, and nothing where there are several.
                ignore_empty_lines=len(header) > 1,
                invalid_row_handler=handler,
            ),
            convert_options=arrow_csv.ConvertOptions(column_types={header[i]: pyarrow.string() for i in codes}),
        )

    try:
        return parse()
    except pyarrow.ArrowInvalid as error:
        # Once more on one thread, which counts the rows, to name those that do not fit.
        with suppress(pyarrow.ArrowInvalid):
            parse(skip, use_threads=False)
        if not ragged:
            reason = str(error).rstrip(".").replace("\n", " ")
            raise DataError(f"{name} cannot be read as CSV: {reason}. Mend it, or write it as Parquet.") from error
        raise DataError(_ragged_message(ragged, len(header), delimiter, name)) from error


def _ragged_message(ragged: list[Any], expected: int, delimiter: str, name: str) -> str:
    first = ragged[0]
    text = first.text.strip() if len(first.text) <= 80 else first.text[:77].strip() + "…"
    cells = f"{first.actual_columns} cell{'s' if first.actual_columns > 1 else ''}, the header {expected}"
    others = f" {len(ragged):,} rows are like this." if len(ragged) > 1 else ""
    return (
        f"{name}: row {first.number - 1:,} (the first under the header is row 1) has {cells}: {text!r}.{others} "
        "Give each row as many cells as the header; a text that holds a "
        f"{_DELIMITERS[delimiter]} stands in double quotes."
    )


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
