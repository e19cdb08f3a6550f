"""Report of `seqkit check` on a series with a label in every row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.report import DataReport, counted, label_facts, part_facts, spread
from seqkit.data.tagged_series.rows import NO_LABEL, label_rows
from seqkit.data.tagged_series.splits import missing_parts
from seqkit.errors import SeqkitError

if TYPE_CHECKING:
    import pandas


def report_tagged_series(frame: pandas.DataFrame, *, label: str | None = None, **table: Any) -> DataReport:
    """Returns the contents of a table with a label in every row.

    Args:
        frame: What the reader of this kind returns.
        label: Column of the labels.
        **table: Options of `seqkit.data.tables.regularise.regularise`.
    """
    name = str(frame.attrs.get("source", "frame"))
    title = f"{name}: {len(frame):,} rows of a series with a label in every row"
    try:
        rows = label_rows(frame, table, label=label)
    except SeqkitError as error:
        return DataReport(title, problems=[str(error)])
    labelled = rows.labels[rows.labels != NO_LABEL]
    labels, counts, notes = label_facts((rows.names[number] for number in labelled.tolist()), "rows")
    parts, sizes = part_facts(rows.parts)
    starts = [start for start, _ in rows.table.segments]
    changes = np.flatnonzero(np.diff(rows.labels) != 0) + 1
    bounds = np.union1d(np.union1d(starts, changes), [len(rows.labels)]).astype(int)
    segments = np.diff(bounds)[rows.labels[bounds[:-1]] != NO_LABEL]
    channels = list(rows.table.columns)
    facts = [
        ("column", f"'{rows.label_column}'"),
        labels,
        ("segments", f"{len(segments):,} of one label, {spread(segments, 'rows')}"),
        ("features", f"{len(channels):,}: {', '.join(channels[:6])}{', …' if len(channels) > 6 else ''}"),
        *parts,
    ]
    unlabelled = len(rows.labels) - len(labelled)
    if unlabelled:
        notes.append(f"{counted(unlabelled, 'row has', 'rows have')} no label: read as context, never scored")
    values = {
        "rows": len(rows.labels),
        "label_column": rows.label_column,
        "labels": counts,
        "segments": len(segments),
        "features": channels,
        "parts": sizes,
        "unlabelled": unlabelled,
    }
    kept = [note for note in rows.notes if not note.startswith(("parts: ", "labels in ", "rows without a label"))]
    problem = None if rows.parts is None else missing_parts(rows.parts)
    return DataReport(title, facts, values, [*kept, *notes], [problem] if problem else [])
