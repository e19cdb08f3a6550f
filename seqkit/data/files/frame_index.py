"""Turns the index of a DataFrame into columns, as the index of a table in long format is its time and its series."""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from seqkit.errors import DataError

if TYPE_CHECKING:
    import pandas

_STORED = re.compile(r"__index_level_\d+__")
"""Name of a level without a name in a Parquet file."""


def with_index_columns(frame: pandas.DataFrame) -> pandas.DataFrame:
    """Returns a frame with the levels of its index as its first columns, and with one level of text column names.

    A level without a name that contains numbers counts rows, as after filtering or sorting, and is left out. Other
    levels without a name are called "index". The levels of column names are joined by an underscore.

    Raises:
        DataError: A level of the index has the name of a column and other values.
    """
    import pandas

    names = column_names(frame.columns)
    if isinstance(frame.index, pandas.RangeIndex) and frame.index.name is None:
        return frame if names == list(frame.columns) else frame.set_axis(names, axis=1)
    levels = [frame.index.get_level_values(i) for i in range(frame.index.nlevels)]
    columns = dict(zip(names, range(len(names)), strict=True))
    kept: dict[str, Any] = {}
    rows = pandas.RangeIndex(len(frame))
    for level in levels:
        if not is_level(level.name, level.dtype):
            continue
        name = free_name(kept, names) if level.name is None else "_".join(_parts(level.name))
        if name in columns and level.name is not None:
            values = frame.iloc[:, columns[name]]
            if not values.reset_index(drop=True).equals(level.to_series(index=rows, name=values.name)):
                raise DataError(
                    f"The index level '{name}' has the name of a column and other values. Rename one of them, as with "
                    "frame.rename_axis(…)."
                )
            continue
        kept[name] = level.to_series(index=rows)
    result = frame.set_axis(names, axis=1).reset_index(drop=True)
    if kept:
        result = pandas.concat([pandas.DataFrame(kept), result], axis=1)
    result.attrs = frame.attrs
    return result


def with_stored_index(columns: dict[str, Any], metadata: Mapping[str, Any] | None) -> dict[str, Any]:
    """Returns the columns of a Parquet file that pandas wrote as `with_index_columns` returns those of its frame.

    Args:
        columns: The columns of the file by name.
        metadata: What pandas noted of its index and its names; None if it did not write the file.
    """
    known = metadata or {}
    stored = [name for name in known.get("index_columns", ()) if isinstance(name, str)]
    stored = [name for name in columns if name in stored or _STORED.fullmatch(name)]
    rest = [name for name in columns if name not in stored]
    names = dict(zip(rest, rest, strict=True))
    if len(known.get("column_indexes", ())) > 1:
        names = {name: "_".join(_parts(literal_eval(name))) for name in rest}
    kept: dict[str, Any] = {}
    for column in stored:
        name = None if _STORED.fullmatch(column) else column
        if is_level(name, columns[column].dtype):
            kept[name or free_name(kept, rest)] = columns[column]
    return kept | {names[name]: columns[name] for name in rest}


def column_names(columns: pandas.Index) -> list[str]:
    """Returns the names of the columns as text, those of several levels joined."""
    return ["_".join(_parts(name)) if columns.nlevels > 1 else str(name) for name in columns]


def is_level(name: Any, dtype: Any) -> bool:
    """Whether a level of an index is a column: it has a name, or contains no numbers."""
    return name is not None or dtype.kind not in "iufb"


def free_name(kept: dict[str, Any], names: list[str]) -> str:
    """Returns the name of a level without one that no other level or column has."""
    taken, name, number = {*kept, *names}, "index", 1
    while name in taken:
        number += 1
        name = f"index_{number}"
    return name


def _parts(name: Any) -> list[str]:
    """Returns the parts of a name with several levels that are not blank."""
    return [str(part) for part in name if str(part)] if isinstance(name, tuple) else [str(name)]
