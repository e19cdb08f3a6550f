"""Recognises sentence pairs by a file's first bytes or a DataFrame's columns."""

from __future__ import annotations

from collections.abc import Sequence

from seqkit.data.files.delimited import find_delimiter, split_line
from seqkit.data.files.lines import split_lines
from seqkit.data.files.sniffing import LABEL_NAMES, TEXT_NAMES, Look, decoded, matching_names
from seqkit.data.pairs.column_names import is_language, usual_columns

_MIN_SHARE_OF_WORDS = 0.8
_MIN_DISTINCT = 1 / 3
_SAMPLE_LINES = 200
_HEADER_NAMES = ("part", "split", "score", "id")


def holds_pairs(look: Look) -> bool:
    """Whether it contains sentence pairs.

    A table does whose columns have the usual names for two languages, or for source and target, and whose cells there
    are words; so do lines of two sentences with a tab between them, as Tatoeba offers them.
    """
    if look.frame is not None or look.form == "parquet":
        columns = _pair_of(look.names)
        return columns is not None and look.has_texts(columns)
    if look.form == "json":
        return _holds_json_pairs(look.head)
    if look.form != "delimited" or not look.head:
        return False
    lines = "\n".join(complete_lines(decoded(look.head))).strip("\n\x1a").split("\n")[: _SAMPLE_LINES + 1]
    if not lines[0].strip():
        return False
    delimiter = find_delimiter(lines)
    names = [cell.strip() for cell in split_line(lines[0], delimiter)]
    if columns := _pair_of(names):
        places = [names.index(column) for column in columns]
        rows = [split_line(line, delimiter) for line in lines[1:]]
        cells = [[row[place] for row in rows if len(row) == len(names)] for place in places]
        return all(map(_are_sentences, cells))
    return delimiter == "\t" and not is_header(names) and _holds_tabbed_pairs(lines)


def is_header(cells: Sequence[str]) -> bool:
    """Returns whether the first line of a file with tabs names its columns, instead of being a pair."""
    names = [cell.strip().lower() for cell in cells]
    known = usual_columns(names) or any(is_language(name) and len(name) > 2 for name in names)
    return bool(known or matching_names(names, (*TEXT_NAMES, *LABEL_NAMES, *_HEADER_NAMES)))


def complete_lines(head: str) -> list[str]:
    """Returns the lines of the first part of a text; the last one may be cut, and is left out if there are others."""
    lines = split_lines(head)
    return lines[:-1] if len(lines) > 1 and not head.endswith(("\n", "\r")) else lines


def _pair_of(names: Sequence[str]) -> tuple[str, str] | None:
    """Returns the columns of a table of pairs; None if it is one of labelled texts, or neither."""
    columns = usual_columns(names)
    if columns is None:
        return None
    others = [name for name in names if name not in columns]
    is_labelled = bool(matching_names(others, LABEL_NAMES)) or (
        bool(matching_names(others, TEXT_NAMES)) and bool(matching_names(columns, LABEL_NAMES))
    )
    return None if is_labelled else columns


def _holds_tabbed_pairs(lines: list[str]) -> bool:
    rows = [line.split("\t") for line in lines]
    if len({len(row) for row in rows}) > 1:  # also by a blank line, as between the sentences of tagged words
        return False
    return all(_are_sentences([row[place] for row in rows]) for place in (0, 1))


def _holds_json_pairs(head: bytes) -> bool:
    """Whether the first objects of JSON lines, or of a list, have two usual fields of words."""
    import json

    text = decoded(head).lstrip()
    decoder, place = json.JSONDecoder(), int(text.startswith("["))
    rows: list[dict[str, object]] = []
    while len(rows) < _SAMPLE_LINES:
        start = len(text) - len(text[place:].lstrip(" \t\r\n,"))
        try:
            row, place = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):  # the end, or what the reader reports
            break
        if not isinstance(row, dict):
            return False
        nested = {f"{name}.{key}": cell for name, value in row.items() if isinstance(value, dict)
                  for key, cell in value.items()}  # fmt: skip
        rows.append({**{name: value for name, value in row.items() if not isinstance(value, dict)}, **nested})
    columns = _pair_of(list(rows[0])) if rows else None
    if columns is None:
        return False
    return all(_are_sentences([row.get(column) for row in rows]) for column in columns)


def _are_sentences(cells: Sequence[object]) -> bool:
    """Whether most cells consist of words, and not of the same few ones, as labels do."""
    texts = [cell for cell in cells if isinstance(cell, str) and sum(map(str.isalpha, cell)) * 2 >= len(cell.strip())]
    wordy = [text for text in texts if text.strip()]
    if not cells or len(wordy) < _MIN_SHARE_OF_WORDS * len(cells):
        return False
    return len(set(wordy)) > _MIN_DISTINCT * len(wordy)
