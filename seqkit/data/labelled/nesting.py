"""Makes columns of the fields of objects, as JSON and Parquet contain them: `text.body` for {"text": {"body": …}}.

An object is no text: read as one, the names of its fields would become words. The fields of a list of objects become
lists, so `tags.name` is a column of labels.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_MAX_FIELDS = 100
"""More fields than these are data of their own, such as a number for each user."""
_MAX_DEPTH = 4


def fields_as_columns(columns: dict[str, list[Any]]) -> tuple[dict[str, list[Any]], dict[str, list[str]]]:
    """Returns the columns with objects replaced by their fields, and the names of the fields of each such column.

    A column stays next to its fields where some of its cells are not objects; those that are become None. It stays as
    it is, with no fields, if these cannot be columns: there are more than 100 or none, or a name is taken.
    """
    result: dict[str, list[Any]] = {}
    objects: dict[str, list[str]] = {}
    for name, cells in columns.items():
        if not any(is_nested(cell) for cell in cells):
            result[name] = cells
            continue
        fields = _fields(name, cells)
        objects[name] = list(fields)
        if not fields or not fields.keys().isdisjoint((*columns, *result)):
            objects[name] = []
            result[name] = cells
            continue
        rest = [None if is_nested(cell) else cell for cell in cells]
        if any(cell is not None for cell in rest):
            result[name] = rest
        result |= fields
    return result, objects


def is_nested(cell: Any) -> bool:
    """Returns whether a cell is an object or contains one in a list."""
    if isinstance(cell, dict):
        return True
    return isinstance(cell, (list, tuple)) and any(isinstance(item, dict) for item in cell)


def _fields(name: str, cells: list[Any]) -> dict[str, list[Any]]:
    """Returns a column for each field of the objects in a column; empty if there are too many or an ambiguous one."""
    fields: dict[str, list[Any]] = {}
    for row, cell in enumerate(cells):
        if not is_nested(cell):
            continue
        for path, value in _leaves(name, cell, 1):
            if path not in fields and len(fields) == _MAX_FIELDS:
                return {}
            column = fields.setdefault(path, [None] * len(cells))
            if column[row] is not None:
                return {}  # {"a": {"b.c": 1, "b": {"c": 2}}}
            column[row] = value
    return fields


def _leaves(path: str, value: Any, depth: int) -> Iterator[tuple[str, Any]]:
    """Yields the path and the value of each field; the field of a list of objects is the list of its values."""
    if depth <= _MAX_DEPTH and isinstance(value, dict):
        for key, field in value.items():
            yield from _leaves(f"{path}.{key}", field, depth + 1)
    elif depth <= _MAX_DEPTH and is_nested(value):
        lists: dict[str, list[Any]] = {}
        for item in value:
            for leaf, field in _leaves(path, item, depth):
                lists.setdefault(leaf, []).extend(field if isinstance(field, list) else [field])
        yield from lists.items()
    else:
        yield path, value
