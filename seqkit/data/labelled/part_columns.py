"""Finds the column that says which part, train, validation or test, an example belongs to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.files.sniffing import PARTS, matching_names
from seqkit.data.labelled.cells import cell_text, column_cells
from seqkit.data.labelled.series_frames import PART_NAMES
from seqkit.errors import DataError, listed

if TYPE_CHECKING:
    import pandas

_FLAG_NAMES = ("is_train", "is_valid", "is_validation", "is_val", "is_test")
_PART_NUMBERS = {"0", "1", "2", "0.0", "1.0", "2.0"}


@dataclass(frozen=True)
class Parts:
    """Parts defined by a column.

    Attributes:
        parts: "train", "validation" or "test" for each example, an array of shape (examples,); None if no column
            defines parts.
        notes: Notes for the user, one line each.
        former: The parts as read by runs of version 1 of `data.rules` in `run.json`.
    """

    parts: np.ndarray | None = None
    notes: list[str] = field(default_factory=list)
    former: np.ndarray | None = None


def find_parts(frame: pandas.DataFrame, taken: Sequence[str]) -> Parts:
    """Returns the parts defined by a column.

    A column `part` or `split` decides; without one, a column of any name whose cells are all names of parts, such as
    train and test in a column `fold`.

    Args:
        frame: The examples, whose columns have different names.
        taken: Columns that have another role.

    Raises:
        DataError: The column names a part in some rows only, or several columns name different parts.
    """
    source = str(frame.attrs.get("source", "frame"))
    free = {str(name): frame.iloc[:, i] for i, name in enumerate(frame.columns) if str(name) not in taken}
    usual = [(name, cells) for name in matching_names(free, PART_NAMES) if any(cells := _texts(free[name]))]
    if not usual:
        return _from_other_columns(free, source)
    name, cells = usual[0]
    known = {PARTS[cell.lower()] for cell in cells if cell.lower() in PARTS}
    unknown = sorted({cell for cell in cells if cell and cell.lower() not in PARTS})
    if unknown and (len(known) < 2 or "train" not in known):
        note = f"'{name}' does not define parts: it contains {listed(unknown, 3)}, not only train, validation, test"
        if set(cells) <= _PART_NUMBERS:
            note += ". If the numbers stand for parts, replace them by these words"
        return Parts(notes=[note])
    if unknown:
        rows = [row for row, cell in enumerate(cells, start=1) if cell.lower() not in PARTS]
        raise DataError(
            f"{source}: '{name}' contains {listed(unknown, 3)} in {len(rows):,} of {len(cells):,} rows (first row "
            f"{rows[0]:,}), expected train, validation or test. Leave those rows out, or rename the column if it does "
            "not define parts."
        )
    if "" in cells:
        rows_without = f"{cells.count(''):,} of {len(cells):,} rows (first row {cells.index('') + 1:,})"
        raise DataError(f"{source}: '{name}' names no part in {rows_without}. Fill it in.")
    parts = _parts(cells)
    return Parts(parts, [parts_note(parts)], parts)


def _from_other_columns(columns: dict[str, pandas.Series[Any]], source: str) -> Parts:
    """Returns the parts defined by a column whose name does not say so, but all of whose cells name parts."""
    found = {}
    for name, column in columns.items():
        cells = _texts(column) if _text(column.iloc[0]).lower() in PARTS else []
        if cells and all(cell.lower() in PARTS for cell in cells):
            parts = _parts(cells)
            if "train" in parts and (parts != "train").any():
                found[name] = parts
    if not found:
        flags = matching_names(columns, _FLAG_NAMES)
        remedy = "if it marks one, write train, validation or test in a column 'split'"
        return Parts(notes=[f"'{name}' does not define parts; {remedy}" for name in flags])
    (name, parts), *others = found.items()
    if differing := [other for other, other_parts in others if (other_parts != parts).any()]:
        raise DataError(
            f"{source}: {listed([name, *differing], 5)} name different parts in their rows. Rename the one to use to "
            "'split'."
        )
    return Parts(parts, [f"'{name}' defines the parts, as all its cells name one", parts_note(parts)])


def parts_note(parts: np.ndarray) -> str:
    """Returns a note of how many examples each part has."""
    counts = Counter(parts.tolist())
    return "parts: " + ", ".join(f"{counts[part]:,} {part}" for part in dict.fromkeys(PARTS.values()) if part in counts)


def _text(cell: Any) -> str:
    return (cell if isinstance(cell, str) else str(cell_text(cell) or "")).strip()


def _texts(column: pandas.Series[Any]) -> list[str]:
    return list(map(_text, column_cells(column)))


def _parts(cells: Sequence[str]) -> np.ndarray:
    return np.array([PARTS[cell.lower()] for cell in cells])
