"""Opens data files: decompression, Parquet, and column names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqkit.data.files.archives import expand_gzip
from seqkit.data.files.frame_index import with_stored_index
from seqkit.errors import UNREADABLE, DataError, NotFoundError, SeqkitError, UsageError, nearest

if TYPE_CHECKING:
    import pandas

_FORMATS = {
    b"PK\x03\x04": "an Excel workbook or a ZIP archive: save the sheet as CSV, or unpack the archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook: save the sheet as CSV",
    b"BZh": "compressed with bzip2: unpack it, or compress it with gzip",
    b"\xfd7zXZ": "compressed with xz: unpack it, or compress it with gzip",
    b"\x28\xb5\x2f\xfd": "compressed with zstd: unpack it, or compress it with gzip",
    b"\x89HDF": "an HDF5 file: export the table as CSV or Parquet",
    b"ARROW1": "an Arrow (Feather) file: save it as Parquet",
    b"<!DOCTYPE": "a web page: download the file itself",
    b"<html": "a web page: download the file itself",
}


def bytes_unless_parquet(path: Path) -> bytes | None:
    """Returns the content of a file, or None for a Parquet file, which is read column by column."""
    if os.path.isdir(path):  # also False if the name is too long for the system
        inside = sorted(p.name for p in path.iterdir() if p.suffix in (".csv", ".tsv", ".txt", ".gz", ".parquet"))
        raise UsageError(
            f"{path} is a directory; pass a single file."
            + (f" It contains: {', '.join(inside[:5])}{', …' if len(inside) > 5 else ''}." if inside else "")
        )
    try:
        with path.open("rb") as file:
            if not file.seekable():
                return file.read()  # a pipe can be read only once
            head = file.read(4)
            if path.suffix == ".parquet" and head and head != b"PAR1":
                raise DataError(f"{path} is not a Parquet file despite its name: it does not start with PAR1.")
            file.seek(0)
            return None if head == b"PAR1" else file.read()
    except FileNotFoundError as error:
        siblings = [p.name for p in path.parent.iterdir() if p.is_file()] if path.parent.is_dir() else []
        suggestion = nearest(path.name, siblings) if siblings and len(siblings) <= 1000 else ""
        hint = " " + suggestion if suggestion.startswith("Did") else ""
        raise NotFoundError(f"There is no file {path}.{hint or ' Check its name.'}") from error
    except OSError as error:
        raise SeqkitError(f"{path} cannot be read: {error.strerror or error}. {UNREADABLE}") from error


def decompressed(data: bytes, name: str) -> bytes:
    """Returns the content of a text file, decompressed if it is gzip; other known formats are refused by name."""
    if data.startswith(b"\x1f\x8b"):
        data = expand_gzip(data, name)
    for magic, what in _FORMATS.items():
        if data[:16].lstrip().startswith((magic, magic.lower())):
            raise DataError(f"{name} is {what}.")
    return data


def frame_from_parquet(file: Any, name: str) -> pandas.DataFrame:
    """Returns the table of a Parquet file; `name` is its name in messages."""
    import pandas
    import pyarrow
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(file) as opened:
            names, metadata = opened.schema_arrow.names, opened.schema_arrow.pandas_metadata
            check_names(names, name)
            if opened.metadata.num_rows == 0:
                raise DataError(f"{name} has columns but no rows. Save it with its rows.")
            # Column by column, so that at most the table and one extra column are in memory.
            columns = {
                column: arrow_to_pandas(_validated(opened.read(columns=[column]))).iloc[:, 0] for column in names
            }
    except (pyarrow.ArrowException, OSError) as error:
        raise DataError(f"{name} cannot be read as Parquet: {error}. Save it again.") from error
    return pandas.DataFrame(with_stored_index(columns, metadata), copy=False)


def _validated(table: Any) -> Any:
    """Returns the table after full validation: Arrow does not check that strings are UTF-8 on reading."""
    table.validate(full=True)
    return table


def arrow_to_pandas(table: Any) -> pandas.DataFrame:
    """Returns an Arrow table as a DataFrame, sharing its memory where possible.

    Times of day become text, decimals become floats, and booleans with missing values become 1, 0 and NaN; pandas would
    make object columns of them.
    """
    import pyarrow

    for position, (name, kind) in enumerate(zip(table.column_names, table.schema.types, strict=True)):
        column = table.column(position)
        if pyarrow.types.is_time(kind):
            table = table.set_column(position, name, column.cast(pyarrow.string()))
        elif pyarrow.types.is_decimal(kind):
            table = table.set_column(position, name, column.cast(pyarrow.float64()))
        elif pyarrow.types.is_boolean(kind) and column.null_count:
            table = table.set_column(position, name, column.cast(pyarrow.int8()))
        del column
    table = table.replace_schema_metadata(None)
    frame: pandas.DataFrame = table.to_pandas(split_blocks=True, self_destruct=True, date_as_object=False)
    return frame


def check_names(names: list[str], source: str) -> None:
    """Refuses duplicate column names; `source` is the file's name in messages."""
    seen: dict[str, int] = {}
    duplicates = []
    for position, name in enumerate(names, start=1):
        if name in seen:
            duplicates.append(f"'{name}' (columns {seen[name]} and {position})")
        seen.setdefault(name, position)
    if duplicates:
        raise DataError(f"{source} has duplicate column names: {', '.join(duplicates)}. Rename them.")
