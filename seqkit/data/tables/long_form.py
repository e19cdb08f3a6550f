"""Converts wide tables, with one series in each column or each row, to long ones, with one row per time and series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.tables.columns import ID_NAMES
from seqkit.data.tables.findings import COUNT_ROWS, Choices
from seqkit.data.tables.numbers.reading import numeric_columns
from seqkit.data.tables.times.choice import choose_time
from seqkit.data.tables.wide_tables import dated_columns
from seqkit.errors import DataError, UsageError, listed

if TYPE_CHECKING:
    import pandas

SERIES, TIME, VALUE = "unique_id", "ds", "y"
"""Columns of the long table; times in a column of the wide table keep its name."""


def is_long(columns: list[str]) -> bool:
    """Returns whether a table has the columns of series and values that `as_long` makes."""
    return {SERIES, VALUE} <= set(columns)


def as_long(frame: pandas.DataFrame, choices: Choices) -> pandas.DataFrame:
    """Returns the long form of a wide table. Blank cells before and after the values of a series are no rows.

    Args:
        frame: The table as read.
        choices: Provides `wide`, and where the columns of times or names of series are not the usual ones, `time` and
            `id`.

    Raises:
        UsageError: The table is a long one, or has columns besides times, names and values.
        DataError: Rows have the same name, or none.
    """
    columns = list(map(str, frame.columns))
    by_column = choices.wide == "columns"
    if set(choices.target) - {VALUE} or set(choices.features) - {VALUE}:
        raise UsageError(
            f"--wide {choices.wide} predicts every {'column' if by_column else 'row'}, so --target and --features name "
            "nothing. Leave them out."
        )
    return (_columns_as_long if by_column else _rows_as_long)(frame, columns, choices)


def _columns_as_long(frame: pandas.DataFrame, columns: list[str], choices: Choices) -> pandas.DataFrame:
    """Returns the long form of a table with one series in each column."""
    times = choose_time(frame, choices).columns if choices.time != (COUNT_ROWS,) else ()
    naming = [*choices.id, *(name for name in columns if name.lower() in ID_NAMES)]
    numeric = set(numeric_columns(frame, choices))
    series = [name for name in columns if name not in times and not name.startswith("Unnamed: ")]
    _refuse_long(naming or [name for name in series if name not in numeric], choices)
    values = [frame[name].to_numpy() for name in series]
    rows = [_known_rows(column) for column in values]
    positions = np.concatenate(rows)
    long: dict[str, Any] = {name: frame[name].to_numpy()[positions] for name in times}
    return _long_frame(frame, long, series, values, rows)


def _rows_as_long(frame: pandas.DataFrame, columns: list[str], choices: Choices) -> pandas.DataFrame:
    """Returns the long form of a table with one series in each row, whose first column names it."""
    name = choices.id[0] if choices.id and choices.id[0] in columns else columns[0]
    dated = set(dated_columns(columns))
    empty = {column for column in columns if frame[column].isna().all()}
    numeric = {*numeric_columns(frame, choices), *empty}
    others = [column for column in columns if column != name]
    _refuse_long([column for column in others if column not in numeric] or list(choices.id[1:]), choices)
    names = [str(cell).strip() for cell in frame[name].tolist()]
    _check_names(frame[name], names)
    values = list(frame[others].to_numpy())
    rows = [_known_rows(row) for row in values]
    positions = np.concatenate(rows)
    long = {TIME: np.array(others, object)[positions]} if dated >= set(others) else {}
    return _long_frame(frame, long, names, values, rows)


def _long_frame(
    frame: pandas.DataFrame, long: dict[str, Any], series: list[str], values: list[np.ndarray], rows: list[np.ndarray]
) -> pandas.DataFrame:
    import pandas

    names = np.repeat(np.array(series, object), [len(kept) for kept in rows])
    cells = np.concatenate([column[kept] for column, kept in zip(values, rows, strict=True)])
    result = pandas.DataFrame({SERIES: names, **long, VALUE: cells})
    result.attrs = {name: value for name, value in frame.attrs.items() if name in ("source", "format", "encoding")}
    if empty := [name for name, kept in zip(series, rows, strict=True) if not len(kept)]:
        message = f"{len(empty):,} of {len(series):,} have no values: {listed(empty, 5)}; left out"
        result.attrs["notes"] = [{"kind": "empty series", "message": message}]
    return result


def _check_names(column: pandas.Series, names: list[str]) -> None:
    """Refuses rows that would be joined to one series, or have no name.

    Raises:
        DataError: A name is blank or occurs twice.
    """
    blank = column.isna().to_numpy() | (np.array(names, object) == "")
    if blank.any():
        raise DataError(
            f"--wide rows names each series by '{column.name}', which is blank in {int(blank.sum()):,} of "
            f"{len(names):,} rows, the first is row {int(blank.argmax()) + 1:,}. Fill the names."
        )
    first: dict[str, int] = {}
    for row, name in enumerate(names, 1):
        if name in first:
            raise DataError(
                f"--wide rows names each series by '{column.name}', but '{name}' names row {first[name]:,} and row "
                f"{row:,}. Give each row a name of its own."
            )
        first[name] = row


def _refuse_long(others: list[str], choices: Choices) -> None:
    """Refuses a table with other columns than a wide one."""
    if others:
        raise UsageError(
            f"--wide {choices.wide} reads a table with one series in each {choices.wide[:-1]}, but also has "
            f"{listed(others, 3)}, as a long table with one row per time and series does. Leave out --wide, or remove "
            "what is not a series."
        )


def _known_rows(cells: np.ndarray) -> np.ndarray:
    """Returns the positions from the first to the last cell that is not blank."""
    import pandas

    known = np.flatnonzero(~pandas.isna(cells))
    return np.arange(known[0], known[-1] + 1) if len(known) else known
