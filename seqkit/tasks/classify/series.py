"""Prepares series: fits the state on the training series, and standardises the parts."""

from typing import Literal

import numpy as np

from seqkit.data.labelled.examples import Examples
from seqkit.data.labelled.parts import Part
from seqkit.data.labelled.splits import PARTS
from seqkit.errors import DataError
from seqkit.tasks.classify.folds import fold_numbers
from seqkit.tasks.classify.prepare import (
    SeriesState,
    Splits,
    encode_series,
    part_labels,
    split_rows,
    training_classes,
    uncovered_classes,
)


def prepare_series(
    examples: Examples,
    *,
    scale: Literal["standard", "series", "none"] = "standard",
    split: str = "0.6,0.2,0.2",
    folds: int | None = None,
) -> tuple[SeriesState, Splits]:
    """Fits the state on the training series, and encodes the three parts.

    Args:
        examples: Labelled series.
        scale: How channels are standardised. `standard`: with mean and standard deviation of all training series, so
            that a series keeps its level and size. `series`: each series by its own, where only the shape matters.
        split: Shares of training, validation and test, stratified by label. If the data has its own test part, the
            first two apply to the rest.
        folds: Folds of a cross-validation that takes the place of the validation part: it chooses the number of epochs
            for a training on all examples but those of the test part. A recipe that is solved in closed form leaves out
            one series at a time instead. 0 keeps the validation part; none does if it has 100 examples or the data
            defines it, and takes 5 folds otherwise, [0, 100].

    Raises:
        UsageError: The split or the number of folds is invalid.
        DataError: No training example has a label of validation or test.
    """
    assert examples.series is not None
    series = examples.series
    rows = split_rows(examples, split)
    fold_of, drawn = fold_numbers(examples, rows, folds), len(rows["validation"])
    if fold_of is not None:
        rows["train"] = rows["validation"] = np.sort(np.concatenate([rows["train"], rows["validation"]]))
    classes = training_classes(examples, rows)
    steps = np.concatenate([series[i] for i in rows["train"]])  # (steps of all training series, channels)
    with np.errstate(over="ignore", invalid="ignore"):
        mean, deviation = steps.mean(axis=0), steps.std(axis=0)
    if not np.isfinite([mean, deviation]).all():
        channel = int(np.argmin(np.isfinite(mean) & np.isfinite(deviation)))
        raise DataError(
            f"Channel {examples.channels[channel]} reaches {np.abs(steps[:, channel]).max():g} in the training "
            "series, so its standard deviation overflows. Fix these series, or leave them out."
        )
    if scale != "standard":
        mean, deviation = np.zeros_like(mean), np.ones_like(deviation)
    lengths = {len(values) for values in series}
    longest = max(len(series[i]) for i in rows["train"])
    state = SeriesState(
        classes=classes,
        multi_label=examples.multi_label,
        channels=examples.channels,
        steps=next(iter(lengths)) if len(lengths) == 1 else None,
        longest=longest if len(lengths) > 1 else None,
        mean=tuple(mean.tolist()),
        each_series=scale == "series",
        deviation=tuple(np.where(deviation > 0, deviation, 1.0).tolist()),
    )
    parts = {
        name: Part(
            encode_series(state, [series[i] for i in rows[name]]),
            part_labels(examples, rows[name], classes, name),
            rows[name],
        )
        for name in PARTS
    }
    few = [
        f"cross-validation: all {len(parts['train']):,} series train, as {drawn:,} for validation would choose little"
    ]
    shape = f"series: {len(examples.channels)} channels, {min(lengths)} to {max(lengths)} steps"
    return state, Splits(
        **parts,
        tokenizer=None,
        embedding=None,
        folds=fold_of,
        notes=[
            *examples.notes,
            *uncovered_classes(examples, rows, classes),
            shape,
            *(few if fold_of is not None else []),
        ],
    )
