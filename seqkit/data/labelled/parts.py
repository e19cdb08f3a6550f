"""One part of labelled examples: encoded inputs, labels, rows."""

from dataclasses import dataclass

import numpy as np

from seqkit.data.labelled.ragged import Ragged


@dataclass(frozen=True)
class Part:
    """The examples of one part.

    Attributes:
        inputs: What the model reads of each.
        y_true: Class of each, int64 of shape (examples,); or, where there may be several, yes or no for each class,
            of shape (examples, classes).
        rows: Where each stands among all examples, of shape (examples,).
    """

    inputs: Ragged
    y_true: np.ndarray
    rows: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)
