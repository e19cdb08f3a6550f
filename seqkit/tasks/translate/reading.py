"""Reads sentence pairs from a source, and from a test file if there is one."""

from dataclasses import replace
from typing import Any

import numpy as np

from seqkit.data.labelled.part_columns import parts_note
from seqkit.data.pairs.sentence_pairs import Pairs, find_pairs, pair_columns
from seqkit.errors import UsageError, listed
from seqkit.sources import DataSource, find_source


def read_translations(source: DataSource, reading: dict[str, Any], finding: dict[str, Any], test: Any = None) -> Pairs:
    """Returns the pairs of a source, followed by those of `test` as the test part if it is given.

    A column of parts in the training data says which of its rows are for validation; its rows for test are dropped.

    Args:
        source: The training data.
        reading: Options of reading it.
        finding: Options of `seqkit.data.pairs.sentence_pairs.find_pairs`.
        test: The test data: a dataset's name, a file or a frame, with columns of the same names; of any, if those of
            the training data have none.

    Raises:
        UsageError: The test data lacks the column of the source or the target, or as `find_pairs`.
        DataError: As `find_pairs`.
    """
    pairs = find_pairs(source.read(reading), **finding)
    if test is None:
        return pairs
    test_source = find_source(test, kind=source.kind)
    names = {option.name for option in test_source.options}
    frame = test_source.read({name: value for name, value in reading.items() if name in names})
    columns = [str(name) for name in frame.columns]
    wanted = pairs.columns if set(pairs.columns) & set(columns) or pairs.columns != ("1", "2") else pair_columns(frame)
    if missing := [name for name in wanted if name not in columns]:
        raise UsageError(
            f"{test_source.name} has no column {listed(missing)}, which the training data has. Its columns are "
            f"{listed(columns)}. Rename them there."
        )
    test_pairs = find_pairs(frame, source=wanted[0], target=wanted[1])
    known = np.full(len(pairs), "train") if pairs.parts is None else pairs.parts
    kept = np.flatnonzero(known != "test")
    parts = np.concatenate([known[kept], np.full(len(test_pairs), "test")])
    return replace(
        pairs,
        sources=[pairs.sources[i] for i in kept.tolist()] + test_pairs.sources,
        targets=[pairs.targets[i] for i in kept.tolist()] + test_pairs.targets,
        parts=parts,
        rows=np.concatenate([pairs.rows[kept], test_pairs.rows]),
        notes=[*pairs.notes, *test_pairs.notes, parts_note(parts)],
    )


def read_new_pairs(source: DataSource, reading: dict[str, Any], columns: tuple[str, str]) -> Pairs:
    """Returns the pairs of data to score, by the columns of the training data if it has them, else with a note.

    Args:
        source: The data.
        reading: Options of reading it.
        columns: Columns of the source and the target in the training data.
    """
    frame = source.read(reading)
    names = [str(name) for name in frame.columns]
    has_both = all(column in names for column in columns)
    first, second = columns if has_both else pair_columns(frame)
    found = find_pairs(frame, source=first, target=second)
    if has_both:
        return found
    trained = " and ".join(f"'{column}'" for column in columns)
    note = (
        f"scores translations of '{first}' to '{second}', as there are no columns {trained}, which the run translates"
    )
    return replace(found, notes=[note, *found.notes])
