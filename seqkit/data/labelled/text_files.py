"""Reads labelled texts without changing them: CSV, TSV, Parquet, JSON lines, fastText lines, folders and archives.

Nothing is repaired or guessed: if a file cannot be read completely, the error names the place and the remedy.
`seqkit.data.labelled.examples` detects the columns.
"""

from __future__ import annotations

import io
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from seqkit.data.files.archives import expand_gzip
from seqkit.data.files.delimited import DELIMITERS, NO_DELIMITER, read_delimited
from seqkit.data.files.encodings import to_utf8
from seqkit.data.files.lines import split_lines
from seqkit.data.files.opening import bytes_unless_parquet, check_names, decompressed, frame_from_parquet
from seqkit.data.files.quoting import Quotes
from seqkit.data.files.sniffing import expanded_head, form_of
from seqkit.data.labelled.cells import cell_text, column_cells
from seqkit.data.labelled.folders import LabelledTexts, read_archived_folder, read_folder
from seqkit.data.labelled.json_rows import read_json_rows
from seqkit.data.labelled.nesting import fields_as_columns
from seqkit.errors import DataError

if TYPE_CHECKING:
    import pandas

_LABEL = re.compile(r"(?:^|(?<=[ \t]))__label__(\S*)(?:[ \t]+|$)")


def read_examples(
    source: str | Path, *, encoding: str = "utf-8", quotes: Literal["standard", "backslash", "none"] = "standard"
) -> pandas.DataFrame:
    """Returns the examples of a file, folder or archive, with all columns and rows as text, in their order.

    CSV and TSV (also .gz; comma, tab, semicolon or bar), Parquet and JSON lines keep their columns. fastText lines
    (`__label__good A fine film.`) become `text` and `label`, a tuple if any line has multiple labels. So do folders of
    `.txt` files, one per label, and TAR and ZIP archives of such folders, which are read in memory; folders train,
    validation (valid, val, dev) and test above them become `part`.
    The fields of objects in JSON and Parquet become columns, such as `text.body`.
    `frame.attrs` holds "source", "format", "encoding" and "notes", lines for the user, and "objects", the names of the
    fields of each column of objects, if there are any.

    Args:
        source: A path, or "-" for standard input; the format is detected by content, then by suffix.
        encoding: Encoding of the texts, such as utf-8 (with or without a byte order mark), latin-1, cp949, utf-16.
        quotes: Double quotes in CSV and TSV: standard reads quoted cells as in RFC 4180; backslash also reads quotes
            inside cells that a backslash escapes; none reads quotes as ordinary characters, and each line as a row.

    Raises:
        NotFoundError: There is no such file.
        UsageError: A folder contains no label folders, or the encoding is unknown.
        DataError: It is empty, in another encoding, truncated, or a line or row cannot be read; the message says where
            and how to fix it.
    """
    import pandas

    name = "standard input" if str(source) == "-" else str(source)
    notes: list[str] = []
    columns: dict[str, Any]
    objects: dict[str, list[str]] = {}
    if str(source) != "-" and os.path.isdir(source):
        (columns, notes), form = _from_folders(read_folder(Path(source), encoding)), "folders"
    else:
        data = sys.stdin.buffer.read() if str(source) == "-" else bytes_unless_parquet(Path(source))
        form = "parquet" if data is None else form_of(expanded_head(data[: 1 << 16]), name)
        if data is not None and form in ("tar", "zip"):
            columns, notes = _from_folders(read_archived_folder(data, name, encoding))
            form = f"folders in {form.upper()}"
        else:
            if data is not None and data.startswith(b"\x1f\x8b"):
                data = expand_gzip(data, name)
            columns, objects, notes, form = read_rows(data, form, source, name, encoding, quotes)
    frame = pandas.DataFrame(columns, copy=False)
    short = name if str(source) == "-" else Path(source).name or Path(source).resolve().name
    frame.attrs = {"source": short, "format": form, "encoding": encoding, "notes": notes} | (
        {"objects": objects} if objects else {}
    )
    return frame


def _plain(cell: Any) -> Any:
    """Returns a cell of a Parquet column of lists as a list."""
    return cell.tolist() if hasattr(cell, "tolist") else cell


def _from_folders(texts: LabelledTexts) -> tuple[dict[str, Any], list[str]]:
    parts = {} if texts.parts is None else {"part": texts.parts}
    return {"text": texts.texts, "label": texts.labels, **parts}, texts.notes


def read_rows(
    data: bytes | None, form: str, source: str | Path, name: str, encoding: str, quotes: Quotes
) -> tuple[dict[str, Any], dict[str, list[str]], list[str], str]:
    """Returns the columns of a file of rows, the fields of columns of objects, notes, and the name of the format.

    Args:
        data: Content of the file, decompressed; None for a Parquet file.
        form: Format of the file; see `seqkit.data.files.sniffing.form_of`.
        source: The file, for Parquet.
        name: Name of the file in messages.
        encoding: Encoding of the texts.
        quotes: As in `read_examples`.

    Raises:
        DataError: As in `read_examples`.
    """
    try:
        return _rows(data, form, source, name, encoding, quotes)
    except RecursionError as error:
        raise DataError(f"{name} contains lists or objects nested too deeply. Flatten them.") from error


def _rows(
    data: bytes | None, form: str, source: str | Path, name: str, encoding: str, quotes: Quotes
) -> tuple[dict[str, Any], dict[str, list[str]], list[str], str]:
    notes: list[str] = []
    if data is None or form == "parquet":
        table = frame_from_parquet(Path(source) if data is None else io.BytesIO(data), name)
        columns = {str(column): list(map(_plain, column_cells(table[column]))) for column in table}
        form = "Parquet"
    else:
        columns, notes, form = _from_text(data, form, name, encoding, quotes)
    if form not in ("Parquet", "JSON lines"):
        return columns, {}, notes, form
    columns, objects = fields_as_columns(columns)
    return {column: list(map(cell_text, cells)) for column, cells in columns.items()}, objects, notes, form


def _from_text(
    data: bytes, form: str, name: str, encoding: str, quotes: Quotes
) -> tuple[dict[str, Any], list[str], str]:
    if not data:
        raise DataError(f"{name} is empty. Choose another file.")
    if form in ("ts", "arff"):
        raise DataError(f"{name} contains series, not texts: it is {'a .ts' if form == 'ts' else 'an ARFF'} file.")
    decompressed(data[:16], name)  # refuses workbooks, web pages and other formats
    try:
        text = to_utf8(data, encoding, name).decode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(f"{name} contains half of a surrogate pair. Save it again as UTF-8.") from error
    if form == "json":
        return *read_json_rows(text, name), "JSON lines"
    if form == "fasttext":
        return _from_fasttext(text, name), [], "fastText"
    table = read_delimited(text, name, quotes)
    header = [cell.strip() or f"Unnamed: {position}" for position, cell in enumerate(table.header)]
    check_names(header, name)
    if table.delimiter == "\t":
        form = "TSV"
    else:
        form = "lines" if table.delimiter == NO_DELIMITER else f"CSV, {DELIMITERS[table.delimiter]}"
    return dict(zip(header, table.columns, strict=True)), table.notes, form


def _from_fasttext(text: str, name: str) -> dict[str, list[Any]]:
    """Returns texts and labels of fastText lines; as in fastText, labels may be anywhere in a line."""
    texts, labels = [], []
    for number, line in enumerate(split_lines(text), start=1):
        content = line.removeprefix("\ufeff").strip()  # a byte order mark of concatenated files
        if not content:
            continue
        names = tuple(_LABEL.findall(content))
        if "" in names:
            raise DataError(f"{name}: line {number:,} has __label__ without a name. Write it as in __label__pos.")
        labels.append(names)
        texts.append(_LABEL.sub("", content).rstrip())
    if any(len(names) > 1 for names in labels):
        return {"text": texts, "label": labels}
    return {"text": texts, "label": [names[0] if names else None for names in labels]}
