"""Splits labelled rows into training, validation and test: by recording, by time, or as a column says.

A recording goes to one part as a whole where there are enough of them, because rows of a recording resemble each other.
Otherwise the parts follow one another in time, and no window reads across the border.
"""

from itertools import pairwise
from typing import Literal

import numpy as np

from seqkit.data.labelled.splits import PARTS, split_examples
from seqkit.data.series.splits import find_borders
from seqkit.data.tagged_series.rows import LabelledRows
from seqkit.errors import DataError, UsageError

MIN_RECORDINGS = 5
"""Recordings from which a split is by recording unless the user asks for another one."""

UNUSED = -1
"""Number of the part of a row that no part has."""


def split_rows(
    rows: LabelledRows, split: str, by: Literal["auto", "recording", "time"] = "auto"
) -> tuple[np.ndarray, list[str]]:
    """Returns the number of the part of each row in `PARTS`, int8 of shape (rows,), and notes for the user.

    Args:
        rows: The rows.
        split: Three fractions; by time also three numbers of rows, or two dates.
        by: Whether recordings stay whole; by default, where there are at least `MIN_RECORDINGS`.

    Raises:
        UsageError: The split does not fit the rows.
        DataError: A column that defines parts lacks one of them.
    """
    table = rows.table
    count = len(table.ids)
    if rows.parts is not None:
        if problem := missing_parts(rows.parts):
            raise DataError(problem)
        return np.select([rows.parts == part for part in PARTS], range(len(PARTS))).astype(np.int8), []
    is_fraction = all("." in number and "-" not in number for number in split.split(","))
    if by == "recording" or (by == "auto" and count >= MIN_RECORDINGS and is_fraction):
        return _by_recording(rows, split)
    borders = find_borders(table.time, split)
    parts = np.full(len(table), UNUSED, np.int8)
    for number, (first, end) in enumerate(
        ((None, borders.validation), (borders.validation, borders.test), (borders.test, borders.end))
    ):
        inside = table.time < end
        parts[inside if first is None else inside & (table.time >= first)] = number
    note = f"split by time: validation starts at {_moment(borders.validation)}, test at {_moment(borders.test)}"
    return parts, [note]


def missing_parts(parts: np.ndarray) -> str | None:
    """Returns what to do about parts without a row, as a message; None if each part has some.

    Args:
        parts: Name of the part of each row, of shape (rows,).
    """
    missing = [part for part in PARTS if not (parts == part).any()]
    if not missing:
        return None
    return (
        f"The column that defines the parts has no row of {' and '.join(missing)}. Give each part some rows, or leave "
        "the column out, so that --split applies."
    )


def _by_recording(rows: LabelledRows, split: str) -> tuple[np.ndarray, list[str]]:
    """Returns the part of each row where recordings stay whole; parts have similar shares of each label."""
    starts = rows.table.starts
    count = len(rows.table.ids)
    if count < len(PARTS):
        raise UsageError(
            f"--split-by recording needs at least {len(PARTS)} recordings, one for each part, got {count}. Name the "
            "column of the recordings with --id, or use --split-by time."
        )
    labels = [
        tuple(rows.names[code] for code in np.unique(rows.labels[first:end]) if code >= 0)
        for first, end in pairwise(starts.tolist())
    ]
    positions = split_examples(np.arange(count), labels, None, split)
    part_of_recording = np.zeros(count, np.int8)
    for number, part in enumerate(PARTS):
        part_of_recording[positions[part]] = number
    counts = ", ".join(f"{len(positions[part]):,} {part}" for part in PARTS)
    note = f"split by recording: no recording is in two parts ({counts})"
    return np.repeat(part_of_recording, np.diff(starts)), [note]


def _moment(border: object) -> str:
    return str(border).removesuffix(".000000000").removesuffix("T00:00:00")
