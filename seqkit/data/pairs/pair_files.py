"""Reads sentence pairs without changing them: lines with a tab, CSV, JSON lines, Parquet, and two aligned files.

Nothing is repaired or guessed: if a file cannot be read completely, the error names the place and the remedy.
`seqkit.data.pairs.sentence_pairs` detects the columns.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from seqkit.data.files.archives import expand_gzip
from seqkit.data.files.delimited import header_cells
from seqkit.data.files.encodings import to_utf8
from seqkit.data.files.lines import split_lines
from seqkit.data.files.opening import bytes_unless_parquet, decompressed
from seqkit.data.files.sniffing import decoded, form_of
from seqkit.data.labelled.text_files import read_rows
from seqkit.data.pairs.recognition import complete_lines, is_header
from seqkit.errors import DataError, UsageError

if TYPE_CHECKING:
    import pandas

_HEAD = 1 << 16
_OTHERS = {
    "tar": "is a TAR archive. Unpack it, and pass its file of pairs",
    "zip": "is a ZIP archive. Unpack it, and pass its file of pairs",
    "fasttext": "contains lines of labelled texts, not sentence pairs. Write a pair in each line, with a tab between",
    "ts": "contains series, not sentence pairs. Choose another file",
    "arff": "contains series, not sentence pairs. Choose another file",
    "other": "is no text file. Save the pairs as lines with a tab between the sentences",
}
_TAB_REMEDY = "Write a pair in each line, with a tab between the sentences."


def read_pairs(
    files: Sequence[str | Path],
    *,
    encoding: str = "utf-8",
    quotes: Literal["standard", "backslash", "none"] = "standard",
    header: Literal["auto", "yes", "no"] = "auto",
) -> pandas.DataFrame:
    """Returns the pairs of a file, or of two aligned files, with all columns and rows as text, in their order.

    Lines of two or more cells with tabs between them, as Tatoeba offers sentence pairs, become the columns `1`, `2`, …;
    CSV, TSV with a header, JSON lines and Parquet keep their columns, where the fields of objects become columns such
    as `translation.de`. Of two files, the first has the source and the second the target of each pair in the same line;
    they become the columns `1` and `2`. Any of them may be compressed with gzip.
    `frame.attrs` holds "source", "format", "encoding" and "notes", lines for the user.

    Args:
        files: Path of one file, or of two aligned ones; "-" for standard input.
        encoding: Encoding of the texts, such as utf-8 (with or without a byte order mark), latin-1, cp949, utf-16.
        quotes: Double quotes in CSV, and in TSV with a header: standard reads quoted cells as in RFC 4180; backslash
            also reads quotes inside cells that a backslash escapes; none reads quotes as ordinary characters. Without
            a header they always are.
        header: Whether the first line of a file with tabs names the columns; in CSV it always does. auto: it does if it
            has a usual name, such as source, english or text.

    Raises:
        NotFoundError: There is no such file.
        UsageError: There are more than two files, standard input is given twice, or the encoding is unknown.
        DataError: It is empty, in another encoding, truncated, a line has another number of cells than the others, or
            aligned files have different numbers of lines; the message says where and how to fix it.
    """
    import pandas

    if len(files) > 2:
        raise UsageError(
            f"Got {len(files)} files, expected one file of pairs, or two aligned files: the source sentences, then "
            "their translations. Concatenate files of the same language."
        )
    if [str(file) for file in files].count("-") > 1:
        raise UsageError("Standard input can be read only once. Give one of the aligned files by its path.")
    if len(files) == 2:
        columns, form, notes = _aligned(files, encoding)
    else:
        columns, form, notes = _columns(files[0], _content(files[0]), encoding, quotes, header)
    frame = pandas.DataFrame(columns, copy=False)
    frame.attrs = {"source": _short_name(files), "format": form, "encoding": encoding, "notes": notes}
    return frame


def read_sentences(
    file: str | Path,
    *,
    columns: Collection[str],
    encoding: str = "utf-8",
    quotes: Literal["standard", "backslash", "none"] = "standard",
    header: Literal["auto", "yes", "no"] = "auto",
) -> pandas.DataFrame:
    """Returns the sentences of a file to translate, with all columns and rows as text.

    Lines without tabs are one sentence each, in the column `1`, unless they are a table: the file is named `.csv`, or
    its first line names one of the columns.

    Args:
        file: Path of the file, or "-" for standard input.
        columns: Columns that may contain the sentences.
        encoding: As in `read_pairs`.
        quotes: As in `read_pairs`.
        header: As in `read_pairs`.

    Raises:
        NotFoundError: There is no such file.
        UsageError: It is a directory, or the encoding is unknown.
        DataError: As in `read_pairs`.
    """
    import pandas

    name, data = _name(file), _content(file)
    if data is not None and form_of(data[:_HEAD], name) == "delimited":
        first = next((line for line in complete_lines(decoded(data[:_HEAD])) if line.strip()), "")
        is_table = ".csv" in Path(name).suffixes or not set(header_cells(first)).isdisjoint(columns)
        if "\t" not in first and not is_table:
            frame = pandas.DataFrame({"1": split_lines(_text(data, encoding, name))})
            frame.attrs = {"source": _short_name([file]), "format": "lines", "encoding": encoding, "notes": []}
            return frame
    found, form, notes = _columns(file, data, encoding, quotes, header)
    frame = pandas.DataFrame(found, copy=False)
    frame.attrs = {"source": _short_name([file]), "format": form, "encoding": encoding, "notes": notes}
    return frame


def _columns(
    file: str | Path,
    data: bytes | None,
    encoding: str,
    quotes: Literal["standard", "backslash", "none"],
    header: str,
) -> tuple[dict[str, Any], str, list[str]]:
    """Returns the columns of a file, the name of its format, and notes."""
    name = _name(file)
    found = "parquet" if data is None else form_of(data[:_HEAD], name)
    if found in _OTHERS:
        raise DataError(f"{name} {_OTHERS[found]}.")
    if data is not None and found == "delimited" and not _has_header(data, header):
        return _tabbed(_text(data, encoding, name), name), "TSV without header", []
    columns, _, notes, form = read_rows(data, found, file, name, encoding, quotes)
    return columns, form, notes


def _has_header(data: bytes, header: str) -> bool:
    first = next((line for line in complete_lines(decoded(data[:_HEAD])) if line.strip()), "")
    if "\t" not in first:
        return any(mark in first for mark in ",;|")
    return is_header(first.split("\t")) if header == "auto" else header == "yes"


def _tabbed(text: str, name: str) -> dict[str, list[str]]:
    """Returns the cells of lines with tabs by the number of their column; lines of blanks only are left out."""
    lines = text.rstrip("\r\n\x1a").lstrip("\ufeff")
    rows = {number: line.split("\t") for number, line in enumerate(split_lines(lines), start=1) if line.strip(" ")}
    if not rows:
        raise DataError(f"{name} contains only blank lines. Choose a file with pairs.")
    usual = Counter(map(len, rows.values())).most_common(1)[0][0]
    if usual < 2:
        raise DataError(
            f"{name} has no tab in most of its lines, as in line {next(iter(rows))}. {_TAB_REMEDY} For two aligned "
            "files, give --data twice."
        )
    wrong = [number for number, row in rows.items() if len(row) != usual]
    if wrong:
        count = len(rows[wrong[0]])
        others = f" {len(wrong):,} lines are like this." if len(wrong) > 1 else ""
        cells = "no second side: it has no tab" if count == 1 else f"{count} cells, most lines {usual}"
        raise DataError(f"{name}: line {wrong[0]:,} has {cells}.{others} {_TAB_REMEDY}")
    return {str(place): list(column) for place, column in enumerate(zip(*rows.values(), strict=True), start=1)}


def _aligned(files: Sequence[str | Path], encoding: str) -> tuple[dict[str, Any], str, list[str]]:
    """Returns the lines of two aligned files, the name of their format, and notes."""
    columns: dict[str, Any] = {}
    for place, file in enumerate(files, start=1):
        name, data = _name(file), _content(file)
        form = "parquet" if data is None else form_of(data[:_HEAD], "")
        if data is None or form in _OTHERS or form == "json":
            raise DataError(
                f"{name} is not a text file of one sentence per line. Pass two such files, or one of pairs."
            )
        columns[str(place)] = split_lines(_text(data, encoding, name))
    counts = [len(lines) for lines in columns.values()]
    if counts[0] != counts[1]:
        raise DataError(
            f"{_name(files[0])} has {counts[0]:,} lines, but {_name(files[1])} has {counts[1]:,}. Aligned files have "
            "the sentences of a pair in the same line: restore the missing lines, which may be empty."
        )
    return columns, "aligned lines", []


def _content(file: str | Path) -> bytes | None:
    """Returns the content of a file or of standard input, decompressed; None for a Parquet file."""
    if str(file) == "-":
        data: bytes | None = sys.stdin.buffer.read()
    elif os.path.isdir(file):
        raise UsageError(f"{file} is a directory. Pass one file of pairs, or two aligned files.")
    else:
        data = bytes_unless_parquet(Path(file))
    if data is None:
        return None
    if not data:
        raise DataError(f"{_name(file)} is empty. Choose another file.")
    return expand_gzip(data, _name(file)) if data.startswith(b"\x1f\x8b") else data


def _text(data: bytes, encoding: str, name: str) -> str:
    decompressed(data[:16], name)  # refuses workbooks, web pages and other formats
    try:
        return to_utf8(data, encoding, name).decode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(f"{name} contains half of a surrogate pair. Save it again as UTF-8.") from error


def _name(file: str | Path) -> str:
    return "standard input" if str(file) == "-" else str(file)


def _short_name(files: Sequence[str | Path]) -> str:
    return ", ".join("standard input" if str(file) == "-" else Path(file).name for file in files)
