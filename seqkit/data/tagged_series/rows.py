"""Reads a table with a label in every row: finds the labels, the recordings and the parts, and makes it regular."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.files.frame_index import with_index_columns
from seqkit.data.files.sniffing import matching_names
from seqkit.data.labelled.part_columns import find_parts
from seqkit.data.series.table import Table
from seqkit.data.tables.columns import ID_NAMES, find_column
from seqkit.data.tables.findings import Choices
from seqkit.data.tables.regularise import regular_table
from seqkit.data.tagged_series.column_names import RECORDING_NAMES, ROW_LABEL_NAMES
from seqkit.errors import DataError, UsageError, listed

if TYPE_CHECKING:
    import pandas

HIDDEN = ("target", "wide", "interval", "resample", "resample_with")
"""Options of a table that a series with labels does not have: no label is the mean of others."""

NO_LABEL = -1
"""Number of the label of a row without one."""

_MAX_LABELS = 1000
_MAX_LABEL_LENGTH = 200


@dataclass(frozen=True)
class LabelledRows:
    """A regular table with a label for each row.

    Attributes:
        table: The table, without the columns of labels and parts.
        labels: Position in `names` of the label of each row, int64 of shape (rows,); `NO_LABEL` for a row without one.
        names: The labels, sorted.
        parts: "train", "validation" or "test" for each row, of shape (rows,); None if no column defines parts.
        label_column: The column of the labels.
        notes: Notes for the user, one line each.
    """

    table: Table
    labels: np.ndarray
    names: tuple[str, ...]
    parts: np.ndarray | None
    label_column: str
    notes: list[str]

    def __len__(self) -> int:
        return len(self.labels)


def label_rows(
    frame: pandas.DataFrame, table: dict[str, Any], *, label: str | None = None, min_labels: int = 2
) -> LabelledRows:
    """Returns the regular table of a DataFrame with the label of each row.

    Rows without a label stay: a model reads them, but they are no targets. A row that is inserted to fill a gap has no
    label, and rows that are merged have the label of the first or the last of them, as the numbers have.

    Args:
        frame: The table as read.
        table: Options of reading it; see `seqkit.data.tables.regularise.regularise`.
        label: Column with the label of each row; recognised by a usual name, such as label, state, activity or phase.
        min_labels: Smallest number of different labels.

    Raises:
        UsageError: A chosen column does not exist, or no column has a usual name of labels.
        DataError: The labels are no labels, or the table has a fault.
    """
    frame = with_index_columns(frame)
    source = str(frame.attrs.get("source", "The table"))
    column = _label_column(frame, label)
    codes, names, notes = _read_labels(frame, column, source, min_labels)
    parts = find_parts(frame, [column])
    part_columns = _part_columns(frame, column) if parts.parts is not None else []
    id_columns = table.get("id") or recording_columns(frame, [column, *part_columns])
    if id_columns and not table.get("id"):
        notes.append(f"'{id_columns[0]}' names the recordings; --id chooses other columns")
    regular = regular_rows(frame.drop(columns=[column, *part_columns]), {**table, "id": id_columns})
    origin = regular.origin if regular.origin is not None else np.arange(len(regular))
    labels = np.where(origin >= 0, codes[origin], NO_LABEL)
    notes += [*regular.notes, *parts.notes]
    without = int((labels < 0).sum())
    if without:
        notes.append(f"rows without a label: {without:,} of {len(labels):,}; they are read, but no targets")
    of_rows = None if parts.parts is None else parts.parts[_file_rows(origin)]
    return LabelledRows(regular, labels, names, of_rows, column, notes)


def regular_rows(frame: pandas.DataFrame, options: dict[str, Any], **fixed: Any) -> Table:
    """Returns the regular table of a DataFrame without its labels.

    Args:
        frame: The table.
        options: Options of reading it; see `seqkit.data.tables.regularise.regularise`.
        fixed: Further options.

    Raises:
        UsageError: A chosen column does not exist, or no column has numbers.
        DataError: The table has a fault; the message lists all of them.
    """
    return regular_table(frame, Choices(**{**options, **fixed}, hidden=HIDDEN), must_choose=False)


def recording_columns(frame: pandas.DataFrame, taken: list[str]) -> tuple[str, ...]:
    """Returns the column that names the recordings by its usual name; none if there is none, or several."""
    free = [str(name) for name in frame.columns if str(name) not in taken]
    names = matching_names(free, ID_NAMES) or matching_names(free, RECORDING_NAMES)
    return tuple(names) if len(names) == 1 else ()


def _label_column(frame: pandas.DataFrame, label: str | None) -> str:
    columns = [str(name) for name in frame.columns]
    if label is not None:
        return find_column(label, columns, "--label")
    usual = matching_names(columns, ROW_LABEL_NAMES)
    if len(usual) == 1:
        return usual[0]
    found = f"{listed(usual)} may be" if usual else "none has a usual name, such as label, state or activity"
    raise UsageError(
        f"Which column has the label of each row? Of the columns {listed(columns, 40)}, {found}. Set --label to one of "
        "them."
    )


def _read_labels(
    frame: pandas.DataFrame, column: str, source: str, min_labels: int
) -> tuple[np.ndarray, tuple[str, ...], list[str]]:
    """Returns the number of the label of each row of the file, the labels, and notes."""
    import pandas

    cells = frame[column].to_numpy()
    if cells.dtype.kind in "mM":
        raise DataError(f"{source}: '{column}' has times, expected labels. Set --label to another column.")
    if cells.dtype.kind == "f":
        known = ~np.isnan(cells)
        with np.errstate(invalid="ignore"):
            fractions = np.flatnonzero(known & (cells % 1 != 0))
        if len(fractions):
            row = int(fractions[0])
            raise DataError(
                f"{source}: '{column}' has the number {cells[row]:g} (row {row + 1:,}), expected labels: names or "
                "whole numbers. Set --label to another column, or predict the numbers with --task forecast."
            )
        cells = np.array([int(cell) if cell == cell else None for cell in cells.tolist()], object)
    texts = pandas.Series(np.array([_text(cell) for cell in cells.tolist()], object))
    codes, names = pandas.factorize(texts, sort=True)
    if len(names) < min_labels:
        has = f"the label '{names[0]}' alone" if len(names) else "no label at all"
        raise DataError(
            f"{source}: '{column}' has {has}, and a tagger needs at least two. Set --label to another column."
        )
    longest = max(map(len, names))
    is_unlikely = len(names) > _MAX_LABELS or (len(codes) > _MAX_LABELS // 10 and 2 * len(names) > len(codes))
    if is_unlikely or longest > _MAX_LABEL_LENGTH:
        found = f"{len(names):,} distinct values in {int((codes >= 0).sum()):,} rows"
        raise DataError(
            f"{source}: '{column}' has {found}, the longest of {longest} characters: these are no labels of rows. Set "
            "--label to another column."
        )
    of_label = Counter(codes[codes >= 0].tolist())
    shares = ", ".join(f"{names[code]} {count:,}" for code, count in sorted(of_label.items())[:12])
    return codes.astype(np.int64), tuple(names), [f"labels in '{column}': {shares}"]


def _text(cell: Any) -> str | None:
    """Returns the label in a cell; None for an empty one."""
    text = "" if cell is None or cell != cell else str(cell).strip()
    return text or None


def _part_columns(frame: pandas.DataFrame, label: str) -> list[str]:
    """Returns the columns that name a part in each row."""
    names = [str(name) for name in frame.columns if str(name) != label]
    return [name for name in names if find_parts(frame[[name]], []).parts is not None]


def _file_rows(origin: np.ndarray) -> np.ndarray:
    """Returns the row of the file of each row, for an inserted one that of the row before it."""
    last = np.maximum.accumulate(np.where(origin >= 0, np.arange(len(origin)), 0))
    rows: np.ndarray = origin[last]
    return rows
