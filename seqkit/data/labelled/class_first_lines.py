"""Recognises text files with a series in each line, its class first: the TSV and TXT files of the UCR archive.

They have no header. Cells are separated by tabs, commas or blanks.
"""

import re

from seqkit.data.labelled.series_values import number_or_nan

_PART_NAME = re.compile(r"_(train|test)\.(tsv|txt|csv)(\.gz)?$", re.IGNORECASE)
_MIN_CELLS, _MIN_LINES = 8, 4


def looks_like_class_first(lines: list[str], name: str) -> bool:
    """Returns whether a file has a series in each line, its class first.

    Its first line is all numbers. The name ends with _TRAIN or _TEST, as in the archive; or whole numbers come first in
    the lines and repeat, as classes do, unlike times and counters.

    Args:
        lines: Complete lines from the beginning of the file.
        name: Name of the file.
    """
    rows = [cells for line in lines if (cells := class_first_cells(line))]
    if not rows or len(rows[0]) < 3 or not all(map(_is_number, rows[0])) or not is_whole_number(rows[0][0]):
        return False
    if _PART_NAME.search(name):
        return True
    if not name.lower().removesuffix(".gz").endswith((".tsv", ".txt")) or len(rows) < _MIN_LINES:
        return False
    if not all(
        len(cells) >= _MIN_CELLS and all(map(_is_number, cells)) and is_whole_number(cells[0]) for cells in rows
    ):
        return False
    return len({float(cells[0]) for cells in rows}) <= len(rows) / 2


def class_first_cells(line: str) -> list[str]:
    """Returns the cells of a line."""
    for delimiter in ("\t", ","):
        if delimiter in line:
            return [cell.strip() for cell in line.strip(" \r\n").split(delimiter)]
    return line.split()


def _is_number(cell: str) -> bool:
    try:
        number_or_nan(cell)
    except ValueError:
        return False
    return True


def is_whole_number(cell: str) -> bool:
    """Returns whether a cell is a whole number, such as 1 or 1.0000000e+00."""
    return _is_number(cell) and float(cell or "nan").is_integer()
