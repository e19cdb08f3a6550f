"""The state of a tagger of series: everything fitted on the training rows that inference needs."""

import math
from typing import Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from seqkit.data.series.scaling import scale
from seqkit.data.series.table import Table
from seqkit.data.tables.intervals import parse_interval
from seqkit.errors import DataError
from seqkit.spec import Spec, Tags, Window

MAX_WINDOW = 1 << 20


class SeriesState(BaseModel):
    """Fitted state of a tagger of series, stored as JSON in `run.json`.

    Attributes:
        kind: "series", which tells it from a tagger of words.
        columns: Names of the columns of numbers, in the order the model reads them.
        mean, deviation: Mean and standard deviation of each column over the training rows.
        labels: The labels, in the order of the model's outputs.
        label_column: Name of the column of labels in the training data.
        decoder: "crf" or "softmax".
        window: Rows that the model reads at once.
        interval: Interval between rows as a pandas offset alias; "1" for counters.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["series"] = "series"
    columns: tuple[str, ...] = Field(min_length=1, max_length=100_000)
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    labels: tuple[str, ...] = Field(min_length=2, max_length=1000)
    label_column: str
    decoder: Literal["crf", "softmax"]
    window: int = Field(ge=1, le=MAX_WINDOW)
    interval: str

    @model_validator(mode="after")
    def _check_consistency(self) -> Self:
        if not len(self.columns) == len(self.mean) == len(self.deviation):
            raise ValueError("mean and deviation have another number of values than there are columns")
        if len(set(self.columns)) < len(self.columns) or len(set(self.labels)) < len(self.labels):
            raise ValueError("a column or a label occurs twice")
        if not all(map(math.isfinite, self.mean)) or not all(0 < value < math.inf for value in self.deviation):
            raise ValueError("a mean is not finite, or a deviation is not a positive number")
        parse_interval(self.interval)
        return self

    @property
    def spec(self) -> Spec:
        """Inputs and outputs of a model for this state."""
        return Spec(Window(None, len(self.columns)), Tags(len(self.labels), self.decoder == "crf"), per_step=True)


def encode(state: SeriesState, table: Table) -> np.ndarray:
    """Returns the scaled columns of a table that has those of the state, float32 of shape (rows, columns).

    Raises:
        DataError: A value is farther from the mean than `MAX_SCALED`.
    """
    columns = [table.columns[name] for name in state.columns]
    mean, deviation = np.array([state.mean]), np.array([state.deviation])
    values = scale(columns, mean, deviation, room=0, starts=table.starts)
    too_far = np.argwhere(~(np.abs(values) < MAX_SCALED))
    if len(too_far):
        row, column = too_far[0]
        time = str(table.time[row]).removesuffix(".000000000")
        raise DataError(
            f"The value {float(columns[column][row]):g} of '{state.columns[column]}' at {time} is too far "
            f"from the training rows (mean {state.mean[column]:g}, standard deviation {state.deviation[column]:g}). "
            "Correct the value, or train a run without the column: --features names those to read."
        )
    return values


MAX_SCALED = 1e6
"""Bound of the distance of a value from the mean, in standard deviations; what is farther is an error of the data."""
