"""Reads word pairs with human similarity ratings: word, word and score per line, as in WordSim-353, MEN and SimLex."""

import csv
import math
from pathlib import Path

from seqkit.data.vectors.lines import numbered_lines, quoted
from seqkit.errors import DataError

_SEPARATORS = {"\t": "tabs", ";": "semicolons", ",": "commas"}


def read_pairs(path: str | Path) -> list[tuple[str, str, float]]:
    """Returns the two words and the score of each line, in file order.

    Cells are separated by tabs, semicolons, commas or spaces: the first of these that occurs in the first line. That
    line is a header if its third cell is not a number. Lines before it that start with # are comments.

    Args:
        path: A UTF-8 text file, gzipped or not.

    Raises:
        NotFoundError: There is no such file.
        UsageError: It is a directory.
        DataError: It is empty, not UTF-8 text, contains no pairs, or a line is not a pair; the message quotes the line.
    """
    pairs: list[tuple[str, str, float]] = []
    separator: str | None = None
    started = False
    for number, line in numbered_lines(path):
        if not started and line.startswith("#"):
            continue
        if not started:
            separator = next((candidate for candidate in _SEPARATORS if candidate in line), None)
        cells = _cells(line, separator)
        if not started and len(cells) >= 3 and _score(cells[2]) is None:
            started = True
            continue
        started = True
        score = _score(cells[2]) if len(cells) == 3 else None
        if len(cells) != 3 or score is None or not math.isfinite(score) or not cells[0] or not cells[1]:
            raise DataError(
                f"{path}: line {number:,} is not a pair: expected a word, a word and a score, separated by "
                f"{_SEPARATORS.get(separator or '', 'spaces')}, got {quoted(line)}. "
                + (
                    "Write the score with a decimal point."
                    if len(cells) == 3 and "," in cells[2]
                    else "Fix or remove the line."
                )
            )
        pairs.append((cells[0], cells[1], score))
    if not pairs:
        raise DataError(f"{path} contains no pairs: expected a word, a word and a score per line.")
    return pairs


def _cells(line: str, separator: str | None) -> list[str]:
    if separator is None:
        return line.split()
    try:
        cells = line.split(separator) if separator == "\t" else next(csv.reader([line], delimiter=separator))
    except csv.Error:  # a cell of more than 131,072 characters, longer than any word
        cells = [line]
    return [cell.strip() for cell in cells]


def _score(cell: str) -> float | None:
    try:
        return None if "_" in cell else float(cell)  # float() accepts 1_000
    except ValueError:
        return None
