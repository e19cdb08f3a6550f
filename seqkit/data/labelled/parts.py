"""One part (train, validation or test) of labelled examples."""

from dataclasses import dataclass

import numpy as np

from seqkit.data.labelled.ragged import Ragged


@dataclass(frozen=True)
class Part:
    """The encoded examples of one part.

    Attributes:
        inputs: Model inputs.
        labels: Class indices, int64 of shape (examples,); for multi-label data an indicator matrix of shape
            (examples, classes).
        rows: Position of each example in the data set, of shape (examples,).
    """

    inputs: Ragged
    labels: np.ndarray
    rows: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)
