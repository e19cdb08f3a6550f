"""Matches the names of series in newer rows with those of a run: 417 in a spreadsheet is 00417 in the run."""

import re
from collections import Counter
from dataclasses import replace

from seqkit.data.series.table import Table
from seqkit.errors import listed

_LEADING_ZEROS = re.compile(r"(^|/)0+(?=\d)")


def with_known_names(table: Table, known: tuple[str, ...]) -> Table:
    """Returns the table with names that differ from one of the run in leading zeros only replaced by it, and a note.

    Args:
        table: Newer rows.
        known: Names of the series that the run was trained on.
    """
    present, familiar = set(table.ids), set(known)
    unknown = [name for name in table.ids if name not in familiar] if known else []
    if not unknown:
        return table
    counts = Counter(_without_zeros(name) for name in (*known, *unknown))
    by_number = {_without_zeros(name): name for name in known if name not in present}
    renamed = {
        name: by_number[number]
        for name in unknown
        if (number := _without_zeros(name)) in by_number and counts[number] == 2
    }
    if not renamed:
        return table
    pairs = listed((f"{name} as {renamed[name]}" for name in renamed), 3)
    note = f"series: names that differ from those of the run in leading zeros only are read as the run's: {pairs}"
    return replace(table, ids=tuple(renamed.get(name, name) for name in table.ids), notes=(*table.notes, note))


def _without_zeros(name: str) -> str:
    """Returns a name, or each part of a joined one, without leading zeros."""
    return _LEADING_ZEROS.sub(r"\1", name)
