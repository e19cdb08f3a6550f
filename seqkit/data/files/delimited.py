"""Strict reader of delimited text: a quote that RFC 4180 does not allow is an error with its row, never guessed.

A lenient reader silently merges rows if a text contains a single quote. Cells may have any length. Uses the standard
library only, because the command line reads headers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from seqkit.errors import DataError

DELIMITERS = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"}
NO_DELIMITER = "\0"
"""Delimiter of a file with a single column: a character that no text contains."""

_SAMPLE_LINES = 100


@dataclass(frozen=True)
class Delimited:
    """A text split into cells.

    Attributes:
        header: Column names.
        columns: Cells of each column, in row order.
        delimiter: Separator of cells, or `NO_DELIMITER`.
        notes: Warnings for the user.
    """

    header: list[str]
    columns: list[list[str]]
    delimiter: str
    notes: list[str] = field(default_factory=list)


class _BrokenQuote(Exception):
    """A quote in an invalid position; the message describes it."""


def read_delimited(text: str, name: str, quotes: Literal["standard", "none"] = "standard") -> Delimited:
    """Returns the cells of a text whose first line names the columns.

    Args:
        text: The whole text, without a byte order mark or NULs.
        name: Name of the file in messages.
        quotes: "standard" reads quoted cells as in RFC 4180, https://www.rfc-editor.org/rfc/rfc4180; with "none" a
            quote is an ordinary character and each line is a row.

    Raises:
        DataError: There are no rows, a quote is invalid, or a row has too many or too few cells; names row and line.
    """
    lines = _lines(text)
    if not lines:
        raise DataError(f"{name} contains only blank lines. Choose a file with rows.")
    delimiter = find_delimiter(lines, quotes)
    header: list[str] | None = None
    rows: list[list[str]] = []
    wrong: list[tuple[int, int, int]] = []
    multiline: list[tuple[int, int, int]] = []
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
                f"{name}: invalid quote in {where}: {error}. If quotes are ordinary characters in this file, read it "
                "with --quotes none; otherwise put the cell in double quotes and double the quotes inside it."
            ) from error
        if header is None:
            header = cells
            continue
        rows.append(cells)
        if len(cells) != len(header):
            wrong.append((len(rows), first + 1, len(cells)))
        elif position > first + 1 and _could_be_rows(lines[first:position], delimiter, len(header)):
            multiline.append((len(rows), first + 1, position))
    assert header is not None  # the first line is not blank
    if wrong:
        raise DataError(_wrong_message(wrong, len(header), delimiter, quotes, name))
    if not rows:
        raise DataError(f"{name} has a header but no rows. Save it with its rows.")
    columns = [list(column) for column in zip(*rows, strict=True)]
    return Delimited(header, columns, delimiter, _multiline_notes(multiline, delimiter, name))


def find_delimiter(lines: list[str], quotes: str = "standard") -> str:
    """Returns the delimiter: of those in the header, the one that gives most lines as many cells as the header."""
    scores = {}
    for delimiter in DELIMITERS:
        counts = [len(_split_line(line, delimiter, quotes)) for line in lines[:_SAMPLE_LINES]]
        if counts[0] > 1:
            scores[delimiter] = (counts.count(counts[0]), counts[0])
    return max(scores, key=lambda delimiter: scores[delimiter]) if scores else NO_DELIMITER


def header_cells(head: str) -> list[str]:
    """Returns the cells of the first non-blank line in the first part of a text; empty if all lines are blank."""
    lines = _lines(head)
    return [cell.strip() for cell in _split_line(lines[0], find_delimiter(lines), "standard")] if lines else []


def _lines(text: str) -> list[str]:
    """Returns the lines; inner lines keep a trailing carriage return, which may be part of a cell."""
    text = text.lstrip("\r\n").rstrip("\r\n\x1a")
    if not text.strip():
        return []
    return text.split("\n" if "\n" in text else "\r")


def _record(lines: list[str], position: int, quotes: str) -> tuple[str, int]:
    """Returns the text of the row that starts at a line, and the line where the next row starts.

    Quotes are paired within a row, so a row continues while their number is odd.
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
                raise _BrokenQuote(f"it opens before {_excerpt(record, position + 1)} and never closes")
            cells.append(record[position + 1 : closing].replace('""', '"'))
            end = closing + 1
            if end < len(record) and record[end] != delimiter:
                raise _BrokenQuote(f"the closing quote is followed by {_excerpt(record, end)}")
        else:
            end = record.find(delimiter, position)
            end = len(record) if end < 0 else end
            quote = record.find('"', position, end)
            if quote >= 0:
                raise _BrokenQuote(f"it is inside an unquoted cell: {_excerpt(record, quote)}")
            cells.append(record[position:end])
        if end == len(record):
            return cells
        position = end + 1


def _split_line(line: str, delimiter: str, quotes: str) -> list[str]:
    line = line.removesuffix("\r")
    if quotes == "none" or '"' not in line:
        return line.split(delimiter)
    try:
        return _cells(line, delimiter)
    except _BrokenQuote:
        return [line]  # another delimiter, or a row that continues on the next line


def _could_be_rows(lines: list[str], delimiter: str, cells: int) -> bool:
    return cells > 1 and all(line.count(delimiter) == cells - 1 for line in lines)


def _multiline_notes(multiline: list[tuple[int, int, int]], delimiter: str, name: str) -> list[str]:
    """Warns about quoted rows whose lines could be rows of their own; in TSV files that is almost certain: an error."""
    if not multiline:
        return []
    row, first, last = multiline[0]
    where = f"row {row:,} spans lines {first:,} to {last:,} inside double quotes, and each line could be a row"
    others = f" {len(multiline):,} rows are like this." if len(multiline) > 1 else ""
    if delimiter == "\t":
        raise DataError(
            f"{name}: {where} of its own.{others} If quotes are ordinary characters in this file, read it with "
            "--quotes none; if a text does contain line breaks and tabs, save the file as JSON lines or Parquet."
        )
    return [f"{where} of its own; if so, read the file with --quotes none.{others}"]


def _wrong_message(wrong: list[tuple[int, int, int]], expected: int, delimiter: str, quotes: str, name: str) -> str:
    row, line, count = wrong[0]
    cells = f"{count} cell{'s' if count > 1 else ''}, the header {expected}"
    others = f" {len(wrong):,} rows are like this." if len(wrong) > 1 else ""
    separator = DELIMITERS[delimiter]
    quoted = f"put a text that contains a {separator} in double quotes."
    unquoted = f"with --quotes none a text cannot contain a {separator}."
    return f"{name}: row {row:,} (line {line:,}) has {cells}.{others} Give each row as many cells as the header; " + (
        quoted if quotes == "standard" else unquoted
    )


def _excerpt(record: str, position: int) -> str:
    text = record[position : position + 30]
    return repr(text + "…" if position + 30 < len(record) else text)
