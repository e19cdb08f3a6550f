"""Splits records of delimited text into cells: quoted cells as in RFC 4180, backslash escapes, or no quotes at all.

https://www.rfc-editor.org/rfc/rfc4180
"""

from __future__ import annotations

import re
from typing import Literal

Quotes = Literal["standard", "backslash", "none"]

_ESCAPED_OR_QUOTE = re.compile(r'\\.|"', re.DOTALL)
_ESCAPE = re.compile(r'\\(["\\])|""')


class BrokenQuote(Exception):
    """A quote in an invalid position; the message describes it."""


def record_at(lines: list[str], position: int, quotes: Quotes) -> tuple[str, int]:
    """Returns the text of the record that starts at a line, and the line where the next one starts.

    Quotes are paired within a record, so it continues while their number is odd.
    """
    start = position
    is_open = False
    while position < len(lines):
        is_open ^= quotes != "none" and _quotes_in(lines[position], quotes) % 2 == 1
        position += 1
        if not is_open:
            break
    record = lines[start] if position == start + 1 else "\n".join(lines[start:position])
    return record.removesuffix("\r"), position


def _quotes_in(line: str, quotes: Quotes) -> int:
    if quotes == "backslash" and "\\" in line:
        return _ESCAPED_OR_QUOTE.findall(line).count('"')
    return line.count('"')


def split_record(record: str, delimiter: str, quotes: Quotes) -> tuple[list[str], int]:
    """Returns the cells of a record, and how many of them had blanks around their quotes, which are left out.

    Raises:
        BrokenQuote: A quote is in an invalid position.
    """
    if quotes == "none" or ('"' not in record and (quotes == "standard" or "\\" not in record)):
        return record.split(delimiter), 0
    cells = []
    position = spaced = 0
    while True:
        opening = _skip_blanks(record, position)
        if record.startswith('"', opening):
            closing = _closing_quote(record, opening, quotes)
            if closing < 0:
                raise BrokenQuote(f"it opens before {_excerpt(record, opening + 1)} and never closes")
            cells.append(_unquoted(record[opening + 1 : closing], quotes))
            end = _skip_blanks(record, closing + 1)
            if end < len(record) and record[end] != delimiter:
                raise BrokenQuote(f"the closing quote is followed by {_excerpt(record, closing + 1)}")
            spaced += opening > position or end > closing + 1
        else:
            end = _end_of_plain(record, position, delimiter, quotes)
            cell = record[position:end]
            quote = cell.find('"')
            if quotes == "backslash":
                quote = next((found.start() for found in _ESCAPED_OR_QUOTE.finditer(cell) if found[0] == '"'), -1)
            if quote >= 0:
                raise BrokenQuote(f"it is inside an unquoted cell: {_excerpt(record, position + quote)}")
            cells.append(_unescaped(cell, delimiter) if quotes == "backslash" else cell)
        if end == len(record):
            return cells, spaced
        position = end + 1


def _skip_blanks(record: str, position: int) -> int:
    while record.startswith(" ", position):
        position += 1
    return position


def _closing_quote(record: str, opening: int, quotes: Quotes) -> int:
    """Returns the position of the quote that closes a cell, or -1."""
    position = opening + 1
    while True:
        closing = record.find('"', position)
        if closing < 0:
            return -1
        if quotes == "backslash" and _is_escaped(record, closing, opening):
            position = closing + 1
        elif record.startswith('"', closing + 1):
            position = closing + 2
        else:
            return closing


def _is_escaped(record: str, position: int, first: int) -> bool:
    """Returns whether an odd number of backslashes precedes a position."""
    backslashes = 0
    while position - backslashes - 1 > first and record[position - backslashes - 1] == "\\":
        backslashes += 1
    return backslashes % 2 == 1


def _end_of_plain(record: str, position: int, delimiter: str, quotes: Quotes) -> int:
    """Returns the end of an unquoted cell, in which backslashes may escape delimiters."""
    end = record.find(delimiter, position)
    while quotes == "backslash" and end >= 0 and _is_escaped(record, end, position - 1):
        end = record.find(delimiter, end + 1)
    return len(record) if end < 0 else end


def _unquoted(cell: str, quotes: Quotes) -> str:
    if quotes == "standard":
        return cell.replace('""', '"')
    return _ESCAPE.sub(lambda escape: escape[1] or '"', cell)


def _unescaped(cell: str, delimiter: str) -> str:
    return re.sub(rf'\\(["\\{delimiter}])', r"\1", cell) if "\\" in cell else cell


def _excerpt(record: str, position: int) -> str:
    text = record[position : position + 30]
    return repr(text + "…" if position + 30 < len(record) else text)
