"""Cells of delimited text, read strictly: a quote that RFC 4180 does not allow is refused by its row, never guessed at.

A reader that guesses glues rows together where a text holds a single quote, and nobody is told. Cells may be of any
length. Standard library only: the command line looks at headers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from seqkit.errors import DataError

DELIMITERS = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"}
NO_DELIMITER = "\0"
"""Stands for the delimiter of a file with one column: no text that is read holds it."""

_SAMPLE = 100


@dataclass(frozen=True)
class Delimited:
    """A text cut into cells.

    Attributes:
        header: The names of the columns.
        columns: The cells of each column, in the order of the rows.
        delimiter: What stands between two cells, or `NO_DELIMITER`.
        notes: What the user should know.
    """

    header: list[str]
    columns: list[list[str]]
    delimiter: str
    notes: list[str] = field(default_factory=list)


class _BrokenQuote(Exception):
    """A quote stands where it may not; the message says how."""


def read_delimited(text: str, name: str, quotes: Literal["standard", "none"] = "standard") -> Delimited:
    """Returns the cells of a text whose first line names the columns.

    Args:
        text: The whole text, without a byte order mark or a NUL.
        name: The file, as messages call it.
        quotes: "standard" reads a cell in double quotes as RFC 4180 says, https://www.rfc-editor.org/rfc/rfc4180;
            with "none" a quote is a letter like others and each line is a row.

    Raises:
        DataError: There are no rows, a quote is broken, or a row has too many cells or too few; with its row and line.
    """
    lines = _lines(text)
    if not lines:
        raise DataError(f"{name} holds nothing but blank lines. Name a file with rows.")
    delimiter = find_delimiter(lines, quotes)
    header: list[str] | None = None
    rows: list[list[str]] = []
    wrong: list[tuple[int, int, int]] = []
    doubtful: list[tuple[int, int, int]] = []
    position = 0
    while position < len(lines):
        first = position
        record, position = _record(lines, position, quotes)
        if delimiter != NO_DELIMITER and not record.strip(" \r"):
            continue
        try:
            cells = _cells(record, delimiter) if quotes == "standard" and '"' in record else record.split(delimiter)
        except _BrokenQuote as error:
            where = f"row {len(rows) + 1:,} (line {first + 1:,})" if header else "the header"
            raise DataError(
                f"{name}: a broken quote in {where}: {error}. If quotes are letters like others in this file, read it "
                "with --quotes none; otherwise put the cell in double quotes and double those inside it."
            ) from error
        if header is None:
            header = cells
            continue
        rows.append(cells)
        if len(cells) != len(header):
            wrong.append((len(rows), first + 1, len(cells)))
        elif position > first + 1 and _could_be_rows(lines[first:position], delimiter, len(header)):
            doubtful.append((len(rows), first + 1, position))
    assert header is not None  # the first line is not blank
    if wrong:
        raise DataError(_wrong_message(wrong, len(header), delimiter, quotes, name))
    if not rows:
        raise DataError(f"{name} has a header and no rows under it. Write it with its rows.")
    columns = [list(column) for column in zip(*rows, strict=True)]
    return Delimited(header, columns, delimiter, _doubts(doubtful, delimiter, name))


def find_delimiter(lines: list[str], quotes: str = "standard") -> str:
    """Returns what separates the cells: of the signs in the header, the one that cuts most lines into as many cells."""
    found = {}
    for delimiter in DELIMITERS:
        counts = [len(_roughly_cut(line, delimiter, quotes)) for line in lines[:_SAMPLE]]
        if counts[0] > 1:
            found[delimiter] = (counts.count(counts[0]), counts[0])
    return max(found, key=lambda delimiter: found[delimiter]) if found else NO_DELIMITER


def header_cells(head: str) -> list[str]:
    """Returns the cells of the first line that is not blank, from the first part of a text; none where all are."""
    lines = _lines(head)
    return [cell.strip() for cell in _roughly_cut(lines[0], find_delimiter(lines), "standard")] if lines else []


def _lines(text: str) -> list[str]:
    """Returns the lines; those in between keep a carriage return at their end, which may be part of a cell."""
    text = text.lstrip("\r\n").rstrip("\r\n\x1a")
    if not text.strip():
        return []
    return text.split("\n" if "\n" in text else "\r")


def _record(lines: list[str], position: int, quotes: str) -> tuple[str, int]:
    """Returns the text of the row that starts at a line, and where the next one starts.

    Quotes come in pairs in a whole row, so it goes on while their number is odd.
    """
    start = position
    is_open = False
    while position < len(lines):
        is_open ^= quotes == "standard" and lines[position].count('"') % 2 == 1
        position += 1
        if not is_open:
            break
    record = lines[start] if position == start + 1 else "\n".join(lines[start:position])
    return record.removesuffix("\r"), position


def _cells(record: str, delimiter: str) -> list[str]:
    cells = []
    position = 0
    while True:
        if record.startswith('"', position):
            closing = record.find('"', position + 1)
            while closing >= 0 and record.startswith('"', closing + 1):
                closing = record.find('"', closing + 2)
            if closing < 0:
                raise _BrokenQuote(f"it opens before {_excerpt(record, position + 1)} and is never closed")
            cells.append(record[position + 1 : closing].replace('""', '"'))
            end = closing + 1
            if end < len(record) and record[end] != delimiter:
                raise _BrokenQuote(f"after it is closed there stands {_excerpt(record, end)}")
        else:
            end = record.find(delimiter, position)
            end = len(record) if end < 0 else end
            quote = record.find('"', position, end)
            if quote >= 0:
                raise _BrokenQuote(f"it stands inside a cell that does not start with one: {_excerpt(record, quote)}")
            cells.append(record[position:end])
        if end == len(record):
            return cells
        position = end + 1


def _roughly_cut(line: str, delimiter: str, quotes: str) -> list[str]:
    line = line.removesuffix("\r")
    if quotes == "none" or '"' not in line:
        return line.split(delimiter)
    try:
        return _cells(line, delimiter)
    except _BrokenQuote:
        return [line]  # another delimiter, or a row that goes on


def _could_be_rows(lines: list[str], delimiter: str, cells: int) -> bool:
    return cells > 1 and all(line.count(delimiter) == cells - 1 for line in lines)


def _doubts(doubtful: list[tuple[int, int, int]], delimiter: str, name: str) -> list[str]:
    """Says which rows may be several that a stray quote has glued together; among tabs that is all but certain."""
    if not doubtful:
        return []
    row, first, last = doubtful[0]
    where = f"row {row:,} goes from line {first:,} to line {last:,} inside double quotes, and each line could be a row"
    others = f" {len(doubtful):,} rows are like this." if len(doubtful) > 1 else ""
    if delimiter == "\t":
        raise DataError(
            f"{name}: {where} of its own.{others} If quotes are letters like others in this file, read it with "
            "--quotes none; if a text does hold line ends and tabs, save the file as JSON lines or Parquet."
        )
    return [f"{where} of its own; if it is, read the file with --quotes none.{others}"]


def _wrong_message(wrong: list[tuple[int, int, int]], expected: int, delimiter: str, quotes: str, name: str) -> str:
    row, line, found = wrong[0]
    cells = f"{found} cell{'s' if found > 1 else ''}, the header {expected}"
    others = f" {len(wrong):,} rows are like this." if len(wrong) > 1 else ""
    sign = DELIMITERS[delimiter]
    quoted = f"a text that holds a {sign} stands in double quotes."
    unquoted = f"with --quotes none a text holds no {sign}."
    return f"{name}: row {row:,} (line {line:,}) has {cells}.{others} Give each row as many cells as the header; " + (
        quoted if quotes == "standard" else unquoted
    )


def _excerpt(record: str, position: int) -> str:
    text = record[position : position + 30]
    return repr(text + "…" if position + 30 < len(record) else text)
