"""Opening a file of any form: decompressing, Parquet, names of columns."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqkit.data.files.archives import expand_gzip
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
    """Returns what is in the file, or None for a Parquet file, which is better read in parts."""
    if os.path.isdir(path):  # False, too, of what is too long to be a name
        inside = sorted(p.name for p in path.iterdir() if p.suffix in (".csv", ".tsv", ".txt", ".gz", ".parquet"))
        raise UsageError(
            f"{path} is a directory; give one file."
            + (f" In it: {', '.join(inside[:5])}{', …' if len(inside) > 5 else ''}." if inside else "")
        )
    try:
        with path.open("rb") as file:
            if not file.seekable():
                return file.read()  # a pipe can be read once only
            head = file.read(4)
            if path.suffix == ".parquet" and head and head != b"PAR1":
                raise DataError(f"{path} is called .parquet and is no Parquet file: it does not start with PAR1.")
            file.seek(0)
            return None if head == b"PAR1" else file.read()
    except FileNotFoundError as error:
        beside = [p.name for p in path.parent.iterdir() if p.is_file()] if path.parent.is_dir() else []
        where = nearest(path.name, beside) if beside and len(beside) <= 1000 else ""
        hint = " " + where if where.startswith("Did") else ""
        raise NotFoundError(f"There is no file {path}.{hint or ' Look for a slip in its name.'}") from error
    except OSError as error:
        raise SeqkitError(f"{path} cannot be read: {error.strerror or error}. {UNREADABLE}") from error


def unpacked(data: bytes, name: str) -> bytes:
    """Returns the bytes of a text file, unpacked where they are gzip; what is no text is refused by its name."""
    if data.startswith(b"\x1f\x8b"):
        data = expand_gzip(data, name)
    for magic, what in _FORMATS.items():
        if data[:16].lstrip().startswith((magic, magic.lower())):
            raise DataError(f"{name} is {what}.")
    return data


def frame_from_parquet(file: Any, name: str) -> pandas.DataFrame:
    """Returns the table of a Parquet file; `name` is what messages call it."""
    import pandas
    import pyarrow
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(file) as opened:
            names = opened.schema_arrow.names
            check_names(names, name)
            if opened.metadata.num_rows == 0:
                raise DataError(f"{name} has columns and no rows. Write it with its rows.")
            # Column by column: never more than the table itself and one column of it in memory.
            columns = {column: arrow_to_pandas(_whole(opened.read(columns=[column]))).iloc[:, 0] for column in names}
    except (pyarrow.ArrowException, OSError) as error:
        raise DataError(f"{name} cannot be read as Parquet: {error}. Write it again.") from error
    return pandas.DataFrame(_with_index_of_times(columns), copy=False)


def _whole(table: Any) -> Any:
    """Returns the table; texts that are no UTF-8, which Arrow reads all the same, are refused."""
    table.validate(full=True)
    return table


def arrow_to_pandas(table: Any) -> pandas.DataFrame:
    """Returns an Arrow table as a frame, sharing its memory where that is possible.

    Times of day become text, decimals floats, truth values with missing ones 1, 0 and NaN: pandas would make objects.
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


def _with_index_of_times(columns: dict[str, Any]) -> dict[str, Any]:
    """Returns the columns with an unnamed index that pandas stored only where it holds times, and then as the first."""
    kept = {name: values for name, values in columns.items() if not name.startswith("__index_level_")}
    for name, values in columns.items():
        if name not in kept and values.dtype.kind == "M":
            kept = {name if "index" in kept else "index": values, **kept}
    return kept


def check_names(names: list[str], source: str) -> None:
    """Refuses columns of the same name; `source` is what messages call the file."""
    seen: dict[str, int] = {}
    twice = []
    for position, name in enumerate(names, start=1):
        if name in seen:
            twice.append(f"'{name}' (columns {seen[name]} and {position})")
        seen.setdefault(name, position)
    if twice:
        raise DataError(f"{source} has columns of the same name: {', '.join(twice)}. Give each its own name.")
