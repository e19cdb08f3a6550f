"""Reads labelled examples from a source, and from a test file if there is one."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.sources import DataSource, find_source

if TYPE_CHECKING:
    from seqkit.data.labelled.examples import Examples


def read_labelled(source: DataSource, reading: dict[str, Any], finding: dict[str, Any], test: Any = None) -> "Examples":
    """Returns the examples of a source, followed by those of `test` as the test part if it is given.

    The test examples are kept apart whatever other columns the tables have: a column of parts in the training data
    says which of its rows are for validation, and its rows for test are dropped.

    Args:
        source: The training data.
        reading: Options of reading it.
        finding: Options of `seqkit.data.labelled.examples.find_examples`.
        test: The test data: a dataset's name, a file or a frame.

    Raises:
        DataError: The test data lacks the column of the texts or of the labels, or as `find_examples`.
    """
    import pandas as pd

    from seqkit.data.labelled.examples import find_columns, find_examples, only_columns
    from seqkit.data.labelled.part_columns import find_parts, parts_note

    frame = source.read(reading)
    if test is None:
        return find_examples(frame, **finding)
    test_source = find_source(test, kind=source.kind)
    names = {option.name for option in test_source.options}
    test_frame = test_source.read({name: value for name, value in reading.items() if name in names})
    taken, labels = find_columns(frame, text=finding.get("text"), label=finding.get("label"))
    columns = (taken, *labels)
    parts = find_parts(frame, columns)
    known = np.full(len(frame), "train") if parts.parts is None else parts.parts
    kept = known != "test"
    combined = pd.concat([only_columns(frame, columns)[kept], only_columns(test_frame, columns)], ignore_index=True)
    combined.attrs = {**frame.attrs, "notes": [*frame.attrs.get("notes", ()), *test_frame.attrs.get("notes", ())]}
    examples = find_examples(combined, **finding)
    all_parts = np.concatenate([known[kept], np.full(len(test_frame), "test")])
    about_parts = [*(parts.notes if parts.parts is None else ()), parts_note(all_parts)]
    return replace(examples, parts=all_parts, former_parts=all_parts, notes=[*examples.notes, *about_parts])
