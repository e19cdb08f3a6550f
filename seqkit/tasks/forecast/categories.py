"""Categories as inputs: each one that occurs in the training rows is a column of zeros and ones.

The first layer of a model multiplies such a column with a weight vector of its own, which is the category's embedding.
A category that is not among them has no column: all columns of its feature are 0.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.series.ranges import rows_of
from seqkit.data.series.splits import find_borders, target_ranges
from seqkit.data.series.table import Table
from seqkit.data.tables.columns import ID_NAMES
from seqkit.errors import DataError, listed

if TYPE_CHECKING:
    import pandas as pd

MAX_CATEGORIES = 100
"""Most categories of a column; each is an input of its own."""

Categories = Mapping[str, tuple[str, ...]]
"""The categories of columns, by name of the column."""


def indicator(column: str, category: str) -> str:
    """Returns the name of the input that is 1 where a column has the category."""
    return f"{column}={category}"


def indicators(categories: Categories) -> tuple[str, ...]:
    """Returns the names of all inputs of categories."""
    return tuple(indicator_sources(categories))


def indicator_sources(categories: Categories) -> dict[str, str]:
    """Returns the column that each input of categories was read from, by name of the input."""
    return {indicator(column, name): column for column, found in categories.items() for name in found}


def find_categories(frame: "pd.DataFrame", columns: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Returns the categories of some columns, sorted.

    Args:
        frame: The table as read.
        columns: Names of the columns.

    Raises:
        DataError: A column has more than `MAX_CATEGORIES` of them.
    """
    found = {}
    for column in columns:
        categories = sorted({text for text in _texts(frame[column]) if text is not None})
        if len(categories) > MAX_CATEGORIES:
            raise DataError(
                f"The column '{column}' has {len(categories):,} categories, such as {listed(categories, 3)}; at most "
                f"{MAX_CATEGORIES} are read. Merge rare ones in the file, or leave the column out."
            )
        found[column] = tuple(categories)
    return found


def with_indicators(
    frame: "pd.DataFrame", categories: Categories, reading: Mapping[str, Any]
) -> tuple["pd.DataFrame", dict[str, tuple[str, ...]]]:
    """Replaces the columns of categories that a frame has by their inputs, NaN where a cell is blank.

    Args:
        frame: The table as read.
        categories: The categories by column.
        reading: Options of reading the table. Columns that name the series stay.

    Returns:
        The frame, and by column the categories of the frame that are not among those given.
    """
    import pandas as pd

    present = [column for column in categories if column in frame]
    if not present:
        return frame, {}
    columns: dict[str, np.ndarray] = {}
    unknown = {}
    for column in present:
        texts = _texts(frame[column])
        known, blank = set(categories[column]), np.array([text is None for text in texts])
        for category in categories[column]:
            values = np.array([float(text == category) for text in texts])
            columns[indicator(column, category)] = np.where(blank, np.nan, values)
        others = Counter(text for text in texts if text is not None and text not in known)
        if others:
            unknown[column] = tuple(sorted(others))
    dropped = [name for name in present if name not in reading.get("id", ()) and name.lower() not in ID_NAMES]
    kept = frame.drop(columns=dropped)
    indicated = pd.concat([kept, pd.DataFrame(columns, index=frame.index)], axis=1)
    indicated.attrs = frame.attrs
    return indicated, unknown


def keep_training_categories(table: Table, split: str) -> Table:
    """Leaves out the inputs of categories that occur in no training row: they are unknown, as any new one is.

    Args:
        table: The table, with all categories.
        split: As in `seqkit.tasks.forecast.prepare.prepare`.
    """
    if not table.categories:
        return table
    borders = find_borders(table.time, split)
    rows = rows_of(target_ranges(table.time, table.starts, None, borders.validation))
    kept, unknown = {}, {}
    for column, categories in table.categories.items():
        occurs = [bool((table.columns[indicator(column, category)][rows] > 0).any()) for category in categories]
        kept[column] = tuple(name for name, found in zip(categories, occurs, strict=True) if found)
        if not all(occurs):
            unknown[column] = tuple(name for name, found in zip(categories, occurs, strict=True) if not found)
    absent = set(indicators(unknown))
    if not absent:
        return table
    return replace(
        table,
        columns={name: values for name, values in table.columns.items() if name not in absent},
        filled={name: mask for name, mask in table.filled.items() if name not in absent},
        future=tuple(name for name in table.future if name not in absent),
        categories=kept,
        unknown_categories=unknown,
    )


def category_notes(table: Table) -> list[str]:
    """Returns a line about each column with categories that the training rows lack."""
    return [
        f"'{column}': {len(names):,} categor{'y' if len(names) == 1 else 'ies'} not in the training rows "
        f"({listed(names, 5)}), read as unknown"
        for column, names in table.unknown_categories.items()
    ]


def _texts(column: Any) -> list[str | None]:
    """Returns the cells of a column as texts without blanks around them, None for blank cells; 1.0 is "1"."""
    if column.dtype.kind == "f":
        values = column.to_numpy()
        return [None if np.isnan(v) else str(int(v)) if v.is_integer() else str(v) for v in values.tolist()]
    missing = column.isna().to_numpy()
    texts = [str(cell).strip() for cell in column.tolist()]
    return [None if absent or not text else text for text, absent in zip(texts, missing, strict=True)]
