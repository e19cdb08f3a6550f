"""Converts a cell of labelled examples, as Python, Parquet or JSON represent it, to text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas

_SHORT_FLOATS = ("float32", "float[pyarrow]")


def column_cells(column: pandas.Series[Any]) -> list[Any]:
    """Returns the cells of a column as Python objects; floats of 32 bits with their own shortest digits."""
    if str(column.dtype).lower() in _SHORT_FLOATS:
        return [float(str(value)) for value in column.to_numpy("float32", na_value=float("nan"))]
    return column.tolist()


def cell_text(value: Any) -> str | tuple[str, ...] | None:
    """Returns a cell as text: a whole number without decimals, a boolean as true or false, a list as a tuple.

    Missing values (None, NaN) become None, and "" inside a list; objects, and lists inside a list, become JSON.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (set, frozenset)):
        value = sorted(value, key=str)
    if isinstance(value, (list, tuple)):
        return tuple(_item_text(item) for item in value)
    if hasattr(value, "tolist"):  # NumPy scalars and arrays
        return cell_text(value.tolist())
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if str(value) == "<NA>" or value != value:
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e16:
        return str(int(value))
    return _json(value) if isinstance(value, dict) else str(value)


def _item_text(item: Any) -> str:
    item = item.tolist() if hasattr(item, "tolist") else item
    return _json(item) if isinstance(item, (list, tuple)) else str(cell_text(item) or "")


def _json(value: Any) -> str:
    return json.dumps(
        value, ensure_ascii=False, default=lambda item: item.tolist() if hasattr(item, "tolist") else str(item)
    )
