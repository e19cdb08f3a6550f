"""Strict reader of delimited text: a quote that RFC 4180 does not allow is an error with its row, never guessed.

A lenient reader silently merges rows if a text contains a single quote. Cells may have any length. Uses the standard
library only, because the command line reads headers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from seqkit.data.files.lines import split_lines
from seqkit.data.files.quoting import BrokenQuote, Quotes, record_at, split_record
from seqkit.errors import DataError

DELIMITERS = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"}
NO_DELIMITER = "\0"
"""Delimiter of a file with a single column: a character that no text contains."""

_SAMPLE_LINES = 100
_SEPARATOR_LINE = re.compile(r'"?sep=.?"?\r?', re.IGNORECASE)
_MEANINGS: dict[Quotes, str] = {
    "standard": "Its cells are in double quotes.",
    "backslash": "Its quotes or delimiters are escaped by backslashes.",
    "none": "Its quotes can be read as ordinary characters.",
}


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


@dataclass
class _Rows:
    """Rows of a text, with those that are unusual as (row, first line, …).

    Attributes:
        skipped: Lines before the header.
        header: Cells of the first row.
        rows: Cells of the other rows.
        wrong: Rows with another number of cells than the header, and that number.
        multiline: Rows over several lines, each of which could be a row, and the last line.
        repeated: Lines of rows that repeat the header, which are left out.
        spaced: Rows with blanks around quotes.
    """

    skipped: int
    header: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    wrong: list[tuple[int, int, int]] = field(default_factory=list)
    multiline: list[tuple[int, int, int]] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    spaced: list[int] = field(default_factory=list)


def read_delimited(text: str, name: str, quotes: Quotes = "standard") -> Delimited:
    """Returns the cells of a text whose first line names the columns.

    Rows that repeat the header, as in concatenated files, are left out with a note, and so are blanks around quotes.

    Args:
        text: The whole text, without a byte order mark or NULs.
        name: Name of the file in messages.
        quotes: "standard" reads quoted cells as in RFC 4180, https://www.rfc-editor.org/rfc/rfc4180; "backslash" also
            reads quotes, delimiters and backslashes after a backslash; with "none" a quote is an ordinary character
            and each line is a row.

    Raises:
        DataError: There are no rows, a quote is invalid, or a row has too many or too few cells; names row and line.
    """
    lines, skipped = _lines(text)
    if not lines:
        raise DataError(f"{name} contains only blank lines. Choose a file with rows.")
    delimiter = find_delimiter(lines, quotes)
    table = _Rows(skipped)
    try:
        _split_rows(lines, delimiter, quotes, table)
    except BrokenQuote as error:
        where = f"row {len(table.rows) + 1:,} (line {error.args[1]:,})" if table.header else "the header"
        remedy = _other_quotes(lines, quotes) or "Put the cell in double quotes and double the quotes inside it."
        raise DataError(f"{name}: invalid quote in {where}: {error.args[0]}. {remedy}") from error
    if table.wrong:
        raise DataError(_wrong_message(table.wrong, len(table.header), delimiter, quotes, name, lines))
    if not table.rows:
        raise DataError(f"{name} has a header but no rows. Save it with its rows.")
    columns = [list(column) for column in zip(*table.rows, strict=True)]
    notes = [*_multiline_notes(table.multiline, delimiter, name), *_notes(table)]
    return Delimited(table.header, columns, delimiter, notes)


def _split_rows(lines: list[str], delimiter: str, quotes: Quotes, table: _Rows) -> None:
    """Adds the rows of a text to a table; raises BrokenQuote with the line of the row."""
    position = 0
    while position < len(lines):
        start, line = position, table.skipped + position + 1
        record, position = record_at(lines, position, quotes)
        if delimiter != NO_DELIMITER and not record.strip(" \r"):
            continue
        try:
            cells, spaced = split_record(record, delimiter, quotes)
        except BrokenQuote as error:
            raise BrokenQuote(str(error), line) from error
        if not table.header:
            table.header = cells
        elif repeats_header(cells, table.header):
            table.repeated.append(line)
        else:
            table.rows.append(cells)
            if spaced:
                table.spaced.append(len(table.rows))
            if len(cells) != len(table.header):
                table.wrong.append((len(table.rows), line, len(cells)))
            elif position > start + 1 and _could_be_rows(lines[start:position], delimiter, len(table.header)):
                table.multiline.append((len(table.rows), line, table.skipped + position))


def repeats_header(cells: Sequence[str], header: Sequence[str]) -> bool:
    """Returns whether a row repeats the header, as where files were concatenated; a single cell may be a value."""
    if len(header) < 2 or len(cells) != len(header) or cells[-1].strip() != header[-1].strip():  # most rows end here
        return False
    return _names(cells) == _names(header)


def repeated_header_note(lines: Sequence[int]) -> str:
    """Returns a note of rows that were left out because they repeat the header, from their lines."""
    rows = "1 row that repeats" if len(lines) == 1 else f"{len(lines):,} rows that repeat"
    return f"left out {rows} the header (first in line {lines[0]:,})"


def _names(cells: Sequence[str]) -> list[str]:
    return [cell.strip("\ufeff \t") for cell in cells]


def _notes(table: _Rows) -> list[str]:
    notes = [repeated_header_note(table.repeated)] if table.repeated else []
    if table.spaced:
        rows = "1 row" if len(table.spaced) == 1 else f"{len(table.spaced):,} rows"
        notes.append(f"left out the blanks around quotes in {rows} (first row {table.spaced[0]:,})")
    return notes


def _other_quotes(lines: list[str], quotes: Quotes) -> str:
    """Returns the value of --quotes that reads the whole text, as a sentence; empty if none does."""
    for other, meaning in _MEANINGS.items():
        table = _Rows(0)
        if other == quotes or (other == "backslash" and not any("\\" in line for line in lines)):
            continue
        try:
            _split_rows(lines, find_delimiter(lines, other), other, table)
        except BrokenQuote:
            continue
        if table.rows and not table.wrong:
            return f"{meaning} Read it with --quotes {other}."
    return ""


def find_delimiter(lines: list[str], quotes: Quotes = "standard") -> str:
    """Returns the delimiter: of those in the header, the one that gives most lines as many cells as the header."""
    scores = {}
    for delimiter in DELIMITERS:
        counts = [len(split_line(line, delimiter, quotes)) for line in lines[:_SAMPLE_LINES]]
        if counts[0] > 1:
            scores[delimiter] = (counts.count(counts[0]), counts[0])
    return max(scores, key=lambda delimiter: scores[delimiter]) if scores else NO_DELIMITER


def header_cells(head: str) -> list[str]:
    """Returns the cells of the first non-blank line in the first part of a text; empty if all lines are blank."""
    lines, _ = _lines(head)
    return [cell.strip() for cell in split_line(lines[0], find_delimiter(lines), "standard")] if lines else []


def _lines(text: str) -> tuple[list[str], int]:
    """Returns the lines from the header on, and how many are before it: blank ones, and `sep=;` as Excel writes it.

    Inner lines keep a trailing carriage return, which may be part of a cell.
    """
    kept = text.lstrip("\r\n").rstrip("\r\n\x1a")
    before = text[: len(text) - len(text.lstrip("\r\n"))]
    skipped = len(split_lines(before))
    if not kept.strip():
        return [], skipped
    lines = kept.split("\n" if "\n" in kept else "\r")
    if len(lines) > 1 and _SEPARATOR_LINE.fullmatch(lines[0]):
        return lines[1:], skipped + 1
    return lines, skipped


def split_line(line: str, delimiter: str, quotes: Quotes = "standard") -> list[str]:
    """Returns the cells of a line; the line as a single cell if a quote is invalid or not closed in it."""
    line = line.removesuffix("\r")
    try:
        return split_record(line, delimiter, quotes)[0]
    except BrokenQuote:
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


def _wrong_message(
    wrong: list[tuple[int, int, int]], expected: int, delimiter: str, quotes: Quotes, name: str, lines: list[str]
) -> str:
    row, line, count = wrong[0]
    cells = f"{count} cell{'s' if count > 1 else ''}, the header {expected}"
    others = f" {len(wrong):,} rows are like this." if len(wrong) > 1 else ""
    message = f"{name}: row {row:,} (line {line:,}) has {cells}.{others}"
    if remedy := _other_quotes(lines, quotes):
        return f"{message} {remedy}"
    separator = DELIMITERS[delimiter]
    quoted = f"put a text that contains a {separator} in double quotes."
    unquoted = f"with --quotes none a text cannot contain a {separator}."
    return f"{message} Give each row as many cells as the header; {unquoted if quotes == 'none' else quoted}"
