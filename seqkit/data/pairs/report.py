"""Report of `seqkit check` on sentence pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.pairs.sentence_pairs import find_pairs
from seqkit.data.report import DataReport, counted, part_facts, spread
from seqkit.errors import SeqkitError

if TYPE_CHECKING:
    import pandas


def report_pairs(frame: pandas.DataFrame, **options: Any) -> DataReport:
    """Returns the contents of sentence pairs.

    Args:
        frame: What the reader of this kind returns.
        **options: Those of `find_pairs`.
    """
    name = str(frame.attrs.get("source", "frame"))
    try:
        pairs = find_pairs(frame, **options)
    except SeqkitError as error:
        return DataReport(f"{name}: {len(frame):,} rows of sentence pairs", problems=[str(error)])
    sides = (pairs.sources, pairs.targets)
    lengths = [np.array([len(text.split()) for text in side]) for side in sides]
    parts, sizes = part_facts(pairs.parts)
    facts = [
        *((column, spread(length, "words")) for column, length in zip(pairs.columns, lengths, strict=True)),
        *parts,
    ]
    repeated = len(pairs) - len(set(zip(*sides, strict=True)))
    several = len(set(zip(*sides, strict=True))) - len(set(pairs.sources))
    equal = sum(a == b for a, b in zip(*sides, strict=True))
    notes = [note for note in pairs.notes if not note.startswith("parts: ")]
    if repeated:
        notes.append(
            f"{counted(repeated, 'pair repeats', 'pairs repeat')} an earlier one; copies stay in the same part"
        )
    if several:
        notes.append(f"{counted(several, 'pair gives', 'pairs give')} another translation of a sentence that has one")
    if equal:
        count = counted(equal, "pair has", "pairs have")
        notes.append(f"{count} the same text on both sides (first row {_first_equal(sides, pairs.rows):,})")
    ratio = (lengths[0] + 1) / (lengths[1] + 1)
    odd = np.flatnonzero((ratio > 5 * np.median(ratio)) | (ratio < np.median(ratio) / 5))
    if len(odd):
        notes.append(
            f"{counted(len(odd), 'pair has', 'pairs have')} sides of very unequal length "
            f"(first row {pairs.rows[odd[0]]:,}): are they aligned?"
        )
    if len(pairs) < 5_000:
        notes.append("a translator needs tens of thousands of pairs; fewer teach phrases")
    values = {
        "pairs": len(pairs),
        "columns": list(pairs.columns),
        "parts": sizes,
        "repeated": repeated,
        "several_translations": several,
        "equal_sides": equal,
        "unequal_lengths": len(odd),
    }
    return DataReport(f"{name}: {len(pairs):,} sentence pairs", facts, values, notes)


def _first_equal(sides: tuple[list[str], list[str]], rows: np.ndarray) -> int:
    return next(int(rows[i]) for i, (a, b) in enumerate(zip(*sides, strict=True)) if a == b)
