"""Report of `seqkit check` on labelled texts and series."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.labelled.duplicates import series_groups, text_groups
from seqkit.data.labelled.examples import Examples, find_examples
from seqkit.data.report import DataReport, counted, label_facts, part_facts, spread
from seqkit.errors import SeqkitError

if TYPE_CHECKING:
    import pandas


def report_examples(frame: pandas.DataFrame, **options: Any) -> DataReport:
    """Returns the contents of labelled texts or series.

    Args:
        frame: What the reader of either kind returns.
        **options: Those of `find_examples`.
    """
    name = str(frame.attrs.get("source", "frame"))
    try:
        examples = find_examples(frame, **options)
    except SeqkitError as error:
        return DataReport(f"{name}: {len(frame):,} rows of labelled examples", problems=[str(error)])
    kind = "labelled texts" if examples.series is None else "labelled series"
    flat = [label for labels in examples.labels for label in labels]
    labels, counts, notes = label_facts(flat, "examples")
    parts, sizes = part_facts(examples.parts)
    facts, values, more = _texts(examples) if examples.series is None else _series(examples)
    if examples.multi_label:
        none = sum(not labels for labels in examples.labels)
        facts.append(("labels each", spread([len(labels) for labels in examples.labels], "labels")))
        values["without_label"] = none
    duplicates, duplicate_notes = _duplicates(examples)
    return DataReport(
        f"{name}: {len(examples):,} {kind}",
        [labels, *parts, *facts],
        {"examples": len(examples), "labels": counts, "parts": sizes, **values, **duplicates},
        [*_without_counts(examples.notes), *more, *notes, *duplicate_notes],
    )


def _without_counts(notes: list[str]) -> list[str]:
    """Returns the notes but for the numbers of labels and parts, which are facts here."""
    return [note for note in notes if not re.match(r"parts: |[\d,]+ (?:texts|series): ", note)]


def _texts(examples: Examples) -> tuple[list[tuple[str, str]], dict[str, Any], list[str]]:
    assert examples.texts is not None
    words = np.array([len(text.split()) for text in examples.texts])
    characters = np.array([len(text) for text in examples.texts])
    facts = [("words", spread(words, "words")), ("characters", spread(characters, "characters"))]
    values = {"words": [int(words.min()), float(np.median(words)), int(words.max())]}
    notes = []
    long = int((words > 1000).sum())
    if long:
        count = counted(long, "text has", "texts have")
        notes.append(f"{count} more than 1,000 words; recurrent recipes read the first --length of them")
    return facts, values, notes


def _series(examples: Examples) -> tuple[list[tuple[str, str]], dict[str, Any], list[str]]:
    assert examples.series is not None
    steps = np.array([len(values) for values in examples.series])
    channels = ", ".join(examples.channels[:6]) + (", …" if len(examples.channels) > 6 else "")
    facts = [("channels", f"{len(examples.channels):,}: {channels}"), ("steps", spread(steps, "steps"))]
    values = {
        "channels": list(examples.channels),
        "steps": [int(steps.min()), float(np.median(steps)), int(steps.max())],
    }
    notes = []
    present = [values[np.isfinite(values).all(axis=1)] for values in examples.series]
    constant = [
        number for number, values in enumerate(present, 1) if len(values) and (np.ptp(values, axis=0) == 0).all()
    ]
    if constant:
        count = counted(len(constant), "series is", "series are")
        notes.append(f"{count} constant (first: series {constant[0]:,})")
    return facts, values, notes


def _duplicates(examples: Examples) -> tuple[dict[str, int], list[str]]:
    """Returns the number of repeated examples, and of those that carry another label, with notes on them."""
    noun = "series" if examples.texts is None else "texts"
    groups = series_groups(examples.series or []) if examples.texts is None else text_groups(examples.texts)
    repeated = len(groups) - len(np.unique(groups))
    labels_of: dict[int, set[tuple[str, ...]]] = {}
    for group, labels in zip(groups.tolist(), examples.labels, strict=True):
        labels_of.setdefault(group, set()).add(labels)
    contradicting = sum(len(labels) > 1 for labels in labels_of.values())
    notes = []
    if repeated:
        what = counted(repeated, "text repeats" if noun == "texts" else "series repeats", f"{noun} repeat")
        notes.append(f"{what} an earlier one; copies stay in the same part")
    if contradicting:
        what = counted(contradicting, "has", "have")
        notes.append(f"of the {noun}, {what} copies with other labels: look at them")
    return {"repeated": repeated, "contradicting": contradicting}, notes
