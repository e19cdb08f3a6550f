"""Finds the layout of a table in delimited text: delimiter, lines above the column names, a line of units below them.

What is left out has no row of the table in it, and is noted.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seqkit.data.files.delimited import repeated_header_note, repeats_header
from seqkit.errors import DataError, listed

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
HEAD = 1 << 16
"""Bytes of a file that its first lines are looked for in."""

_LINES, _MAX_TITLE = 200, 6
_MISSING = ("", "NA", "N/A", "NaN", "nan", "NULL", "null", "None", "none", "missing")
_TOTALS = re.compile(
    r"(grand |sub)?totals?|sums?|averages?|means?|gesamt\w*|insgesamt|summen?|zwischensumme|mittelwert|durchschnitt|"
    r"total general|totaal|somme|totale",
    re.IGNORECASE,
)
_YEAR = re.compile(r"^(?:19|20)\d\d\s+|\s+(?:19|20)\d\d$")
_LAST_ROWS = 3
TOTAL_MESSAGE = "looks like a row of totals, not of a time; if so, delete it in the file"


@dataclass(frozen=True)
class Layout:
    """Where the table in a text is.

    Attributes:
        data: The text from the line of the column names, without what is left out.
        delimiter: Separator of cells.
        header: The cells of the line of column names.
        rows: The cells of the first rows below.
        units: Number of rows below the column names that contain units.
        trailing: Whether each row has a delimiter at its end, which the line of column names lacks.
        notes: Notes on what is left out, as arguments of `Finding`.
    """

    data: bytes
    delimiter: str
    header: list[str]
    rows: list[list[str]]
    units: int
    trailing: bool
    notes: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class _Head:
    """The first rows of a text, split at a delimiter.

    Attributes:
        rows: The cells of each row, from that of the column names.
        line: Line of the column names, counted from 0.
        fits: Whether all rows have as many cells as there are column names.
        trailing: As in `Layout`.
        title: What the lines above the column names say.
    """

    rows: list[list[str]]
    line: int
    fits: bool
    trailing: bool = False
    title: str = ""


def find_layout(data: bytes, name: str) -> Layout:
    """Returns the layout of a table.

    Args:
        data: The text in UTF-8, not blank.
        name: Name of the file in messages.

    Raises:
        DataError: No line can be split into cells.
    """
    leading = len(data) - len(data.lstrip(b"\r\n"))
    above = data[:leading].count(b"\n")
    data = data[leading:].rstrip(b"\r\n\x1a")
    end = data.find(b"\n", HEAD)
    lines = list(itertools.islice(io.StringIO(data[: end if end >= 0 else None].decode("utf-8"), newline=""), _LINES))
    heads = {delimiter: head for delimiter in DELIMITERS if (head := _head(lines, delimiter)) is not None}
    if not heads:
        raise DataError(f"{name} is not a table: no line can be split into cells. Pass a CSV file.")
    delimiter = max(heads, key=lambda d: (heads[d].fits, len(heads[d].rows[0])))
    head = heads[delimiter]
    notes: list[dict[str, Any]] = []
    if head.line:
        data = data[len("".join(lines[: head.line]).encode()) :]
        message = f"the column names are in line {above + head.line + 1:,}; the lines above are left out"
        notes.append({"kind": "title", "message": message, "value": head.title})
    header = head.rows[0]
    rows = [row for row in head.rows[1:] if not repeats_header(row, header)]
    units = _units(rows)
    if units:
        cells = [cell.strip() for row in rows[:units] for cell in row if cell.strip()]
        message = f"{listed(cells, 3)} below the column names; left out, and row 1 is the row below"
        notes.append({"kind": "units", "message": message})
    data, found = _without_repeated_headers(data, delimiter, header, rows[:units])
    rows = rows[units:]
    if found:
        notes.append(
            {"kind": "repeated header", "message": repeated_header_note([above + head.line + i for i in found])}
        )
    data, count = _without_blank_rows(data, delimiter)
    if count:
        notes.append({"kind": "blank row", "message": "rows without any value at the end; left out", "count": count})
    return Layout(data, delimiter, header, rows, units, head.trailing, tuple(notes))


def total_rows(columns: Mapping[str, Sequence[Any]], rows: int) -> list[dict[str, Any]]:
    """Returns a note for each of the last rows that contains totals, as arguments of `Finding`.

    Args:
        columns: The last cells of the text columns.
        rows: Number of rows of the table.
    """
    notes = {}
    for name, cells in columns.items():
        for i, cell in enumerate(cells[-_LAST_ROWS:], start=rows - min(_LAST_ROWS, len(cells)) + 1):
            if isinstance(cell, str) and is_total(cell):
                notes[i] = {
                    "kind": "total",
                    "message": TOTAL_MESSAGE,
                    "column": name,
                    "count": 1,
                    "row": i,
                    "value": cell,
                }
    return [notes[row] for row in sorted(notes)]


def is_total(cell: str) -> bool:
    """Returns whether a cell names a total or an average, perhaps of a year, as in "2020 Total:"."""
    return _TOTALS.fullmatch(_YEAR.sub("", cell.strip().rstrip(":"))) is not None


def _head(lines: list[str], delimiter: str) -> _Head | None:
    """Returns the first rows, or None if they cannot be split at the delimiter."""
    reader = csv.reader(lines, delimiter=delimiter)
    rows, starts = [], []
    first = 0
    try:
        for row in reader:
            if row:
                rows.append(row)
                starts.append(first)
            first = reader.line_num
    except csv.Error:
        return None
    if not rows:
        return None
    widths = [len(row) for row in rows]
    if len(rows) > 1 and all(
        width == widths[0] + 1 and not row[-1].strip() for row, width in zip(rows[1:], widths[1:], strict=True)
    ):
        return _Head(rows, starts[0], fits=widths[0] > 1, trailing=True)
    uniform = len(set(widths)) == 1
    place = _title_rows(rows, widths)
    if place:
        title = " / ".join(" ".join(cell.strip() for cell in row if cell.strip()) for row in rows[:place])
        return _Head(rows[place:], starts[place], fits=widths[place] > 1, title=title)
    return _Head(rows, starts[0], fits=uniform and widths[0] > 1)


def _title_rows(rows: list[list[str]], widths: list[int]) -> int:
    """Returns the number of rows above the column names: fewer cells, or no cells but the first, and names below."""
    for place in range(1, min(_MAX_TITLE, len(rows) - 1)):
        names = [cell.strip() for cell in rows[place]]
        if len(set(widths[place:])) > 1 or widths[place] < 2 or any(re.match(r"[+-]?[.,]?\d", name) for name in names):
            continue
        if len(set(names)) < len(names) or not all(names[1:]):
            continue
        above = [sum(bool(cell.strip()) for cell in row) for row in rows[:place]]
        narrow = all(
            width < widths[place] or row[0].startswith("#") for row, width in zip(rows, widths[:place], strict=False)
        )
        filled = widths[place] > 2 or all(row[0].strip() for row in rows[:place])
        if narrow or (all(count <= 1 for count in above) and filled and widths[0] == widths[place]):
            return place
    return 0


def _units(rows: list[list[str]]) -> int:
    """Returns the number of rows of units below the column names; a name of the index may be in a row below them."""
    if not _are_units(rows):
        return 0
    filled = [cell.strip() for cell in rows[1] if cell.strip()]
    return 1 + (len(filled) == 1 and len(rows[1]) > 2 and not any(c.isdigit() for c in filled[0]))


def _are_units(rows: list[list[str]]) -> bool:
    """Whether the first row contains units: texts above numbers, and no time or text as in the rows below."""
    if len(rows) < 3 or len({len(row) for row in rows}) > 1:
        return False
    first = [cell.strip() for cell in rows[0]]
    above_numbers = False
    for position, cell in enumerate(first):
        below = [row[position].strip() for row in rows[1:] if row != rows[0]]
        known = [value for value in below if value not in _MISSING]
        numeric = known and all(is_number(value.replace(",", ".", 1)) for value in known)
        if cell[:1].isdigit() or (not numeric and cell and (cell in below or any(c.isdigit() for c in cell))):
            return False
        if numeric and is_number(cell.replace(",", ".", 1)):
            return False
        above_numbers |= bool(numeric and cell not in _MISSING and re.search(r"[^\W\d_]|[%°]", cell))
    return above_numbers


def _without_repeated_headers(
    data: bytes, delimiter: str, header: list[str], units: list[list[str]]
) -> tuple[bytes, list[int]]:
    """Returns the text without lines that repeat the column names and units, and these lines, the first being 1."""
    mark = b"\n" if b"\n" in data else b"\r"
    end = rb"\r?(?=\n|\Z)" if mark == b"\n" else rb"(?=\r|\Z)"
    first = mark + _line_pattern(header[:1], delimiter) + re.escape(delimiter).encode()
    if len(header) < 2 or re.search(first, data) is None:
        return data, []
    names, *below = (_line_pattern(cells, delimiter) for cells in (header, *units))
    pattern = re.compile(mark + names + b"".join(rb"(?:\r?" + mark + line + rb")?" for line in below) + end)
    pieces: list[bytes] = []
    found: list[int] = []
    position, line = 0, 1
    for match in pattern.finditer(data):
        pieces.append(data[position : match.start()])
        line += pieces[-1].count(mark) + 1
        found.append(line)
        line += match[0].count(mark) - 1
        position = match.end()
    return (b"".join([*pieces, data[position:]]), found) if found else (data, [])


def _line_pattern(cells: list[str], delimiter: str) -> bytes:
    """Returns the pattern of a line of these cells, with or without quotes and blanks."""
    quoted = (re.escape(cell.strip().replace('"', '""')) for cell in cells)
    return re.escape(delimiter).join(f' *"?{cell}"? *' for cell in quoted).encode()


def _without_blank_rows(data: bytes, delimiter: str) -> tuple[bytes, int]:
    """Returns the text without rows of nothing but delimiters at its end, and their number."""
    count, end, blank = 0, len(data), b" \r" + delimiter.encode()
    while (start := data.rfind(b"\n", 0, end)) > data.find(b"\n") and not data[start + 1 : end].strip(blank):
        count += delimiter.encode() in data[start + 1 : end]
        end = start
    return data if end == len(data) else data[:end], count


def is_number(cell: str) -> bool:
    """Whether Python reads a cell as a number."""
    try:
        float(cell)
    except ValueError:
        return False
    return True
