"""Reads rows from JSON: an object per line, a list of objects, or such a list inside one object."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from seqkit.data.files.lines import split_lines
from seqkit.data.files.sniffing import LABEL_NAMES, TEXT_NAMES, matching_names
from seqkit.data.labelled.cells import cell_text
from seqkit.errors import DataError, listed

_MAX_NAMES = 1000
_ROW_LISTS = ("data", "rows", "records", "examples", "instances", "items", "documents", "texts")
"""Names under which the rows of a data set are usually nested."""


class _DuplicateKey(ValueError):
    """An object has a key twice; the message names it."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Returns an object, whose keys must differ: the last of equal ones would replace the others."""
    result = dict(pairs)
    if len(result) < len(pairs):
        raise _DuplicateKey(Counter(key for key, _ in pairs).most_common(1)[0][0])
    return result


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=str, parse_int=str, parse_constant=lambda _: None)


def read_json_rows(text: str, name: str) -> tuple[dict[str, list[Any]], list[str]]:
    """Returns the columns of the objects in a JSON text, and notes; numbers keep their original text.

    Raises:
        DataError: The text is not JSON, a row is not an object, there are no rows, or the text is one object of
            columns.
    """
    notes: list[str] = []
    columns: dict[str, list[Any]] = {}
    count = 0
    for place, row, content in json_values(text, name, notes):
        if not isinstance(row, dict):
            raise DataError(
                f'{name}: {place} is not an object. Write one per line, such as {{"text": "Good.", "label": "pos"}}.'
            )
        for key, value in row.items():
            if key not in columns and len(columns) == _MAX_NAMES:
                raise DataError(f"{name}: {place} has the key {key!r}, after {_MAX_NAMES:,} others. Use fewer.")
            cells = columns.setdefault(key, [])
            cells.extend([None] * (count - len(cells)))
            cells.append(value)
            refuse_lone_surrogates(content, value, f"{name}: {place}, {key!r}")
        count += 1
    if not columns:
        raise DataError(f'{name} contains no objects with a text. Write one per line, such as {{"text": "…"}}.')
    for cells in columns.values():
        cells.extend([None] * (count - len(cells)))
    return columns, notes


def first_values(head: str, count: int) -> list[Any]:
    """Returns up to `count` values from the first part of a JSON text, which may be cut anywhere; numbers are strings.

    They are the values of lines, or of the list that is the whole text or that an object around it contains.
    """
    nested = re.search(r"\[\s*(?=[\[{])", head)
    if nested and head.lstrip("\ufeff \t\r\n").startswith("["):
        return _decoded_values(head, nested.end(), count)
    values = _decoded_values(head, 0, count)
    if not values and nested:
        return _decoded_values(head, nested.end(), count)
    if len(values) == 1 and isinstance(values[0], dict):
        lists = [value for key, value in values[0].items() if key in _ROW_LISTS and _is_list_of_objects(value)]
        return lists[0][:count] if len(lists) == 1 else values
    return values


def _decoded_values(head: str, position: int, count: int) -> list[Any]:
    """Returns up to `count` complete values from a position on, separated by commas or line ends."""
    values: list[Any] = []
    while len(values) < count:
        position += len(head[position:]) - len(head[position:].lstrip(" \t\r\n,\ufeff"))
        try:
            value, position = _DECODER.raw_decode(head, position)
        except (ValueError, RecursionError):
            break
        values.append(value)
    return values


def json_values(
    text: str, name: str, notes: list[str], is_row: Callable[[Any], bool] = lambda _: False
) -> Iterator[tuple[str, Any, str]]:
    """Yields place, value and JSON text of each row; numbers are strings.

    Args:
        text: The JSON text.
        name: Name of the file in messages.
        notes: Takes notes for the user.
        is_row: Whether an object that is the whole text is a row of its own, whatever lists it contains.

    Raises:
        DataError: The text is not JSON, or one object of columns.
    """
    lines = [line.removeprefix("\ufeff") for line in split_lines(text)]  # of concatenated files
    document = _single_document(text, lines, name)
    if document is None:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield f"line {number:,}", _decoded(line, f"line {number:,}", name), line
        return
    if is_row(document):
        rows = [document]
    else:
        rows = document if isinstance(document, list) else _rows_of_object(document, name, notes)
    for number, row in enumerate(rows, start=1):
        yield f"row {number:,}", row, text


def _single_document(text: str, lines: list[str], name: str) -> list[Any] | dict[str, Any] | None:
    """Returns the list or object that the whole text is, or None if each line is a value of its own."""
    if text.lstrip().startswith("["):
        return list(_decoded(text, "", name))
    first = next((line for line in lines if line.strip()), "")
    try:
        document = _DECODER.decode(first)
        is_whole = sum(bool(line.strip()) for line in lines) == 1
    except _DuplicateKey:
        return None  # the line is named when it is read
    except (json.JSONDecodeError, RecursionError):
        try:
            document, is_whole = _DECODER.decode(text), True  # an object over several lines
        except _DuplicateKey:
            document, is_whole = _decoded(text, "", name), True
        except (json.JSONDecodeError, RecursionError):
            return None
    return document if is_whole and isinstance(document, dict) else None


def _decoded(content: str, place: str, name: str) -> Any:
    try:
        return _DECODER.decode(content)
    except _DuplicateKey as error:
        raise DataError(f"{name}: {place or 'an object'} has the key '{error}' twice. Rename one.") from error
    except (json.JSONDecodeError, RecursionError) as error:
        if not place:
            place = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else "it"
        raise DataError(f"{name}: {place} is not JSON: {error}. Write one object per line.") from error


def _rows_of_object(document: dict[str, Any], name: str, notes: list[str]) -> list[Any]:
    """Returns the rows inside an object that is the whole text: it is a row itself, or contains a list of them."""
    if _is_by_column(document):
        raise DataError(
            f"{name} contains one object of columns, as DataFrame.to_json() writes it by default, not one object per "
            'row. Save it with to_json(orient="records").'
        )
    lists = [key for key, value in document.items() if _is_list_of_objects(value)]
    plain = [key for key, value in document.items() if isinstance(value, str)]
    if len(lists) == 1 and (lists[0].lower() in _ROW_LISTS or not matching_names(plain, TEXT_NAMES + LABEL_NAMES)):
        notes.append(f"read the rows in '{lists[0]}'")
        rows: list[Any] = document[lists[0]]
        return rows
    if len(lists) > 1 and not matching_names(plain, TEXT_NAMES + LABEL_NAMES):
        raise DataError(
            f"{name} contains {len(lists)} lists of objects, {listed(lists, 5)}. Save each in a file of its own; "
            "--test takes the one with test examples."
        )
    return [document]


def _is_by_column(document: dict[str, Any]) -> bool:
    """Whether an object is a table by columns or by index, as pandas writes it: objects or lists of the same length."""
    values = list(document.values())
    if isinstance(document.get("columns"), list) and isinstance(document.get("data"), list):
        return not _is_list_of_objects(document["data"])
    if len(values) > 1 and all(isinstance(value, list) for value in values):
        return len({len(value) for value in values}) == 1 and not any(map(_is_list_of_objects, values))
    if not values or not all(isinstance(value, dict) and value for value in values):
        return False
    is_indexed = all(key.isdigit() for value in values for key in value)
    return is_indexed or (len(values) > 1 and all(value.keys() == values[0].keys() for value in values))


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def refuse_lone_surrogates(content: str, value: Any, place: str) -> None:
    """Refuses an escaped lone surrogate, which no encoding can represent."""
    if "\\u" not in content:
        return
    cell = str(cell_text(value))
    try:
        cell.encode()
    except UnicodeEncodeError as error:
        surrogate = f"\\u{ord(cell[error.start]):x}"
        raise DataError(f"{place} contains half of a surrogate pair, {surrogate}. Fix it.") from error
