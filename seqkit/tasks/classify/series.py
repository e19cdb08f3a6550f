"""Classify series: what is fitted on the training series, and the three parts scaled."""

from typing import Literal

import numpy as np

from seqkit.data.labelled.examples import Examples
from seqkit.data.labelled.parts import Part
from seqkit.data.labelled.splits import PARTS
from seqkit.errors import DataError
from seqkit.tasks.classify.prepare import SeriesState, Splits, classes_of, encode_series, find_parts, truth_of


def prepare_series(
    examples: Examples, *, scale: Literal["standard", "none"] = "standard", split: str = "0.6,0.2,0.2"
) -> tuple[SeriesState, Splits]:
    """Fits the state on the training series, and encodes the three parts.

    Args:
        examples: Labelled series.
        scale: Whether channels are shifted and scaled by mean and deviation of the training series.
        split: Shares of training, validation and test, drawn by label. Where the data has a test part of its own, the
            first two share the rest.

    Raises:
        UsageError: The split does not fit.
        DataError: A label of validation or test is none of training.
    """
    assert examples.series is not None
    series = examples.series
    rows = find_parts(examples, split)
    classes = classes_of(examples, rows)
    together = np.concatenate([series[i] for i in rows["train"]])
    with np.errstate(over="ignore", invalid="ignore"):
        mean, deviation = together.mean(axis=0), together.std(axis=0)
    if not np.isfinite([mean, deviation]).all():
        channel = int(np.argmin(np.isfinite(mean) & np.isfinite(deviation)))
        raise DataError(
            f"Channel {examples.channels[channel]} reaches {np.abs(together[:, channel]).max():g} in the training "
            "series, so that its deviation is beyond any number. Mend these series, or leave them out."
        )
    if scale == "none":
        mean, deviation = np.zeros_like(mean), np.ones_like(deviation)
    lengths = {len(each) for each in series}
    state = SeriesState(
        classes=classes,
        multi_label=examples.multi_label,
        channels=examples.channels,
        steps=lengths.pop() if len(lengths) == 1 else None,
        mean=tuple(mean.tolist()),
        deviation=tuple(np.where(deviation > 0, deviation, 1.0).tolist()),
    )
    parts = {
        name: Part(
            encode_series(state, [series[i] for i in rows[name]]),
            truth_of(examples, rows[name], classes, name),
            rows[name],
        )
        for name in PARTS
    }
    spread = [len(each) for each in series]
    line = f"series of {len(examples.channels)} channels, {min(spread)} to {max(spread)} steps"
    return state, Splits(**parts, tokenizer=None, embedding=None, notes=[*examples.notes, line])
