"""Finds the column that says which part, train, validation or test, an example belongs to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.files.sniffing import PARTS, matching_names
from seqkit.data.labelled.cells import cell_text, column_cells
from seqkit.data.labelled.series_frames import PART_NAMES
from seqkit.errors import DataError, listed

if TYPE_CHECKING:
    import pandas

_PART_NUMBERS = {"0", "1", "2", "0.0", "1.0", "2.0"}


def find_parts(frame: pandas.DataFrame, taken: Sequence[str]) -> tuple[np.ndarray | None, list[str]]:
    """Returns the parts defined by a column, and notes about it.

    Args:
        frame: The examples, whose columns have different names.
        taken: Columns that have another role.

    Raises:
        DataError: The column names no part in some rows.
    """
    names = [str(name) for name in frame.columns]
    for name in (name for name in matching_names(names, PART_NAMES) if name not in taken):
        cells = [_text(cell) for cell in column_cells(frame.iloc[:, names.index(name)])]
        unknown = sorted({cell for cell in cells if cell and cell.lower() not in PARTS})
        if unknown:
            note = f"'{name}' does not define parts: it contains {listed(unknown, 3)}, not only train, validation, test"
            if set(cells) <= _PART_NUMBERS:
                note += ". If the numbers stand for parts, replace them by these words"
            return None, [note]
        if "" in cells:
            if not any(cells):
                continue
            rows = f"{cells.count(''):,} of {len(cells):,} rows (first row {cells.index('') + 1:,})"
            source = frame.attrs.get("source", "frame")
            raise DataError(f"{source}: '{name}' names no part in {rows}. Fill it in.")
        parts = np.array([PARTS[cell.lower()] for cell in cells])
        return parts, [parts_note(parts)]
    return None, []


def parts_note(parts: np.ndarray) -> str:
    """Returns a note of how many examples each part has."""
    counts = Counter(parts.tolist())
    return "parts: " + ", ".join(f"{counts[part]:,} {part}" for part in dict.fromkeys(PARTS.values()) if part in counts)


def _text(cell: Any) -> str:
    return (cell if isinstance(cell, str) else str(cell_text(cell) or "")).strip()
