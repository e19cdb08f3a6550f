"""Reads CSV, TSV (also .gz), Parquet or standard input into a DataFrame without changing it.

Nothing is repaired or dropped: non-numeric cells stay text, names stay as written, and an error names the place and
the remedy if a file cannot be read completely. `seqkit.data.tables.report` validates the values.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from seqkit.data.files.opening import bytes_unless_parquet, decompressed, frame_from_parquet
from seqkit.data.tables.text_tables import frame_from_text

if TYPE_CHECKING:
    import pandas


def read_frame(source: str | Path, *, encoding: str = "utf-8") -> pandas.DataFrame:
    """Returns the table in a file, with all columns and rows in file order.

    The delimiter is inferred: comma, semicolon, tab or bar. Empty cells, NA, NaN, NULL and N/A are missing values in
    numeric columns; other columns stay text, including codes such as 00417 or 1e5, wherever in the file one occurs, and
    numbers with a point that may separate thousands. ISO 8601 timestamps are parsed; those with an offset stay text,
    which keeps the local date. `frame.attrs` holds "source", the file's name, "format" and "encoding".

    Args:
        source: A path, or "-" for standard input; Parquet and gzip are detected by content.
        encoding: Encoding of a text file, such as utf-8 (with or without a byte order mark), latin-1, cp949, utf-16.

    Raises:
        NotFoundError: There is no such file.
        UsageError: It is a directory, or the encoding is unknown.
        DataError: It is empty, has no rows, is not a table, is in another encoding, has rows of different lengths or
            duplicate column names; the message says where and how to fix it.
    """
    name = "standard input" if str(source) == "-" else str(source)
    data = sys.stdin.buffer.read() if str(source) == "-" else bytes_unless_parquet(Path(source))
    data = None if data is None else decompressed(data, name)
    if data is None or data.startswith(b"PAR1"):
        frame = frame_from_parquet(Path(source) if data is None else io.BytesIO(data), name)
        frame.attrs = {"format": "Parquet"}
    else:
        frame = frame_from_text(data, encoding, name)
    short = name if str(source) == "-" else Path(source).name
    frame.attrs |= {"source": short, "encoding": encoding}
    return frame
