"""Reads word pairs with human similarity ratings, as in WordSim-353, MEN, SimLex-999, SimVerb and Rare Words."""

import csv
import math
import re
from collections.abc import Callable
from pathlib import Path

from seqkit.data.vectors.lines import numbered_lines, quoted
from seqkit.errors import DataError

_SEPARATORS = {"\t": "tabs", ";": "semicolons", ",": "commas"}
_SCORE_NAME = re.compile(
    r"(human|mean|average|avg|gold|similarity|sim|relatedness|simlex)?\W*(score|rating|mean|average|avg|999)?s?\W*",
    re.IGNORECASE,
)
_WORD_NAMES = (re.compile(r"word\W*[1ai]", re.IGNORECASE), re.compile(r"word\W*(2|b|ii)", re.IGNORECASE))
_TAGGED = re.compile(r"\S+-[nvjar]")
"""A word with its part of speech, as in the lemmas of MEN: "sun-n"."""

Lines = list[tuple[int, list[str], str]]


def read_pairs(path: str | Path, *, note: Callable[[str], object] = lambda line: None) -> list[tuple[str, str, float]]:
    """Returns the two words and the score of each line, in file order.

    Cells are separated by tabs, semicolons, commas or spaces: the first of these that occurs in the first line. That
    line is a header if the score of the second line has no number above it. Lines before it that start with # are
    comments. The words are the first two cells. The score is in the column that the header names so ("score", "mean",
    "SimLex999", …), otherwise in the third, or, after a part of speech, in the fourth; other columns, such as the
    ratings of each person, are ignored. A part of speech at the end of every word, as in "sun-n", is removed.

    Args:
        path: A UTF-8 text file, gzipped or not.
        note: Called with a line if the file has more than three columns, or parts of speech were removed.

    Raises:
        NotFoundError: There is no such file.
        UsageError: It is a directory.
        DataError: It is empty, not UTF-8 text, contains no pairs, or a line is not a pair; the message quotes the line.
    """
    separator, lines = _split_lines(path)
    header = lines[0][1] if _has_header(lines, separator) else None
    rows = lines if header is None else lines[1:]
    if not rows:
        raise DataError(f"{path} contains no pairs: expected a word, a word and a score per line.")
    width = len(rows[0][1])
    if separator is not None:  # blank cells at the end of a line may be missing
        width = max(width, len(header or []))
        rows = [(number, cells + [""] * (width - len(cells)), line) for number, cells, line in rows]
    names = [name.replace("_", " ").strip() for name in header or []]
    names = names if len(names) == width else []
    if width > 3 and all(cells[0].isdecimal() for _, cells, _ in rows) and not _named_words(names):
        raise DataError(
            f"{path}: the first column holds numbers, expected a word: line {rows[0][0]:,} is {quoted(rows[0][2])}. "
            "Remove that column, or name the columns of the words 'word1' and 'word2' in the first line."
        )
    first, second = _named_words(names) or (0, 1)
    column = _score_column(names, rows[0][1], {first, second})
    pairs: list[tuple[str, str, float]] = []
    for number, cells, line in rows:
        score = _score(cells[column]) if len(cells) == width > column else None
        if score is None or not math.isfinite(score) or not cells[first] or not cells[second]:
            raise _not_a_pair(path, number, cells, line, separator, width, column)
        pairs.append((cells[first], cells[second], score))
    if width > 3:
        named = f" '{names[column]}'" if names else ""
        note(f"{path}: scores are those of column {column + 1}{named} of {width}")
    return _without_tags(pairs, path, note)


def _split_lines(path: str | Path) -> tuple[str | None, Lines]:
    """Returns the separator, None for spaces, and the number, cells and text of each line after leading comments."""
    separator: str | None = None
    lines: Lines = []
    for number, line in numbered_lines(path):
        if not lines:
            if line.startswith("#"):
                continue
            separator = next((candidate for candidate in _SEPARATORS if candidate in line), None)
        lines.append((number, _cells(line, separator), line))
    if not lines:
        raise DataError(f"{path} contains no pairs: expected a word, a word and a score per line.")
    return separator, lines


def _has_header(lines: Lines, separator: str | None) -> bool:
    first = lines[0][1]
    if len(first) < 3 or _score(first[2]) is not None:
        return False
    if len(lines) == 1:
        return separator is None or all(_score(cell) is None for cell in first[2:])
    second = lines[1][1]
    column = _first_number(second)
    return column is None or len(first) != len(second) or _score(first[column]) is None


def _named_words(names: list[str]) -> tuple[int, int] | None:
    places = [next((i for i, name in enumerate(names) if known.fullmatch(name)), None) for known in _WORD_NAMES]
    return None if places[0] is None or places[1] is None else (places[0], places[1])


def _score_column(names: list[str], cells: list[str], words: set[int]) -> int:
    """Returns the column that is named as the score, or the first after the words that has a number, or the third."""
    named = (i for i, name in enumerate(names) if name and i not in words and _SCORE_NAME.fullmatch(name))
    column = next((i for i in named if _score(cells[i]) is not None), _first_number(cells, max(words) + 1))
    return 2 if column is None else column


def _first_number(cells: list[str], start: int = 2) -> int | None:
    return next((i for i, cell in enumerate(cells) if i >= start and _score(cell) is not None), None)


def _not_a_pair(
    path: str | Path, number: int, cells: list[str], line: str, separator: str | None, width: int, column: int
) -> DataError:
    separated = f"separated by {_SEPARATORS.get(separator or '', 'spaces')}"
    expected = "a word, a word and a score"
    if width > 3:
        expected = f"{width} cells, two of them words, with a score in cell {column + 1}"
    has_comma = len(cells) == width > column and "," in cells[column]
    return DataError(
        f"{path}: line {number:,} is not a pair: expected {expected}, {separated}, got {quoted(line)}. "
        + ("Write the score with a decimal point." if has_comma else "Fix or remove the line.")
    )


def _without_tags(
    pairs: list[tuple[str, str, float]], path: str | Path, note: Callable[[str], object]
) -> list[tuple[str, str, float]]:
    if not all(_TAGGED.fullmatch(word) for a, b, _ in pairs for word in (a, b)):
        return pairs
    note(f"{path}: removed the part of speech from the words, as in '{pairs[0][0]}'")
    return [(a[:-2], b[:-2], score) for a, b, score in pairs]


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
