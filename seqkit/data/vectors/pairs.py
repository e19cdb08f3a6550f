"""Pairs of words that people have rated: word, word and score a line, as WordSim-353, MEN and SimLex are written."""

import csv
import math
from pathlib import Path

from seqkit.data.vectors.lines import numbered_lines, quoted
from seqkit.errors import DataError

_SEPARATORS = {"\t": "tabs", ";": "semicolons", ",": "commas"}


def read_pairs(path: str | Path) -> list[tuple[str, str, float]]:
    """Returns the two words and the score of each line, in the order of the file.

    Cells are divided by tabs, semicolons, commas or blanks: by the first of these that the first line holds. That line
    is a header if its third cell is no number. Lines with a # before it are comments.

    Args:
        path: A text file in UTF-8, gzipped or not.

    Raises:
        NotFoundError: There is no such file.
        UsageError: It is a directory.
        DataError: It is empty or no text in UTF-8, holds no pair, or a line of it is none; the message says which line
            and what stands there.
    """
    pairs: list[tuple[str, str, float]] = []
    separator: str | None = None
    started = False
    for number, line in numbered_lines(path):
        if not started and line.startswith("#"):
            continue
        if not started:
            separator = next((each for each in _SEPARATORS if each in line), None)
        cells = _cells(line, separator)
        if not started and len(cells) >= 3 and _score(cells[2]) is None:
            started = True
            continue
        started = True
        score = _score(cells[2]) if len(cells) == 3 else None
        if len(cells) != 3 or score is None or not math.isfinite(score) or not cells[0] or not cells[1]:
            raise DataError(
                f"{path}: line {number:,} is no pair: expected a word, a word and a score, divided by "
                f"{_SEPARATORS.get(separator or '', 'blanks')}, got {quoted(line)}. "
                + (
                    "Write the score with a decimal point."
                    if len(cells) == 3 and "," in cells[2]
                    else "Mend the line, or leave it out."
                )
            )
        pairs.append((cells[0], cells[1], score))
    if not pairs:
        raise DataError(f"{path} holds no pair: expected a word, a word and a score a line.")
    return pairs


def _cells(line: str, separator: str | None) -> list[str]:
    if separator is None:
        return line.split()
    try:
        found = line.split(separator) if separator == "\t" else next(csv.reader([line], delimiter=separator))
    except csv.Error:  # a cell of more than 131,072 characters, which no word has
        found = [line]
    return [cell.strip() for cell in found]


def _score(cell: str) -> float | None:
    try:
        return None if "_" in cell else float(cell)  # Python reads 1_000, nobody writes it
    except ValueError:
        return None
